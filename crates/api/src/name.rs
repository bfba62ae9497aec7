//! The names of things: objects, namespaces, applications, resources. Cheap to clone, checked once.

use std::fmt;
use std::sync::Arc;

/// Longest DNS-1123 subdomain, and our bound for an application name.
const NAME_LENGTH: usize = 253;
/// Longest DNS-1123 label.
const LABEL_LENGTH: usize = 63;
/// Longest resource name in characters. Source: the `FaultToleranceRule` CRD.
const RESOURCE_LENGTH: usize = 1024;

/// Why a text is not a name. The message says what is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    /// For object names.
    #[error("a DNS-1123 subdomain: 1 to 253 of a-z, 0-9, `-` and `.`, beginning and ending with a letter or digit")]
    Object,
    /// For namespaces.
    #[error("a DNS-1123 label: 1 to 63 of a-z, 0-9 and `-`, beginning and ending with a letter or digit")]
    Namespace,
    /// For application names.
    #[error("1 to 253 characters, none of them a control character")]
    App,
    /// For resource names.
    #[error("1 to 1024 characters")]
    Resource,
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $reason:ident, $lawful:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes a lawful name; the error says what is.
            pub fn try_new(text: &str) -> Result<Self, InvalidName> {
                let lawful: fn(&str) -> bool = $lawful;
                lawful(text).then(|| Self(text.into())).ok_or(InvalidName::$reason)
            }

            /// Returns the name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name! {
    /// The name of an object, unique among its kind in a namespace: a DNS-1123 subdomain, as Kubernetes has it.
    ObjectName, Object, |text| text.len() <= NAME_LENGTH && text.split('.').all(is_label)
}
name! {
    /// A namespace: a DNS-1123 label, as Kubernetes has it.
    Namespace, Namespace, |text| text.len() <= LABEL_LENGTH && is_label(text)
}
name! {
    /// The name of an application: 1 to 253 characters.
    AppName, App, |text| (1..=NAME_LENGTH).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}
name! {
    /// What calls are counted on: an opaque key of 1 to 1024 characters, as `GET:/foo/{id}`.
    ResourceName, Resource, |text| (1..=RESOURCE_LENGTH).contains(&text.chars().count())
}

impl Namespace {
    /// The namespace of an object that names none.
    pub fn default_namespace() -> Self {
        Self("default".into())
    }
}

fn is_label(text: &str) -> bool {
    let alphanumeric = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = text.as_bytes();
    bytes.first().is_some_and(alphanumeric)
        && bytes.last().is_some_and(alphanumeric)
        && bytes.iter().all(|byte| alphanumeric(byte) || *byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn object_names_are_those_kubernetes_takes() {
        for name in ["a", "rate-limit-foo", "a.b-c.9"] {
            assert_eq!(ObjectName::try_new(name).unwrap().as_str(), name);
        }
        for name in ["", "A", "-a", "a-", "a..b", ".a", "a_b", "a b", "ä", &"a".repeat(254)] {
            assert_eq!(ObjectName::try_new(name), Err(InvalidName::Object), "{name}");
        }
    }

    #[test]
    fn a_resource_name_is_any_text_up_to_1024_characters() {
        assert!(ResourceName::try_new(&"é".repeat(1024)).is_ok());
        assert_eq!(ResourceName::try_new(&"é".repeat(1025)), Err(InvalidName::Resource));
        assert_eq!(ResourceName::try_new(""), Err(InvalidName::Resource));
    }
}
