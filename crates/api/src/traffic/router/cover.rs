//! Which of two conditions is wider: what the second takes, the first takes too.
//!
//! Asked about the routes of a router, of which the first that takes a request holds. Never says so wrongly; where it
//! cannot be seen, as of two expressions, it is not said.

use super::{HttpMatch, TcpMatch, TlsMatch};
use crate::name::Namespace;
use crate::shape::{List, Regex, Table, Text};
use crate::string_match::StringMatch;
use crate::traffic::Subnet;

/// Conditions on what a route takes.
pub(super) trait Conditions {
    /// Says whether these take everything the others take.
    fn covers(&self, other: &Self) -> bool;

    /// Says whether these take everything.
    fn is_everything(&self) -> bool;
}

impl Conditions for HttpMatch {
    fn covers(&self, other: &Self) -> bool {
        Path::of(self).covers(&Path::of(other))
            && text(self.scheme.as_ref(), other.scheme.as_ref())
            && text(self.method.as_ref(), other.method.as_ref())
            && text(self.authority.as_ref(), other.authority.as_ref())
            && self.headers.iter().all(|(name, wide)| header(&other.headers, name).any(|narrow| covers(wide, narrow)))
            && self.without_headers.iter().all(|(name, wide)| {
                // Not so: the wider the condition, the fewer requests are left.
                header(&other.without_headers, name).any(|narrow| covers(narrow, wide))
            })
            && self
                .query_params
                .iter()
                .all(|(name, wide)| other.query_params.get(name).is_some_and(|n| covers(wide, n)))
            && self.port.is_none_or(|port| other.port == Some(port))
            && labels(&self.source_labels, &other.source_labels)
            && namespace(self.source_namespace.as_ref(), other.source_namespace.as_ref())
            && gateways(&self.gateways, &other.gateways)
    }

    fn is_everything(&self) -> bool {
        self.covers(&Self::default())
    }
}

impl Conditions for TcpMatch {
    fn covers(&self, other: &Self) -> bool {
        subnets(&self.destination_subnets, &other.destination_subnets)
            && self.port.is_none_or(|port| other.port == Some(port))
            && self.source_subnet.is_none_or(|wide| other.source_subnet.is_some_and(|narrow| wide.covers(narrow)))
            && labels(&self.source_labels, &other.source_labels)
            && namespace(self.source_namespace.as_ref(), other.source_namespace.as_ref())
            && gateways(&self.gateways, &other.gateways)
    }

    fn is_everything(&self) -> bool {
        self.covers(&Self::default())
    }
}

impl Conditions for TlsMatch {
    fn covers(&self, other: &Self) -> bool {
        other.sni_hosts.iter().all(|narrow| self.sni_hosts.iter().any(|wide| wide.covers(narrow)))
            && subnets(&self.destination_subnets, &other.destination_subnets)
            && self.port.is_none_or(|port| other.port == Some(port))
            && labels(&self.source_labels, &other.source_labels)
            && namespace(self.source_namespace.as_ref(), other.source_namespace.as_ref())
            && gateways(&self.gateways, &other.gateways)
    }

    fn is_everything(&self) -> bool {
        self.sni_hosts.iter().any(|host| &**host == "*")
            && self.destination_subnets.is_empty()
            && self.port.is_none()
            && self.source_labels.is_empty()
            && self.source_namespace.is_none()
            && self.gateways.is_empty()
    }
}

/// What is asked of a path.
struct Path<'a> {
    uri: Option<&'a StringMatch>,
    ignores_case: bool,
}

impl<'a> Path<'a> {
    fn of(conditions: &'a HttpMatch) -> Self {
        Self { uri: conditions.uri.as_ref(), ignores_case: conditions.ignore_uri_case == Some(true) }
    }

    /// Every path begins with `/`.
    fn is_everything(&self) -> bool {
        match self.uri {
            None | Some(StringMatch::Present) => true,
            Some(StringMatch::Prefix(prefix)) => &**prefix == "/",
            Some(StringMatch::Regex(regex)) => is_all(regex),
            Some(StringMatch::Exact(_)) => false,
        }
    }

    fn covers(&self, other: &Self) -> bool {
        let (Some(wide), Some(narrow)) = (self.uri, other.uri) else { return self.is_everything() };
        if self.is_everything() {
            return true;
        }
        match (self.ignores_case, other.ignores_case) {
            (false, true) => false,
            (true, _) => covers_in_any_case(wide, narrow, other.ignores_case),
            (false, false) => covers(wide, narrow),
        }
    }
}

/// Of expressions case always counts.
fn covers_in_any_case(wide: &StringMatch, narrow: &StringMatch, narrow_ignores_case: bool) -> bool {
    let lower = |text: &str| text.to_ascii_lowercase();
    match (wide, narrow) {
        (StringMatch::Exact(wide), StringMatch::Exact(narrow)) => lower(wide) == lower(narrow),
        (StringMatch::Prefix(wide), StringMatch::Exact(narrow)) => lower(narrow).starts_with(&lower(wide)),
        (StringMatch::Prefix(wide), StringMatch::Prefix(narrow)) => lower(narrow).starts_with(&lower(wide)),
        (StringMatch::Regex(_), StringMatch::Exact(_)) if narrow_ignores_case => false,
        (StringMatch::Exact(_) | StringMatch::Prefix(_), _) => false,
        _ => covers(wide, narrow),
    }
}

/// Says whether the first takes every text the second takes.
pub(super) fn covers(wide: &StringMatch, narrow: &StringMatch) -> bool {
    match (wide, narrow) {
        (StringMatch::Present, _) => true,
        (StringMatch::Regex(wide), _) if is_all(wide) => true,
        (StringMatch::Exact(wide), StringMatch::Exact(narrow)) => wide == narrow,
        (StringMatch::Prefix(wide), StringMatch::Exact(narrow)) => narrow.starts_with(&**wide),
        (StringMatch::Prefix(wide), StringMatch::Prefix(narrow)) => narrow.starts_with(&**wide),
        (StringMatch::Regex(wide), StringMatch::Exact(narrow)) => wide.is_match(narrow),
        (StringMatch::Regex(wide), StringMatch::Regex(narrow)) => wide == narrow,
        _ => false,
    }
}

/// `.` takes no end of line, and headers and paths hold none.
fn is_all(regex: &Regex) -> bool {
    regex.as_str() == ".*"
}

/// Finds a header; case does not count in names.
pub(super) fn header<'a, const MOST: usize>(
    headers: &'a Table<StringMatch, MOST>,
    name: &'a str,
) -> impl Iterator<Item = &'a StringMatch> {
    headers.iter().filter(move |(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, condition)| condition)
}

/// Scheme, method and host are always there.
fn text(wide: Option<&StringMatch>, narrow: Option<&StringMatch>) -> bool {
    match (wide, narrow) {
        (None, _) => true,
        (Some(wide), Some(narrow)) => covers(wide, narrow),
        (Some(wide), None) => covers(wide, &StringMatch::Present),
    }
}

fn labels<const LONGEST: usize>(wide: &Table<Text<0, LONGEST>, 100>, narrow: &Table<Text<0, LONGEST>, 100>) -> bool {
    wide.iter().all(|(name, value)| narrow.get(name) == Some(value))
}

fn namespace(wide: Option<&Namespace>, narrow: Option<&Namespace>) -> bool {
    wide.is_none() || wide == narrow
}

fn gateways(wide: &List<Text<1, 253>, 0, 100>, narrow: &List<Text<1, 253>, 0, 100>) -> bool {
    wide.is_empty() || !narrow.is_empty() && narrow.iter().all(|gateway| wide.contains(gateway))
}

fn subnets(wide: &[Subnet], narrow: &[Subnet]) -> bool {
    wide.is_empty() || !narrow.is_empty() && narrow.iter().all(|narrow| wide.iter().any(|wide| wide.covers(*narrow)))
}

#[cfg(test)]
mod tests;
