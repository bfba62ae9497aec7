//! What a schema claims of a value beyond its type: bounds, lengths, patterns, and `allOf` and its like.

use std::cmp::Ordering;
use std::collections::HashSet;

use serde_json::{Map, Value};

use super::canonical;
use super::check::Checker;
use super::place::Place;
use super::schema::{Bound, Claims, Schema, Span};
use crate::invalid::{Code, quote};
use crate::number::Number;

impl Claims {
    /// Checks the claims a value of any type can meet, then those of its own type.
    pub(super) fn check(&self, value: &Value, place: Place<'_>, checker: &mut Checker<'_>) {
        if let Some(among) = &self.among
            && !among.texts.contains(&canonical::text(value))
        {
            checker.not_allowed(place, value, || among.shown.clone());
        }
        match value {
            Value::Number(json) => self.number(value, canonical::number(json), (place, checker)),
            Value::String(text) => self.text(value, text, (place, checker)),
            Value::Array(items) => self.items(items, place, checker),
            Value::Object(fields) => {
                self.size.check(fields.len(), "fields", (place, checker));
            }
            Value::Null | Value::Bool(_) => {}
        }
        self.combinations(value, place, checker);
    }

    /// Checks that what is required is there; `null` is not, unless the field may be null.
    pub(super) fn required(
        &self,
        schema: &Schema,
        fields: &Map<String, Value>,
        (place, checker): (Place<'_>, &mut Checker<'_>),
    ) {
        for name in &self.required {
            let nullable = || schema.field(name).is_some_and(|field| field.nullable);
            if fields.get(name).is_none_or(|value| value.is_null() && !nullable()) {
                let kind = schema.field(name).and_then(|field| field.kind);
                let allowed = kind.map_or("a value", super::schema::Kind::allowed);
                checker.refuse(Place::Field(&place, name), Code::Missing, || ("found nothing".into(), allowed.into()));
            }
        }
    }

    fn number(&self, value: &Value, number: Number, (place, checker): (Place<'_>, &mut Checker<'_>)) {
        if let Some(bound) = self.at_least.filter(|bound| bound.cuts(number, Ordering::Less)) {
            checker.not_allowed(place, value, || format!("{} {}", bound.word("more than", "at least"), bound.number));
        }
        if let Some(bound) = self.at_most.filter(|bound| bound.cuts(number, Ordering::Greater)) {
            checker.not_allowed(place, value, || format!("{} {}", bound.word("less than", "at most"), bound.number));
        }
        if let Some(step) = self.multiple_of.filter(|step| !is_multiple(number, *step)) {
            checker.not_allowed(place, value, || format!("a multiple of {step}"));
        }
        if let (Some(format), Some(whole)) = (self.format, number.whole())
            && !format.holds(whole)
        {
            checker.not_allowed(place, value, || format.allowed().to_owned());
        }
    }

    fn text(&self, value: &Value, text: &str, (place, checker): (Place<'_>, &mut Checker<'_>)) {
        if self.length.least.or(self.length.most).is_some() {
            self.length.check(text.chars().count(), "characters", (place, checker));
        }
        if let Some(format) = self.format.filter(|format| !format.fits(text)) {
            checker.not_allowed(place, value, || format.allowed().to_owned());
        }
        if let Some(pattern) = &self.pattern
            && checker.spend(pattern.steps(text))
            && !pattern.regex.is_match(text)
        {
            checker.not_allowed(place, value, || pattern_allowed(&self.pattern_text));
        }
    }

    fn items(&self, items: &[Value], place: Place<'_>, checker: &mut Checker<'_>) {
        self.count.check(items.len(), "items", (place, checker));
        let mut seen = HashSet::new();
        for (i, item) in items.iter().enumerate().filter(|_| self.unique) {
            if !seen.insert(canonical::text(item)) {
                checker.duplicate(Place::Item(&place, i), item, "each item once");
            }
        }
    }

    fn combinations(&self, value: &Value, place: Place<'_>, checker: &mut Checker<'_>) {
        self.all.iter().for_each(|schema| checker.node(schema, value, place));
        if !self.any.is_empty() && !self.any.iter().any(|schema| checker.holds(schema, value)) {
            checker.not_allowed(place, value, || one_of("at least one", &self.any, value));
        }
        if !self.one.is_empty() {
            let holding = self.one.iter().filter(|schema| checker.holds(schema, value)).count();
            if holding != 1 {
                let allowed = || format!("{}; it fits {holding}", one_of("exactly one", &self.one, value));
                checker.not_allowed(place, value, allowed);
            }
        }
        if let Some(not) = &self.not
            && checker.holds(not, value)
        {
            checker.not_allowed(place, value, || "a value that does not fit the schema under `not`".to_owned());
        }
    }
}

impl Bound {
    /// Says whether a number lies beyond the bound, on the side named.
    fn cuts(self, number: Number, side: Ordering) -> bool {
        match compare(number, self.number) {
            Some(Ordering::Equal) => self.exclusive,
            Some(found) => found == side,
            None => true,
        }
    }

    fn word(self, exclusive: &'static str, inclusive: &'static str) -> &'static str {
        if self.exclusive { exclusive } else { inclusive }
    }
}

impl Span {
    fn check(self, length: usize, unit: &str, (place, checker): (Place<'_>, &mut Checker<'_>)) {
        let found = || format!("found {length} {unit}");
        if let Some(least) = self.least.filter(|least| length < *least) {
            checker.refuse(place, Code::NotAllowed, || (found(), format!("at least {least} {unit}")));
        }
        if let Some(most) = self.most.filter(|most| length > *most) {
            checker.refuse(place, Code::NotAllowed, || (found(), format!("at most {most} {unit}")));
        }
    }
}

/// Returns a number as a double, as JSON Schema sees it.
#[expect(clippy::cast_precision_loss, reason = "beyond 2^53 JSON Schema compares doubles too")]
pub(super) fn double(number: Number) -> f64 {
    match number {
        Number::Whole(number) => number as f64,
        Number::Fraction(number) => number,
    }
}

fn compare(one: Number, other: Number) -> Option<Ordering> {
    match (one, other) {
        (Number::Whole(one), Number::Whole(other)) => Some(one.cmp(&other)),
        (one, other) => double(one).partial_cmp(&double(other)),
    }
}

fn is_multiple(number: Number, step: Number) -> bool {
    if let (Some(number), Some(step)) = (number.whole(), step.whole()) {
        return number.checked_rem(step) == Some(0);
    }
    // 0.3 is a multiple of 0.1 for everybody but a processor.
    let quotient = double(number) / double(step);
    (quotient - quotient.round()).abs() <= 1e-9 * quotient.abs().max(1.0)
}

fn pattern_allowed(pattern: &str) -> String {
    format!("a text that matches {}", quote(pattern))
}

/// Names the alternatives by what they require, where they say so.
fn one_of(count: &str, alternatives: &[Schema], value: &Value) -> String {
    let required = alternatives.iter().map(|schema| schema.claims.required.join(" and "));
    let named: Vec<_> = required.filter(|names| !names.is_empty()).collect();
    if value.is_object() && named.len() == alternatives.len() {
        return format!("{count} of: {}", named.join(", "));
    }
    format!("a value that fits {count} of {} alternatives", alternatives.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn multiples_of_a_tenth_are_told_by_people_not_by_doubles() {
        let tenth = Number::Fraction(0.1);
        let verdicts = [Number::Fraction(0.3), Number::Whole(7), Number::Fraction(0.35)].map(|n| is_multiple(n, tenth));
        assert_eq!(verdicts, [true, true, false]);
    }

    #[test]
    fn whole_numbers_are_compared_exactly() {
        let most = Bound { number: Number::Whole(9_007_199_254_740_992), exclusive: false };
        assert!(most.cuts(Number::Whole(9_007_199_254_740_993), Ordering::Greater));
    }
}
