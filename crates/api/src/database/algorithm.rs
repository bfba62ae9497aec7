//! Algorithms: a type and the properties of that type.
//!
//! `ShardingSphere` loads them by name; here each family of them is an enum whose variants hold what the properties mean.
//! An unknown type is refused with the list of those that are known. Types are compared in any case.

use std::borrow::Cow;
use std::ops::Deref;

use serde_json::{Map, Value};

use crate::invalid::{Code, Invalid, Report, quote};
use crate::node::Node;
#[cfg(feature = "schema")]
use crate::schema::{Property, Record, Schema, Words};
use crate::shape::{At, Fields, Free, Shape, Text};

/// How alike an unknown type and a known one must be to be called a slip of the pen.
const ALIKE: f64 = 0.8;
const SPELLINGS: &[&[&str]] = &[&["type"], &["props"]];

/// A family of algorithms: all that may stand at one place.
pub trait Family: Sized {
    /// The types, as they are printed.
    const TYPES: &'static [&'static str];

    /// Reads the properties of a type of [`Self::TYPES`].
    fn properties(name: &'static str, props: &Node, at: &At<'_>, report: &mut Report) -> Option<Self>;

    /// Returns the type.
    fn type_name(&self) -> &'static str;

    /// Prints the properties.
    fn print_properties(&self) -> Value;

    /// Describes the properties of every type.
    #[cfg(feature = "schema")]
    fn schemas() -> Vec<Schema>;
}

/// Defines a family: variants with the shape of their properties, and the type each is known by.
macro_rules! family {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident($props:ty) = $type:literal,)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])* $variant($props),)*
        }

        impl $crate::database::algorithm::Family for $name {
            const TYPES: &'static [&'static str] = &[$($type),*];

            fn properties(
                name: &'static str,
                props: &$crate::node::Node,
                at: &$crate::shape::At<'_>,
                report: &mut $crate::invalid::Report,
            ) -> Option<Self> {
                match name {
                    $($type => <$props as $crate::shape::Shape>::read(props, at, report).map(Self::$variant),)*
                    _ => None,
                }
            }

            fn type_name(&self) -> &'static str {
                match self { $(Self::$variant(_) => $type,)* }
            }

            fn print_properties(&self) -> serde_json::Value {
                match self { $(Self::$variant(props) => $crate::shape::Shape::print(props),)* }
            }

            #[cfg(feature = "schema")]
            fn schemas() -> Vec<$crate::schema::Schema> {
                vec![$(<$props as $crate::shape::Shape>::schema()),*]
            }
        }
    };
}
pub(super) use family;

/// An algorithm of a family, written `{type, props}`.
#[derive(Debug, Clone, PartialEq)]
pub struct Algorithm<F>(pub F);

impl<F> Deref for Algorithm<F> {
    type Target = F;

    fn deref(&self) -> &F {
        &self.0
    }
}

impl<F: Family> Shape for Algorithm<F> {
    fn read(node: &Node, at: &At<'_>, report: &mut Report) -> Option<Self> {
        let fields = Fields::open(node, at, SPELLINGS, report)?;
        read(&fields, at, report).map(Self)
    }

    fn print(&self) -> Value {
        let mut map = Map::new();
        put(&mut map, &self.0);
        map.into()
    }

    fn allowed() -> Cow<'static, str> {
        "a map of type and props".into()
    }

    #[cfg(feature = "schema")]
    fn schema() -> Schema {
        Schema::Map(Record {
            doc: "An algorithm: its type and what it needs.",
            properties: properties::<F>(),
            rules: vec![],
        })
    }
}

/// Reads type and properties from a map whose first two fields are these.
pub(super) fn read<F: Family>(fields: &Fields<'_>, at: &At<'_>, report: &mut Report) -> Option<F> {
    let name = fields.value::<Text<1, 253>>(0, report);
    let props = fields.value::<Option<Free>>(1, report)?;
    let name = known::<F>(&name?, &at.field("type"), report)?;
    let props = props.map_or_else(|| Node::map([]), |props| Node::from(&props.0));
    F::properties(name, &props, &at.field("props"), report)
}

/// Prints type and properties. Properties are texts, as `ShardingSphere` has them; without any there is no `props`.
pub(super) fn put<F: Family>(map: &mut Map<String, Value>, algorithm: &F) {
    map.insert("type".to_owned(), algorithm.type_name().into());
    let Value::Object(mut props) = algorithm.print_properties() else { return };
    for value in props.values_mut() {
        if let Value::Bool(_) | Value::Number(_) = value {
            *value = value.to_string().into();
        }
    }
    if !props.is_empty() {
        map.insert("props".to_owned(), props.into());
    }
}

fn known<F: Family>(name: &str, at: &At<'_>, report: &mut Report) -> Option<&'static str> {
    let found = F::TYPES.iter().copied().find(|known| known.eq_ignore_ascii_case(name));
    if found.is_none() {
        let upper = name.to_ascii_uppercase();
        let hint = if upper == "CLASS_BASED" || upper.starts_with("COSID") {
            Some("it needs Java classes: not supported".to_owned())
        } else {
            let alike =
                F::TYPES.iter().find(|known| strsim::jaro_winkler(&known.to_ascii_uppercase(), &upper) >= ALIKE);
            alike.map(|known| format!("did you mean `{known}`?"))
        };
        report.refuse(Invalid {
            path: at.to_string(),
            code: Code::NotAllowed,
            found: format!("found {}", quote(name)),
            allowed: format!("one of {}", F::TYPES.join(", ")),
            hint,
        });
    }
    found
}

/// Describes the two fields: the type, and the properties of all types together.
#[cfg(feature = "schema")]
pub(super) fn properties<F: Family>() -> Vec<Property> {
    let docs = F::TYPES.iter().map(|name| (*name, "")).collect();
    let words = Words { doc: "", docs, spellings: F::TYPES.to_vec(), ignore_case: true };
    let name = Property::choice("type", &[], "Which algorithm; any case is read.", Schema::Words(words));
    let props =
        Property::choice("props", &[], "What the algorithm needs; texts, with quotes or without.", union::<F>());
    vec![Property { required: true, ..name }, props]
}

/// Describes the properties of all types together: any of them may stand there.
#[cfg(feature = "schema")]
fn union<F: Family>() -> Schema {
    let mut all: Vec<Property> = Vec::new();
    for schema in F::schemas() {
        let Schema::Map(record) = schema else { return Schema::Free };
        for property in record.properties {
            match all.iter_mut().find(|known| known.name == property.name) {
                Some(known) if known.schema == property.schema => {}
                Some(known) => known.schema = Schema::Free,
                None => all.push(Property { required: false, ..property }),
            }
        }
    }
    Schema::Map(Record { doc: "What the algorithm needs.", properties: all, rules: vec![] })
}
