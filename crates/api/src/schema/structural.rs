//! A structural schema: what Kubernetes can say of a value, in `OpenAPI` v3 and in rules in CEL.
//!
//! ```text
//! Schema --node--> JSON: types, bounds, patterns, descriptions
//!            \----> x-kubernetes-validations: what fields demand of each other, in every spelling
//! ```
//! What it must leave out it notes as an [`Exception`]. Source: Kubernetes' documentation of custom resources, "Specifying a
//! structural schema" and "Validation rules".

mod demands;

use serde_json::{Map, Value, json};

use super::cel::{rewrite, sees};
use super::exceptions::{ALIKE, DEAR, Exception, OPEN, Sign, TOGETHER, TOO_DEAR, TOO_LARGE, UNSEEN};
use super::{Pattern, Property, Record, Rule, Schema, Words, wording};
use demands::Demands;

/// How often a rule that computes may be applied to one object; a pattern over a text of some characters costs about 30.
const MOST_RULES: u64 = 20_000;

/// The most fields below a field that are said again below each of its other spellings.
const MOST_REPEATED: usize = 24;

/// Makes structural schemas, and remembers what they cannot say.
#[derive(Debug, Default)]
pub(super) struct Structural {
    pub(super) exceptions: Vec<Exception>,
}

/// Where a value stands, and how often at most in one object.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) path: String,
    pub(super) times: u64,
}

impl Place {
    /// Begins at a field of the document.
    pub(super) fn root(name: &str) -> Self {
        Self { path: name.to_owned(), times: 1 }
    }

    fn field(&self, name: &str) -> Self {
        Self { path: format!("{}.{name}", self.path), times: self.times }
    }

    fn each(&self, step: &str, most: usize) -> Self {
        let most = u64::try_from(most).unwrap_or(u64::MAX);
        Self { path: format!("{}{step}", self.path), times: self.times.saturating_mul(most) }
    }
}

impl Structural {
    /// Says what may stand at a place.
    pub(super) fn node(&mut self, schema: &Schema, place: &Place) -> Map<String, Value> {
        object(match schema {
            Schema::Bool => json!({ "type": "boolean" }),
            Schema::Whole { least, most } => whole(*least, *most),
            Schema::Decimal { least, most } => bounded(json!({ "type": "number", "minimum": least }), *most),
            Schema::Text(pattern) => self.text(pattern, place),
            Schema::Words(words) => text_of(words),
            Schema::List { item, fewest, most } => {
                let items = self.node(item, &place.each("[]", *most));
                let mut list = json!({ "type": "array", "items": items, "maxItems": most });
                if *fewest > 0 {
                    list["minItems"] = json!(fewest);
                }
                list
            }
            Schema::Table { value, most } => {
                let values = self.node(value, &place.each("{}", *most));
                json!({ "type": "object", "additionalProperties": values, "maxProperties": most })
            }
            Schema::Map(record) => self.record(record, place),
            Schema::Either { .. } | Schema::Free => {
                self.except(place, &wording::type_name(schema), OPEN, Sign::Open);
                json!({ "x-kubernetes-preserve-unknown-fields": true })
            }
        })
    }

    /// Notes what a CRD cannot say of a place.
    #[expect(clippy::too_many_arguments, reason = "an exception has four parts")]
    fn except(&mut self, place: &Place, demand: &str, reason: &'static str, sign: Sign) {
        self.exceptions.push(Exception { path: place.path.clone(), demand: demand.to_owned(), reason, sign });
    }

    /// Says what may stand in a map of fields.
    fn record(&mut self, record: &Record, place: &Place) -> Value {
        let mut properties = Map::new();
        for property in &record.properties {
            let below = place.field(property.name);
            let inner = self.node(&property.schema, &below);
            for alias in property.aliases {
                let same = if is_repeated(&property.schema) { inner.clone() } else { opened(&property.schema) };
                properties.insert((*alias).to_owned(), described(&wording::alias(property), same).into());
            }
            if !property.aliases.is_empty() && !is_repeated(&property.schema) {
                let demand = format!("the same below {} as below {}", property.aliases.join(" and "), property.name);
                self.except(&below, &demand, TOO_LARGE, Sign::Respelled);
            }
            properties.insert(property.name.to_owned(), described(&wording::describe(property), inner).into());
        }
        let required = record.properties.iter().filter(|field| field.required && field.aliases.is_empty());
        let required: Vec<_> = required.map(|field| field.name).collect();
        let mut map = object(json!({ "type": "object", "required": required, "properties": properties }));
        if required.is_empty() {
            map.shift_remove("required");
        }
        let mut demands = Demands::of(place.times);
        for property in record.properties.iter().filter(|property| !property.aliases.is_empty()) {
            for pair in demands.spellings(property) {
                self.except(place, ALIKE, TOGETHER, Sign::Twice(pair));
            }
        }
        record.rules.iter().for_each(|rule| self.rule(rule, (record, place), &mut demands));
        demands.write(&mut map);
        map.into()
    }

    fn rule(&mut self, rule: &Rule, (record, place): (&Record, &Place), demands: &mut Demands) {
        match rule {
            Rule::Group { amount, members } => {
                let member = |name: &&str| record.properties.iter().find(|property| property.name == *name);
                let members: Vec<_> = members.iter().filter_map(member).collect();
                let names: Vec<_> = members.iter().map(|member| member.name).collect();
                demands.group(*amount, &members, &wording::group(*amount, &names));
            }
            Rule::Cel { rule, says } => match may_compute(rule, says, record, place) {
                Ok(rule) => demands.rule(&rule, says),
                Err(reason) => self.except(place, says, reason, Sign::Map),
            },
        }
    }

    fn text(&mut self, pattern: &Pattern, place: &Place) -> Value {
        let mut text = text(pattern);
        // The API server takes lists for texts that have a format.
        if let Value::Object(text) = &mut text {
            text.shift_remove("format");
        }
        if let Some(rule) = &pattern.cel {
            let demand = if pattern.what.is_empty() { rule.clone() } else { pattern.what.to_string() };
            if place.times <= MOST_RULES {
                text["x-kubernetes-validations"] = json!([{ "rule": rule, "message": demand }]);
            } else {
                self.except(place, &demand, TOO_DEAR, Sign::Field);
            }
        }
        text
    }
}

/// Returns a rule for every spelling, or the reason why a CRD cannot have it.
fn may_compute(rule: &str, says: &str, record: &Record, place: &Place) -> Result<String, &'static str> {
    let mut unseen = record.properties.iter().filter(|property| !sees(&property.schema));
    if unseen.any(|property| rule.contains(&format!("self.{}", property.name))) {
        return Err(UNSEEN);
    }
    if place.times > MOST_RULES || DEAR.contains(&says) {
        return Err(TOO_DEAR);
    }
    rewrite(rule, record).ok_or(TOO_LARGE)
}

/// Says whether what stands below a field is said again below its other spellings: where it is much, and has other
/// spellings itself, saying it again and again would make a CRD of megabytes.
pub(super) fn is_repeated(schema: &Schema) -> bool {
    fields(schema) <= MOST_REPEATED
}

/// Counts the fields below a place, each as often as it has spellings.
fn fields(schema: &Schema) -> usize {
    let field = |property: &Property| (1 + property.aliases.len()).saturating_mul(1 + fields(&property.schema));
    wording::record(schema).map_or(0, |record| record.properties.iter().map(field).sum())
}

/// Says of what type a value is, and nothing of what stands below.
fn opened(schema: &Schema) -> Map<String, Value> {
    object(match schema {
        Schema::List { item, most, .. } => json!({ "type": "array", "items": opened(item), "maxItems": most }),
        Schema::Table { value, most } => {
            json!({ "type": "object", "additionalProperties": opened(value), "maxProperties": most })
        }
        Schema::Map(_) => json!({ "type": "object", "x-kubernetes-preserve-unknown-fields": true }),
        _ => json!({ "x-kubernetes-preserve-unknown-fields": true }),
    })
}

/// Says what a whole number may be.
fn whole(least: i64, most: i64) -> Value {
    bounded(json!({ "type": "integer", "format": "int64", "minimum": least }), most)
}

/// Bounds a number from above. The end of 64 bits is no bound: the API server keeps bounds as doubles, of which it is
/// none, and refuses everything.
fn bounded(mut number: Value, most: i64) -> Value {
    if most < i64::MAX {
        number["maximum"] = most.into();
    }
    number
}

/// Says what a text may be, but for what only a rule can say.
pub(super) fn text(pattern: &Pattern) -> Value {
    let mut text = json!({ "type": "string", "maxLength": pattern.longest });
    if pattern.shortest > 0 {
        text["minLength"] = json!(pattern.shortest);
    }
    if let Some(pattern) = pattern.pattern {
        text["pattern"] = json!(pattern);
    }
    if pattern.secret {
        text["format"] = json!("password");
    }
    text
}

fn text_of(words: &Words) -> Value {
    let longest = words.spellings.iter().map(|word| word.chars().count()).max().unwrap_or(0);
    if words.ignore_case {
        return json!({ "type": "string", "maxLength": longest, "pattern": any_case(words) });
    }
    json!({ "type": "string", "enum": words.spellings })
}

/// Makes a pattern of texts in any case, in a syntax RE2 and ECMA share.
pub(super) fn any_case(words: &Words) -> String {
    let letter = |c: char| match (c.to_ascii_uppercase(), c.to_ascii_lowercase()) {
        (upper, lower) if upper != lower => format!("[{upper}{lower}]"),
        _ => c.to_string(),
    };
    let word = |word: &&str| word.chars().map(letter).collect::<String>();
    format!("^({})$", words.spellings.iter().map(word).collect::<Vec<_>>().join("|"))
}

/// Puts a description before everything else.
pub(super) fn described(text: &str, schema: Map<String, Value>) -> Map<String, Value> {
    let description = (!text.is_empty()).then(|| ("description".to_owned(), Value::from(text)));
    description.into_iter().chain(schema).collect()
}

pub(super) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Amount;
    use super::*;

    pub(super) fn field(name: &'static str, aliases: &'static [&'static str], schema: Schema) -> Property {
        Property::choice(name, aliases, "Something.", schema)
    }

    pub(super) fn text() -> Schema {
        Schema::Text(Pattern { shortest: 0, longest: 16, ..Pattern::default() })
    }

    pub(super) fn list(item: Schema, most: usize) -> Schema {
        Schema::List { item: Box::new(item), fewest: 0, most }
    }

    pub(super) fn map(properties: Vec<Property>, rules: Vec<Rule>) -> Schema {
        Schema::Map(Record { doc: "", properties, rules })
    }

    pub(super) fn group(amount: Amount, members: &[&'static str]) -> Rule {
        Rule::Group { amount, members: members.to_vec() }
    }

    pub(super) fn made(schema: &Schema) -> (Value, Vec<Exception>) {
        let mut structural = Structural::default();
        let node = structural.node(schema, &Place::root("spec"));
        (node.into(), structural.exceptions)
    }

    #[test]
    fn a_rule_too_dear_in_nested_lists_is_left_out_and_listed() {
        let pattern =
            Pattern { longest: 9, cel: Some("self != ''".to_owned()), what: "a word".into(), ..Pattern::default() };
        let item = map(vec![field("a", &[], Schema::Text(pattern))], vec![group(Amount::AtLeastOne, &["a"])]);
        let nested = |most| made(&list(list(item.clone(), most), 1000));
        let (cheap, none) = nested(10);
        assert_eq!(cheap["items"]["items"]["properties"]["a"]["x-kubernetes-validations"][0]["message"], "a word");
        assert_eq!(none, []);
        let (dear, left_out) = nested(1000);
        assert_eq!(dear["items"]["items"]["properties"]["a"].get("x-kubernetes-validations"), None);
        assert_eq!(dear["items"]["items"]["allOf"], json!([{ "anyOf": [{ "required": ["a"] }] }]));
        let (path, demand) = ("spec[][].a".to_owned(), "a word".to_owned());
        assert_eq!(left_out, [Exception { path, demand, reason: TOO_DEAR, sign: Sign::Field }]);
    }

    #[test]
    fn texts_in_any_case_are_a_pattern() {
        let words = Words { doc: "", docs: vec![("BBR", "")], spellings: vec!["BBR", "b-2"], ignore_case: true };
        let (made, _) = made(&Schema::Words(words));
        assert_eq!(made, json!({ "type": "string", "maxLength": 3, "pattern": "^([Bb][Bb][Rr]|[Bb]-2)$" }));
    }

    #[test]
    fn the_end_of_64_bits_is_no_bound() {
        let (made, _) = made(&Schema::Decimal { least: 0, most: i64::MAX });
        assert_eq!(made, json!({ "type": "number", "minimum": 0 }));
    }
}
