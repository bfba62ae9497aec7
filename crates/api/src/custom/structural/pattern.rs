//! Patterns in RE2 syntax, the one Kubernetes reads, matched in time linear in the text.
//!
//! The engine is the crate `regex`. Where the two read the same text differently, the pattern is rewritten: `\d`, `\w`,
//! `\s` and `\b` mean ASCII in RE2, and `[`, `&&`, `--`, `~~` are plain characters inside of its classes.

use std::collections::HashMap;
use std::iter::Peekable;
use std::str::Chars;

use regex::{Regex, RegexBuilder};

/// Sizes a compiled pattern may have, in KiB. Matching takes, at worst, time in proportion to size times text; so a
/// pattern costs as many steps a byte as the smallest of these that holds it.
const SIZES: [usize; 4] = [4, 16, 64, 256];
/// The deepest nesting of groups.
const DEEPEST: u32 = 50;
/// The longest pattern, in bytes.
const LONGEST: usize = 10_000;
/// The most different patterns of one schema.
const MOST: usize = 1_000;

/// What is allowed where a pattern stands, for refusals.
pub(crate) const ALLOWED: &str = "a regular expression in RE2 syntax, without backreferences and look-around";

/// A compiled pattern that knows its price.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    pub(crate) regex: Regex,
    steps_per_byte: usize,
}

/// The patterns of one schema and its rules, each compiled once.
#[derive(Debug, Default)]
pub(crate) struct Patterns(HashMap<String, Pattern>);

impl Pattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// One sentence: not RE2 syntax, or too large.
    pub(crate) fn compile(pattern: &str) -> Result<Self, String> {
        if pattern.len() > LONGEST {
            return Err(format!("it is {} bytes long, at most {LONGEST} are read", pattern.len()));
        }
        let translated = translate(pattern);
        for kib in SIZES {
            let built = RegexBuilder::new(&translated).size_limit(kib << 10).nest_limit(DEEPEST).build();
            match built {
                Ok(regex) => return Ok(Self { regex, steps_per_byte: kib }),
                Err(regex::Error::CompiledTooBig(_)) => {}
                Err(error) => {
                    let text = error.to_string();
                    return Err(text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned());
                }
            }
        }
        Err(format!("compiled it takes more than {} KiB", SIZES[SIZES.len() - 1]))
    }

    /// Returns how many steps it takes at worst to match a text.
    pub(crate) fn steps(&self, text: &str) -> usize {
        1 + text.len().saturating_mul(self.steps_per_byte)
    }
}

impl Patterns {
    /// Returns a pattern that was compiled before.
    pub(crate) fn get(&self, pattern: &str) -> Option<&Pattern> {
        self.0.get(pattern)
    }

    /// Compiles a pattern, unless it is there already.
    ///
    /// # Errors
    /// Those of [`Pattern::compile`], and more different patterns than a schema may have.
    pub(crate) fn compile(&mut self, pattern: &str) -> Result<Pattern, String> {
        if let Some(known) = self.get(pattern) {
            return Ok(known.clone());
        }
        if self.0.len() >= MOST {
            return Err(format!("a schema has at most {MOST} different patterns"));
        }
        let compiled = Pattern::compile(pattern)?;
        self.0.insert(pattern.to_owned(), compiled.clone());
        Ok(compiled)
    }
}

/// Rewrites what RE2 and the crate read differently.
fn translate(pattern: &str) -> String {
    let mut chars = pattern.chars().peekable();
    let mut translated = String::with_capacity(pattern.len() + 16);
    while let Some(c) = chars.next() {
        match c {
            '\\' => escape(&mut chars, &mut translated),
            '[' => class(&mut chars, &mut translated),
            _ => translated.push(c),
        }
    }
    translated
}

/// Rewrites what follows a backslash outside of a class.
fn escape(chars: &mut Peekable<Chars<'_>>, out: &mut String) {
    match chars.next() {
        Some('d') => out.push_str("[0-9]"),
        Some('D') => out.push_str("[^0-9]"),
        Some('w') => out.push_str("[0-9A-Za-z_]"),
        Some('W') => out.push_str("[^0-9A-Za-z_]"),
        Some('s') => out.push_str(r"[\t\n\f\r ]"),
        Some('S') => out.push_str(r"[^\t\n\f\r ]"),
        Some('b') => out.push_str(r"(?-u:\b)"),
        // `\B` between the bytes of one character is no place for a text to be cut, so it stays Unicode's.
        Some(c @ ('<' | '>')) => out.push(c),
        Some(c) => out.extend(['\\', c]),
        None => out.push('\\'),
    }
}

/// Rewrites a class, from behind its `[` to its `]`.
fn class(chars: &mut Peekable<Chars<'_>>, out: &mut String) {
    out.push('[');
    out.extend(chars.next_if_eq(&'^'));
    if chars.next_if_eq(&']').is_some() {
        out.push_str("\\]");
    }
    let mut before = None;
    while let Some(c) = chars.next() {
        match c {
            ']' => return out.push(']'),
            '[' if chars.peek() == Some(&':') => {
                out.push('[');
                for c in chars.by_ref() {
                    out.push(c);
                    if c == ']' {
                        break;
                    }
                }
            }
            '[' => out.push_str("\\["),
            '&' | '~' if before == Some(c) => out.extend(['\\', c]),
            '-' if before == Some('-') => out.push_str("\\-"),
            '\\' => class_escape(chars, out),
            _ => out.push(c),
        }
        before = Some(c);
    }
}

/// Rewrites what follows a backslash inside of a class.
fn class_escape(chars: &mut Peekable<Chars<'_>>, out: &mut String) {
    match chars.next() {
        Some('d') => out.push_str("0-9"),
        Some('w') => out.push_str("0-9A-Za-z_"),
        Some('s') => out.push_str(r"\t\n\f\r "),
        Some('b') => out.push_str(r"\x08"),
        Some(c @ ('D' | 'W' | 'S')) => escape(&mut [c].iter().collect::<String>().chars().peekable(), out),
        Some(c @ ('<' | '>')) => out.push(c),
        Some(c) => out.extend(['\\', c]),
        None => out.push('\\'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        Pattern::compile(pattern).unwrap().regex.is_match(text)
    }

    #[test]
    fn a_digit_is_ascii_as_in_re2() {
        let verdicts = [r"^\d+$", r"^[\d]+$", r"^\w+$"].map(|pattern| (matches(pattern, "12"), matches(pattern, "٣")));
        assert_eq!(verdicts, [(true, false); 3]);
        assert_eq!((matches(r"^[\D]$", "٣"), matches(r"^\D$", "7")), (true, false));
    }

    #[test]
    fn classes_hold_what_they_say() {
        let cases =
            [(r"^[[a]$", "["), (r"^[]a]$", "]"), (r"^[a&&b]+$", "a&b"), (r"^[[:alpha:]]$", "q"), (r"^\<a\>$", "<a>")];
        assert_eq!(cases.map(|(pattern, text)| matches(pattern, text)), [true; 5]);
    }

    #[test]
    fn what_needs_more_than_linear_time_or_space_is_refused() {
        let reasons =
            [r"(a)\1", r"(?=a)", r"(?:[a-z]{500}){500}"].map(|pattern| Pattern::compile(pattern).unwrap_err());
        assert_eq!(
            reasons,
            [
                "backreferences are not supported",
                "look-around, including look-ahead and look-behind, is not supported",
                "compiled it takes more than 256 KiB",
            ]
        );
    }

    #[test]
    fn a_pattern_made_to_backtrack_ends_at_once() {
        assert!(!matches("(a+)+$", &format!("{}!", "a".repeat(1_000_000))));
    }
}
