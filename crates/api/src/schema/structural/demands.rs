//! What the fields of a map demand of each other: in rules where rules can see them and it is not too dear, else in
//! keywords, which cost nothing and explain nothing.

use serde_json::{Map, Value, json};

use crate::schema::cel::{escape, sees};
use crate::schema::{Amount, Property, Schema};

/// How often a rule that only asks whether fields are there may be applied to one object. Above, the same is said without
/// CEL. The API server takes a cost of 10 million for one rule, and a test for presence costs about two.
const MOST_TESTS: u64 = 200_000;

/// The most that all comparisons of two spellings in one object may cost; the API server takes ten times as much.
const MOST_COST: u64 = 1_000_000;
/// The bytes of the longest character.
const LONGEST_CHARACTER: usize = 4;

/// What fields demand of each other: in CEL where rules can see them and it is not too dear, else in keywords.
#[derive(Debug)]
pub(super) struct Demands {
    /// How often at most the map they are made of stands in one object.
    times: u64,
    rules: Vec<Value>,
    keywords: Vec<Value>,
}

impl Demands {
    /// Begins without any, for a map that stands so often in one object.
    pub(super) fn of(times: u64) -> Self {
        Self { times, rules: Vec::new(), keywords: Vec::new() }
    }

    /// Demands what a rule in CEL says.
    pub(super) fn rule(&mut self, rule: &str, message: &str) {
        self.rules.push(json!({ "rule": rule, "message": message }));
    }

    /// What the spellings of one field demand of each other: no contradiction, and one of them if it must be written.
    /// Returns those that cannot be compared: together they are refused.
    pub(super) fn spellings(&mut self, property: &Property) -> Vec<[&'static str; 2]> {
        let mut refused = Vec::new();
        let names = spellings(property);
        if property.required {
            let message = format!("{} is missing", property.name);
            self.group(Amount::AtLeastOne, &[property], &message);
        }
        let cost = comparison(&property.schema).map(|cost| cost.saturating_mul(self.times));
        let comparable = cost.is_some_and(|cost| cost <= MOST_COST);
        for (i, one) in names.iter().enumerate() {
            for other in &names[i + 1..] {
                if comparable {
                    let (a, b) = (escape(one), escape(other));
                    let rule = format!("!has(self.{a}) || !has(self.{b}) || self.{a} == self.{b}");
                    let message = format!("{one} and {other} are spellings of one field and contradict each other");
                    self.rule(&rule, &message);
                } else {
                    self.never_both(one, other);
                    refused.push([*one, *other]);
                }
            }
        }
        refused
    }

    fn never_both(&mut self, one: &str, other: &str) {
        self.keywords.push(json!({ "not": { "required": [one, other] } }));
    }

    /// Demands so many of some fields, each in any of its spellings.
    pub(super) fn group(&mut self, amount: Amount, members: &[&Property], message: &str) {
        let tests = members.iter().map(|member| 1 + member.aliases.len() as u64).sum::<u64>();
        if members.iter().all(|member| sees(&member.schema)) && self.times.saturating_mul(tests) <= MOST_TESTS {
            return self.rule(&counted(amount, members), message);
        }
        let all: Vec<_> = members.iter().map(|member| spellings(member)).collect();
        if amount != Amount::AtMostOne {
            let any: Vec<_> = all.iter().flatten().map(|name| json!({ "required": [name] })).collect();
            self.keywords.push(json!({ "anyOf": any }));
        }
        if amount != Amount::AtLeastOne {
            for (i, one) in all.iter().enumerate() {
                for other in all[i + 1..].iter().flatten() {
                    for one in one {
                        self.never_both(one, other);
                    }
                }
            }
        }
    }

    /// Adds them to the map they are made of.
    pub(super) fn write(self, map: &mut Map<String, Value>) {
        if !self.keywords.is_empty() {
            map.insert("allOf".to_owned(), self.keywords.into());
        }
        if !self.rules.is_empty() {
            map.insert("x-kubernetes-validations".to_owned(), self.rules.into());
        }
    }
}

/// Says in CEL that so many of some fields are written.
fn counted(amount: Amount, members: &[&Property]) -> String {
    let tests = members.iter().map(|member| {
        let names = spellings(member);
        let tests: Vec<_> = names.iter().map(|name| format!("has(self.{})", escape(name))).collect();
        if tests.len() > 1 && members.len() > 1 { format!("({})", tests.join(" || ")) } else { tests.join(" || ") }
    });
    let tests: Vec<_> = tests.collect();
    let count = || tests.iter().map(|test| format!("({test} ? 1 : 0)")).collect::<Vec<_>>().join(" + ");
    match amount {
        Amount::AtLeastOne => tests.join(" || "),
        Amount::AtMostOne => format!("{} <= 1", count()),
        Amount::ExactlyOne => format!("{} == 1", count()),
    }
}

fn spellings(property: &Property) -> Vec<&'static str> {
    std::iter::once(property.name).chain(property.aliases.iter().copied()).collect()
}

/// Estimates what it costs to compare two values, as the API server does: a tenth for each byte. `None` where CEL cannot:
/// two maps under different names are two types.
fn comparison(schema: &Schema) -> Option<u64> {
    let many = |most: usize, inner: &Schema| Some(comparison(inner)?.saturating_mul(most as u64));
    match schema {
        Schema::Bool | Schema::Whole { .. } | Schema::Decimal { .. } => Some(1),
        Schema::Text(pattern) => Some(1 + (pattern.longest * LONGEST_CHARACTER) as u64 / 10),
        Schema::Words(words) => Some(1 + words.spellings.iter().map(|word| word.len() as u64).max()? / 10),
        Schema::List { item, most, .. } => many(*most, item),
        Schema::Table { value, most } => many(*most, value),
        Schema::Map(_) | Schema::Either { .. } | Schema::Free => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{field, group, list, made, map, text};
    use super::*;
    use crate::schema::exceptions::Sign;

    #[test]
    fn spellings_of_one_field_may_not_contradict_each_other() {
        let name = Property { required: true, ..field("minTime", &["min_time"], text()) };
        let (made, exceptions) = made(&map(vec![name], Vec::new()));
        let described = |description: &str| json!({ "description": description, "type": "string", "maxLength": 16 });
        let expected = json!({
            "type": "object",
            "properties": { "min_time": described("Other spelling of minTime."), "minTime": described("Something.") },
            "x-kubernetes-validations": [
                { "rule": "has(self.minTime) || has(self.min_time)", "message": "minTime is missing" },
                {
                    "rule": "!has(self.minTime) || !has(self.min_time) || self.minTime == self.min_time",
                    "message": "minTime and min_time are spellings of one field and contradict each other",
                },
            ],
        });
        assert_eq!((made, exceptions), (expected, Vec::new()));
    }

    #[test]
    fn two_spellings_of_a_map_are_refused_together() {
        let slow = field("slowCall", &["slow_call"], map(vec![field("a", &[], Schema::Bool)], Vec::new()));
        let (made, exceptions) = made(&map(vec![slow], Vec::new()));
        assert_eq!(made["allOf"], json!([{ "not": { "required": ["slowCall", "slow_call"] } }]));
        assert_eq!(made.get("x-kubernetes-validations"), None);
        let signs: Vec<_> = exceptions.iter().map(|exception| (exception.path.as_str(), exception.sign)).collect();
        assert_eq!(signs, [("spec", Sign::Twice(["slowCall", "slow_call"]))]);
    }

    #[test]
    fn a_group_is_counted_in_cel() {
        let fields = || vec![field("a", &["b"], Schema::Bool), field("c", &[], Schema::Bool)];
        let rule =
            |amount| made(&map(fields(), vec![group(amount, &["a", "c"])])).0["x-kubernetes-validations"][1].clone();
        let count = "((has(self.a) || has(self.b)) ? 1 : 0) + (has(self.c) ? 1 : 0)";
        assert_eq!(
            rule(Amount::ExactlyOne),
            json!({ "rule": format!("{count} == 1"), "message": "exactly one of a, c" })
        );
        assert_eq!(
            rule(Amount::AtMostOne),
            json!({ "rule": format!("{count} <= 1"), "message": "at most one of a, c" })
        );
        let any = "(has(self.a) || has(self.b)) || has(self.c)";
        assert_eq!(rule(Amount::AtLeastOne), json!({ "rule": any, "message": "at least one of a, c" }));
    }

    #[test]
    fn a_group_that_rules_cannot_see_is_said_in_keywords() {
        let either = Schema::Either { short: Box::new(text()), long: Box::new(list(text(), 1)) };
        let fields = vec![field("a", &["b"], either), field("c", &[], Schema::Bool)];
        let (made, _) = made(&map(fields, vec![group(Amount::ExactlyOne, &["a", "c"])]));
        let required = |names: [&str; 2]| json!({ "not": { "required": names } });
        let any = json!({ "anyOf": [{ "required": ["a"] }, { "required": ["b"] }, { "required": ["c"] }] });
        assert_eq!(made["allOf"], json!([required(["a", "b"]), any, required(["a", "c"]), required(["b", "c"])]));
    }
}
