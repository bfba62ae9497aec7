//! The attributes of a simulated call: what its request would have said.
//!
//! Names are `header:NAME`, `query:NAME`, `path:NAME` and `caller`; anything else, or `attribute:NAME`, is an attribute
//! of the application's own. Names of headers compare without case.

use std::borrow::Cow;
use std::fmt;

use opensergo_fault_tolerance::{Attribute, KeySource};
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// The sources that have a prefix.
const PREFIXES: [(&str, KeySource); 4] = [
    ("header:", KeySource::Header),
    ("query:", KeySource::QueryParameter),
    ("path:", KeySource::PathParameter),
    ("attribute:", KeySource::Attribute),
];

/// What is known of a call; as few as one writes by hand, so they are looked through.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Attributes<'a>(Vec<Named<'a>>);

#[derive(Debug, PartialEq)]
struct Named<'a> {
    source: KeySource,
    name: Cow<'a, str>,
    value: Value<'a>,
}

#[derive(Debug, PartialEq)]
enum Value<'a> {
    Text(Cow<'a, str>),
    Unfit(&'static str),
}

impl Attributes<'_> {
    /// Finds one that is no text, with what it is instead.
    pub(super) fn unfit(&self) -> Option<(&str, &'static str)> {
        self.0.iter().find_map(|named| match named.value {
            Value::Unfit(what) => Some((&*named.name, what)),
            Value::Text(_) => None,
        })
    }
}

impl opensergo_fault_tolerance::Attributes for Attributes<'_> {
    fn attribute(&self, source: KeySource, name: &str) -> Attribute<'_> {
        match self.0.iter().find(|named| named.is(source, name)).map(|named| &named.value) {
            None => Attribute::Absent,
            Some(Value::Text(text)) => Attribute::Text(text),
            Some(Value::Unfit(what)) => Attribute::Unfit(what),
        }
    }
}

impl<'a> Named<'a> {
    fn is(&self, source: KeySource, name: &str) -> bool {
        let same = || match source {
            KeySource::Caller => true,
            KeySource::Header => self.name.eq_ignore_ascii_case(name),
            _ => self.name == name,
        };
        self.source == source && same()
    }

    fn new(key: Cow<'a, str>, json: &'a RawValue) -> serde_json::Result<Self> {
        let value = Value::read(json)?;
        if key == "caller" {
            return Ok(Self { source: KeySource::Caller, name: key, value });
        }
        let prefix = PREFIXES.iter().find(|(prefix, _)| key.starts_with(prefix));
        let (length, source) = prefix.map_or((0, KeySource::Attribute), |(prefix, source)| (prefix.len(), *source));
        let name = match key {
            Cow::Borrowed(key) => Cow::Borrowed(&key[length..]),
            Cow::Owned(key) => Cow::Owned(key[length..].to_owned()),
        };
        Ok(Self { source, name, value })
    }
}

impl<'a> Value<'a> {
    /// Takes a scalar as its text, a number as it is written.
    fn read(json: &'a RawValue) -> serde_json::Result<Self> {
        let text = json.get();
        Ok(match text.as_bytes().first() {
            Some(b'"') => Self::Text(serde_json::from_str::<Text<'_>>(text)?.0),
            Some(b'[') => Self::Unfit("a list"),
            Some(b'{') => Self::Unfit("an object"),
            Some(b'n') => Self::Unfit("null"),
            _ => Self::Text(Cow::Borrowed(text)),
        })
    }
}

/// A text, borrowed where nothing in it is escaped.
#[derive(Debug, Deserialize)]
pub(super) struct Text<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Attributes<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Names)
    }
}

struct Names;

impl<'de> Visitor<'de> for Names {
    type Value = Attributes<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of attributes")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Attributes<'de>, A::Error> {
        let mut attributes = Attributes::default();
        while let Some((Text(key), value)) = map.next_entry::<Text<'de>, &RawValue>()? {
            let named = Named::new(key, value).map_err(A::Error::custom)?;
            if attributes.0.iter().any(|other| other.is(named.source, &named.name)) {
                return Err(A::Error::custom(format_args!("attribute `{}` is there twice", named.name)));
            }
            attributes.0.push(named);
        }
        Ok(attributes)
    }
}

#[cfg(test)]
mod tests {
    use opensergo_fault_tolerance::Attributes as _;

    use super::*;

    fn read(json: &str) -> Result<Attributes<'_>, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn each_source_has_names_of_its_own() {
        let text =
            r#"{"header:X-User":"u1","query:id":7,"path:id":"\u0061","caller":"app","id":1.50,"attribute:vip":true}"#;
        let attributes = read(text).unwrap();
        let wanted = [
            (KeySource::Header, "x-user"),
            (KeySource::QueryParameter, "id"),
            (KeySource::PathParameter, "id"),
            (KeySource::Caller, ""),
            (KeySource::Attribute, "id"),
            (KeySource::Attribute, "vip"),
            (KeySource::QueryParameter, "ID"),
        ];
        let texts = ["u1", "7", "a", "app", "1.50", "true"].map(Attribute::Text).into_iter();
        let expected: Vec<_> = texts.chain([Attribute::Absent]).collect();
        assert_eq!(wanted.map(|(source, name)| attributes.attribute(source, name)).to_vec(), expected);
    }

    #[test]
    fn what_is_no_text_is_there_and_unfit() {
        let attributes = read(r#"{"a":[1],"b":{},"c":null}"#).unwrap();
        let found = ["a", "b", "c"].map(|name| attributes.attribute(KeySource::Attribute, name));
        assert_eq!(found, ["a list", "an object", "null"].map(Attribute::Unfit));
        assert_eq!(attributes.unfit(), Some(("a", "a list")));
    }

    #[test]
    fn a_header_in_two_spellings_is_there_twice() {
        let refused = read(r#"{"header:A":"1","header:a":"2"}"#).unwrap_err();
        assert_eq!(refused, "attribute `a` is there twice at line 1 column 31");
    }
}
