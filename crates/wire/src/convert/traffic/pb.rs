//! Between Envoy's types and ours: envelopes, wrappers, durations, shares, texts to compare, and maps with an order.

use std::collections::HashMap;
use std::time::Duration;

use envoy_types::pb::envoy::config::core::v3::data_source::Specifier;
use envoy_types::pb::envoy::config::core::v3::{DataSource, RuntimeFractionalPercent};
use envoy_types::pb::envoy::r#type::matcher::v3::string_matcher::MatchPattern;
use envoy_types::pb::envoy::r#type::matcher::v3::{RegexMatcher, StringMatcher};
use envoy_types::pb::envoy::r#type::v3::{FractionalPercent, fractional_percent::DenominatorType};
use envoy_types::pb::google::protobuf as google;
use opensergo_api::StringMatch;
use prost::{Message, Name};

/// Puts a message in the envelope of a list.
pub(super) fn outer<M: Message + Name>(message: &M) -> prost_types::Any {
    prost_types::Any { type_url: M::type_url(), value: message.encode_to_vec() }
}

/// Puts a message in an envelope within another message.
pub(super) fn any<M: Message + Name>(message: &M) -> google::Any {
    google::Any { type_url: M::type_url(), value: message.encode_to_vec() }
}

/// Makes a map whose bytes are always the same. Envoy's crate has hash maps, which are encoded in the order they happen
/// to iterate in: keys are drawn anew for each map, so draw until that order is the sorted one. For two entries at most.
pub(super) fn map(entries: &[Option<(&str, google::Any)>; 2]) -> HashMap<String, google::Any> {
    loop {
        let map: HashMap<_, _> = entries.iter().flatten().map(|(key, any)| ((*key).to_owned(), any.clone())).collect();
        if map.keys().is_sorted() {
            return map;
        }
    }
}

/// Says a duration; the longest of any kind is a year.
pub(super) fn duration(duration: Duration) -> google::Duration {
    let seconds = i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
    google::Duration { seconds, nanos: duration.subsec_nanos().cast_signed() }
}

pub(super) fn bool(value: bool) -> google::BoolValue {
    google::BoolValue { value }
}

pub(super) fn u32(value: u32) -> google::UInt32Value {
    google::UInt32Value { value }
}

/// Narrows a number whose bounds are those of 32 bits.
pub(super) fn narrow(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Says a share of requests in per cent, exact to a ten thousandth of one; a smaller one is not none.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to a million")]
pub(super) fn share(percent: f64) -> FractionalPercent {
    let parts = (percent * 1e4).round() as u32;
    let numerator = if percent > 0.0 { parts.max(1) } else { 0 };
    FractionalPercent { numerator, denominator: DenominatorType::Million.into() }
}

/// Says a share of requests where Envoy takes one that may be changed while it runs; ours may not.
pub(super) fn fraction(percent: f64) -> RuntimeFractionalPercent {
    RuntimeFractionalPercent { default_value: Some(share(percent)), runtime_key: String::new() }
}

pub(super) fn file(path: &str) -> DataSource {
    DataSource { specifier: Some(Specifier::Filename(path.to_owned())), watched_directory: None }
}

pub(super) fn regex(regex: impl Into<String>) -> RegexMatcher {
    RegexMatcher { regex: regex.into(), engine_type: None }
}

/// Says how a text is compared, without the shapes that consumers overlook: Java's skip a blank text and "is there at
/// all", and would take every request. `.*` is what they read as the latter, and to Envoy it is the same.
pub(super) fn pattern(text: &StringMatch) -> MatchPattern {
    match text {
        StringMatch::Exact(text) if text.trim().is_empty() => {
            MatchPattern::SafeRegex(regex(format!("(?:{})", &**text)))
        }
        StringMatch::Exact(text) => MatchPattern::Exact(text.to_string()),
        StringMatch::Prefix(text) if text.trim().is_empty() => {
            MatchPattern::SafeRegex(regex(format!("(?:{}).*", &**text)))
        }
        StringMatch::Prefix(text) => MatchPattern::Prefix(text.to_string()),
        StringMatch::Regex(expression) if expression.as_str().trim().is_empty() => {
            MatchPattern::SafeRegex(regex(format!("(?:{})", expression.as_str())))
        }
        StringMatch::Regex(expression) => MatchPattern::SafeRegex(regex(expression.as_str())),
        StringMatch::Present => MatchPattern::SafeRegex(regex(".*")),
    }
}

pub(super) fn string(text: &StringMatch) -> StringMatcher {
    StringMatcher { ignore_case: false, match_pattern: Some(pattern(text)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_entries_are_always_in_the_same_order() {
        let entry = |key| Some((key, google::Any::default()));
        for _ in 0..100 {
            let map = map(&[entry("b"), entry("a")]);
            assert_eq!(map.keys().collect::<Vec<_>>(), ["a", "b"]);
        }
    }

    #[test]
    fn a_share_is_exact_to_a_ten_thousandth_of_a_per_cent_and_never_lost() {
        let parts = [0.0, 0.000_001, 0.1, 12.5, 100.0].map(|percent| share(percent).numerator);
        assert_eq!(parts, [0, 1, 1_000, 125_000, 1_000_000]);
    }
}
