//! What the texts that speak of no known object may hide: an edit that went wrong, of an object that was there.

use std::collections::{HashMap, HashSet};

use opensergo_api::ObjectName;
use opensergo_api::document::Verdict;

/// The faults of each place.
pub(super) struct Faults<'findings> {
    places: HashMap<&'findings str, Hidden<'findings>>,
}

/// Which objects a place may hide.
enum Hidden<'findings> {
    /// Any: something there cannot be read at all.
    All,
    /// Those of these names: the kind is unknown there, perhaps misspelled, the name is not.
    Named(HashSet<&'findings ObjectName>),
}

impl<'findings> Faults<'findings> {
    /// Sorts the findings of a source.
    pub(super) fn of(findings: &'findings [Verdict]) -> Self {
        let mut places = HashMap::new();
        for verdict in findings.iter().filter(|verdict| verdict.id.is_none() && !verdict.invalids.is_empty()) {
            let hidden = places.entry(&*verdict.origin.place).or_insert_with(|| Hidden::Named(HashSet::new()));
            match (&verdict.name, &mut *hidden) {
                (Some(name), Hidden::Named(names)) => drop(names.insert(name)),
                (Some(_), Hidden::All) => {}
                (None, _) => *hidden = Hidden::All,
            }
        }
        Self { places }
    }

    /// Says whether an object of this name may still be meant to be in a place where it is not seen.
    pub(super) fn may_hide(&self, place: &str, name: &ObjectName) -> bool {
        match self.places.get(place) {
            None => false,
            Some(Hidden::All) => true,
            Some(Hidden::Named(names)) => names.contains(name),
        }
    }
}
