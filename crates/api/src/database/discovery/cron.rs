//! When something is done again and again, in the fields of Quartz: seconds, minutes, hours, day, month, weekday, year.

use std::borrow::Cow;

#[cfg(feature = "schema")]
use crate::schema::Pattern;
use crate::shape::Grammar;

const ALLOWED: &str = "the six or seven fields of Quartz (second minute hour day month weekday year), as 0/5 * * * * ?";
const LONGEST: usize = 256;
const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// What one field may say.
struct Field {
    least: u32,
    most: u32,
    /// Names for the numbers from `least` on.
    names: &'static [&'static str],
    /// `?` may stand there: the field does not decide.
    open: bool,
    /// Marks that may stand behind a number, and `L` by itself.
    marks: &'static str,
}

const FIELDS: [Field; 7] = [
    Field { least: 0, most: 59, names: &[], open: false, marks: "" },
    Field { least: 0, most: 59, names: &[], open: false, marks: "" },
    Field { least: 0, most: 23, names: &[], open: false, marks: "" },
    Field { least: 1, most: 31, names: &[], open: true, marks: "LW" },
    Field { least: 1, most: 12, names: &MONTHS, open: false, marks: "" },
    Field { least: 1, most: 7, names: &DAYS, open: true, marks: "L#" },
    Field { least: 1970, most: 2099, names: &[], open: false, marks: "" },
];

/// A Quartz expression whose every field is in range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cron(Box<str>);

impl Default for Cron {
    /// Every five seconds.
    fn default() -> Self {
        Self("0/5 * * * * ?".into())
    }
}

impl Cron {
    /// Returns the expression, its fields one space apart.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Field {
    /// Says whether one of the items between commas is lawful.
    fn takes(&self, item: &str) -> bool {
        if item == "?" {
            return self.open;
        }
        let (range, step) = item.split_once('/').map_or((item, None), |(range, step)| (range, Some(step)));
        if step.is_some_and(|step| step.parse::<u32>().map_or(true, |step| step == 0 || step > self.most)) {
            return false;
        }
        if range == "*" {
            return true;
        }
        let marked = step.is_none() && self.takes_marked(range);
        match range.split_once('-') {
            _ if marked => true,
            Some((first, last)) => self.number(first).is_some() && self.number(last).is_some(),
            None => self.number(range).is_some() || (range.is_empty() && step.is_some()),
        }
    }

    /// Says whether an item has a lawful mark: `L`, `LW`, `15W`, `6L`, `6#3`.
    fn takes_marked(&self, item: &str) -> bool {
        let marks = |mark: char| self.marks.contains(mark);
        if marks('W') && (item == "LW" || item.strip_suffix('W').is_some_and(|day| self.number(day).is_some())) {
            return true;
        }
        if marks('#')
            && let Some((day, nth)) = item.split_once('#')
        {
            return self.number(day).is_some() && matches!(nth, "1" | "2" | "3" | "4" | "5");
        }
        let last = |day: &str| day.is_empty() || (marks('#') && self.number(day).is_some());
        marks('L') && item.strip_suffix('L').is_some_and(last)
    }

    fn number(&self, text: &str) -> Option<u32> {
        let digits = || text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u32>().ok()).flatten();
        let named = self.names.iter().zip(self.least..).find(|(name, _)| name.eq_ignore_ascii_case(text));
        named.map(|(_, number)| number).or_else(digits).filter(|number| (self.least..=self.most).contains(number))
    }
}

impl Grammar for Cron {
    fn parse(text: &str) -> Option<Self> {
        let fields: Vec<_> = text.split_ascii_whitespace().collect();
        let lawful = (6..=7).contains(&fields.len())
            && text.len() <= LONGEST
            && fields.iter().zip(&FIELDS).all(|(text, field)| text.split(',').all(|item| field.takes(item)))
            // Quartz wants exactly one of the two days left open.
            && (fields[3] == "?") != (fields[5] == "?");
        lawful.then(|| Self(fields.join(" ").into()))
    }

    fn spell(&self) -> Cow<'_, str> {
        self.as_str().into()
    }

    fn words() -> Cow<'static, str> {
        ALLOWED.into()
    }

    #[cfg(feature = "schema")]
    fn pattern() -> Pattern {
        Pattern { shortest: 11, longest: LONGEST, ..Pattern::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartz_has_six_fields_or_seven_and_leaves_one_day_open() {
        for text in [
            "0/5 * * * * ?",
            "0 0 12 ? * MON-FRI",
            "0 15 10 L * ? 2027",
            "0 0 0 LW JAN,jul ?",
            "0 0 0 ? * 6#3",
            "0 0/5 14,18 * * ?",
            "*/10 * * 15W * ?",
            "0 0 0 ? * 6L",
        ] {
            assert!(Cron::parse(text).is_some(), "{text}");
        }
        assert_eq!(Cron::parse(" 0  0 0 * * ? ").unwrap().as_str(), "0 0 0 * * ?");
        for text in [
            "",
            "* * * * *",
            "0/5 * * * * *",
            "? * * ? * *",
            "60 * * * * ?",
            "0/0 * * * * ?",
            "0 0 24 * * ?",
            "0 0 0 32 * ?",
            "0 0 0 * 13 ?",
            "0 0 0 ? * 8",
            "0 0 0 ? * ?",
            "0 0 0 * * ? 1969",
            "0 0 0 * * ? 2027 1",
            "a * * * * ?",
            "0 0 0 ? * 6#6",
            "0-60 * * * * ?",
            "1,,2 * * * * ?",
        ] {
            assert_eq!(Cron::parse(text), None, "{text}");
        }
    }
}
