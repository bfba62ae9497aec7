//! Masks what is nobody's business in a text that is shown. Every place in the text stays where it is.

use std::ops::Range;
use std::sync::Arc;

/// What the key of a secret has in its name, in lower case. For texts that could not be read: elsewhere the shapes know.
const SUSPECT: [&str; 6] = ["password", "secret", "token", "key-value", "rc4-key", "sm4-key"];

/// Masks some spans of a text.
pub(super) fn mask(text: &Arc<str>, spans: impl Iterator<Item = Range<usize>>) -> Arc<str> {
    let mut spans: Vec<_> = spans.filter(|span| !span.is_empty()).collect();
    if spans.is_empty() {
        return Arc::clone(text);
    }
    spans.sort_unstable_by_key(|span| span.start);
    let (mut spans, mut end) = (spans.into_iter().peekable(), 0);
    let mut masked = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        while let Some(span) = spans.next_if(|span| span.start <= at) {
            end = end.max(span.end);
        }
        if at < end && c != '\n' {
            masked.extend(std::iter::repeat_n('*', c.len_utf8()));
        } else {
            masked.push(c);
        }
    }
    masked.into()
}

/// Masks what looks like the value of a secret in a text that nobody could read: the rest of the line, and the lines
/// below that belong to it.
pub(super) fn suspects(text: &str) -> Arc<str> {
    let (mut spans, mut start, mut column) = (Vec::new(), 0, None);
    for line in text.split_inclusive('\n') {
        let begin = start;
        start += line.len();
        if column.is_some_and(|column| goes_on(line, column)) {
            spans.push(begin + indent(line)..start);
            continue;
        }
        let value = value(line);
        column = value.map(|_| key(line));
        spans.extend(value.map(|value| begin + value..start));
    }
    mask(&text.into(), spans.into_iter())
}

/// Finds where the value of a secret begins in a line, if there is one.
fn value(line: &str) -> Option<usize> {
    let lower = line.to_ascii_lowercase();
    let key = SUSPECT.iter().filter_map(|key| Some(lower.find(key)? + key.len())).min()?;
    Some(key + lower[key..].find(':')? + 1)
}

/// Finds the column of the first key of a line, behind the dashes of lists.
fn key(line: &str) -> usize {
    let mut column = indent(line);
    while line[column..].starts_with("- ") {
        column += 1 + indent(&line[column + 1..]);
    }
    column
}

/// Says whether a line belongs to the value of a key in some column: it is empty, further to the right, or an item below.
fn goes_on(line: &str, column: usize) -> bool {
    let (indent, text) = (indent(line), line.trim());
    text.is_empty() || indent > column || (indent == column && (text == "-" || text.starts_with("- ")))
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_masked_is_as_long_as_before() {
        assert_eq!(
            &*mask(&"user: a\npassword: gehäim # x\n".into(), std::iter::once(18..25)),
            "user: a\npassword: ******* # x\n"
        );
        assert_eq!(&*mask(&"nothing".into(), std::iter::once(0..0)), "nothing");
    }

    #[test]
    fn spans_may_come_in_any_order_and_overlap() {
        assert_eq!(&*mask(&"abcdefgh".into(), [5..6, 1..4, 2..3].into_iter()), "a***e*gh");
    }

    #[test]
    fn a_text_nobody_could_read_hides_what_its_keys_call_a_secret() {
        assert_eq!(&*suspects("a: [\n  rootPassword: \"x\"\nb: 1\n"), "a: [\n  rootPassword:****\nb: 1\n");
    }

    #[test]
    fn what_stands_below_the_key_of_a_secret_is_hidden_as_well() {
        let text = "\
password: |
  first

    second
user: a
list:
- token: >-
    folded
  name: b
- name: c
secrets:
- one
- two:
    three
rootPassword:
  \"quoted
  on\"
url: d
";
        let expected = "\
password:**
  *****

    ******
user: a
list:
- token:***
    ******
  name: b
- name: c
secrets:
*****
******
    *****
rootPassword:
  *******
  ***
url: d
";
        let masked = suspects(text);
        assert_eq!(masked.len(), text.len());
        assert_eq!(&*masked, expected);
    }
}
