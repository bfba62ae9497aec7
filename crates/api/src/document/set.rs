//! Documents together: each object once, and references that lead somewhere.

use std::collections::{BTreeMap, HashMap};

use super::{Document, Entry, Located, Origin, Verdict, parse};
use crate::app_set::AppSet;
use crate::finding::{Finding, findings};
use crate::invalid::REASONS;
use crate::name::{AppName, Namespace};
use crate::object::ObjectId;
use crate::warning::Warning;

/// Keeps the first document of each object, in the order given; later ones come back refused, with all that was judged before.
pub fn unique(entries: Vec<Entry>) -> (Vec<Document>, Vec<Verdict>) {
    let mut first: HashMap<ObjectId, Origin> = HashMap::new();
    let (mut documents, mut judged) = (Vec::new(), Vec::new());
    for entry in entries {
        match entry {
            Entry::Judged(verdict) => judged.push(verdict),
            Entry::Foreign(foreign) => judged.push(foreign.ignored()),
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
/// for everything doubtful about them together. Objects without an application are a set of their own per namespace.
pub fn check_all(entries: Vec<Entry>) -> Vec<Verdict> {
    let (documents, mut verdicts) = unique(entries);
    let mut checked: Vec<_> = documents.iter().map(Document::check).collect();
    let mut sets: BTreeMap<(Namespace, Option<AppName>), AppSet> = BTreeMap::new();
    for object in checked.iter().filter_map(|verdict| verdict.object.clone()) {
        let key = (object.id().namespace.clone(), object.app().cloned());
        sets.entry(key).or_default().insert(object);
    }
    let place: HashMap<_, _> = documents.iter().enumerate().map(|(i, document)| (document.id(), i)).collect();
    for Finding { from, path, code, message } in sets.values().flat_map(findings) {
        let Some(&i) = place.get(&from).filter(|&&i| checked[i].warnings.len() < REASONS) else { continue };
        let warning = Warning { path, code, message };
        let span = parse::again(&documents[i].text).find(&warning.path);
        checked[i].warnings.push(Located { span, item: warning });
    }
    verdicts.append(&mut checked);
    verdicts.sort_by(|a, b| a.origin.cmp(&b.origin));
    verdicts
}
