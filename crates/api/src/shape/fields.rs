//! The fields of one map, found by any of their spellings; whatever is none of them is reported.
//!
//! `null` counts as not written, as Kubernetes has it.

use std::sync::Arc;

use super::{At, Shape};
use crate::invalid::{Code, Invalid, Report, quote};
use crate::node::{Content, Key, Node};
use crate::warning::WarningCode;

/// How alike an unknown field and a known one must be to be called a slip of the pen.
const ALIKE: f64 = 0.8;

/// The fields of one map, by their place in the list of spellings.
pub(crate) struct Fields<'a> {
    entries: &'a [(Key, Arc<Node>)],
    at: &'a At<'a>,
    spellings: &'a [&'a [&'a str]],
}

impl<'a> Fields<'a> {
    /// Opens a map; anything else, an unknown field and a field in two spellings are reported.
    pub(crate) fn open(
        node: &'a Node,
        at: &'a At<'a>,
        spellings: &'a [&'a [&'a str]],
        report: &mut Report,
    ) -> Option<Self> {
        let Content::Map(entries) = &node.content else {
            report.wrong_type(at, node.type_name(), "a map of fields");
            return None;
        };
        let fields = Self { entries, at, spellings };
        for (i, (key, _)) in entries.iter().enumerate() {
            match spellings.iter().find(|spellings| spellings.contains(&key.text.as_str())) {
                None => fields.unknown(&key.text, report),
                Some(same) => fields.once(same, i, report),
            }
        }
        Some(fields)
    }

    /// Reads a field; one that must be written and is not is reported as missing.
    pub(crate) fn value<T: Shape>(&self, place: usize, report: &mut Report) -> Option<T> {
        match self.written(place) {
            Some((name, node)) => T::read(node, &self.at.field(name), report),
            None => T::absent().or_else(|| {
                report.missing(self.at.field(self.spellings[place][0]), &T::allowed());
                None
            }),
        }
    }

    /// Says whether a field is written.
    pub(crate) fn is_written(&self, place: usize) -> bool {
        self.written(place).is_some()
    }

    /// Warns of a field that has no effect, if it is written.
    pub(crate) fn no_effect(&self, place: usize, message: &str, report: &mut Report) {
        if let Some((name, _)) = self.written(place) {
            report.warn(self.at.field(name), WarningCode::NoEffect, message);
        }
    }

    /// Warns of a field that another one has replaced, if it is written.
    pub(crate) fn deprecated(&self, place: usize, message: &str, report: &mut Report) {
        if let Some((name, _)) = self.written(place) {
            report.warn(self.at.field(name), WarningCode::Deprecated, message);
        }
    }

    /// Demands that no two of some fields are written; says whether it is so.
    pub(crate) fn at_most_one(&self, places: &[usize], report: &mut Report) -> bool {
        let written: Vec<_> = places.iter().filter_map(|place| self.written(*place)).map(|(name, _)| name).collect();
        if written.len() > 1 {
            let allowed = format!("at most one of {}", self.names(places));
            report.conflict(self.at.field(written[1]), &format!("{} together", written.join(" and ")), &allowed);
        }
        written.len() <= 1
    }

    /// Demands that one of some fields is written; says whether it is so.
    pub(crate) fn at_least_one(&self, places: &[usize], report: &mut Report) -> bool {
        let written = places.iter().any(|place| self.is_written(*place));
        if !written {
            report.missing(
                self.at.field(self.spellings[places[0]][0]),
                &format!("at least one of {}", self.names(places)),
            );
        }
        written
    }

    /// Demands that exactly one of some fields is written; says whether it is so.
    pub(crate) fn exactly_one(&self, places: &[usize], report: &mut Report) -> bool {
        if places.iter().any(|place| self.is_written(*place)) {
            return self.at_most_one(places, report);
        }
        report.missing(self.at.field(self.spellings[places[0]][0]), &format!("one of {}", self.names(places)));
        false
    }

    fn written(&self, place: usize) -> Option<(&'a str, &'a Node)> {
        let spellings = self.spellings[place];
        let found = self
            .entries
            .iter()
            .find(|(key, node)| spellings.contains(&key.text.as_str()) && node.content != Content::Null);
        found.map(|(key, node)| (key.text.as_str(), &**node))
    }

    fn names(&self, places: &[usize]) -> String {
        places.iter().map(|place| self.spellings[*place][0]).collect::<Vec<_>>().join(", ")
    }

    /// Refuses a field that stands here in another spelling already, unless it says the same.
    fn once(&self, spellings: &[&str], entry: usize, report: &mut Report) {
        let before = self.entries[..entry].iter().find(|(key, _)| spellings.contains(&key.text.as_str()));
        if let Some((before, node)) = before
            && ![&node.content, &self.entries[entry].1.content].contains(&&Content::Null)
            && node.to_value() != self.entries[entry].1.to_value()
        {
            let now = &self.entries[entry].0.text;
            report.conflict(
                self.at.field(now),
                &format!("{} and {now} together", before.text),
                "one spelling of a field",
            );
        }
    }

    fn unknown(&self, name: &str, report: &mut Report) {
        let known = || self.spellings.iter().map(|spellings| spellings[0]);
        let alike = known().find(|known| strsim::jaro_winkler(known, name) >= ALIKE);
        report.refuse(Invalid {
            path: self.at.field(name).to_string(),
            code: Code::UnknownField,
            found: format!("unknown field {}", quote(name)),
            allowed: known().collect::<Vec<_>>().join(", "),
            hint: alike.map(|name| format!("did you mean `{name}`?")),
        });
    }
}
