//! What keyed limits find in an HTTP request: headers and query parameters.

use http::{HeaderMap, Uri};
use opensergo_fault_tolerance::{Attribute, Attributes, KeySource};

/// The head of a request.
#[derive(Debug)]
pub(crate) struct Head<'a> {
    pub(crate) uri: &'a Uri,
    pub(crate) headers: &'a HeaderMap,
}

impl Attributes for Head<'_> {
    /// Finds the first value of a header, or of a parameter as it is written, percent signs and all.
    fn attribute(&self, source: KeySource, name: &str) -> Attribute<'_> {
        match source {
            KeySource::Header => self.headers.get(name).map_or(Attribute::Absent, |value| match value.to_str() {
                Ok(text) => Attribute::Text(text),
                Err(_) => Attribute::Unfit("bytes that are no text"),
            }),
            KeySource::QueryParameter => {
                let pairs = self.uri.query().unwrap_or_default().split('&');
                let found = pairs.filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name);
                found.map_or(Attribute::Absent, |(_, value)| Attribute::Text(value))
            }
            KeySource::PathParameter | KeySource::Caller | KeySource::Attribute => Attribute::Absent,
        }
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn headers_are_found_in_any_case_and_parameters_as_they_are_written() {
        let uri = "http://host/path?user=a%20b&user=c&flag".parse().expect("a URI");
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static("x-user"), HeaderValue::from_static("u1"));
        headers.insert(HeaderName::from_static("x-bytes"), HeaderValue::from_bytes(&[0xff]).expect("a value"));
        let head = Head { uri: &uri, headers: &headers };
        let found = |source, name| head.attribute(source, name);
        assert_eq!(found(KeySource::Header, "X-User"), Attribute::Text("u1"));
        assert_eq!(found(KeySource::Header, "x-bytes"), Attribute::Unfit("bytes that are no text"));
        assert_eq!(found(KeySource::Header, "no header at all"), Attribute::Absent);
        assert_eq!(found(KeySource::QueryParameter, "user"), Attribute::Text("a%20b"));
        assert_eq!(found(KeySource::QueryParameter, "flag"), Attribute::Absent);
        assert_eq!(found(KeySource::Caller, ""), Attribute::Absent);
    }
}
