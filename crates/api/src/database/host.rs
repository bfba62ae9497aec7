//! The address of a server: a DNS name, an IPv4 or an IPv6 address.

use std::borrow::Cow;
use std::fmt;
use std::net::Ipv6Addr;

#[cfg(feature = "schema")]
use crate::schema::Pattern;
use crate::shape::Grammar;

const LONGEST: usize = 253;
const ALLOWED: &str = "a DNS name, an IPv4 or an IPv6 address, without a port";

/// The address of a server, without a port. An IPv6 address is kept without brackets.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Host(Box<str>);

impl Host {
    /// Returns the address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Parses an address; an IPv6 address may stand in brackets.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let name = |text: &str| {
            // Names of containers hold `_`, though DNS does not.
            let lawful = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            text.len() <= LONGEST && text.split('.').all(|label| !label.is_empty() && label.bytes().all(lawful))
        };
        let lawful = match bare {
            Some(bare) => bare.parse::<Ipv6Addr>().is_ok(),
            None => name(text) || text.parse::<Ipv6Addr>().is_ok(),
        };
        lawful.then(|| Self(bare.unwrap_or(text).into()))
    }
}

impl fmt::Display for Host {
    /// Shows it as a URL has it: an IPv6 address in brackets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.contains(':') { write!(f, "[{}]", self.0) } else { f.write_str(&self.0) }
    }
}

impl Grammar for Host {
    fn parse(text: &str) -> Option<Self> {
        Self::parse(text)
    }

    fn spell(&self) -> Cow<'_, str> {
        self.as_str().into()
    }

    fn words() -> Cow<'static, str> {
        ALLOWED.into()
    }

    #[cfg(feature = "schema")]
    fn pattern() -> Pattern {
        Pattern { shortest: 1, longest: LONGEST, ..Pattern::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_name_or_a_number_without_a_port() {
        for text in ["localhost", "db-1.example.com", "mysql_primary", "192.168.1.110", "::1", "[fe80::1]"] {
            assert!(Host::parse(text).is_some(), "{text}");
        }
        assert_eq!(Host::parse("[::1]").map(|host| host.to_string()).as_deref(), Some("[::1]"));
        for text in ["", "a..b", ".a", "a b", "db:3306", "[::1", "[localhost]", "(a)", &"a".repeat(254)] {
            assert_eq!(Host::parse(text), None, "{text}");
        }
    }
}
