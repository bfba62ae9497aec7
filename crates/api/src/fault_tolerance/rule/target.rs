//! What a rule holds for.

use super::NamedReference;
use crate::invalid::Report;
use crate::name::ResourceName;
use crate::shape::{At, Regex, Shape, Table, Text};
use crate::string_match::StringMatch;
use crate::warning::WarningCode;

/// The calls a rule holds for: exactly one way to say which.
#[derive(Debug, Clone, PartialEq, Shape)]
pub enum Target {
    /// The resource of exactly this name; `{id}` in it is text.
    TargetResourceName(ResourceName),
    /// An object that describes the calls, as a `DatabaseAccessTarget`.
    #[shape(feature = "target-ref", understood = "nobody yet")]
    TargetRef(NamedReference),
    /// The resources whose names match, where no rule names one exactly.
    #[shape(feature = "target-match", understood = "this SDK")]
    Match(ResourceMatch),
    /// The HTTP requests that match all that is said.
    #[shape(feature = "http-target", understood = "nobody yet")]
    Http(HttpTarget),
    /// The gRPC calls that match all that is said.
    #[shape(feature = "grpc-target", understood = "nobody yet")]
    Grpc(GrpcTarget),
}

/// A pattern for names of resources. Of the patterns that match a name the most specific class holds: prefix before glob
/// before regex; within the class the longer one.
#[derive(Debug, Clone, PartialEq, Shape)]
pub enum ResourceMatch {
    /// The name begins with this.
    Prefix(ResourceName),
    /// The whole name matches: `*` stands for any characters but `/`, `**` for any, `?` for one but `/`.
    Glob(ResourceName),
    /// The whole name matches this expression, in RE2 syntax.
    Regex(Regex),
}

impl ResourceMatch {
    /// Returns the class of the pattern and its text.
    pub fn spelled(&self) -> (&'static str, &str) {
        match self {
            Self::Prefix(text) => ("prefix", text.as_str()),
            Self::Glob(text) => ("glob", text.as_str()),
            Self::Regex(expression) => ("regex", expression.as_str()),
        }
    }
}

/// How the path of an HTTP request is compared.
#[derive(Debug, Clone, PartialEq, Shape)]
pub enum PathMatch {
    /// The path is exactly this, without the query.
    Exact(ResourceName),
    /// The path begins with this.
    Prefix(ResourceName),
    /// The path matches this template: `{id}` stands for one segment.
    Template(ResourceName),
    /// The whole path matches this expression, in RE2 syntax.
    Regex(Regex),
}

/// HTTP requests: those that match all that is said.
#[derive(Debug, Clone, PartialEq, Shape)]
#[shape(at_least_one(method, path, host, headers))]
#[non_exhaustive]
pub struct HttpTarget {
    /// The method, in upper case.
    #[shape(default = "any", example = "GET")]
    pub method: Option<Text<1, 32>>,
    /// The path.
    #[shape(default = "any")]
    pub path: Option<PathMatch>,
    /// The host the request names, without a port.
    #[shape(default = "any", example = "api.example.com")]
    pub host: Option<Text<1, 253>>,
    /// The headers, by name in lower case.
    pub headers: Table<StringMatch, 100>,
}

/// gRPC calls: those that match all that is said.
#[derive(Debug, Clone, PartialEq, Shape)]
#[non_exhaustive]
pub struct GrpcTarget {
    /// The full name of the service.
    #[shape(example = "helloworld.Greeter")]
    pub service: Text<1, 1024>,
    /// The method.
    #[shape(default = "every method of the service", example = "SayHello")]
    pub method: Option<Text<1, 256>>,
    /// The metadata, by key in lower case.
    pub metadata: Table<StringMatch, 100>,
}

impl Target {
    /// Returns the resource it names exactly, if it does.
    pub fn resource(&self) -> Option<&ResourceName> {
        match self {
            Self::TargetResourceName(resource) => Some(resource),
            _ => None,
        }
    }

    /// Returns the target as it is printed.
    pub(super) fn canonical(self) -> Self {
        match self {
            Self::TargetRef(target) => Self::TargetRef(target.canonical()),
            other => other,
        }
    }

    /// Says who does not know it, or that nobody does.
    pub(super) fn warn(&self, at: &At<'_>, report: &mut Report) {
        let (field, code, message) = match self {
            Self::TargetResourceName(_) => return,
            Self::TargetRef(_) => {
                ("targetRef", WarningCode::NoEffect, "no consumer follows targetRef yet: this target limits nothing")
            }
            Self::Match(_) => {
                ("match", WarningCode::Consumer, "clients that do not know patterns are not sent this target")
            }
            Self::Http(_) => {
                ("http", WarningCode::NoEffect, "no consumer follows HTTP targets yet: this target limits nothing")
            }
            Self::Grpc(_) => {
                ("grpc", WarningCode::NoEffect, "no consumer follows gRPC targets yet: this target limits nothing")
            }
        };
        report.warn(at.field(field), code, message);
    }
}
