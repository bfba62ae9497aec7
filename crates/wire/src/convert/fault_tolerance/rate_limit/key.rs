//! What a rate limit is counted by.

use opensergo_api::Node;
use opensergo_api::fault_tolerance::rate_limit::{KeySource, RateLimitKey, Threshold};
use opensergo_api::shape::Whole;

use super::millionths;
use crate::convert::spelling;
use crate::proto::extension::v1 as proto;
use crate::proto::extension::v1::rate_limit_key as wire;

/// Says a key.
pub(super) fn message(key: &RateLimitKey) -> Option<proto::RateLimitKey> {
    let source = match key.source {
        KeySource::Header => wire::Source::Header,
        KeySource::QueryParameter => wire::Source::QueryParameter,
        KeySource::PathParameter => wire::Source::PathParameter,
        KeySource::Caller => wire::Source::Caller,
        KeySource::Attribute => wire::Source::Attribute,
    };
    let overrides = key.overrides.iter().map(|(value, limit)| exception(value, limit.threshold));
    Some(proto::RateLimitKey {
        source: source.into(),
        name: key.name.as_deref().unwrap_or_default().to_owned(),
        overrides: overrides.collect::<Option<_>>()?,
        max_values: key.max_values.map(Whole::get),
    })
}

/// Spells a key as a document does.
pub(super) fn spell(key: proto::RateLimitKey) -> Node {
    let exception = |limit: wire::Override| {
        let threshold = spelling::calls(limit.threshold, limit.threshold_millionths);
        (limit.value, Node::map([("threshold", Some(threshold))]))
    };
    let overrides: Vec<_> = key.overrides.into_iter().map(exception).collect();
    Node::map([
        ("source", spelling::word(key.source, source)),
        ("name", spelling::written(key.name)),
        ("overrides", (!overrides.is_empty()).then(|| spelling::table(&overrides))),
        ("maxValues", key.max_values.map(Node::number)),
    ])
}

fn exception(value: &str, threshold: Threshold) -> Option<wire::Override> {
    Some(wire::Override {
        value: value.to_owned(),
        threshold: threshold.calls().try_into().ok()?,
        threshold_millionths: millionths(threshold),
    })
}

fn source(source: wire::Source) -> Option<&'static str> {
    let source = match source {
        wire::Source::Unknown => return None,
        wire::Source::Header => KeySource::Header,
        wire::Source::QueryParameter => KeySource::QueryParameter,
        wire::Source::PathParameter => KeySource::PathParameter,
        wire::Source::Caller => KeySource::Caller,
        wire::Source::Attribute => KeySource::Attribute,
    };
    Some(source.as_str())
}
