//! An excerpt: the line of a text that a span begins on, and the part of the span on it.
//!
//! Promises to find one for every span, also one that is empty, ends behind the text or cuts a character in two.

use std::ops::Range;

/// One line with a span marked on it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Excerpt<'text> {
    /// Which line, from 1.
    pub(super) line: usize,
    /// Which character of the line the span begins with, from 1.
    pub(super) column: usize,
    /// The line, without its end.
    pub(super) text: &'text str,
    /// The bytes of the line that are marked; empty only behind its last character.
    pub(super) span: Range<usize>,
}

impl<'text> Excerpt<'text> {
    /// Cuts the line out of a text whose first line has a number of its own.
    pub(super) fn of(text: &'text str, span: &Range<usize>, first_line: u32) -> Self {
        let start = floor(text, span.start);
        let begin = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let end = text[start..].find('\n').map_or(text.len(), |length| start + length);
        let line = text[begin..end].trim_end_matches('\r');
        let start = (start - begin).min(line.len());
        let stop = floor(text, span.end.min(end)).saturating_sub(begin).min(line.len());
        let stop = start + line[start..stop.max(start)].trim_end().len();
        let one = line[start..].chars().next().map_or(0, char::len_utf8);
        Self {
            line: first_line as usize + text[..begin].matches('\n').count(),
            column: 1 + line[..start].chars().count(),
            text: line,
            span: start..stop.max(start + one),
        }
    }
}

/// Returns the nearest place at or before an offset where a character begins or the text ends.
fn floor(text: &str, offset: usize) -> usize {
    let offset = offset.min(text.len());
    (0..=offset).rev().find(|&offset| text.is_char_boundary(offset)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn marked(text: &str, span: Range<usize>) -> (usize, usize, &str) {
        let excerpt = Excerpt::of(text, &span, 10);
        (excerpt.line, excerpt.column, &excerpt.text[excerpt.span])
    }

    #[test]
    fn a_span_is_marked_on_its_first_line() {
        let text = "a: 1\nb: |\n  x\n  y\n";
        assert_eq!(marked(text, 0..4), (10, 1, "a: 1"));
        assert_eq!(marked(text, 5..18), (11, 1, "b: |"));
        assert_eq!(marked(text, 8..9), (11, 4, "|"));
    }

    #[test]
    fn an_empty_span_marks_the_character_it_stands_before() {
        assert_eq!(marked("a: 1", 3..3), (10, 4, "1"));
        assert_eq!(marked("a:\r\nb:\r\n", 2..2), (10, 3, ""));
    }

    #[test]
    fn a_span_behind_the_text_marks_its_end() {
        assert_eq!(marked("a: 1\n", 5..6), (11, 1, ""));
        assert_eq!(marked("a: 1", 40..50), (10, 5, ""));
        assert_eq!(marked("", 0..0), (10, 1, ""));
    }

    #[test]
    fn columns_count_characters_not_bytes() {
        assert_eq!(marked("名: ü 1", 7..8), (10, 5, " "));
        assert_eq!(marked("名: 1", 1..2), (10, 1, "名"));
    }

    proptest! {
        #[test]
        fn every_span_of_every_text_has_an_excerpt(text in "[a:ü名\t\r\n ]{0,24}", start in 0..80_usize, length in 0..80_usize) {
            let excerpt = Excerpt::of(&text, &(start..start + length), 1);
            let line = text.split('\n').nth(excerpt.line - 1).unwrap();
            prop_assert_eq!(line.trim_end_matches('\r'), excerpt.text);
            prop_assert!(excerpt.text.get(excerpt.span.clone()).is_some());
            prop_assert!(!excerpt.span.is_empty() || excerpt.span.start == excerpt.text.len());
        }
    }
}
