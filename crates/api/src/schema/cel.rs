//! Rules in CEL: written with canonical spellings, rewritten so that they hold for every spelling.
//!
//! `self.name` of a field with other spellings becomes `(has(self.name) ? self.name : self.alias)`, and `has(self.name)`
//! becomes `(has(self.name) || has(self.alias))`. The choice is made around a whole chain of selections and calls, since
//! two spellings of a map are two types to CEL. Source: the CEL specification, §Syntax; Kubernetes' escaping of names.

use std::collections::HashMap;

use super::structural::is_repeated;
use super::{Record, Schema};
use crate::reserved::RESERVED;

/// Macros whose first argument names an item.
const MACROS: [&str; 5] = ["all", "exists", "exists_one", "map", "filter"];

/// Returns a name as CEL selects it.
pub(super) fn escape(name: &str) -> String {
    if RESERVED.contains(&name) || name == "while" {
        return format!("__{name}__");
    }
    let escaped = name.replace("__", "__underscores__").replace('.', "__dot__");
    escaped.replace('-', "__dash__").replace('/', "__slash__")
}

/// Says whether rules can see a value: what has no type in a CRD does not exist for them.
pub(super) fn sees(schema: &Schema) -> bool {
    match schema {
        Schema::Either { .. } | Schema::Free => false,
        Schema::List { item: inner, .. } | Schema::Table { value: inner, .. } => sees(inner),
        _ => true,
    }
}

/// Rewrites a rule over a map of fields so that it holds for every spelling; `None` where it looks below a spelling
/// below which a CRD says nothing.
pub(super) fn rewrite(rule: &str, record: &Record) -> Option<String> {
    let names = HashMap::from([("self".to_owned(), Known::Fields(record))]);
    let mut rewriter = Rewriter { names, is_blind: false };
    let rewritten = rewriter.expression(rule);
    (!rewriter.is_blind).then_some(rewritten)
}

/// What is known of a value: its fields, or nothing that matters.
#[derive(Clone, Copy)]
enum Known<'a> {
    Fields(&'a Record),
    Value(&'a Schema),
}

impl<'a> Known<'a> {
    fn of(schema: &'a Schema) -> Self {
        match schema {
            Schema::Map(record) => Self::Fields(record),
            other => Self::Value(other),
        }
    }

    fn item(self) -> Option<Self> {
        match self {
            Self::Value(Schema::List { item: inner, .. } | Schema::Table { value: inner, .. }) => Some(Self::of(inner)),
            _ => None,
        }
    }
}

/// One step of a chain, as written.
enum Step<'text> {
    Select(&'text str),
    Call(&'text str, &'text str),
    Index(&'text str),
}

struct Rewriter<'a> {
    names: HashMap<String, Known<'a>>,
    /// A step leads below a spelling below which nothing is said.
    is_blind: bool,
}

impl<'a> Rewriter<'a> {
    fn expression(&mut self, text: &str) -> String {
        let mut rewritten = String::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let length = match first {
                '\'' | '"' => quoted(rest),
                _ if is_word(first) => {
                    let (chain, length) = self.word(rest);
                    rewritten.push_str(&chain);
                    rest = &rest[length..];
                    continue;
                }
                _ => first.len_utf8(),
            };
            rewritten.push_str(&rest[..length]);
            rest = &rest[length..];
        }
        rewritten
    }

    /// Rewrites what begins with a word: a test for presence, a chain that begins at a known name, or anything else.
    fn word(&mut self, text: &str) -> (String, usize) {
        let name = word(text);
        if name == "has" && text[name.len()..].starts_with('(') {
            let inner = balanced(&text[name.len()..]);
            let length = name.len() + inner.len() + 2;
            return (self.presence(inner).unwrap_or_else(|| text[..length].to_owned()), length);
        }
        let Some(known) = self.names.get(name).copied() else { return (name.to_owned(), name.len()) };
        let (steps, length) = steps(&text[name.len()..]);
        (self.chain(name.to_owned(), Some(known), &steps), name.len() + length)
    }

    fn chain(&mut self, before: String, known: Option<Known<'a>>, steps: &[Step<'_>]) -> String {
        let Some((step, rest)) = steps.split_first() else { return before };
        match step {
            Step::Select(name) => {
                let (spellings, value) = self.below(known, name, rest);
                let mut text = String::new();
                for spelling in &spellings[..spellings.len() - 1] {
                    let chosen = format!("{before}.{}", escape(spelling));
                    let chain = self.chain(chosen.clone(), value, rest);
                    text.extend(["has(", &chosen, ") ? ", &chain, " : "]);
                }
                let last = format!("{before}.{}", escape(spellings[spellings.len() - 1]));
                let last = self.chain(last, value, rest);
                if text.is_empty() { last } else { format!("({text}{last})") }
            }
            Step::Call(name, arguments) => {
                let (bound, behind) = arguments.split_once(',').unwrap_or_default();
                let bound = bound.trim().to_owned();
                let item = known.and_then(Known::item).filter(|_| MACROS.contains(name));
                let outer = item.and_then(|item| self.names.insert(bound.clone(), item));
                let arguments = match item {
                    Some(_) => format!("{bound},{}", self.expression(behind)),
                    None => self.expression(arguments),
                };
                if item.is_some() {
                    self.names.remove(&bound);
                    self.names.extend(outer.map(|outer| (bound, outer)));
                }
                self.chain(format!("{before}.{name}({arguments})"), None, rest)
            }
            Step::Index(index) => {
                let index = self.expression(index);
                self.chain(format!("{before}[{index}]"), known.and_then(Known::item), rest)
            }
        }
    }

    /// Returns every spelling of a field and what it holds, and notes where steps go on below one that is not repeated.
    fn below<'text>(
        &mut self,
        known: Option<Known<'a>>,
        name: &'text str,
        rest: &[Step<'_>],
    ) -> (Vec<&'text str>, Option<Known<'a>>)
    where
        'a: 'text,
    {
        let (spellings, value, is_repeated) = spellings(known, name);
        self.is_blind |= spellings.len() > 1 && !rest.is_empty() && !is_repeated;
        (spellings, value)
    }

    /// Rewrites what stands in `has(..)`; `None` when it is no selection of a known name.
    fn presence(&mut self, chain: &str) -> Option<String> {
        let name = word(chain);
        let mut known = self.names.get(name).copied();
        let (steps, length) = steps(&chain[name.len()..]);
        let Some((Step::Select(last), before)) = steps.split_last() else { return None };
        if name.len() + length != chain.len() || known.is_none() {
            return None;
        }
        // Each way to the last step, and what must be there for it: a step in another spelling is asked for first.
        let mut ways = vec![(String::new(), name.to_owned())];
        for step in before {
            let Step::Select(field) = step else { return None };
            let (spellings, value) = self.below(known, field, &steps);
            ways = ways.iter().flat_map(|way| onwards(way, &spellings)).collect();
            known = value;
        }
        let (spellings, _, _) = spellings(known, last);
        let tests: Vec<_> = (ways.iter())
            .flat_map(|(guard, before)| {
                selections(before, &spellings).into_iter().map(move |chosen| format!("{guard}has({chosen})"))
            })
            .collect();
        let text = tests.join(" || ");
        Some(if tests.len() > 1 { format!("({text})") } else { text })
    }
}

/// Goes one step further in every spelling.
fn onwards((guard, before): &(String, String), spellings: &[&str]) -> Vec<(String, String)> {
    let chosen = selections(before, spellings).into_iter();
    let guarded = |chosen: String| match spellings {
        [_] => (guard.clone(), chosen),
        _ => (format!("{guard}has({chosen}) && "), chosen),
    };
    chosen.map(guarded).collect()
}

fn selections(before: &str, spellings: &[&str]) -> Vec<String> {
    spellings.iter().map(|spelling| format!("{before}.{}", escape(spelling))).collect()
}

/// Returns every spelling of a field, what it holds, and whether that is said below each; a name that is no field is its
/// own only spelling.
fn spellings<'a, 'text>(known: Option<Known<'a>>, name: &'text str) -> (Vec<&'text str>, Option<Known<'a>>, bool)
where
    'a: 'text,
{
    let Some(Known::Fields(record)) = known else { return (vec![name], None, true) };
    let field = record.properties.iter().find(|field| field.name == name || escape(field.name) == name);
    field.map_or((vec![name], None, true), |field| {
        let all = std::iter::once(field.name).chain(field.aliases.iter().copied());
        (all.collect(), Some(Known::of(&field.schema)), is_repeated(&field.schema))
    })
}

/// Cuts selections, calls and indexes off the start of a text; returns them and their length.
fn steps(text: &str) -> (Vec<Step<'_>>, usize) {
    let mut steps = Vec::new();
    let mut rest = text;
    loop {
        if rest.starts_with('[') {
            let inner = balanced(rest);
            steps.push(Step::Index(inner));
            rest = &rest[inner.len() + 2..];
        } else if let Some(behind) = rest.strip_prefix('.').filter(|behind| behind.starts_with(is_word)) {
            let name = word(behind);
            rest = &behind[name.len()..];
            if rest.starts_with('(') {
                let inner = balanced(rest);
                steps.push(Step::Call(name, inner));
                rest = &rest[inner.len() + 2..];
            } else {
                steps.push(Step::Select(name));
            }
        } else {
            return (steps, text.len() - rest.len());
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn word(text: &str) -> &str {
    &text[..text.find(|c| !is_word(c)).unwrap_or(text.len())]
}

/// Returns what stands between an opening bracket and its closing one.
fn balanced(text: &str) -> &str {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(c) = text[at..].chars().next() {
        match c {
            '\'' | '"' => {
                at += quoted(&text[at..]);
                continue;
            }
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &text[1..at];
        }
        at += c.len_utf8();
    }
    &text[1..]
}

/// Returns the length of a text in quotes, the quotes included.
fn quoted(text: &str) -> usize {
    let quote = text.chars().next().unwrap_or('\'');
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if c == quote && !escaped {
            return at + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Property;

    fn field(name: &'static str, aliases: &'static [&'static str], schema: Schema) -> Property {
        Property::choice(name, aliases, "", schema)
    }

    fn map(properties: Vec<Property>) -> Record {
        Record { doc: "", properties, rules: Vec::new() }
    }

    fn rewritten(rule: &str) -> String {
        let weight = || field("weight", &["share"], Schema::Bool);
        let list = |record| Schema::List { item: Box::new(Schema::Map(record)), fewest: 0, most: 10 };
        let record = map(vec![
            field("mode", &[], Schema::Bool),
            field("minTime", &["min_time"], Schema::Bool),
            field("slow", &["slowly"], Schema::Map(map(vec![field("maxRt", &["max_rt"], Schema::Bool)]))),
            field("route", &[], list(map(vec![weight()]))),
            field("namespace", &[], Schema::Bool),
        ]);
        rewrite(rule, &record).unwrap()
    }

    #[test]
    fn a_rule_over_fields_with_one_spelling_stays_as_it_is() {
        let rule = "self.mode != 'self.minTime' || self.route.all(r, size(r) > 0) && [1].all(m, m >= 0)";
        assert_eq!(rewritten(rule), rule);
        assert_eq!(rewritten("self.namespace == 'a'"), "self.__namespace__ == 'a'");
    }

    #[test]
    fn a_field_is_looked_for_in_every_spelling() {
        assert_eq!(rewritten("has(self.minTime)"), "(has(self.minTime) || has(self.min_time))");
        assert_eq!(rewritten("self.minTime > 0"), "(has(self.minTime) ? self.minTime : self.min_time) > 0");
        assert_eq!(
            rewritten("self.minTime.matches('^a(')"),
            "(has(self.minTime) ? self.minTime.matches('^a(') : self.min_time.matches('^a('))"
        );
    }

    #[test]
    fn the_choice_is_made_around_the_whole_chain() {
        assert_eq!(
            rewritten("self.slow.maxRt == 1"),
            "(has(self.slow) ? (has(self.slow.maxRt) ? self.slow.maxRt : self.slow.max_rt) : \
             (has(self.slowly.maxRt) ? self.slowly.maxRt : self.slowly.max_rt)) == 1"
        );
        assert_eq!(
            rewritten("has(self.slow.maxRt)"),
            "(has(self.slow) && has(self.slow.maxRt) || has(self.slow) && has(self.slow.max_rt) || \
             has(self.slowly) && has(self.slowly.maxRt) || has(self.slowly) && has(self.slowly.max_rt))"
        );
    }

    #[test]
    fn items_of_lists_have_spellings_too() {
        assert_eq!(
            rewritten("self.route.all(r, has(r.weight)) || self.route[0].weight == 1"),
            "self.route.all(r, (has(r.weight) || has(r.share))) || \
             (has(self.route[0].weight) ? self.route[0].weight : self.route[0].share) == 1"
        );
    }
}
