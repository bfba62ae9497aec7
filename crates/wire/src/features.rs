//! The features a client understands beyond the base dialect, as it names them when it subscribes.
//!
//! One label each, so that a client of last year is never sent this year's field. Who names none gets the base
//! dialect. A name nobody here knows is ignored: the client is newer than the server.

use std::fmt;

use crate::proto::transport::v1::SubscribeLabelKv;

/// The key of the labels that name features.
pub const FEATURE_LABEL: &str = "opensergo.io/feature";

/// Something the base dialect cannot say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Feature {
    /// `FaultToleranceRule.name`: rules have names.
    RuleName,
}

impl Feature {
    /// Every feature this version knows.
    pub const ALL: [Self; 1] = [Self::RuleName];

    /// Returns the name clients use, in `kebab-case`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RuleName => "rule-name",
        }
    }

    fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// A set of features; the empty set is the base dialect.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Features(u32);

impl Features {
    /// Every feature this version knows.
    pub fn all() -> Self {
        Self::default().with_each(Feature::ALL)
    }

    /// Reads the features from the labels of a subscription. Other labels and unknown features are ignored.
    pub fn from_labels(labels: &[SubscribeLabelKv]) -> Self {
        let named = labels.iter().filter(|label| label.key == FEATURE_LABEL);
        let known = named.filter_map(|label| Feature::ALL.into_iter().find(|feature| feature.as_str() == label.value));
        Self::default().with_each(known)
    }

    /// Prints the features as labels of a subscription.
    pub fn to_labels(self) -> Vec<SubscribeLabelKv> {
        let label =
            |feature: Feature| SubscribeLabelKv { key: FEATURE_LABEL.to_owned(), value: feature.as_str().to_owned() };
        self.iter().map(label).collect()
    }

    /// Returns the set with one feature more.
    #[must_use]
    pub fn with(self, feature: Feature) -> Self {
        Self(self.0 | feature.bit())
    }

    /// Says whether the feature is in the set.
    pub fn has(self, feature: Feature) -> bool {
        self.0 & feature.bit() != 0
    }

    /// Returns the features in the set.
    pub fn iter(self) -> impl Iterator<Item = Feature> {
        Feature::ALL.into_iter().filter(move |feature| self.has(*feature))
    }

    fn with_each(self, features: impl IntoIterator<Item = Feature>) -> Self {
        features.into_iter().fold(self, Self::with)
    }
}

impl fmt::Debug for Features {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(key: &str, value: &str) -> SubscribeLabelKv {
        SubscribeLabelKv { key: key.to_owned(), value: value.to_owned() }
    }

    #[test]
    fn a_label_names_a_feature_and_everything_else_is_ignored() {
        let labels = [
            label(FEATURE_LABEL, "of-next-year"),
            label("zone", "rule-name"),
            label(FEATURE_LABEL, "rule-name"),
            label(FEATURE_LABEL, "rule-name"),
        ];
        assert_eq!(Features::from_labels(&labels), Features::default().with(Feature::RuleName));
        assert_eq!(Features::from_labels(&labels[..2]), Features::default());
    }

    #[test]
    fn what_is_printed_reads_back_the_same() {
        for features in [Features::default(), Features::all()] {
            assert_eq!(Features::from_labels(&features.to_labels()), features);
        }
    }
}
