//! How things are called in every text for people: types, ranges, descriptions, first sentences, wrapped lines.

use super::{Amount, Pattern, Property, Record, Rule, Schema, Words};

/// Names the type of a value, as `list of map`.
pub(super) fn type_name(schema: &Schema) -> String {
    match schema {
        Schema::Bool => "true or false".to_owned(),
        Schema::Whole { .. } => "whole number".to_owned(),
        Schema::Decimal { .. } => "number".to_owned(),
        Schema::Text(_) | Schema::Words(_) => "text".to_owned(),
        Schema::List { item, .. } => format!("list of {}", type_name(item)),
        Schema::Table { value, .. } => format!("table of {}", type_name(value)),
        Schema::Map(_) => "map".to_owned(),
        Schema::Either { short, long } => format!("{}, or {}", type_name(short), type_name(long)),
        Schema::Free => "anything".to_owned(),
    }
}

/// Says within which bounds a value is; nothing where every value of the type will do.
pub(super) fn range(schema: &Schema) -> Option<String> {
    match schema {
        Schema::Bool | Schema::Map(_) | Schema::Free => None,
        Schema::Whole { least, most } | Schema::Decimal { least, most } => {
            Some(format!("{} to {}", number(*least), number(*most)))
        }
        Schema::Text(pattern) => Some(text(pattern)),
        Schema::Words(words) => Some(one_of(words)),
        Schema::List { item, fewest, most } => Some(of_each(&format!("{fewest} to {most} items"), item)),
        Schema::Table { value, most } => Some(of_each(&format!("at most {most} entries"), value)),
        Schema::Either { short, long } => match (range(short), range(long)) {
            (Some(short), Some(long)) => Some(format!("{short}; or {long}")),
            (short, long) => short.or(long),
        },
    }
}

/// Returns the map of fields behind lists, tables and choices, if there is one.
pub(super) fn record(schema: &Schema) -> Option<&Record> {
    match schema {
        Schema::Map(record) => Some(record),
        Schema::List { item: inner, .. } | Schema::Table { value: inner, .. } => record(inner),
        Schema::Either { short, long } => record(long).or_else(|| record(short)),
        _ => None,
    }
}

/// Returns what stands between a field and the fields below it: `[]` for each item, `{}` for each entry.
pub(super) fn steps(schema: &Schema) -> String {
    match schema {
        Schema::List { item, .. } => format!("[]{}", steps(item)),
        Schema::Table { value, .. } => format!("{{}}{}", steps(value)),
        Schema::Either { short, long } => steps(if record(long).is_some() { long } else { short }),
        _ => String::new(),
    }
}

/// Returns the texts of which one is written, if it is those.
pub(super) fn words(schema: &Schema) -> Option<&Words> {
    match schema {
        Schema::Words(words) => Some(words),
        Schema::List { item: inner, .. } | Schema::Table { value: inner, .. } => words(inner),
        Schema::Either { short, long } => words(short).or_else(|| words(long)),
        _ => None,
    }
}

/// Describes a field in one paragraph: what it means and everything else known of it.
pub(super) fn describe(property: &Property) -> String {
    let mut text = sentence(property.doc);
    let mut add = |name: &str, value: Option<&str>| {
        text.extend(value.map(|value| format!(" {name}: {}", sentence(value))));
    };
    add("Unit", property.unit);
    add("Default", property.default);
    add("Example", property.example);
    let meanings = words(&property.schema).map(meanings);
    add("One of", meanings.as_deref());
    let allowed = match &property.schema {
        Schema::Text(pattern) if !pattern.what.is_empty() => Some(&*pattern.what),
        _ => None,
    };
    add("Allowed", allowed);
    let either = matches!(property.schema, Schema::Either { .. }).then(|| type_name(&property.schema));
    add("Written as", either.as_deref());
    let extension = property.feature.map(|feature| format!("only clients that name the feature {feature} are sent it"));
    add("An extension", extension.as_deref());
    add("Without effect", property.no_effect);
    add("Deprecated", property.deprecated);
    text
}

/// Says what an alias stands for.
pub(super) fn alias(property: &Property) -> String {
    format!("Other spelling of {}.", property.name)
}

/// Says a rule in words.
pub(super) fn rule(rule: &Rule) -> String {
    match rule {
        Rule::Group { amount, members } => group(*amount, members),
        Rule::Cel { says, .. } => (*says).to_owned(),
    }
}

/// Says what a group of fields demands.
pub(super) fn group(amount: Amount, members: &[&str]) -> String {
    let amount = match amount {
        Amount::AtMostOne => "at most one",
        Amount::AtLeastOne => "at least one",
        Amount::ExactlyOne => "exactly one",
    };
    format!("{amount} of {}", members.join(", "))
}

/// Returns the first sentence of a text.
pub(super) fn first_sentence(text: &str) -> &str {
    let paragraph = text.split("\n\n").next().unwrap_or_default();
    paragraph.split_once(". ").map_or(paragraph, |(first, _)| first).trim_end_matches('.')
}

/// Wraps paragraphs, with so much white space before each line, at 80 columns.
pub(super) fn wrap(text: &str, indent: usize) -> String {
    let mut wrapped = String::new();
    for (i, paragraph) in text.split("\n\n").enumerate() {
        wrapped.push_str(if i == 0 { "" } else { "\n" });
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && indent + line.chars().count() + 1 + word.chars().count() > WIDTH {
                wrapped.extend([&" ".repeat(indent), line.as_str(), "\n"]);
                line.clear();
            }
            line.extend([if line.is_empty() { "" } else { " " }, word]);
        }
        wrapped.extend([&" ".repeat(indent), line.as_str(), "\n"]);
    }
    wrapped
}

/// The columns of a terminal nobody has to scroll sideways.
const WIDTH: usize = 80;

/// Prints a bound; the end of 64 bits is known by its power.
fn number(number: i64) -> String {
    if number == i64::MAX { "2^63 - 1".to_owned() } else { number.to_string() }
}

fn text(pattern: &Pattern) -> String {
    match (&*pattern.what, pattern.shortest) {
        ("", 0) => format!("at most {} characters", pattern.longest),
        ("", shortest) => format!("{shortest} to {} characters", pattern.longest),
        (what, _) => what.to_owned(),
    }
}

fn one_of(words: &Words) -> String {
    let names: Vec<_> = words.docs.iter().map(|(word, _)| *word).collect();
    format!("one of {}{}", names.join(", "), if words.ignore_case { ", in any case" } else { "" })
}

fn meanings(words: &Words) -> String {
    let meaning = |(word, doc): &(&str, &str)| match first_sentence(doc) {
        "" => (*word).to_owned(),
        doc => format!("{word} ({})", lower(doc)),
    };
    words.docs.iter().map(meaning).collect::<Vec<_>>().join(", ")
}

fn of_each(bounds: &str, inner: &Schema) -> String {
    range(inner).map_or_else(|| bounds.to_owned(), |inner| format!("{bounds}, each {inner}"))
}

/// Ends a text with a full stop, unless it ends already.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    let stop = if text.is_empty() || text.ends_with(['.', '!', '?', ':']) { "" } else { "." };
    format!("{text}{stop}")
}

/// Begins a text in lower case, unless its first word is a name of letters like these.
fn lower(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => first.to_lowercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_wrapped_before_the_eighty_first_column() {
        let text = format!("{} b\n\nsecond", "a".repeat(76));
        assert_eq!(wrap(&text, 4), format!("    {}\n    b\n\n    second\n", "a".repeat(76)));
    }

    #[test]
    fn the_first_sentence_ends_at_the_first_stop_before_a_space() {
        assert_eq!(first_sentence("What 1.5 is. More."), "What 1.5 is");
        assert_eq!(first_sentence("No stop\n\nSecond paragraph."), "No stop");
    }

    #[test]
    fn bounds_are_said_in_words() {
        let port = Schema::Whole { least: 1, most: 65535 };
        let list = Schema::List { item: Box::new(port), fewest: 0, most: 10 };
        assert_eq!(range(&list).as_deref(), Some("0 to 10 items, each 1 to 65535"));
        assert_eq!(range(&Schema::Whole { least: 0, most: i64::MAX }).as_deref(), Some("0 to 2^63 - 1"));
        assert_eq!(type_name(&list), "list of whole number");
    }
}
