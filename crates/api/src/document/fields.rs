//! A cursor over the fields of one map: each is taken once by name and type, what is left over is unknown.
//!
//! Called by the decoders of the kinds. `null` counts as not written, as Kubernetes has it.

use std::sync::Arc;
use std::time::Duration;

use super::node::{Content, Key, Node};
use crate::draft::Field;
use crate::duration;
use crate::invalid::{Code, Invalid, Report, quote};
use crate::number::Number;
use crate::ratio::Ratio;

/// How alike an unknown field and a known one must be to be called a slip of the pen.
const ALIKE: f64 = 0.8;

const TEXT: Type<String> = Type {
    name: "a text",
    read: |node| match &node.content {
        Content::Text(text) => Some(text.clone()),
        _ => None,
    },
};
const NUMBER: Type<Number> = Type {
    name: "a number",
    read: |node| match node.content {
        Content::Number(number) => Some(number),
        _ => None,
    },
};

/// The fields of one map, at a path.
pub(crate) struct Fields<'node> {
    entries: &'node [(Key, Arc<Node>)],
    path: String,
    known: Vec<&'static str>,
}

/// What a value must be to be taken.
struct Type<T> {
    name: &'static str,
    read: fn(&Node) -> Option<T>,
}

impl<'node> Fields<'node> {
    /// Opens a map; anything else is reported.
    pub(crate) fn open(node: &'node Node, path: &str, report: &mut Report) -> Option<Self> {
        let Content::Map(entries) = &node.content else {
            report.wrong_type(path, node.type_name(), "a map of fields");
            return None;
        };
        Some(Self { entries, path: path.to_owned(), known: Vec::new() })
    }

    /// Takes a field as it stands; `None` when nobody wrote it.
    pub(crate) fn take(&mut self, name: &'static str) -> Option<&'node Node> {
        self.skip(&[name]);
        let (_, node) = self.entries.iter().find(|(key, _)| key.text == name)?;
        (node.content != Content::Null).then_some(node)
    }

    /// Takes a text.
    pub(crate) fn text(&mut self, name: &'static str, report: &mut Report) -> Field<String> {
        self.read(name, &TEXT, report)
    }

    /// Takes a number.
    pub(crate) fn number(&mut self, name: &'static str, report: &mut Report) -> Field<Number> {
        self.read(name, &NUMBER, report)
    }

    /// Takes a duration, as `500ms`.
    pub(crate) fn duration(&mut self, name: &'static str, report: &mut Report) -> Field<Duration> {
        const ALLOWED: &str = "a whole number and one of ms, s, m, min, minute, h, d, as 500ms";
        let path = self.child(name);
        self.text(name, report).and_then(|text| {
            let parsed = duration::parse(&text);
            parsed.map_err(|_| report.not_allowed(&path, text, ALLOWED)).ok()
        })
    }

    /// Takes a percentage, as `60%`.
    pub(crate) fn ratio(&mut self, name: &'static str, report: &mut Report) -> Field<Ratio> {
        let path = self.child(name);
        self.text(name, report).and_then(|text| {
            let parsed = Ratio::parse(&text);
            parsed.map_err(|_| report.not_allowed(&path, text, "a percentage from 0% to 100%, as 60%")).ok()
        })
    }

    /// Takes a list; `each` reads one item at its path.
    pub(crate) fn list<T>(
        &mut self,
        name: &'static str,
        report: &mut Report,
        mut each: impl FnMut(&mut Fields<'node>, &mut Report) -> T,
    ) -> Field<Vec<T>> {
        let path = self.child(name);
        let Some(node) = self.take(name) else { return Field::Absent };
        let Content::List(items) = &node.content else {
            report.wrong_type(&path, node.type_name(), "a list");
            return Field::Refused;
        };
        let items = items.iter().enumerate().map(|(i, item)| {
            let mut fields = Fields::open(item, &format!("{path}[{i}]"), report)?;
            let read = each(&mut fields, report);
            fields.finish(report);
            Some(read)
        });
        items.collect::<Vec<_>>().into_iter().collect::<Option<_>>().map_or(Field::Refused, Field::Given)
    }

    /// Takes a map; `read` reads its fields.
    pub(crate) fn map<T>(
        &mut self,
        name: &'static str,
        report: &mut Report,
        read: impl FnOnce(&mut Fields<'node>, &mut Report) -> T,
    ) -> Field<T> {
        let path = self.child(name);
        let Some(node) = self.take(name) else { return Field::Absent };
        let Some(mut fields) = Fields::open(node, &path, report) else { return Field::Refused };
        let value = read(&mut fields, report);
        fields.finish(report);
        Field::Given(value)
    }

    /// Takes a field if it is a text and leaves it alone if it is anything else.
    pub(crate) fn name(&mut self, name: &'static str) -> Option<String> {
        self.take(name).and_then(TEXT.read)
    }

    /// Takes fields that are lawful and say nothing to us.
    pub(crate) fn skip(&mut self, names: &[&'static str]) {
        let new = names.iter().filter(|name| !self.known.contains(name)).copied().collect::<Vec<_>>();
        self.known.extend(new);
    }

    /// Reports every field that nobody took.
    pub(crate) fn finish(self, report: &mut Report) {
        let unknown = self.entries.iter().filter(|(key, _)| !self.known.contains(&key.text.as_str()));
        for (key, _) in unknown {
            let alike = |name: &&&str| strsim::jaro_winkler(name, &key.text) >= ALIKE;
            report.refuse(Invalid {
                path: self.child(&key.text),
                code: Code::UnknownField,
                found: format!("unknown field {}", quote(&key.text)),
                allowed: self.known.join(", "),
                hint: self.known.iter().find(alike).map(|name| format!("did you mean `{name}`?")),
            });
        }
    }

    /// Returns the path of a field.
    pub(crate) fn child(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    fn read<T>(&mut self, name: &'static str, expected: &Type<T>, report: &mut Report) -> Field<T> {
        let Some(node) = self.take(name) else { return Field::Absent };
        let value = (expected.read)(node);
        if value.is_none() {
            report.refuse(Invalid {
                path: self.child(name),
                code: Code::WrongType,
                found: format!("found {}", show(node)),
                allowed: expected.name.to_owned(),
                hint: hint(node, expected.name),
            });
        }
        value.map_or(Field::Refused, Field::Given)
    }
}

/// Shows a value with its type.
fn show(node: &Node) -> String {
    match &node.content {
        Content::Bool(value) => format!("the boolean {value}"),
        Content::Number(number) => format!("the number {number}"),
        Content::Text(text) => format!("the text {}", quote(text)),
        Content::Null | Content::List(_) | Content::Map(_) => node.type_name().to_owned(),
    }
}

fn hint(node: &Node, allowed: &str) -> Option<String> {
    match &node.content {
        Content::Text(text) if allowed == NUMBER.name && text.parse::<f64>().is_ok() => {
            Some("write it without quotes".to_owned())
        }
        Content::Number(_) | Content::Bool(_) if allowed == TEXT.name => Some("put it in quotes".to_owned()),
        _ => None,
    }
}
