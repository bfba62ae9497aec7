//! Masks what is nobody's business in a text that is shown. Every place in the text stays where it is.

use std::ops::Range;
use std::sync::Arc;

/// What the key of a secret has in its name, in lower case. For texts that could not be read: elsewhere the shapes know.
const SUSPECT: [&str; 6] = ["password", "secret", "token", "key-value", "rc4-key", "sm4-key"];

/// Masks some spans of a text.
pub(super) fn mask(text: &Arc<str>, spans: impl Iterator<Item = Range<usize>>) -> Arc<str> {
    let spans: Vec<_> = spans.filter(|span| !span.is_empty()).collect();
    if spans.is_empty() {
        return Arc::clone(text);
    }
    let hidden = |at: usize, c: char| c != '\n' && spans.iter().any(|span| span.contains(&at));
    let show = |(at, c): (usize, char)| if hidden(at, c) { "*".repeat(c.len_utf8()) } else { c.to_string() };
    text.char_indices().map(show).collect::<String>().into()
}

/// Masks what looks like the value of a secret in a text that nobody could read.
pub(super) fn suspects(text: &str) -> Arc<str> {
    let mut start = 0;
    let spans = text.split_inclusive('\n').filter_map(|line| {
        let begin = start;
        start += line.len();
        let lower = line.to_ascii_lowercase();
        let key = SUSPECT.iter().filter_map(|key| Some(lower.find(key)? + key.len())).min()?;
        let value = key + lower[key..].find(':')? + 1;
        Some(begin + value..begin + line.len())
    });
    let spans: Vec<_> = spans.collect();
    mask(&text.into(), spans.into_iter())
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
    fn a_text_nobody_could_read_hides_what_its_keys_call_a_secret() {
        assert_eq!(&*suspects("a: [\n  rootPassword: \"x\"\nb: 1\n"), "a: [\n  rootPassword:****\nb: 1\n");
    }
}
