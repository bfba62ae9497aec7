//! Cuts a text at its document markers, so that one broken document hides no other.
//!
//! A line that begins with `---` or `...` and then white space or nothing ends a document wherever it stands, also
//! inside a block scalar. Source: YAML 1.2.2, §9.1.2, `c-forbidden`.

/// Length of a marker, in bytes.
const MARKER: usize = 3;

/// What cuts a text.
enum Marker {
    /// `---`: a document begins.
    Start,
    /// `...`: a document has ended.
    End,
}

/// One document of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece<'text> {
    /// Which one, from 1.
    pub(super) number: u32,
    /// The line it begins on, from 1.
    pub(super) line: u32,
    /// Its text, with its opening marker, if it has one: so every place in it is a place in the whole.
    pub(super) text: &'text str,
}

/// Cuts a text into its documents, in order. What stands before a marker on top is no document unless it says something.
pub(super) fn split(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut rest = Some((1, text));
    let mut number = 0;
    std::iter::from_fn(move || {
        loop {
            let (line, text) = rest.take()?;
            let (piece, next) = cut(text);
            rest = next.map(|(lines, text)| (line + lines, text));
            let prologue = is_blank(piece) || rest.is_some() && is_directives(piece);
            if number > 0 || !prologue {
                number += 1;
                return Some(Piece { number, line, text: piece });
            }
        }
    })
}

/// Cuts off the first document; the rest goes on with the marker that opens it, or behind the one that ended the first,
/// so many lines further down.
fn cut(text: &str) -> (&str, Option<(u32, &str)>) {
    let mut offset = 0;
    for (lines, line) in (0..).zip(text.split_inclusive('\n')) {
        match marker(line) {
            Some(Marker::Start) if offset > 0 => return (&text[..offset], Some((lines, &text[offset..]))),
            Some(Marker::End) => return (&text[..offset], Some((lines, &text[offset + MARKER..]))),
            Some(Marker::Start) | None => offset += line.len(),
        }
    }
    (text, None)
}

/// Says whether a text has nothing but perhaps an opening marker.
fn is_blank(text: &str) -> bool {
    text.strip_prefix("---").unwrap_or(text).trim().is_empty()
}

/// Says whether a text is directives, as `%YAML 1.2`, and comments: they belong to the document behind the marker, and
/// say nothing to us.
fn is_directives(text: &str) -> bool {
    text.lines().any(|line| line.starts_with('%'))
        && text
            .lines()
            .all(|line| line.starts_with('%') || line.trim_start().starts_with('#') || line.trim().is_empty())
}

/// Returns the marker a line begins with, if it does.
fn marker(line: &str) -> Option<Marker> {
    let (kind, behind) = match line.split_at_checked(MARKER)? {
        ("---", behind) => (Marker::Start, behind),
        ("...", behind) => (Marker::End, behind),
        _ => return None,
    };
    (behind.is_empty() || behind.starts_with([' ', '\t', '\r', '\n'])).then_some(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<(u32, u32, &str)> {
        split(text).map(|piece| (piece.number, piece.line, piece.text)).collect()
    }

    #[test]
    fn markers_at_the_start_of_a_line_cut_and_the_lines_count_on() {
        assert_eq!(pieces("a: 1\n---\nb: 2\n"), [(1, 1, "a: 1\n"), (2, 2, "---\nb: 2\n")]);
        assert_eq!(pieces("a: |\n  x\n--- {b: 2}\n"), [(1, 1, "a: |\n  x\n"), (2, 3, "--- {b: 2}\n")]);
        assert_eq!(pieces("a: 1\n...\nb: 2\n"), [(1, 1, "a: 1\n"), (2, 2, "\nb: 2\n")]);
        assert_eq!(pieces("a: 1\n ---\n----\n---x\n"), [(1, 1, "a: 1\n ---\n----\n---x\n")]);
    }

    #[test]
    fn a_marker_on_the_first_line_opens_the_first_document() {
        assert_eq!(pieces("---\na: 1\n---\nb: 2\n"), [(1, 1, "---\na: 1\n"), (2, 3, "---\nb: 2\n")]);
        assert_eq!(pieces("# licence\n---\na: 1\n"), [(1, 1, "# licence\n"), (2, 2, "---\na: 1\n")]);
        assert_eq!(pieces("%YAML 1.2\n# licence\n---\na: 1\n"), [(1, 3, "---\na: 1\n")]);
        assert_eq!(pieces("---\n---\na: 1\n"), [(1, 2, "---\na: 1\n")]);
        assert_eq!(pieces("\u{feff}a: 1"), [(1, 1, "a: 1")]);
        assert_eq!(pieces(""), []);
    }
}
