//! Faults people make, put into a document where its schema says what stands.

use opensergo_api::Kind;
use opensergo_api::schema::{Property, Record, Schema};
use serde_json::{Map, Value, json};

use crate::document::Maker;

/// The most items that are made to have one too many.
const MOST_ITEMS: usize = 100;

/// A value of a document, by JSON pointer, and what it may be.
struct Place<'a> {
    pointer: String,
    schema: &'a Schema,
}

impl Maker {
    /// Makes a document, every other time with a fault or two.
    pub(crate) fn document(&mut self, kind: Kind) -> Value {
        let (schema, mut document) = (kind.schema(), self.lawful(kind));
        for _ in 0..self.below(4).saturating_sub(1) {
            self.spoil(&schema, &mut document);
        }
        document
    }

    /// Puts one fault somewhere into the contents.
    fn spoil(&mut self, schema: &Schema, document: &mut Value) {
        let mut places = Vec::new();
        collect(schema, &document["spec"], "/spec".to_owned(), &mut places);
        let Place { pointer, schema } = self.pick(&places);
        let Some(value) = document.pointer_mut(pointer) else { return };
        match (self.below(8), schema, value) {
            (0, _, value) => *value = self.anything(),
            (1, _, value) if pointer != "/spec" => *value = Value::Null,
            (_, Schema::Map(record), Value::Object(map)) => self.spoil_map(record, map),
            (_, Schema::List { fewest, most, .. }, Value::Array(items)) => self.spoil_list((*fewest, *most), items),
            (_, Schema::Table { value: schema, most }, Value::Object(map)) => self.spoil_table((schema, *most), map),
            (_, schema, value) => *value = self.beyond(schema),
        }
    }

    fn spoil_map(&mut self, record: &Record, map: &mut Map<String, Value>) {
        if record.properties.is_empty() {
            map.insert("unknown".to_owned(), 1.into());
            return;
        }
        let property = self.pick(&record.properties);
        let names: Vec<_> = std::iter::once(property.name).chain(property.aliases.iter().copied()).collect();
        let written = names.iter().find(|name| map.contains_key(**name)).copied();
        match (self.below(6), written) {
            (0, Some(name)) => drop(map.shift_remove(name)),
            (1, Some(name)) => drop(map.insert(name.to_owned(), Value::Null)),
            (2, _) => drop(map.insert("unknown".to_owned(), 1.into())),
            (3 | 4, Some(name)) if names.len() > 1 => {
                let other = *self.pick(&names);
                let value = match self.below(3) {
                    0 => Value::Null,
                    1 => self.value(&property.schema, property.example),
                    _ => map[name].clone(),
                };
                map.insert(other.to_owned(), value);
            }
            _ => self.add(property, map),
        }
    }

    fn add(&mut self, property: &Property, map: &mut Map<String, Value>) {
        let value = self.value(&property.schema, property.example);
        map.insert(property.name.to_owned(), value);
    }

    fn spoil_list(&mut self, (fewest, most): (usize, usize), items: &mut Vec<Value>) {
        match self.below(4) {
            0 => items.truncate(fewest.saturating_sub(1)),
            1 if most <= MOST_ITEMS && !items.is_empty() => items.resize(most + self.below(2), items[0].clone()),
            2 => items.push(Value::Null),
            _ => items.extend(items.first().cloned()),
        }
    }

    fn spoil_table(&mut self, (schema, most): (&Schema, usize), map: &mut Map<String, Value>) {
        let key = match self.below(5) {
            0 => String::new(),
            1 => "k".repeat(256 + self.below(2)),
            2 => "a b".to_owned(),
            3 if most <= MOST_ITEMS => {
                let value = self.value(schema, None);
                let length = most + self.below(2);
                (map.len()..length).for_each(|i| drop(map.insert(format!("k{i}"), value.clone())));
                return;
            }
            _ => {
                map.insert("nothing".to_owned(), Value::Null);
                return;
            }
        };
        map.insert(key, self.value(schema, None));
    }

    /// Makes a value that is mostly of the right type and beyond what is allowed.
    fn beyond(&mut self, schema: &Schema) -> Value {
        match schema {
            Schema::Whole { least, most } | Schema::Decimal { least, most } => {
                let least = least.checked_sub(1).map_or(json!(-1e19), Value::from);
                let most = most.checked_add(1).map_or(json!(1e19), Value::from);
                self.pick(&[least, most, json!(1.5), json!(2.0), json!("1"), json!(1e300)]).clone()
            }
            Schema::Text(pattern) => {
                let lawful = self.text(pattern, None);
                let long = "a".repeat(pattern.longest.min(100_000) + 1);
                let short = "a".repeat(pattern.shortest.saturating_sub(1));
                let texts = [long, short, format!("{lawful} "), format!("{lawful}\n"), lawful.to_uppercase()];
                if self.once_in(2) { self.anything() } else { self.pick(&texts).as_str().into() }
            }
            Schema::Words(words) => {
                let word = *self.pick(&words.spellings);
                let texts = [word.to_lowercase(), word.to_uppercase(), format!("{word} "), "nonsense".to_owned()];
                self.pick(&texts).as_str().into()
            }
            _ => self.anything(),
        }
    }
}

/// Lists every value of a document that its schema knows.
fn collect<'a>(schema: &'a Schema, value: &Value, pointer: String, places: &mut Vec<Place<'a>>) {
    match (schema, value) {
        (Schema::Map(Record { properties, .. }), Value::Object(map)) => {
            for (name, value) in map {
                let spelled = |field: &&Property| field.name == name || field.aliases.contains(&name.as_str());
                if let Some(field) = properties.iter().find(spelled) {
                    collect(&field.schema, value, format!("{pointer}/{}", escape(name)), places);
                }
            }
        }
        (Schema::List { item, .. }, Value::Array(items)) => {
            items.iter().enumerate().for_each(|(i, value)| collect(item, value, format!("{pointer}/{i}"), places));
        }
        (Schema::Table { value: schema, .. }, Value::Object(map)) => {
            map.iter().for_each(|(key, value)| collect(schema, value, format!("{pointer}/{}", escape(key)), places));
        }
        (Schema::Either { short, long }, value) => {
            collect(if value.is_array() || value.is_object() { long } else { short }, value, pointer.clone(), places);
        }
        _ => {}
    }
    places.push(Place { pointer, schema });
}

fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
