//! Moments as texts: in the one pattern of `AUTO_INTERVAL`, or in a pattern of the author's, in the letters of Java.

use std::borrow::Cow;

#[cfg(feature = "schema")]
use crate::schema::Pattern;
use crate::shape::Grammar;

const MOMENT: &str = "a moment as 2026-01-31 23:59:59";
const PATTERN: &str =
    "a pattern of yyyy, yy, MM, M, dd, d, HH, H, mm, ss, S and texts that are no letters or stand in '', as yyyy-MM-dd";
const LONGEST: usize = 64;

/// A moment without a time zone, to the second.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateTime {
    text: Box<str>,
    seconds: i64,
}

impl DateTime {
    /// Returns the moment as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the seconds since 1970 began, in the time zone of the database.
    pub fn seconds(&self) -> i64 {
        self.seconds
    }

    fn parse(text: &str) -> Option<Self> {
        let moment = TimePattern::parse("yyyy-MM-dd HH:mm:ss")?.read(text)?;
        let [year, month, day, hour, minute, second, _] = moment.0.map(i64::from);
        let seconds = days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
        Some(Self { text: text.into(), seconds })
    }
}

impl PartialOrd for DateTime {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        self.seconds.partial_cmp(&other.seconds)
    }
}

/// Year, month, day, hour, minute, second, fraction; what a pattern does not have is the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment([u32; 7]);

/// A pattern in the letters of Java's `DateTimeFormatter`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimePattern {
    text: Box<str>,
    tokens: Vec<Token>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Literal(char),
    /// A number: its place in a moment, and its fewest and most digits.
    Number(usize, usize, usize),
}

impl TimePattern {
    /// Returns the pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    fn parse(text: &str) -> Option<Self> {
        let mut tokens = Vec::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if c == '\'' {
                let (quoted, after) = rest[1..].split_once('\'')?;
                let quoted = if quoted.is_empty() { "'" } else { quoted };
                tokens.extend(quoted.chars().map(Token::Literal));
                rest = after;
                continue;
            }
            let count = rest.chars().take_while(|next| *next == c).count();
            rest = &rest[count * c.len_utf8()..];
            if c.is_ascii_alphabetic() {
                tokens.push(token(c, count)?);
            } else if matches!(c, '[' | ']' | '{' | '}' | '#') {
                return None;
            } else {
                tokens.extend(std::iter::repeat_n(Token::Literal(c), count));
            }
        }
        let numbers = tokens.iter().any(|token| matches!(token, Token::Number(..)));
        (numbers && text.len() <= LONGEST).then(|| Self { text: text.into(), tokens })
    }

    /// Reads a moment that is written so.
    pub(super) fn read(&self, text: &str) -> Option<Moment> {
        let (mut moment, mut rest) = ([1970, 1, 1, 0, 0, 0, 0], text);
        for token in &self.tokens {
            match *token {
                Token::Literal(c) => rest = rest.strip_prefix(c)?,
                Token::Number(place, fewest, most) => {
                    let digits = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
                    let number = rest.get(..digits).filter(|_| digits >= fewest)?.parse().ok()?;
                    moment[place] = if place == 0 && most == 2 { 2000 + number } else { number };
                    rest = &rest[digits..];
                }
            }
        }
        let [year, month, day, hour, minute, second, _] = moment;
        let lawful = (1..=12).contains(&month)
            && (1..=length(year, month)).contains(&day)
            && hour < 24
            && minute < 60
            && second < 60
            && rest.is_empty();
        lawful.then_some(Moment(moment))
    }
}

/// Reads letters of a pattern.
fn token(letter: char, count: usize) -> Option<Token> {
    let place = match (letter, count) {
        ('y' | 'u', 4) => return Some(Token::Number(0, 4, 4)),
        ('y' | 'u', 2) => return Some(Token::Number(0, 2, 2)),
        ('S', 1..=9) => return Some(Token::Number(6, count, count)),
        ('M', _) => 1,
        ('d', _) => 2,
        ('H', _) => 3,
        ('m', _) => 4,
        ('s', _) => 5,
        _ => return None,
    };
    (count <= 2).then_some(Token::Number(place, count, 2))
}

/// Returns how many days a month has, in the calendar of all times.
fn length(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Counts the days since 1970 began: years begin in March, so that the day of a leap year is the last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let of_years = year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    of_years + (153 * month + 2) / 5 + day - 1 - 719_468
}

macro_rules! scalar {
    ($name:ident, $allowed:ident) => {
        impl Grammar for $name {
            fn parse(text: &str) -> Option<Self> {
                Self::parse(text)
            }

            fn spell(&self) -> Cow<'_, str> {
                self.as_str().into()
            }

            fn words() -> Cow<'static, str> {
                $allowed.into()
            }

            #[cfg(feature = "schema")]
            fn pattern() -> Pattern {
                Pattern { shortest: 1, longest: LONGEST, ..Pattern::default() }
            }
        }
    };
}

scalar!(DateTime, MOMENT);
scalar!(TimePattern, PATTERN);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn moments_are_counted_as_unix_counts() {
        let seconds = |text| DateTime::parse(text).map(|moment| moment.seconds());
        assert_eq!(seconds("1970-01-01 00:00:00"), Some(0));
        assert_eq!(seconds("2016-11-01 00:00:00"), Some(1_477_958_400));
        assert_eq!(seconds("2024-02-29 23:59:59"), Some(1_709_251_199));
        for text in [
            "2023-02-29 00:00:00",
            "2026-13-01 00:00:00",
            "2026-01-01",
            "2026-01-01 24:00:00",
            "2026-1-01 00:00:00",
            "2026-01-01 00:00:00 ",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    #[test]
    fn a_pattern_reads_what_is_written_so() {
        let read = |pattern, text| TimePattern::parse(pattern).unwrap().read(text).map(|moment| moment.0);
        assert_eq!(read("yyyyMM", "202602"), Some([2026, 2, 1, 0, 0, 0, 0]));
        assert_eq!(read("yyyy-MM-dd'T'HH:mm:ss.SSS", "2026-02-03T04:05:06.789"), Some([2026, 2, 3, 4, 5, 6, 789]));
        assert_eq!(read("d.M.yy", "3.12.26"), Some([2026, 12, 3, 0, 0, 0, 0]));
        assert_eq!(read("yyyyMM", "2026-2"), None);
        for pattern in ["", "yyy", "MMM", "ww", "''", "yyyy[MM]", "'yyyy"] {
            assert_eq!(TimePattern::parse(pattern), None, "{pattern}");
        }
    }

    proptest! {
        #[test]
        fn the_day_after_is_one_day_later(year in 1_u32..4000, month in 1_u32..13, day in 1_u32..32) {
            prop_assume!(day <= length(year, month));
            let next = match (month, day == length(year, month)) {
                (12, true) => (year + 1, 1, 1),
                (_, true) => (year, month + 1, 1),
                (_, false) => (year, month, day + 1),
            };
            let count = |(y, m, d): (u32, u32, u32)| days(y.into(), m.into(), d.into());
            prop_assert_eq!(count(next), count((year, month, day)) + 1);
        }
    }
}
