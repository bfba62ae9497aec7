//! Texts of the traffic domain with a grammar of their own: hosts, subsets, lanes, header names, tokens.
//!
//! A host or subset never holds `|`: the names of clusters on the wire are cut at it.

use std::borrow::Cow;
use std::ops::Deref;

use crate::invalid::Report;
#[cfg(feature = "schema")]
use crate::schema::Pattern;
use crate::shape::{At, Grammar};

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $longest:literal, $lawful:expr, $pattern:literal, $allowed:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            /// Takes a lawful text.
            pub fn parse(text: &str) -> Option<Self> {
                let lawful: fn(&str) -> bool = $lawful;
                ((1..=$longest).contains(&text.len()) && lawful(text)).then(|| Self(text.into()))
            }
        }

        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl Grammar for $name {
            fn parse(text: &str) -> Option<Self> {
                Self::parse(text)
            }

            fn spell(&self) -> Cow<'_, str> {
                (*self.0).into()
            }

            fn words() -> Cow<'static, str> {
                $allowed.into()
            }

            #[cfg(feature = "schema")]
            fn pattern() -> Pattern {
                Pattern { shortest: 1, longest: $longest, pattern: Some($pattern), ..Pattern::default() }
            }
        }
    };
}

text! {
    /// A service by name, short or full: what a service registry or DNS knows it by.
    Host, 253, |text| text.bytes().all(is_host), r"^[!-)+-.0-{}~]+$",
    "a host of 1 to 253 visible ASCII characters without `*`, `/` and `|`"
}
text! {
    /// A host, or with a `*` in front every host that ends so.
    HostPattern, 253, |text| text.strip_prefix('*').unwrap_or(text).bytes().all(is_host), r"^\*?[!-)+-.0-{}~]*$",
    "a host of 1 to 253 visible ASCII characters without `/` and `|`, perhaps with a `*` in front"
}
text! {
    /// The name of a subset, as `v2`.
    SubsetName, 63, |text| text.bytes().all(is_host), r"^[!-)+-.0-{}~]+$",
    "the name of a subset: 1 to 63 visible ASCII characters without `*`, `/` and `|`"
}
text! {
    /// A token of HTTP: the name of a header or a key of baggage.
    Token, 256, is_token, r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
    "a token: 1 to 256 letters, digits and !#$%&'*+-.^_`|~"
}
text! {
    /// The name of a lane: a mark that headers and baggage carry as it is.
    LaneName, 63, |text| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b)), "^[A-Za-z0-9._-]+$",
    "the name of a lane: 1 to 63 letters, digits, `.`, `_` and `-`"
}

impl HostPattern {
    /// Says whether a host is one of these. Case does not count, as in DNS.
    pub fn is_match(&self, host: &str) -> bool {
        let (name, host) = (self.to_ascii_lowercase(), host.to_ascii_lowercase());
        match name.strip_prefix('*') {
            Some(end) => host.len() > end.len() && host.ends_with(end),
            None => name == host,
        }
    }

    /// Says whether every host that is one of the others is one of these too.
    pub(super) fn covers(&self, other: &Self) -> bool {
        match (self.strip_prefix('*'), other.strip_prefix('*')) {
            (Some(wide), Some(narrow)) => narrow.to_ascii_lowercase().ends_with(&wide.to_ascii_lowercase()),
            (_, None) => self.is_match(other),
            (None, Some(_)) => false,
        }
    }

    /// Says whether there is a host that is one of both.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        self.covers(other) || other.covers(self)
    }
}

fn is_host(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"*/|".contains(&byte)
}

fn is_token(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// Refuses the keys of a table that are no names of headers; `:authority` and its like are.
pub(super) fn check_header_names<'a>(names: impl Iterator<Item = &'a String>, at: &At<'_>, report: &mut Report) {
    for name in names {
        let token = name.strip_prefix(':').unwrap_or(name);
        if token.is_empty() || !is_token(token) {
            report.not_allowed(at.key(name), name, "the name of a header");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> HostPattern {
        HostPattern::parse(text).unwrap()
    }

    #[test]
    fn a_star_stands_for_at_least_one_character() {
        let matches = |name: &str, host: &str| pattern(name).is_match(host);
        assert!(matches("*.foo.com", "a.Foo.com") && matches("*", "foo") && matches("Foo", "foo"));
        assert!(!matches("*.foo.com", ".foo.com") && !matches("*.foo.com", "foo.com") && !matches("foo", "foo.com"));
    }

    #[test]
    fn a_wider_pattern_covers_a_narrower_one() {
        let covers = |wide: &str, narrow: &str| pattern(wide).covers(&pattern(narrow));
        assert!(covers("*", "*.com") && covers("*.com", "*.foo.com") && covers("*.com", "a.com") && covers("a", "A"));
        assert!(!covers("*.foo.com", "*.com") && !covers("a.com", "*.com") && !covers("a", "b"));
        assert!(pattern("*.foo.com").overlaps(&pattern("*.com")) && !pattern("*.org").overlaps(&pattern("*.com")));
    }

    #[test]
    fn a_bar_would_cut_the_name_of_a_cluster() {
        assert_eq!((Host::parse("a|b"), SubsetName::parse("v1|v2"), Host::parse("")), (None, None, None));
        assert_eq!((HostPattern::parse("a.*"), HostPattern::parse("**"), Host::parse("*.a")), (None, None, None));
    }
}
