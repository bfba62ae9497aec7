//! Documents together: each object once, and references that lead somewhere.

use std::collections::{BTreeMap, HashMap};

use super::{Document, Entry, Located, Origin, Verdict};
use crate::app_set::{AppKey, AppSet};
use crate::fault_tolerance::resolve;
use crate::invalid::REASONS;
use crate::object::ObjectId;
use crate::warning::{Warning, WarningCode};

/// Keeps the first document of each object, in the order given; later ones come back refused, with all that was judged before.
pub fn unique(entries: Vec<Entry>) -> (Vec<Document>, Vec<Verdict>) {
    let mut first: HashMap<ObjectId, Origin> = HashMap::new();
    let (mut documents, mut judged) = (Vec::new(), Vec::new());
    for entry in entries {
        match entry {
            Entry::Judged(verdict) => judged.push(verdict),
            Entry::Document(document) => {
                if let Some(origin) = first.get(&document.id()) {
                    judged.push(document.duplicate_of(origin));
                } else {
                    first.insert(document.id(), document.origin().clone());
                    documents.push(document);
                }
            }
        }
    }
    (documents, judged)
}

/// Judges documents together, in the order of their origins: each through its door, each object once, and a warning
/// for every reference to an object that is not among them.
pub fn check_all(entries: Vec<Entry>) -> Vec<Verdict> {
    let (documents, mut verdicts) = unique(entries);
    let mut checked: Vec<_> = documents.iter().map(Document::check).collect();
    let mut sets: BTreeMap<AppKey, AppSet> = BTreeMap::new();
    for object in checked.iter().filter_map(|verdict| verdict.object.clone()) {
        if let Some(key) = AppKey::of(&object) {
            sets.entry(key).or_default().insert(object);
        }
    }
    let place: HashMap<_, _> = documents.iter().enumerate().map(|(i, document)| (document.id(), i)).collect();
    for dangling in sets.values().flat_map(|set| resolve(set).dangling) {
        let Some(&i) = place.get(&dangling.from).filter(|&&i| checked[i].warnings.len() < REASONS) else { continue };
        let warning = Warning {
            path: dangling.reference.path.clone(),
            code: WarningCode::Dangling,
            message: dangling.to_string(),
        };
        checked[i].warnings.push(Located { span: documents[i].root.find(&warning.path), item: warning });
    }
    verdicts.append(&mut checked);
    verdicts.sort_by(|a, b| a.origin.cmp(&b.origin));
    verdicts
}
