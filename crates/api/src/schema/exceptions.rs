//! Where the doors and a CRD disagree, and why: as data, for the tests that compare both, and for the docs.
//!
//! ```text
//! a type of value   --everywhere-----> Exceptions::of(kind) --find-----> why a CRD takes what the door refuses
//! a check in code   --checks-------/                        --yielding-> a document that no CRD refuses for these
//! a place in a CRD  --Crd::of-----/
//! ```
//! What is not in this list is a fault of a door or of a CRD. Refuses to know who compares.

mod checks;
pub(super) mod page;
mod spot;

use serde_json::{Map, Value};

use super::{Crd, Property, Record, Schema};
use crate::invalid::{Code, Invalid};
use crate::kind::Kind;
use crate::number::Number;
use spot::Spot;

/// A demand of a door that a CRD makes otherwise, or not at all.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exception {
    /// The field, as `spec.http[].retries`; `*` where it holds for every field of its type.
    pub path: String,
    /// What the door demands, in its own words; `…` stands for what depends on the document.
    pub demand: String,
    /// Why a CRD differs, and what it does instead.
    pub reason: &'static str,
    /// How the difference is told from any other.
    pub sign: Sign,
}

/// How a difference shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    /// The door points at the field, and demands this.
    Field,
    /// The door points at the map or below it, and demands this.
    Map,
    /// The door points at the field or below it: a CRD says nothing there.
    Open,
    /// The door points below the field, which is written in another spelling.
    Respelled,
    /// The door misses a field right below, or does not know it: that depends on the type beside.
    Typed,
    /// The door points at a duration with parts of a nanosecond.
    Finer,
    /// The door takes both spellings, if they say the same.
    Twice([&'static str; 2]),
    /// The door takes this field with nothing behind it.
    Null(&'static str),
    /// The door points at an entry of a table with nothing behind its key.
    Entry,
    /// The door takes a whole number that is written with a point.
    Point,
    /// It depends on who sends a document, and shows in none.
    Sent,
}

/// Why a rule is left out where it would be applied too often.
pub(super) const TOO_DEAR: &str =
    "beyond the API server's cost budget for rules in nested lists; only the door checks it";
/// Why a rule is left out that looks at what has no type.
pub(super) const UNSEEN: &str = "rules cannot see a value that has no type in a CRD; only the door checks it";
/// Why little is said below another spelling of a large map.
pub(super) const TOO_LARGE: &str =
    "saying it again would make a CRD too large; below the other spelling only the door checks";
/// Why nothing is said of a value.
pub(super) const OPEN: &str =
    "a CRD knows no choice between a scalar, a list and a map; it takes anything there, and only the door checks";
/// What the door says of two spellings.
pub(super) const ALIKE: &str = "two spellings of a field may say the same";
/// Why two spellings are refused together.
pub(super) const TOGETHER: &str = "two types, or too much, for CEL to compare: both together are refused";

/// Rules the API server finds too dear although they stand in no list, in their own words.
pub(super) const DEAR: [&str; 1] = ["a name no other subset has"];

/// What every kind has in common.
const EVERYWHERE: [(&str, &str, &str, Sign); 9] = [
    (
        "*",
        "YAML 1.2, and no key twice",
        "the API server is sent JSON: how YAML is read is up to who sends it",
        Sign::Sent,
    ),
    (
        "*",
        "no unknown field",
        "the API server drops unknown fields, or warns of them, unless the client is strict",
        Sign::Sent,
    ),
    ("*", "each object once", "the API server has each object once: the second is a change of the first", Sign::Sent),
    (
        "*",
        "a whole number may be written 2.0",
        "rules of the API server refuse it where they look at it: write 2",
        Sign::Point,
    ),
    (
        "*",
        "no entry of a table with nothing behind its key",
        "the API server drops such entries before it looks",
        Sign::Entry,
    ),
    ("*", "a key of 1 to 256 characters", "a schema says nothing of keys; only the door checks them", Sign::Field),
    (
        "*",
        "a regular expression of 1 to 1024 characters in RE2 syntax, without look-around and back-references",
        "a schema cannot compile it; only the door does",
        Sign::Field,
    ),
    ("*", "a duration that is exact to a nanosecond", "CEL rounds what is finer; the door refuses it", Sign::Finer),
    ("metadata", "known fields, and an alias as spec.alias", "metadata belongs to the API server", Sign::Open),
];

/// Lists what holds for every kind.
pub(super) fn everywhere() -> Vec<Exception> {
    let exception = |(path, demand, reason, sign): (&str, &str, &'static str, Sign)| Exception {
        path: path.to_owned(),
        demand: demand.to_owned(),
        reason,
        sign,
    };
    EVERYWHERE.map(exception).to_vec()
}

/// Lists what one kind has of its own, besides what is noted while its CRD is made.
pub(super) fn of_kind(name: &str) -> impl Iterator<Item = Exception> {
    checks::of_kind(name)
}

impl Exception {
    /// Says whether this is why a CRD takes what the door refuses.
    fn excuses(&self, spot: &Spot, invalid: &Invalid) -> bool {
        let is_here = self.path == "*" || spot.path == self.path;
        match self.sign {
            Sign::Field => is_here && says(&self.demand, &invalid.allowed),
            Sign::Map => (is_here || spot.is_below(&self.path)) && says(&self.demand, &invalid.allowed),
            Sign::Open => is_here || spot.is_below(&self.path),
            Sign::Respelled => spot.respelled.contains(&self.path) && spot.is_below(&self.path),
            Sign::Typed => {
                matches!(invalid.code, Code::Missing | Code::UnknownField)
                    && spot.path.rsplit_once('.').is_some_and(|(map, _)| map == self.path)
            }
            Sign::Entry => spot.value == Some(Value::Null) && spot.path.ends_with("{}"),
            Sign::Finer => spot.value.as_ref().and_then(Value::as_str).is_some_and(is_finer),
            Sign::Twice(_) | Sign::Null(_) | Sign::Point | Sign::Sent => false,
        }
    }

    /// Rewrites a map so that a CRD does not refuse it for this.
    fn yield_in(&self, map: &mut Map<String, Value>) {
        match self.sign {
            Sign::Twice([one, other]) if map.get(one).is_some_and(|value| !value.is_null()) => {
                map.shift_remove(other);
            }
            Sign::Null(name) if map.get(name) == Some(&Value::Null) => {
                map.insert(name.to_owned(), Value::Object(Map::new()));
            }
            _ => {}
        }
    }
}

/// All exceptions of one kind.
#[derive(Debug)]
pub struct Exceptions {
    schema: Schema,
    list: Vec<Exception>,
}

impl Exceptions {
    /// Lists those of a kind.
    pub fn of(kind: Kind) -> Self {
        let mut list = everywhere();
        list.extend(Crd::of(kind).exceptions);
        Self { schema: kind.schema(), list }
    }

    /// Returns them.
    pub fn list(&self) -> &[Exception] {
        &self.list
    }

    /// Finds out why a CRD takes a document that the door refuses for this reason; `None` is a fault of one of both.
    pub fn find(&self, document: &Value, invalid: &Invalid) -> Option<&Exception> {
        let spot = Spot::of(&self.schema, document, &invalid.path);
        self.list.iter().find(|exception| exception.excuses(&spot, invalid))
    }

    /// Says a path canonically, as exceptions have it: `spec.http[].match[].headers{}`.
    pub fn canonical(&self, document: &Value, path: &str) -> String {
        Spot::of(&self.schema, document, path).path
    }

    /// Says a lawful document so that no CRD refuses it for one of these.
    #[must_use]
    pub fn yielding(&self, document: &Value) -> Value {
        let mut document = document.clone();
        if let Some(spec) = document.get_mut("spec") {
            self.yield_below(&self.schema, spec, "spec");
        }
        document
    }

    fn yield_below(&self, schema: &Schema, value: &mut Value, path: &str) {
        match (schema, value) {
            (Schema::Map(Record { properties, .. }), Value::Object(map)) => {
                self.list.iter().filter(|exception| exception.path == path).for_each(|one| one.yield_in(map));
                for (name, value) in map {
                    if let Some(field) = properties.iter().find(|field| is_spelled(field, name)) {
                        self.yield_below(&field.schema, value, &format!("{path}.{}", field.name));
                    }
                }
            }
            (Schema::List { item, .. }, Value::Array(items)) => {
                for value in items {
                    self.yield_below(item, value, &format!("{path}[]"));
                }
            }
            (Schema::Table { value: schema, .. }, Value::Object(map)) => {
                for value in map.values_mut() {
                    self.yield_below(schema, value, &format!("{path}{{}}"));
                }
            }
            (Schema::Whole { .. }, value) => {
                let whole = value.as_number().and_then(|number| i64::try_from(Number::from(number).whole()?).ok());
                *value = whole.map_or_else(|| value.take(), Value::from);
            }
            _ => {}
        }
    }
}

fn is_spelled(field: &Property, name: &str) -> bool {
    field.name == name || field.aliases.contains(&name)
}

/// Says whether a demand is what the door says is allowed; `…` stands for anything.
fn says(demand: &str, allowed: &str) -> bool {
    match demand.split_once('…') {
        None => demand == allowed,
        Some((before, behind)) => allowed.strip_prefix(before).is_some_and(|rest| rest.ends_with(behind)),
    }
}

/// Says whether a duration in the grammar of Go has parts of a nanosecond.
fn is_finer(text: &str) -> bool {
    let mut rest = text;
    while let Some((_, behind)) = rest.split_once('.') {
        let digits = behind.bytes().take_while(u8::is_ascii_digit).count();
        let unit = &behind[digits..];
        let exact = match unit.chars().next() {
            Some('n') => 0,
            Some('u' | 'µ' | 'μ') => 3,
            Some('m') if unit.starts_with("ms") => 6,
            _ => 9,
        };
        if behind[..digits].trim_end_matches('0').len() > exact {
            return true;
        }
        rest = behind;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_with_parts_of_a_nanosecond_is_told_by_its_digits() {
        let finer = ["1.5ns", "2s1.0001us", "1.0000000001s", "0.0000001ms"];
        let exact = ["1ns", "1.0ns", "1.001us", "1.000000001s", "1h2m3.5s", ".5s", "1.500000ms"];
        assert_eq!((finer.map(is_finer), exact.map(is_finer)), ([true; 4], [false; 7]));
    }

    #[test]
    fn a_demand_may_leave_out_what_depends_on_the_document() {
        let one_of = |allowed| says("one of …", allowed);
        assert_eq!(
            [one_of("one of a, b"), one_of("a, b"), says("a", "a"), says("a", "ab")],
            [true, false, true, false]
        );
    }
}
