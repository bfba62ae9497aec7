//! How a node is chosen from the values of columns.

use super::pattern::{DateTime, TimePattern};
use super::{Boundaries, InlineText, Names};
use crate::database::algorithm::family;
use crate::database::property::{Digits, Flag};
use crate::invalid::Report;
use crate::shape::{At, Shape, Text};

/// The most nodes one algorithm may tell apart.
pub(super) const MOST: i64 = 100_000;

family! {
    /// How a node is chosen from the values of columns.
    ShardingAlgorithm {
        /// The name is what an expression says of one column.
        Inline(Inline) = "INLINE",
        /// The name is what an expression says of several columns.
        ComplexInline(ComplexInline) = "COMPLEX_INLINE",
        /// The name is what an expression says of the hint.
        HintInline(HintInline) = "HINT_INLINE",
        /// The rest of a division.
        Mod(Modulo) = "MOD",
        /// The rest of a division of Java's hash.
        HashMod(HashMod) = "HASH_MOD",
        /// Intervals of equal length.
        VolumeRange(VolumeRange) = "VOLUME_RANGE",
        /// Intervals between given bounds.
        BoundaryRange(BoundaryRange) = "BOUNDARY_RANGE",
        /// Intervals of time of equal length, numbered.
        AutoInterval(AutoInterval) = "AUTO_INTERVAL",
        /// Intervals of time, named by a suffix.
        Interval(Interval) = "INTERVAL",
    }
}

impl ShardingAlgorithm {
    /// Returns how many nodes it tells apart, where it knows: then tables may be placed by themselves.
    pub fn partitions(&self) -> Option<i64> {
        match self {
            Self::Mod(Modulo { count, .. }) | Self::HashMod(HashMod { count }) => Some(count.get()),
            Self::VolumeRange(range) => Some(range.partitions()),
            Self::BoundaryRange(range) => i64::try_from(range.boundaries.get().len() + 1).ok(),
            Self::AutoInterval(interval) => Some(interval.partitions()),
            Self::Inline(_) | Self::ComplexInline(_) | Self::HintInline(_) | Self::Interval(_) => None,
        }
    }

    /// Returns the expression it evaluates, if one is written.
    pub fn expression(&self) -> Option<&InlineText> {
        match self {
            Self::Inline(inline) => Some(&inline.expression),
            Self::ComplexInline(inline) => Some(&inline.expression),
            Self::HintInline(inline) => inline.expression.as_ref(),
            _ => None,
        }
    }
}

/// An expression of one column.
#[derive(Debug, Clone, PartialEq, Shape)]
#[non_exhaustive]
pub struct Inline {
    /// The name of the node, of the value of the column.
    #[shape(name = "algorithm-expression", example = "t_order_${order_id % 2}")]
    pub expression: InlineText,
    /// Whether a range of values means every node; else it is an error.
    #[shape(name = "allow-range-query-with-inline-sharding", default = "false")]
    pub allow_range_query: Option<Flag>,
}

/// An expression of several columns.
#[derive(Debug, Clone, PartialEq, Shape)]
#[non_exhaustive]
pub struct ComplexInline {
    /// The columns, separated by commas: those of the strategy.
    #[shape(name = "sharding-columns", default = "those of the strategy", example = "user_id,order_id")]
    pub columns: Option<Names>,
    /// The name of the node, of the values of the columns.
    #[shape(name = "algorithm-expression", example = "t_order_${(user_id + order_id) % 2}")]
    pub expression: InlineText,
    /// Whether a range of values means every node; else it is an error.
    #[shape(name = "allow-range-query-with-inline-sharding", default = "false")]
    pub allow_range_query: Option<Flag>,
}

/// An expression of the hint.
#[derive(Debug, Clone, PartialEq, Shape)]
#[non_exhaustive]
pub struct HintInline {
    /// The name of the node, of the variable `value`.
    #[shape(name = "algorithm-expression", default = "${value}", example = "ds_${value % 2}")]
    pub expression: Option<InlineText>,
}

/// The rest of a division.
#[derive(Debug, Clone, PartialEq, Shape)]
#[non_exhaustive]
pub struct Modulo {
    /// What is divided by: how many nodes there are.
    #[shape(name = "sharding-count", example = "4")]
    pub count: Digits<1, MOST>,
    /// How many digits are cut off at the front.
    #[shape(name = "start-offset", default = "0")]
    pub start_offset: Option<Digits<0, 1000>>,
    /// How many digits are cut off at the end.
    #[shape(name = "stop-offset", default = "0")]
    pub stop_offset: Option<Digits<0, 1000>>,
    /// Whether the number in the name of a table has leading zeros.
    #[shape(name = "zero-padding", default = "false")]
    pub zero_padding: Option<Flag>,
}

/// The rest of a division of Java's hash.
#[derive(Debug, Clone, PartialEq, Shape)]
#[non_exhaustive]
pub struct HashMod {
    /// What is divided by: how many nodes there are.
    #[shape(name = "sharding-count", example = "4")]
    pub count: Digits<1, MOST>,
}

/// Intervals of equal length, one below them and one above.
#[derive(Debug, Clone, PartialEq, Shape)]
#[shape(check = Self::check)]
#[non_exhaustive]
pub struct VolumeRange {
    /// The least value of the first interval.
    #[shape(name = "range-lower", example = "0")]
    pub lower: Digits<{ i64::MIN }, { i64::MAX }>,
    /// Where the last interval ends.
    #[shape(name = "range-upper", example = "1000000")]
    pub upper: Digits<{ i64::MIN }, { i64::MAX }>,
    /// How long an interval is.
    #[shape(name = "sharding-volume", example = "250000")]
    pub volume: Digits<1, { i64::MAX }>,
}

impl VolumeRange {
    fn check(&self, at: &At<'_>, report: &mut Report) {
        if self.lower >= self.upper {
            let found = format!("{} up to {}", self.lower.get(), self.upper.get());
            report.conflict(at.field("range-upper"), &found, "range-upper above range-lower");
        } else if self.partitions() > MOST {
            too_many(at, "sharding-volume", self.partitions(), report);
        }
    }

    fn partitions(&self) -> i64 {
        let length = i128::from(self.upper.get()) - i128::from(self.lower.get());
        let volume = i128::from(self.volume.get());
        let partitions = length / volume + i128::from(length % volume != 0) + 2;
        i64::try_from(partitions).unwrap_or(i64::MAX)
    }
}

/// Intervals between given bounds.
#[derive(Debug, Clone, PartialEq, Shape)]
#[non_exhaustive]
pub struct BoundaryRange {
    /// The bounds, ascending, separated by commas; each begins the next interval.
    #[shape(name = "sharding-ranges", example = "1,5,10")]
    pub boundaries: Boundaries,
}

/// Intervals of time of equal length, one before them and one behind.
#[derive(Debug, Clone, PartialEq, Shape)]
#[shape(check = Self::check)]
#[non_exhaustive]
pub struct AutoInterval {
    /// When the first interval begins.
    #[shape(name = "datetime-lower", example = "2026-01-01 00:00:00")]
    pub lower: DateTime,
    /// When the last interval ends.
    #[shape(name = "datetime-upper", example = "2027-01-01 00:00:00")]
    pub upper: DateTime,
    /// How long an interval is.
    #[shape(name = "sharding-seconds", unit = "seconds", example = "86400")]
    pub seconds: Digits<1, { i64::MAX }>,
}

impl AutoInterval {
    fn check(&self, at: &At<'_>, report: &mut Report) {
        if self.lower >= self.upper {
            let found = format!("{} up to {}", self.lower.as_str(), self.upper.as_str());
            report.conflict(at.field("datetime-upper"), &found, "datetime-upper behind datetime-lower");
        } else if self.partitions() > MOST {
            too_many(at, "sharding-seconds", self.partitions(), report);
        }
    }

    fn partitions(&self) -> i64 {
        (self.upper.seconds() - self.lower.seconds()) / self.seconds.get() + 2
    }
}

/// The unit of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Shape)]
#[shape(ignore_case)]
pub enum IntervalUnit {
    /// Seconds.
    #[shape(name = "SECONDS")]
    Seconds,
    /// Minutes.
    #[shape(name = "MINUTES")]
    Minutes,
    /// Hours.
    #[shape(name = "HOURS")]
    Hours,
    /// Days.
    #[default]
    #[shape(name = "DAYS")]
    Days,
    /// Weeks.
    #[shape(name = "WEEKS")]
    Weeks,
    /// Months.
    #[shape(name = "MONTHS")]
    Months,
    /// Years.
    #[shape(name = "YEARS")]
    Years,
}

/// Intervals of time, named by a suffix.
#[derive(Debug, Clone, PartialEq, Shape)]
#[shape(check = Self::check)]
#[non_exhaustive]
pub struct Interval {
    /// How values and bounds are written, in the letters of Java.
    #[shape(name = "datetime-pattern", example = "yyyy-MM-dd HH:mm:ss")]
    pub pattern: TimePattern,
    /// When the first step begins.
    #[shape(name = "datetime-lower", example = "2026-01-01 00:00:00")]
    pub lower: Text<1, 64>,
    /// When the last step ends.
    #[shape(name = "datetime-upper", default = "now", example = "2027-01-01 00:00:00")]
    pub upper: Option<Text<1, 64>>,
    /// How the end of the name of a table is written, in the letters of Java.
    #[shape(name = "sharding-suffix-pattern", example = "yyyyMM")]
    pub suffix: TimePattern,
    /// How many units a step is.
    #[shape(name = "datetime-interval-amount", default = "1")]
    pub amount: Option<Digits<1, 1_000_000>>,
    /// The unit of a step; any case is read.
    #[shape(name = "datetime-interval-unit", default = "DAYS", example = "MONTHS")]
    pub unit: Option<IntervalUnit>,
}

impl Interval {
    fn check(&self, at: &At<'_>, report: &mut Report) {
        let mut read = |name: &str, text: &str| {
            let moment = self.pattern.read(text);
            if moment.is_none() {
                report.not_allowed(
                    at.field(name),
                    text,
                    &format!("a moment as datetime-pattern {}", self.pattern.as_str()),
                );
            }
            moment
        };
        let lower = read("datetime-lower", &self.lower);
        let upper = self.upper.as_ref().map(|upper| read("datetime-upper", upper));
        if let (Some(lower), Some(Some(upper))) = (lower, upper)
            && lower >= upper
        {
            report.conflict(
                at.field("datetime-upper"),
                "a moment before datetime-lower",
                "datetime-upper behind datetime-lower",
            );
        }
    }
}

fn too_many(at: &At<'_>, field: &str, partitions: i64, report: &mut Report) {
    report.conflict(at.field(field), &format!("{partitions} intervals"), &format!("at most {MOST} intervals"));
}
