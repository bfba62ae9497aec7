//! Documents of a kind, made from its schema: mostly lawful, at the edges of what is.

use std::collections::BTreeSet;

use opensergo_api::Kind;
use opensergo_api::schema::{Amount, Pattern, Property, Record, Rule, Schema, Words};
use proptest::prelude::RngExt;
use proptest::strategy::{Strategy, ValueTree};
use proptest::string::string_regex;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value, json};

/// Texts people write: names that refer to each other, and what grammars trip over.
pub(crate) const TEXTS: [&str; 26] = [
    "a",
    "b",
    "ds_0",
    "t_order",
    "x-tag",
    "",
    " ",
    "é",
    "a b",
    "a,b",
    "(",
    "a|b",
    "*",
    "*.a",
    "1",
    "1.0",
    "true",
    "none",
    "a.b-c",
    "A",
    "10%",
    "1s",
    "5xx, 503",
    "ds_${0..1}.t_${0..1}",
    "\u{7}",
    "0/5 * * * * ?",
];
/// Durations in both grammars, at their edges.
const DURATIONS: [&str; 24] = [
    "0s",
    "1ms",
    "500ms",
    "1s",
    "2m",
    "2min",
    "2minute",
    "1h",
    "1d",
    "366d",
    "367d",
    "8784h",
    "8785h",
    "1h2m3.5s",
    "1.5s",
    ".5s",
    "1.s",
    "999us",
    "1000us",
    "1000µs",
    "1000μs",
    "1000000ns",
    "1.5ns",
    "00001s",
];
/// Keys of tables.
const KEYS: [&str; 8] = ["a", "b", "ds_0", "t_order", "x-tag", "x.y", ":authority", "é"];

/// Makes documents out of a seed.
pub(crate) struct Maker {
    runner: TestRunner,
}

impl Maker {
    pub(crate) fn new(seed: [u8; 32]) -> Self {
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
        Self { runner: TestRunner::new_with_rng(Config::default(), rng) }
    }

    /// Makes a document with no fault that its schema knows of.
    pub(crate) fn lawful(&mut self, kind: Kind) -> Value {
        let spec = self.value(&kind.schema(), None);
        let metadata = json!({ "name": "a", "labels": { "app": "a" } });
        json!({ "apiVersion": kind.api_version(), "kind": kind.name(), "metadata": metadata, "spec": spec })
    }

    /// Returns a number below another.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.runner.rng().random_range(0..end.max(1))
    }

    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        let place = self.below(items.len());
        &items[place]
    }

    /// Says yes once in so many times.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// Makes a value; the example is that of its field.
    pub(crate) fn value(&mut self, schema: &Schema, example: Option<&str>) -> Value {
        match schema {
            Schema::Bool => self.once_in(2).into(),
            Schema::Whole { least, most } => {
                let inner = least.saturating_add(7).min(*most);
                (*self.pick(&[*least, inner, inner, *most])).into()
            }
            Schema::Decimal { least, most } => {
                let numbers =
                    [json!(least), json!(least + 1), json!(0.5), json!(1.25), json!(0.000_000_1), json!(most)];
                self.pick(&numbers).clone()
            }
            Schema::Text(pattern) => self.text(pattern, example).into(),
            Schema::Words(words) => self.word(words).into(),
            Schema::List { item, fewest, most } => {
                let length = (fewest + self.below(3)).min(*most);
                (0..length).map(|_| self.value(item, example)).collect()
            }
            Schema::Table { value, most } => {
                let length = self.below(3).min(*most);
                (0..length).map(|_| ((*self.pick(&KEYS)).to_owned(), self.value(value, example))).collect()
            }
            Schema::Map(record) => self.record(record).into(),
            Schema::Either { short, long } => {
                let chosen = if self.once_in(2) { short } else { long };
                self.value(chosen, example)
            }
            Schema::Free => self.anything(),
        }
    }

    /// Makes a value of any type.
    pub(crate) fn anything(&mut self) -> Value {
        let text = *self.pick(&TEXTS);
        let values =
            [json!(true), json!(1), json!(-1), json!(1.5), json!([]), json!({}), json!([text]), json!({ "a": text })];
        if self.once_in(2) { text.into() } else { self.pick(&values).clone() }
    }

    pub(crate) fn text(&mut self, pattern: &Pattern, example: Option<&str>) -> String {
        if let Some(example) = example.filter(|_| self.once_in(3)) {
            return example.to_owned();
        }
        let lawful = |text: &str| (pattern.shortest..=pattern.longest).contains(&text.chars().count());
        if let Some(regex) = pattern.pattern.filter(|_| !self.once_in(4)) {
            let regex = string_regex(regex.trim_start_matches('^').trim_end_matches('$'));
            let text = regex.ok().and_then(|regex| regex.new_tree(&mut self.runner).ok()).map(|tree| tree.current());
            if let Some(text) = text.filter(|text| lawful(text)) {
                return text;
            }
        }
        if pattern.what.contains("duration") {
            return (*self.pick(&DURATIONS)).to_owned();
        }
        let edges = ["a".repeat(pattern.shortest), "é".repeat(pattern.longest.min(2_000))];
        let all = TEXTS.iter().map(|text| (*text).to_owned()).chain(edges).filter(|text| lawful(text));
        let all: Vec<_> = all.collect();
        if all.is_empty() { String::new() } else { self.pick(&all).clone() }
    }

    fn word(&mut self, words: &Words) -> String {
        let word = *self.pick(&words.spellings);
        match (words.ignore_case, self.below(3)) {
            (true, 0) => word.to_ascii_lowercase(),
            (true, 1) => word.to_ascii_uppercase(),
            _ => word.to_owned(),
        }
    }

    fn record(&mut self, record: &Record) -> Map<String, Value> {
        let (mut wanted, mut unwanted) = (BTreeSet::new(), BTreeSet::new());
        for rule in &record.rules {
            let Rule::Group { amount, members } = rule else { continue };
            let one = *self.pick(members);
            if *amount != Amount::AtLeastOne {
                unwanted.extend(members.iter().copied().filter(|member| *member != one));
            }
            if *amount != Amount::AtMostOne {
                wanted.insert(one);
            }
        }
        let mut map = Map::new();
        for property in &record.properties {
            let is_wanted = property.required || wanted.contains(property.name);
            let is_unwanted = unwanted.contains(property.name);
            if is_wanted || (!is_unwanted && self.once_in(3)) {
                map.insert(self.spelling(property).to_owned(), self.value(&property.schema, property.example));
            }
        }
        map
    }

    /// Chooses a spelling of a field, mostly the canonical one.
    fn spelling(&mut self, property: &Property) -> &'static str {
        match property.aliases {
            [] => property.name,
            aliases if self.once_in(3) => self.pick::<&'static str>(aliases),
            _ => property.name,
        }
    }
}
