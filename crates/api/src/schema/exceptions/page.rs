//! The page of exceptions: what a door demands and a CRD does not, for people who wonder why something got through.

use std::collections::BTreeMap;

use super::{Exception, everywhere};
use crate::kind::Kind;
use crate::schema::Crd;
use crate::schema::table::line;

const INTRODUCTION: &str = "\
# What a CRD cannot say

The door of the control plane and a Kubernetes API server with our CRDs judge alike, but for what follows: tests hold both
against each other, and take nothing else. What a CRD lets through is refused by the control plane, and told in the status of
the object. `[]` stands for each item of a list, `{}` for each entry of a table, `…` for what depends on the document.

| kind | field | the door demands | the CRD |
|---|---|---|---|
";

/// Writes the page.
pub(in crate::schema) fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    page.extend(rows("every", everywhere()));
    for kind in Kind::all() {
        page.extend(rows(kind.name(), Crd::of(kind).exceptions));
    }
    page
}

/// Makes a row of all fields of which the same is demanded.
fn rows(kind: &str, exceptions: Vec<Exception>) -> Vec<String> {
    let mut fields: BTreeMap<(&str, String), Vec<String>> = BTreeMap::new();
    for Exception { path, demand, reason, .. } in exceptions {
        let same = fields.entry((reason, demand)).or_default();
        let path = format!("`{path}`");
        if !same.contains(&path) {
            same.push(path);
        }
    }
    let row = |((reason, demand), paths): ((&str, String), Vec<String>)| {
        line(&[kind.to_owned(), paths.join(", "), demand, reason.to_owned()])
    };
    fields.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_which_the_same_is_demanded_share_a_row() {
        let page = page();
        for expected in [
            "| every | `metadata` | known fields, and an alias as spec.alias | metadata belongs to the API server |\n",
            "| RateLimitStrategy | `spec.key.overrides{}.threshold`, `spec.threshold` | a number from 0 to 2^63 - 1, ",
        ] {
            assert!(page.contains(expected), "{expected}\n{page}");
        }
    }
}
