//! What the subset does with texts, counted in UTF-16 units as Java counts.

use super::fault::Fault;

/// Cuts `text.substring(start, end)`; without an end to the end of the text.
pub(super) fn substring(text: &str, start: i32, end: Option<i32>) -> Result<String, Fault> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let start = usize::try_from(start).map_err(|_| Fault::OutOfBounds)?;
    let end = end.map_or(Ok(units.len()), usize::try_from).map_err(|_| Fault::OutOfBounds)?;
    String::from_utf16(units.get(start..end).ok_or(Fault::OutOfBounds)?).map_err(|_| Fault::SplitsCharacter)
}

/// Takes the unit at an index; a negative one counts from the end.
pub(super) fn at(text: &str, index: i32) -> Result<String, Fault> {
    slice(text, index, index)
}

/// Takes the units from one index to another, both included, backwards when they end before they begin.
pub(super) fn slice(text: &str, from: i32, to: i32) -> Result<String, Fault> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let place = |index: i32| {
        let end = if index < 0 { units.len() } else { 0 };
        end.checked_add_signed(isize::try_from(index).ok()?)
    };
    let (Some(from), Some(to)) = (place(from), place(to)) else { return Err(Fault::OutOfBounds) };
    let cut = units.get(from.min(to)..=from.max(to)).ok_or(Fault::OutOfBounds)?;
    let cut = String::from_utf16(cut).map_err(|_| Fault::SplitsCharacter)?;
    Ok(if from > to { cut.chars().rev().collect() } else { cut })
}

/// Takes the units from one index up to, not including, another. Indexes from the end are refused: few would guess
/// which unit `s[0..<-1]` leaves out.
pub(super) fn slice_before(text: &str, from: i32, before: i32) -> Result<String, Fault> {
    match before {
        _ if from == before => Ok(String::new()),
        _ if from < 0 || before < 0 => Err(Fault::OutOfBounds),
        _ => slice(text, from, if from < before { before - 1 } else { before + 1 }),
    }
}

/// Pads on the left with a repeated text to a length; a longer text is returned as it is.
pub(super) fn pad_left(text: &str, length: usize, padding: &str) -> Result<String, Fault> {
    let missing = length.saturating_sub(text.encode_utf16().count());
    if missing > 0 && padding.is_empty() {
        return Err(Fault::DivisionByZero);
    }
    let padding: Vec<u16> = padding.encode_utf16().cycle().take(missing).collect();
    Ok(String::from_utf16(&padding).map_err(|_| Fault::SplitsCharacter)? + text)
}

/// Reads a whole number of 32 bits: a sign, ASCII digits, no white space.
pub(super) fn integer(text: &str) -> Result<i32, Fault> {
    text.parse().map_err(|_| Fault::NotWhole(i32::BITS))
}

/// Reads a whole number of 64 bits: a sign, ASCII digits, no white space.
pub(super) fn long(text: &str) -> Result<i64, Fault> {
    text.parse().map_err(|_| Fault::NotWhole(i64::BITS))
}

/// Drops what Java's `trim` drops: the space and all control characters before it, on both sides.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(|character| character <= ' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indexes_count_from_both_ends_and_run_both_ways() {
        let rows = [(0, 1, "ab"), (2, 0, "cba"), (-2, -1, "bc"), (0, -1, "abc"), (-1, 0, "cba"), (-1, -3, "cba")];
        for (from, to, cut) in rows {
            assert_eq!(slice("abc", from, to).as_deref(), Ok(cut), "{from}..{to}");
        }
        for (from, to) in [(0, 3), (1, 5), (-5, 1), (3, 3), (i32::MIN, i32::MAX)] {
            assert_eq!(slice("abc", from, to), Err(Fault::OutOfBounds), "{from}..{to}");
        }
        assert_eq!(slice_before("abc", 2, 0).as_deref(), Ok("cb"));
        assert_eq!(slice_before("abc", 9, 9).as_deref(), Ok(""));
        assert_eq!(slice_before("abc", 0, -1), Err(Fault::OutOfBounds));
    }

    #[test]
    fn a_character_of_two_units_is_not_split() {
        assert_eq!(slice("ä€😀", 2, 3).as_deref(), Ok("😀"));
        assert_eq!(at("ä€😀", 2), Err(Fault::SplitsCharacter));
        assert_eq!(substring("ä€😀", 3, None), Err(Fault::SplitsCharacter));
        assert_eq!(substring("abc", 3, None).as_deref(), Ok(""));
        assert_eq!(substring("abc", 2, Some(1)), Err(Fault::OutOfBounds));
    }
}
