//! All rows, in the order of the tables.

mod ours;
mod peers;

use crate::case::{Case, Quantity};

/// The row all ratios are to: what a service would take if there were no engine.
pub(crate) const REFERENCE: &str = "governor keyed";
/// The row that many resources are compared with.
pub(crate) const REFERENCE_OF_MANY: &str = "governor keyed, 100,000 keys, uniform";
/// The row that hot sets are compared with.
const ONE_RATE_LIMIT: &str = "one rate limit";

/// Returns all cases: the peers first.
pub(crate) fn all() -> Vec<Case> {
    peers::CASES.iter().chain(ours::CASES).copied().collect()
}

/// Returns the cases whose names contain a text, and those their ratios are to.
pub(crate) fn matching(text: &str) -> Vec<Case> {
    let all = all();
    let wanted: Vec<Case> = all.iter().filter(|case| case.name.contains(text)).copied().collect();
    let needed: Vec<&str> =
        wanted.iter().flat_map(|case| case.targets).filter_map(|target| other(target.quantity)).collect();
    let kept = |case: &Case| {
        case.name.contains(text) || needed.contains(&case.name) || (!wanted.is_empty() && case.name == REFERENCE)
    };
    all.into_iter().filter(kept).collect()
}

/// Returns the case of that name.
pub(crate) fn find(name: &str) -> Option<Case> {
    all().into_iter().find(|case| case.name == name)
}

fn other(quantity: Quantity) -> Option<&'static str> {
    match quantity {
        Quantity::Ratio { to, .. } => Some(to),
        Quantity::Scaling | Quantity::Allocations => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_targets_name_cases() {
        let mut names: Vec<_> = all().iter().map(|case| case.name).collect();
        for case in all() {
            let others = case.targets.iter().filter_map(|target| other(target.quantity));
            assert_eq!(others.filter(|other| find(other).is_none()).collect::<Vec<_>>(), [""; 0], "{}", case.name);
        }
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn a_choice_brings_what_its_ratios_are_to() {
        let chosen: Vec<_> = matching("hot set of 100").iter().map(|case| case.name).collect();
        assert_eq!(chosen, [REFERENCE, ONE_RATE_LIMIT, "100,000 rules, hot set of 100"]);
        assert_eq!(matching("no such case").len(), 0);
    }
}
