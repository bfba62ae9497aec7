//! Answers a route gives by itself, and what it rewrites before it goes on.

use crate::invalid::Report;
use crate::shape::{At, Base64, Shape, Text, Whole};
use crate::traffic::router::Port;

/// A scheme of URLs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Shape)]
pub enum Scheme {
    /// In plain.
    #[shape(name = "http")]
    Http,
    /// Over TLS.
    #[shape(name = "https")]
    Https,
}

/// Where the port of a redirect is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Shape)]
pub enum DerivePort {
    /// 80 for HTTP, 443 for HTTPS.
    #[shape(name = "FROM_PROTOCOL_DEFAULT")]
    FromProtocolDefault,
    /// The port of the request.
    #[shape(name = "FROM_REQUEST_PORT")]
    FromRequestPort,
}

/// Sends the caller elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[shape(snake_case, at_most_one(port, derive_port), at_least_one(uri, authority, port, derive_port, scheme))]
#[shape(
    check = Self::check_code,
    cel = "!has(self.redirectCode) || self.redirectCode in [301, 302, 303, 307, 308]",
    says = "redirectCode is one of 301, 302, 303, 307, 308"
)]
#[non_exhaustive]
pub struct HttpRedirect {
    /// The path to ask for instead.
    #[shape(default = "the path of the request", example = "/v2")]
    pub uri: Option<Text<1, 4096>>,
    /// The host to ask instead.
    #[shape(default = "the host of the request", example = "new.example.com")]
    pub authority: Option<Text<1, 253>>,
    /// The port to ask at.
    pub port: Option<Port>,
    /// Where the port is taken from.
    #[shape(default = "FROM_PROTOCOL_DEFAULT")]
    pub derive_port: Option<DerivePort>,
    /// The scheme to ask with.
    #[shape(default = "the scheme of the request")]
    pub scheme: Option<Scheme>,
    /// The status: 301, 302, 303, 307 or 308.
    #[shape(default = "301")]
    pub redirect_code: Option<Whole<301, 308>>,
}

impl HttpRedirect {
    fn check_code(&self, at: &At<'_>, report: &mut Report) {
        if let Some(code) = self.redirect_code.map(Whole::get)
            && (304..=306).contains(&code)
        {
            report.not_allowed(at.field("redirectCode"), code, "301, 302, 303, 307 or 308");
        }
    }
}

/// Answers without asking anybody.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[non_exhaustive]
pub struct HttpDirectResponse {
    /// The status.
    #[shape(example = "503")]
    pub status: Whole<200, 599>,
    /// The body.
    #[shape(default = "empty")]
    pub body: Option<Body>,
}

/// The body of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
pub enum Body {
    /// A text.
    #[shape(name = "string")]
    Text(Text<0, 65536>),
    /// Bytes, in base64.
    Bytes(Base64),
}

/// What is rewritten of a request before it goes on.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[shape(at_least_one(uri, authority))]
#[non_exhaustive]
pub struct HttpRewrite {
    /// The path, or what a matching `prefix` becomes.
    #[shape(default = "the path of the request", example = "/v2/users")]
    pub uri: Option<Text<1, 4096>>,
    /// The host.
    #[shape(default = "the host of the request")]
    pub authority: Option<Text<1, 253>>,
}
