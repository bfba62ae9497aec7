//! `explain`: what a kind or one of its fields means, for a terminal of 80 columns.
//!
//! ```text
//! RateLimitStrategy.spec.burst --place--> kind and field --text--> head, description, values, rules, fields
//!                                                        \-tree--> the fields of all depths
//! ```

mod open;
mod place;

use super::crd::ANYTHING;
use super::lookup::Unknown;
use super::{Property, Record, Schema, wording};
pub use open::open;
use place::Place;

/// The columns the names in the head take.
const NAMES: usize = 12;
/// The columns a text below a heading is indented by.
const INDENT: usize = 4;

/// Explains a kind, as `RateLimitStrategy` or `rls`, or one of its fields, as `rls.burst` or `rls.spec.key.source`.
///
/// # Errors
/// There is no such kind or no such field.
pub fn text(path: &str) -> Result<String, Unknown> {
    let place = Place::find(path)?;
    let doc = match &place.property {
        Some(property) => property.doc,
        None => wording::record(&place.root).map_or(ANYTHING, |record| record.doc),
    };
    let sections = [
        head(&place),
        section("DESCRIPTION", &description(doc, &place)),
        section("VALUES", &values(place.schema())),
        section("RULES", &rules(wording::record(place.schema()))),
        section("FIELDS", &wording::record(place.schema()).map_or_else(String::new, fields)),
    ];
    let sections: Vec<_> = sections.into_iter().filter(|section| !section.is_empty()).collect();
    Ok(sections.join("\n"))
}

/// Prints the fields of a kind, or those below one of its fields, in all depths.
///
/// # Errors
/// There is no such kind or no such field.
pub fn tree(path: &str) -> Result<String, Unknown> {
    let place = Place::find(path)?;
    let mut lines = String::new();
    if let Some(record) = wording::record(place.schema()) {
        branch(record, INDENT, &mut lines);
    }
    Ok([head(&place), section("FIELDS", &lines)].into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>().join("\n"))
}

/// What is known of the place in single words and lines.
fn head(place: &Place) -> String {
    let kind = place.kind;
    let mut lines = String::new();
    let mut add = |name: &str, value: Option<String>| lines.extend(value.map(|value| line(name, &value)));
    add("KIND", Some(kind.name().to_owned()));
    add("VERSION", Some(kind.api_version().to_owned()));
    let text = |value: Option<&str>| value.map(str::to_owned);
    match &place.property {
        None => {
            add("SHORT NAME", Some(kind.short().to_owned()));
            add("PLURAL", Some(kind.plural().to_owned()));
        }
        Some(property) => {
            add("FIELD", Some(place.path.clone()));
            add("TYPE", Some(wording::type_name(&property.schema)));
            add("UNIT", text(property.unit));
            add("RANGE", wording::range(&property.schema));
            add("REQUIRED", property.required.then(|| "yes".to_owned()));
            add("DEFAULT", text(property.default));
            add("EXAMPLE", text(property.example));
            add("SPELLINGS", (!property.aliases.is_empty()).then(|| format!("also {}", property.aliases.join(", "))));
            add("EXTENSION", place.feature.map(|feature| format!("sent to clients that name the feature {feature}")));
            add("NO EFFECT", text(property.no_effect));
            add("DEPRECATED", text(property.deprecated));
        }
    }
    // Who understands an extension is who names its feature.
    let usual = Some(kind.understood()).filter(|_| place.feature.is_none());
    add("UNDERSTOOD", place.understood.or(usual).map(|understood| format!("by {understood}")));
    lines
}

/// A line of the head; what is too long goes on below itself.
fn line(name: &str, value: &str) -> String {
    let wrapped = wording::wrap(value, NAMES);
    format!("{:<NAMES$}{}", format!("{name}:"), wrapped.trim_start())
}

fn description(doc: &str, place: &Place) -> String {
    let own = wording::record(place.schema()).filter(|_| place.property.is_some()).map_or("", |record| record.doc);
    let both = [doc, own].map(str::trim).into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>();
    if both.is_empty() { String::new() } else { wording::wrap(&both.join("\n\n"), INDENT) }
}

fn section(name: &str, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{name}:\n{text}") }
}

/// The texts of which one is written, and what each means.
fn values(schema: &Schema) -> String {
    let Some(words) = wording::words(schema) else { return String::new() };
    let pad = " ".repeat(INDENT);
    let value = |(word, doc): &(&str, &str)| {
        let doc = if doc.is_empty() { String::new() } else { wording::wrap(doc, 2 * INDENT) };
        format!("{pad}{word}\n{doc}")
    };
    let canonical = |word: &&&str| words.docs.iter().any(|(canonical, _)| canonical == *word);
    let others: Vec<_> = words.spellings.iter().filter(|word| !canonical(word)).copied().collect();
    let others = if others.is_empty() { String::new() } else { format!("{pad}(also: {})\n", others.join(", ")) };
    words.docs.iter().map(value).collect::<String>() + &others
}

fn rules(record: Option<&Record>) -> String {
    let rules = record.into_iter().flat_map(|record| &record.rules);
    rules.map(|rule| wording::wrap(&wording::rule(rule), INDENT)).collect()
}

/// The fields of a map, each with the first sentence on it.
fn fields(record: &Record) -> String {
    let field = |property: &Property| {
        let pad = " ".repeat(INDENT);
        let sentence = wording::wrap(&wording::sentence(wording::first_sentence(property.doc)), 2 * INDENT);
        format!("{pad}{}\n{sentence}", titled(property))
    };
    record.properties.iter().map(field).collect::<Vec<_>>().join("\n")
}

/// A field in a line: its name, its type, and whether it must be written.
fn titled(property: &Property) -> String {
    let required = if property.required { " -required-" } else { "" };
    format!("{}  <{}>{required}", property.name, wording::type_name(&property.schema))
}

fn branch(record: &Record, indent: usize, lines: &mut String) {
    for property in &record.properties {
        lines.extend([&" ".repeat(indent), &*titled(property), "\n"]);
        if let Some(record) = wording::record(&property.schema) {
            branch(record, indent + 2, lines);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_explained_with_everything_known_of_it() {
        let expected = "\
KIND:       RateLimitStrategy
VERSION:    fault-tolerance.opensergo.io/v1alpha1
FIELD:      spec.burst
TYPE:       whole number
UNIT:       calls
RANGE:      0 to 1000000000
DEFAULT:    0
EXAMPLE:    20
EXTENSION:  sent to clients that name the feature burst
UNDERSTOOD: by this SDK
";
        let explained = text("rls.burst").unwrap();
        assert!(explained.starts_with(expected), "{explained}");
        assert!(explained.contains("\nDESCRIPTION:\n    How many calls more one window may admit"), "{explained}");
    }

    #[test]
    fn the_way_to_a_field_may_be_written_in_many_ways() {
        let paths = ["rls.key.source", "RateLimitStrategy.spec.key.source", "ratelimitstrategies.Spec.Key.SOURCE"];
        let explained = paths.map(|path| text(path).unwrap());
        assert_eq!([&explained[1], &explained[2]], [&explained[0], &explained[0]]);
        assert!(explained[0].contains("\nVALUES:\n    Header\n        A header of the request"), "{}", explained[0]);
        assert!(explained[0].contains("\nUNDERSTOOD: by this SDK\n"), "as the key it is part of: {}", explained[0]);
        let with_index = text("ftr.targets[0].http.headers.exact").unwrap();
        assert_eq!(text("ftr.spec.targets.http.headers[].exact"), Ok(with_index));
    }

    #[test]
    fn a_field_that_is_not_there_is_guessed() {
        let unknown = text("rls.spec.key.sorce").unwrap_err().to_string();
        let expected =
            "unknown field of spec.key `sorce`, did you mean `source`?; there are: source, name, overrides, maxValues";
        assert_eq!(unknown, expected);
        let unknown = text("rls.spec.burst.more").unwrap_err().to_string();
        assert_eq!(unknown, "unknown field of spec.burst `more`; there are: none");
    }

    #[test]
    fn a_tree_has_the_fields_of_all_depths() {
        let expected = "\
KIND:       RateLimitStrategy
VERSION:    fault-tolerance.opensergo.io/v1alpha1
FIELD:      spec.key
TYPE:       map
DEFAULT:    all calls of a resource together
EXTENSION:  sent to clients that name the feature keyed-limit
UNDERSTOOD: by this SDK

FIELDS:
    source  <text> -required-
    name  <text>
    overrides  <table of map>
      threshold  <number> -required-
    maxValues  <whole number>
";
        assert_eq!(tree("rls.key").as_deref(), Ok(expected));
    }
}
