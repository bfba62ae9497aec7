//! The features a client understands beyond the base dialect, as it names them when it subscribes.
//!
//! One label each, so that a client of last year is never sent this year's field. Who names none gets the base
//! dialect. A name nobody here knows is ignored: the client is newer than the server.

use std::fmt;

use crate::proto::transport::v1::SubscribeLabelKv;

/// The key of the labels that name features.
pub const FEATURE_LABEL: &str = "opensergo.io/feature";

/// Something the base dialect cannot say, or a client of the base dialect does not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Feature {
    /// Rules have names.
    RuleName,
    /// Numbers exactly as written: thresholds with a fraction, and times 31 bits do not hold.
    FractionalThreshold,
    /// Limits that are divided among the processes.
    GlobalToLocal,
    /// Rate limits that admit more in one window after quiet ones.
    Burst,
    /// Rate limits that count each value of something for itself.
    KeyedLimit,
    /// How a breaker probes.
    HalfOpen,
    /// Recovery time-outs that grow while probes fail.
    RecoveryBackOff,
    /// Breakers that count some failures only.
    ErrorConditions,
    /// Rules that only say what they would refuse.
    DryRun,
    /// Targets by a pattern of resource names.
    TargetMatch,
    /// Targets by reference to an object.
    TargetRef,
    /// Targets that are HTTP requests.
    HttpTarget,
    /// Targets that are gRPC calls.
    GrpcTarget,
    /// The client acts on the fallback action of a rule; its name and kind are sent to everybody.
    FallbackAction,
    /// Kinds without a message of their own, as `google.protobuf.Struct`.
    StructKinds,
    /// The client puts kinds of one scope revision into force together. Nothing that is encoded hangs on it.
    ScopeRevision,
}

impl Feature {
    /// Every feature this version knows.
    pub const ALL: [Self; 16] = [
        Self::RuleName,
        Self::FractionalThreshold,
        Self::GlobalToLocal,
        Self::Burst,
        Self::KeyedLimit,
        Self::HalfOpen,
        Self::RecoveryBackOff,
        Self::ErrorConditions,
        Self::DryRun,
        Self::TargetMatch,
        Self::TargetRef,
        Self::HttpTarget,
        Self::GrpcTarget,
        Self::FallbackAction,
        Self::StructKinds,
        Self::ScopeRevision,
    ];

    /// Returns the name clients use, in `kebab-case`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RuleName => "rule-name",
            Self::FractionalThreshold => "fractional-threshold",
            Self::GlobalToLocal => "global-to-local",
            Self::Burst => "burst",
            Self::KeyedLimit => "keyed-limit",
            Self::HalfOpen => "half-open",
            Self::RecoveryBackOff => "recovery-back-off",
            Self::ErrorConditions => "error-conditions",
            Self::DryRun => "dry-run",
            Self::TargetMatch => "target-match",
            Self::TargetRef => "target-ref",
            Self::HttpTarget => "http-target",
            Self::GrpcTarget => "grpc-target",
            Self::FallbackAction => "fallback-action",
            Self::StructKinds => "struct-kinds",
            Self::ScopeRevision => "scope-revision",
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
    /// Every feature this version knows: what a server may be asked for. A client names those it carries out.
    pub fn all() -> Self {
        Self::of(Feature::ALL)
    }

    /// Gathers features.
    pub fn of(features: impl IntoIterator<Item = Feature>) -> Self {
        features.into_iter().fold(Self::default(), Self::with)
    }

    /// Reads the features from the labels of a subscription. Other labels and unknown features are ignored.
    pub fn from_labels(labels: &[SubscribeLabelKv]) -> Self {
        let named = labels.iter().filter(|label| label.key == FEATURE_LABEL);
        let known = named.filter_map(|label| Feature::ALL.into_iter().find(|feature| feature.as_str() == label.value));
        Self::of(known)
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
        let each = Feature::ALL.map(|feature| Features::of([feature]));
        for features in each.into_iter().chain([Features::default(), Features::all()]) {
            assert_eq!(Features::from_labels(&features.to_labels()), features);
        }
    }
}
