//! Text of strangers as people are shown it: on its own line, without what a terminal takes for a command or a picture
//! cannot hold. What is written for programs is JSON, which escapes for itself.

use std::borrow::Cow;

/// Escapes what is not to be seen; what is harmless is borrowed.
pub(super) fn shown(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unseen) {
        return Cow::Borrowed(text);
    }
    let escaped = text.chars().map(|c| if is_unseen(c) { c.escape_default().to_string() } else { c.to_string() });
    Cow::Owned(escaped.collect())
}

/// Says whether a character is a control character, or one of the two that XML cannot hold at all.
fn is_unseen(c: char) -> bool {
    c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_moves_the_cursor_or_ends_the_line() {
        let text = "GET:/Fähre\r\n\t\u{0}\u{1b}[2J\u{7f}\u{9b}\u{ffff}\\";
        assert_eq!(shown(text), r"GET:/Fähre\r\n\t\u{0}\u{1b}[2J\u{7f}\u{9b}\u{ffff}\");
        assert!(matches!(shown("GET:/foo/{id}"), Cow::Borrowed("GET:/foo/{id}")));
    }
}
