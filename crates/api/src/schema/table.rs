//! The page of all kinds: every field in a table, for people who look something up.

use std::fmt::Write;

use super::crd::ANYTHING;
use super::{Property, Record, wording};
use crate::kind::{Domain, Kind};

const INTRODUCTION: &str = "\
# All kinds

Every field of every kind. `[]` stands for each item of a list, `{}` for each entry of a table. *Extension* names the feature
a client must name to be sent the field. `opensergo explain KIND.field` says more of each, in a terminal.
What a CRD cannot say of them is listed in [schema-exceptions.md](schema-exceptions.md).
";
const HEAD: &str = "\
| field | type | unit | range | default | other spellings | extension | understood by |
|---|---|---|---|---|---|---|---|
";
/// Who understands an extension.
const NAMED: &str = "who names the feature";
/// Writes the page.
pub fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    for domain in Domain::ALL {
        let kinds: Vec<_> = Kind::all().filter(|kind| kind.domain() == Some(domain)).collect();
        if !kinds.is_empty() {
            let _ = write!(page, "\n## {}\n", domain.group());
            page.extend(kinds.into_iter().map(table));
        }
    }
    page
}

fn table(kind: Kind) -> String {
    let schema = kind.schema();
    let record = wording::record(&schema);
    let doc = record.map_or(ANYTHING, |record| record.doc.split("\n\n").next().unwrap_or_default());
    let (name, short, understood) = (kind.name(), kind.short(), kind.understood());
    let mut table = format!("\n### {name}\n\n{doc}\n\nShort name `{short}`. Understood by {understood}.\n");
    if let Some(record) = record {
        table.extend(["\n", HEAD]);
        rows(record, "", understood, &mut table);
    }
    table
}

fn rows(record: &Record, before: &str, understood: &str, table: &mut String) {
    for property in &record.properties {
        let path = format!("{before}{}", property.name);
        let understood = property.understood.or(property.feature.map(|_| NAMED)).unwrap_or(understood);
        table.push_str(&row(property, &path, understood));
        if let Some(record) = wording::record(&property.schema) {
            rows(record, &format!("{path}{}.", wording::steps(&property.schema)), understood, table);
        }
    }
}

fn row(property: &Property, path: &str, understood: &str) -> String {
    let required = if property.required { ", required" } else { "" };
    let aliases: Vec<_> = property.aliases.iter().map(|alias| format!("`{alias}`")).collect();
    let note = match (property.no_effect, property.deprecated) {
        (Some(_), _) => "nobody yet",
        (None, Some(_)) => "deprecated",
        (None, None) => understood,
    };
    let cells = [
        format!("`{path}`"),
        format!("{}{required}", wording::type_name(&property.schema)),
        property.unit.unwrap_or_default().to_owned(),
        wording::range(&property.schema).unwrap_or_default(),
        property.default.unwrap_or_default().to_owned(),
        aliases.join(", "),
        property.feature.map(|feature| format!("`{feature}`")).unwrap_or_default(),
        note.to_owned(),
    ];
    line(&cells)
}

/// A row of cells: what would end a cell is escaped.
pub(super) fn line(cells: &[String]) -> String {
    let cells: Vec<_> = cells.iter().map(|cell| cell.replace('|', "\\|").replace('\n', " ")).collect();
    format!("| {} |\n", cells.join(" | "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_every_kind_has_a_row() {
        let page = page();
        for expected in [
            "| `burst` | whole number | calls | 0 to 1000000000 | 0 |  | `burst` | this SDK |\n",
            "| `key.overrides{}.threshold` | number, required | calls | 0 to 2^63 - 1 |",
            "| `targets[].targetResourceName` | text |",
        ] {
            assert!(page.contains(expected), "{expected}\n{page}");
        }
    }
}
