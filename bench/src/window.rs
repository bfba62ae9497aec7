//! How many of some instants lie in one window: the question all limits answer.

/// Returns the most instants, of some in order, that lie within any half-open window of that length.
pub(crate) fn most_in_any(instants: &[u64], length: u64) -> usize {
    let (mut most, mut first) = (0, 0);
    for (last, instant) in instants.iter().enumerate() {
        while instant - instants[first] >= length {
            first += 1;
        }
        most = most.max(last + 1 - first);
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_holds_its_beginning_and_not_its_end() {
        assert_eq!(most_in_any(&[0, 10, 19, 20, 20, 29], 10), 3);
        assert_eq!(most_in_any(&[0, 10, 20], 10), 1);
        assert_eq!(most_in_any(&[], 10), 0);
    }
}
