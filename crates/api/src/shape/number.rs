//! Numbers with bounds.

use std::borrow::Cow;

use serde_json::Value;

use super::{At, Shape, Wanted, mismatch};
use crate::invalid::Report;
use crate::node::{Content, Node};
use crate::number::Number;
#[cfg(feature = "schema")]
use crate::schema::Schema;

/// A whole number from `LEAST` to `MOST`; `2.0` is one too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Whole<const LEAST: i64, const MOST: i64>(i64);

impl<const LEAST: i64, const MOST: i64> Whole<LEAST, MOST> {
    /// Returns the number.
    pub fn get(self) -> i64 {
        self.0
    }

    /// Returns the number without a sign; zero for one below zero.
    pub fn unsigned(self) -> u64 {
        u64::try_from(self.0).unwrap_or(0)
    }
}

impl<const LEAST: i64, const MOST: i64> Shape for Whole<LEAST, MOST> {
    fn read(node: &Node, at: &At<'_>, report: &mut Report) -> Option<Self> {
        let number = number(node, at, Self::allowed, report)?;
        let whole = number.whole().and_then(|whole| i64::try_from(whole).ok()).filter(|n| (LEAST..=MOST).contains(n));
        if whole.is_none() {
            report.not_allowed(at, number, &Self::allowed());
        }
        whole.map(Self)
    }

    fn print(&self) -> Value {
        self.0.into()
    }

    fn allowed() -> Cow<'static, str> {
        format!("a whole number from {LEAST} to {MOST}").into()
    }

    #[cfg(feature = "schema")]
    fn schema() -> Schema {
        Schema::Whole { least: LEAST, most: MOST }
    }
}

/// Any number from `LEAST` to `MOST`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Decimal<const LEAST: i64, const MOST: i64>(f64);

/// What is not a number is within no bounds.
impl<const LEAST: i64, const MOST: i64> Eq for Decimal<LEAST, MOST> {}

impl<const LEAST: i64, const MOST: i64> Decimal<LEAST, MOST> {
    /// Returns the number.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl<const LEAST: i64, const MOST: i64> Shape for Decimal<LEAST, MOST> {
    #[expect(clippy::cast_precision_loss, reason = "bounds are small whole numbers")]
    fn read(node: &Node, at: &At<'_>, report: &mut Report) -> Option<Self> {
        let number = number(node, at, Self::allowed, report)?;
        let double = Some(number.double()).filter(|n| (LEAST as f64..=MOST as f64).contains(n));
        if double.is_none() {
            report.not_allowed(at, number, &Self::allowed());
        }
        double.map(Self)
    }

    fn print(&self) -> Value {
        Number::Fraction(self.0).whole().map_or_else(|| self.0.into(), |whole| Number::Whole(whole).to_value())
    }

    fn allowed() -> Cow<'static, str> {
        format!("a number from {LEAST} to {MOST}").into()
    }

    #[cfg(feature = "schema")]
    fn schema() -> Schema {
        Schema::Decimal { least: LEAST, most: MOST }
    }
}

/// Reads a number, or reports another type.
pub(crate) fn number(
    node: &Node,
    at: &At<'_>,
    allowed: impl FnOnce() -> Cow<'static, str>,
    report: &mut Report,
) -> Option<Number> {
    let Content::Number(number) = node.content else {
        report.refuse(mismatch(node, Wanted::Number, &allowed(), at));
        return None;
    };
    Some(number)
}
