//! Everything that is made from the kinds and checked in: which file, and what it says.
//!
//! Called by `cargo xtask schemas`, which writes the files or compares them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::exceptions::page as exceptions;
use super::{Crd, explain, json_schema, openapi, table, yaml};
use crate::kind::Kind;

/// The first line of every made file that can have comments.
const HEAD: &str = "Made by `cargo xtask schemas` from crates/api. Change that, not this.";
/// What is explained in the docs, as examples.
const EXPLAINED: [&str; 2] = ["RateLimitStrategy", "TrafficRouter.spec.http.match"];

/// Lists the folders that hold made files and nothing else.
pub const FOLDERS: [&str; 3] = ["deploy/crds", "docs/schemas", "docs/concepts/explain"];

/// Makes every file: its path within the repository, and its contents. The same kinds give the same bytes.
pub fn files() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for kind in Kind::all() {
        let crd = Crd::of(kind);
        let text = format!("# {HEAD}\n{}", yaml::print(&crd.manifest));
        files.insert(format!("deploy/crds/{}.yaml", file_name(kind)), text);
        files.insert(format!("docs/schemas/{}.json", kind.name()), pretty(&json_schema::of(kind)));
    }
    files.insert("docs/schemas/all.json".to_owned(), pretty(&json_schema::all()));
    files.insert("docs/schemas/openapi.json".to_owned(), pretty(&openapi::document()));
    files.insert("docs/concepts/kinds.md".to_owned(), format!("<!-- {HEAD} -->\n{}", table::page()));
    let exceptions = format!("<!-- {HEAD} -->\n{}", exceptions::page());
    files.insert("docs/concepts/schema-exceptions.md".to_owned(), exceptions);
    for path in EXPLAINED {
        files.extend(explain::text(path).ok().map(|text| (format!("docs/concepts/explain/{path}.txt"), text)));
    }
    files
}

fn file_name(kind: Kind) -> String {
    format!("{}.{}", kind.plural(), kind.group())
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}
