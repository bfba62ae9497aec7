//! A range of addresses.

use std::borrow::Cow;
use std::net::IpAddr;

#[cfg(feature = "schema")]
use crate::schema::Pattern;
use crate::shape::Grammar;

const ALLOWED: &str = "an address of IPv4 or IPv6, or a range of them, as 10.1.0.0/16";

/// Exact for IPv4; of IPv6 the characters and the bits, as more cannot be said in reason.
#[cfg(any(test, feature = "schema"))]
const PATTERN: &str = r"^(((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(/(3[0-2]|[12]?[0-9]))?|[0-9a-fA-F.]*:[0-9a-fA-F:.]+(/(12[0-8]|1[01][0-9]|[1-9]?[0-9]))?)$";

/// The addresses that begin with the same bits: `10.1.0.0/16`, or one alone: `10.1.2.3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Subnet {
    address: IpAddr,
    prefix: u8,
}

impl Subnet {
    /// Says whether an address is in the range.
    pub fn contains(self, address: IpAddr) -> bool {
        self.covers(Self { address, prefix: width(address) })
    }

    /// Says whether every address of the other range is in this one.
    pub(super) fn covers(self, other: Self) -> bool {
        width(self.address) == width(other.address)
            && self.prefix <= other.prefix
            && bits(self.address, self.prefix) == bits(other.address, self.prefix)
    }
}

/// How many bits an address has.
fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// The first bits of an address.
fn bits(address: IpAddr, prefix: u8) -> u128 {
    let all = match address {
        IpAddr::V4(address) => u128::from(address.to_bits()) << 96,
        IpAddr::V6(address) => address.to_bits(),
    };
    all.checked_shr(128 - u32::from(prefix)).unwrap_or(0)
}

impl Grammar for Subnet {
    fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.parse().ok()?;
        let prefix = match prefix {
            None => width(address),
            // Neither signs nor leading zeros.
            Some(digits) => digits.parse::<u8>().ok().filter(|bits| bits.to_string() == digits)?,
        };
        (prefix <= width(address)).then_some(Self { address, prefix })
    }

    fn spell(&self) -> Cow<'_, str> {
        if self.prefix == width(self.address) {
            return self.address.to_string().into();
        }
        format!("{}/{}", self.address, self.prefix).into()
    }

    fn words() -> Cow<'static, str> {
        ALLOWED.into()
    }

    #[cfg(feature = "schema")]
    fn pattern() -> Pattern {
        Pattern { shortest: 2, longest: 49, pattern: Some(PATTERN), ..Pattern::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subnet(text: &str) -> Subnet {
        Subnet::parse(text).unwrap()
    }

    #[test]
    fn a_range_contains_what_begins_with_its_bits() {
        let contains = |range: &str, address: &str| subnet(range).contains(address.parse().unwrap());
        assert!(contains("10.1.0.0/16", "10.1.255.3") && contains("0.0.0.0/0", "1.2.3.4") && contains("::/0", "::1"));
        assert!(contains("10.1.2.3", "10.1.2.3") && contains("fd00::/8", "fdff::1"));
        assert!(!contains("10.1.0.0/16", "10.2.0.1") && !contains("0.0.0.0/0", "::1") && !contains("::1", "::2"));
    }

    #[test]
    fn the_pattern_takes_what_is_read_and_knows_ipv4_exactly() {
        let pattern = regex::Regex::new(PATTERN).unwrap();
        for text in ["10.1.0.0/16", "255.255.255.255", "0.0.0.0/0", "::", "::1", "fd00::/8", "::ffff:10.0.0.1/128"] {
            assert!(Subnet::parse(text).is_some() && pattern.is_match(text), "{text}");
        }
        for text in ["", "256.1.1.1", "10.1.0.0/33", "10.1/16", "010.1.0.0", "10.1.0.0/+8", "a.b.c.d", "::/129"] {
            assert!(Subnet::parse(text).is_none() && !pattern.is_match(text), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_range() {
        for text in
            ["", "10.1.0.0/33", "10.1/16", "10.1.0.0/", "10.1.0.0/+8", "::/129", "a.b.c.d", "10.1.0.0/016", "010.1.0.0"]
        {
            assert_eq!(Subnet::parse(text), None, "{text}");
        }
    }
}
