//! A choice by something of the request: what is the same goes to the same instance, as long as it is there.

use std::borrow::Cow;
use std::time::Duration;

use crate::duration;
use crate::invalid::Report;
#[cfg(feature = "schema")]
use crate::schema::Pattern;
use crate::shape::{At, Grammar, Shape, Text, Whole};
use crate::traffic::Token;
use crate::traffic::choice::exactly_one;

/// What a choice goes by, exactly one thing, and how.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[shape(snake_case, at_most_one(ring_hash, maglev, minimum_ring_size))]
#[shape(
    check = Self::check_key,
    cel = "[has(self.httpHeaderName), has(self.httpCookie), has(self.httpQueryParameterName), has(self.useSourceIp) && self.useSourceIp].filter(x, x).size() == 1",
    says = "exactly one of httpHeaderName, httpCookie, useSourceIp, httpQueryParameterName"
)]
#[non_exhaustive]
pub struct ConsistentHash {
    /// The header it goes by.
    #[shape(example = "x-user-id")]
    pub http_header_name: Option<Token>,
    /// The cookie it goes by.
    pub http_cookie: Option<HttpCookie>,
    /// Whether it goes by the address of the caller.
    pub use_source_ip: Option<bool>,
    /// The parameter of the query it goes by.
    #[shape(example = "user")]
    pub http_query_parameter_name: Option<Text<1, 256>>,
    /// On a ring.
    #[shape(default = "a ring of 1024")]
    pub ring_hash: Option<RingHash>,
    /// By a table, as Maglev does.
    pub maglev: Option<Maglev>,
    /// How many places the ring has at least.
    #[shape(deprecated = "ringHash.minimumRingSize has replaced minimumRingSize")]
    pub minimum_ring_size: Option<RingSize>,
}

/// How many places a ring has. Envoy takes no more.
pub type RingSize = Whole<1, 8_388_608>;

/// A cookie; without one in the request, the answer sets it.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[non_exhaustive]
pub struct HttpCookie {
    /// Its name.
    #[shape(example = "user")]
    pub name: Token,
    /// The path it is set for.
    pub path: Option<Text<1, 1024>>,
    /// How long it lives; `0s` as long as the browser runs.
    #[shape(unit = "duration", default = "it is never set", example = "1h")]
    pub ttl: Option<CookieTtl>,
}

/// A ring that instances have places on.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[shape(snake_case)]
#[non_exhaustive]
pub struct RingHash {
    /// How many places it has at least.
    #[shape(default = "1024")]
    pub minimum_ring_size: Option<RingSize>,
}

/// A table that says for every hash which instance.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[shape(snake_case, check = Self::check_size)]
#[non_exhaustive]
pub struct Maglev {
    /// How many places it has: a prime.
    #[shape(default = "65537")]
    pub table_size: Option<Whole<2, 5_000_011>>,
}

impl ConsistentHash {
    fn check_key(&self, at: &At<'_>, report: &mut Report) {
        let keys = [
            ("httpHeaderName", self.http_header_name.is_some()),
            ("httpCookie", self.http_cookie.is_some()),
            ("useSourceIp", self.use_source_ip == Some(true)),
            ("httpQueryParameterName", self.http_query_parameter_name.is_some()),
        ];
        exactly_one(keys, at, report);
    }
}

impl Maglev {
    fn check_size(&self, at: &At<'_>, report: &mut Report) {
        if let Some(size) = self.table_size.map(Whole::get)
            && (2..=size).take_while(|divisor| divisor * divisor <= size).any(|divisor| size % divisor == 0)
        {
            report.not_allowed(at.field("tableSize"), size, "a prime from 2 to 5000011");
        }
    }
}

const TTL: &str = "a duration from 0s to 8784h, as 1h2m3.5s: numbers, each with one of h, m, s, ms, us, ns";

/// How long a cookie lives: a duration in the grammar of Go and Istio, zero as long as the browser runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CookieTtl(Duration);

impl CookieTtl {
    /// Returns the duration.
    pub fn get(self) -> Duration {
        self.0
    }
}

impl Grammar for CookieTtl {
    fn parse(text: &str) -> Option<Self> {
        let longest = Duration::from_hours(24 * 366);
        duration::parse_go(text).filter(|ttl| *ttl <= longest).map(Self)
    }

    fn spell(&self) -> Cow<'_, str> {
        duration::print_go(self.0).into()
    }

    fn words() -> Cow<'static, str> {
        TTL.into()
    }

    #[cfg(feature = "schema")]
    fn pattern() -> Pattern {
        Pattern {
            shortest: 2,
            longest: 64,
            pattern: Some(
                r"^([0-9]+(\.[0-9]*)?|\.[0-9]+)(h|m|s|ms|us|µs|μs|ns)(([0-9]+(\.[0-9]*)?|\.[0-9]+)(h|m|s|ms|us|µs|μs|ns))*$",
            ),
            cel: Some("duration(self) <= duration('8784h')".to_owned()),
            ..Pattern::default()
        }
    }
}
