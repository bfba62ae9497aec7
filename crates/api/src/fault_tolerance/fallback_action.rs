//! `HttpRequestFallbackAction`: what an HTTP client is answered whose call was refused.

use serde_json::{Map, Value};

use crate::draft::Draft;
use crate::invalid::Report;
use crate::object::{Spec, fields};
use crate::shape::{List, Shape, Text, Whole};

/// What is done instead of the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Shape)]
pub enum FallbackBehavior {
    /// The response described is returned.
    ReturnProvidedResponse,
}

/// One header of a response.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[non_exhaustive]
pub struct ResponseHeader {
    /// Its name.
    #[shape(example = "X-Sentinel-Foo")]
    pub key: Text<1, 256>,
    /// Its value.
    #[shape(example = "foo")]
    pub value: Text<0, 4096>,
}

/// A response.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[non_exhaustive]
pub struct ProvidedResponse {
    /// The status of the response.
    #[shape(unit = "HTTP status", example = "429")]
    pub response_status_code: Whole<100, 599>,
    /// The body of the response.
    #[shape(default = "no body", example = "Blocked by Sentinel")]
    pub response_content_body: Option<Text<0, 65536>>,
    /// Headers of the response, besides those the server writes anyway.
    pub response_additional_headers: List<ResponseHeader, 0, 100>,
}

/// What an HTTP client is answered whose call was refused.
///
/// Source: specification §`HttpRequestFallbackAction`.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[non_exhaustive]
pub struct HttpRequestFallbackAction {
    /// What is done instead of the call.
    #[shape(example = "ReturnProvidedResponse")]
    pub behavior: FallbackBehavior,
    /// The response.
    pub behavior_desc: ProvidedResponse,
}

impl Draft for HttpRequestFallbackAction {
    type Spec = Self;

    fn check(self, _: &mut Report) -> Option<Self> {
        Some(self)
    }
}

impl Spec for HttpRequestFallbackAction {
    fn print(&self) -> Map<String, Value> {
        fields(self)
    }
}
