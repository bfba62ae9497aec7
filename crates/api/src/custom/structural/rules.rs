//! `x-kubernetes-validations`: compiled with the schema, evaluated over a value and the one before it.

use std::collections::HashMap;

use cel::common::types::{CelInt, CelOptional, CelString};
use cel::common::value::{CowVal, Val};
use serde_json::{Map, Value};

use super::canonical;
use super::check::Refusals;
use super::compile::Compiler;
use super::convert::{convert, escape, unescape};
use super::keywords::{Keywords, found, refusal};
use super::place::Place;
use super::schema::{Beyond, Items, Reason, Rule, Schema};
use super::{Change, Structural};
use crate::custom::cel::{self as rule_language, Boxed, Evaluation, Expression, Fault};
use crate::invalid::{Code, Invalid, Report, quote};

/// The most rules at one node.
const MOST: usize = 1_000;

/// The rules of one schema, in bytes: reading them takes seconds at most.
const LONGEST: usize = 200_000;

/// Compiles the rules of one node.
pub(super) fn compile(compiler: &mut Compiler, keywords: &mut Keywords<'_>, schema: &Schema) -> Vec<Rule> {
    const NAME: &str = "x-kubernetes-validations";
    let written = keywords.list(NAME);
    if written.len() > MOST {
        keywords.refuse(NAME, Code::TooLarge, ("found more rules", &format!("at most {MOST} rules in one place")));
        return Vec::new();
    }
    let rules = written.iter().enumerate().filter_map(|(i, rule)| {
        let rule =
            rule.as_object().ok_or_else(|| "it is not a map".to_owned()).and_then(|rule| one(compiler, rule, schema));
        rule.map_err(|reason| keywords.refuse(&format!("{NAME}[{i}]"), Code::NotAllowed, (&reason, "a rule in CEL")))
            .ok()
    });
    rules.collect()
}

fn one(compiler: &mut Compiler, written: &Map<String, Value>, schema: &Schema) -> Result<Rule, String> {
    const KNOWN: [&str; 6] = ["rule", "message", "messageExpression", "reason", "fieldPath", "optionalOldSelf"];
    if let Some(key) = written.keys().find(|key| !KNOWN.contains(&key.as_str())) {
        return Err(format!("unknown field `{key}`; a rule has {}", KNOWN.join(", ")));
    }
    let text = |name| match written.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str())),
        Some(_) => Err(format!("`{name}` is not a text")),
    };
    let rule = text("rule")?.ok_or("`rule` is missing")?;
    let message = text("messageExpression")?;
    compiler.rule_bytes += rule.len() + message.map_or(0, str::len);
    if compiler.rule_bytes > LONGEST {
        return Err(format!("the rules of one schema come to at most {LONGEST} bytes"));
    }
    let in_rule = |reason| format!("found `{rule}`: {reason}");
    let holds = Expression::compile(rule, &mut compiler.patterns).map_err(in_rule)?;
    holds.fields.iter().try_for_each(|steps| select(schema, steps)).map_err(in_rule)?;
    if holds.uses_old_self && compiler.uncorrelated > 0 {
        return Err(in_rule("below a list without keys nobody can tell which item `oldSelf` was".to_owned()));
    }
    let message = message.map(|text| Expression::compile(text, &mut compiler.patterns)).transpose();
    Ok(Rule {
        text: rule.to_owned(),
        holds,
        message: text("message")?.map(str::to_owned),
        message_expression: message.map_err(|reason| format!("the messageExpression of `{rule}`: {reason}"))?,
        field_path: field_path(text("fieldPath")?.unwrap_or_default())?,
        reason: reason(text("reason")?)?,
        optional_old_self: written.get("optionalOldSelf").and_then(Value::as_bool).unwrap_or(false),
    })
}

/// Makes sure that the fields a rule selects from `self` exist: a slip of the pen would refuse every object.
fn select(schema: &Schema, steps: &[String]) -> Result<(), String> {
    let mut at = schema;
    for step in steps {
        let name = if at.properties.is_empty() { step.into() } else { unescape(step) };
        match at.field(&name) {
            Some(field) => at = field,
            None if at.embedded || matches!(at.beyond, Beyond::Kept) => return Ok(()),
            None => return Err(format!("`self.{}` is no field of the schema", steps.join("."))),
        }
    }
    Ok(())
}

fn reason(name: Option<&str>) -> Result<Reason, String> {
    match name {
        None | Some("FieldValueInvalid" | "FieldValueForbidden") => Ok(Reason::Invalid),
        Some("FieldValueRequired") => Ok(Reason::Required),
        Some("FieldValueDuplicate") => Ok(Reason::Duplicate),
        Some(other) => Err(format!("there is no reason `{other}`")),
    }
}

/// Reads `.spec.x` or `['a.b'].c` into steps.
fn field_path(path: &str) -> Result<Vec<String>, String> {
    let (mut rest, mut steps) = (path, Vec::new());
    while !rest.is_empty() {
        let step = if let Some(quoted) = rest.strip_prefix("['") {
            quoted.split_once("']")
        } else {
            let name =
                rest.strip_prefix('.').ok_or_else(|| format!("the fieldPath `{path}` does not begin with a dot"))?;
            Some(name.split_at(name.find(['.', '[']).unwrap_or(name.len())))
        };
        let (step, behind) =
            step.filter(|(step, _)| !step.is_empty()).ok_or_else(|| format!("the fieldPath `{path}`"))?;
        steps.push(step.to_owned());
        rest = behind;
    }
    Ok(steps)
}

/// Evaluates all rules of a schema over a value that has passed its structural checks.
pub(super) fn check(structural: &Structural, change: Change<'_>, place: Place<'_>, report: &mut Report) {
    let schema = &structural.root;
    let evaluated = rule_language::apart(|| {
        let value = convert(change.new, schema);
        let before = change.old.map(|old| (old, convert(old, schema)));
        let mut walk =
            Walk { evaluation: Evaluation::new(&structural.patterns), refusals: Refusals::into(&mut *report) };
        let old = before.as_ref().map(|(json, cel)| Seen { json, cel: cel.as_ref() });
        // Once the budget is gone, every rule that is left would only say so again.
        let _ = walk.node(schema, Pair { new: Seen { json: change.new, cel: value.as_ref() }, old }, place);
    });
    if evaluated.is_none() {
        let allowed = "a value its rules can be evaluated on";
        report.refuse(refusal(&place, Code::NotAllowed, "found one on which they fail", allowed));
    }
}

/// A value as written and as CEL sees it.
#[derive(Clone, Copy)]
struct Seen<'a, 'v> {
    json: &'v Value,
    cel: &'a (dyn Val + 'v),
}

impl<'a, 'v> Seen<'a, 'v> {
    /// Returns an item or the value of a field.
    fn get(self, key: &dyn Val) -> Option<CowVal<'a, 'v>> {
        self.cel.as_indexer()?.get(key).ok()
    }
}

/// A value and the one it replaces.
#[derive(Clone, Copy)]
struct Pair<'a, 'v> {
    new: Seen<'a, 'v>,
    old: Option<Seen<'a, 'v>>,
}

struct Walk<'r, 'v> {
    evaluation: Evaluation<'v>,
    refusals: Refusals<'r>,
}

impl<'v> Walk<'_, 'v> {
    fn node(&mut self, schema: &Schema, pair: Pair<'_, 'v>, place: Place<'_>) -> Result<(), Fault> {
        if !schema.worth.rules || pair.new.json.is_null() {
            return Ok(());
        }
        schema.rules.iter().try_for_each(|rule| self.rule(rule, pair, place))?;
        self.fields(schema, pair, place)?;
        self.items(schema, pair, place)
    }

    fn fields(&mut self, schema: &Schema, Pair { new, old }: Pair<'_, 'v>, place: Place<'_>) -> Result<(), Fault> {
        for (key, json) in new.json.as_object().into_iter().flatten() {
            let Some(below) = schema.field(key).filter(|below| below.worth.rules) else { continue };
            let name = CelString::from(if schema.properties.contains_key(key) { escape(key) } else { key.into() });
            let Some(cel) = new.get(&name) else { continue };
            let before = old.and_then(|old| Some((old.json.get(key)?, old.get(&name)?)));
            let old = before.as_ref().map(|(json, cel)| Seen { json, cel: cel.as_ref() });
            let pair = Pair { new: Seen { json, cel: cel.as_ref() }, old };
            self.node(below, pair, Place::Field(&place, key))?;
        }
        Ok(())
    }

    fn items(&mut self, schema: &Schema, Pair { new, old }: Pair<'_, 'v>, place: Place<'_>) -> Result<(), Fault> {
        let Some(below) = schema.items.as_deref().filter(|below| below.worth.rules) else { return Ok(()) };
        let known = old.map(|old| by_key(schema, old.json)).unwrap_or_default();
        let at = |i| CelInt::from(i64::try_from(i).unwrap_or(i64::MAX));
        for (i, json) in new.json.as_array().into_iter().flatten().enumerate() {
            let Some(cel) = new.get(&at(i)) else { continue };
            let before = old.filter(|_| !known.is_empty()).and_then(|old| {
                let at_before = *known.get(&identity(schema, json)?)?;
                Some((old.json.get(at_before)?, old.get(&at(at_before))?))
            });
            let old = before.as_ref().map(|(json, cel)| Seen { json, cel: cel.as_ref() });
            let pair = Pair { new: Seen { json, cel: cel.as_ref() }, old };
            self.node(below, pair, Place::Item(&place, i))?;
        }
        Ok(())
    }

    fn rule(&mut self, rule: &Rule, Pair { new, old }: Pair<'_, 'v>, place: Place<'_>) -> Result<(), Fault> {
        if rule.holds.uses_old_self {
            let before = old.map(|old| old.cel.clone_as_boxed());
            let before: Boxed<'v> = match (before, rule.optional_old_self) {
                (Some(before), false) => before,
                (None, false) => return Ok(()),
                (before, true) => Box::new(CelOptional::from(before)),
            };
            self.evaluation.bind("oldSelf", before);
        }
        self.evaluation.bind("self", new.cel.clone_as_boxed());
        let allowed = match self.evaluation.holds(&rule.holds) {
            Ok(true) => return Ok(()),
            Ok(false) => self.message(rule),
            Err(Fault::Failed(reason)) => format!("a value the rule `{}` can be evaluated on: {reason}", rule.text),
            Err(Fault::TooCostly) => {
                let allowed = format!("an object whose rules cost less; the budget ended in `{}`", rule.text);
                self.refusals
                    .add(place, |_| refusal(&place, Code::TooLarge, "found rules that cost too much", &allowed));
                return Err(Fault::TooCostly);
            }
        };
        self.refuse(rule, new.json, (place, &allowed));
        Ok(())
    }

    fn message(&self, rule: &Rule) -> String {
        let said = rule.message_expression.as_ref().and_then(|message| self.evaluation.text(message).ok());
        let said = said.filter(|text| !text.trim().is_empty() && !text.contains('\n'));
        said.or_else(|| rule.message.clone()).unwrap_or_else(|| format!("what makes the rule `{}` true", rule.text))
    }

    fn refuse(&mut self, rule: &Rule, json: &Value, (place, allowed): (Place<'_>, &str)) {
        let code = match rule.reason {
            Reason::Invalid => Code::NotAllowed,
            Reason::Required => Code::Missing,
            Reason::Duplicate => Code::Duplicate,
        };
        self.refusals.add(place, |mut path| {
            for step in &rule.field_path {
                path = Place::Field(&Place::Root(&path), step).to_string();
            }
            let hint = (!allowed.contains(&rule.text)).then(|| format!("rule {}", quote(&rule.text)));
            Invalid { path, code, found: found(json), allowed: allowed.to_owned(), hint }
        });
    }
}

/// Returns what tells an item from its siblings; `None` where only its place does.
pub(super) fn identity(schema: &Schema, item: &Value) -> Option<String> {
    match &schema.list {
        Items::Atomic => None,
        Items::Set => Some(canonical::text(item)),
        Items::Map(keys) => {
            let written = keys.iter().map(|key| {
                let default = || schema.items.as_ref()?.properties.get(key)?.default.as_ref();
                item.get(key).or_else(default).unwrap_or(&Value::Null)
            });
            Some(written.map(canonical::text).collect::<Vec<_>>().join(","))
        }
    }
}

fn by_key(schema: &Schema, list: &Value) -> HashMap<String, usize> {
    let items = list.as_array().into_iter().flatten().enumerate();
    items.filter_map(|(i, item)| Some((identity(schema, item)?, i))).collect()
}
