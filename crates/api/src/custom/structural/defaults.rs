//! Fills in what a document leaves out, and makes sure at registration that what is filled in is lawful.

use serde_json::{Map, Value};

use super::check::Checker;
use super::compile::Compiler;
use super::keywords::refusal;
use super::place::Place;
use super::schema::{Beyond, Schema};
use crate::invalid::{Code, Invalid, Report};

/// The most values filled into one document. A small default under each of many items grows out of all proportion.
const MOST: usize = 1_000_000;

/// Fills in defaults, counting.
pub(super) struct Filler {
    left: usize,
}

impl Filler {
    pub(super) fn new() -> Self {
        Self { left: MOST }
    }

    /// Fills in what is left out here and below; doing so twice changes nothing.
    pub(super) fn fill(&mut self, schema: &Schema, value: &mut Value) -> Result<(), Invalid> {
        if !schema.worth.defaults {
            return Ok(());
        }
        match value {
            Value::Object(fields) => self.fields(schema, fields),
            Value::Array(items) => match &schema.items {
                Some(below) => items.iter_mut().try_for_each(|item| self.fill(below, item)),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn fields(&mut self, schema: &Schema, fields: &mut Map<String, Value>) -> Result<(), Invalid> {
        for (name, below) in &schema.properties {
            let absent = fields.get(name).is_none_or(|value| value.is_null() && !below.nullable);
            if let (Some(default), true) = (&below.default, absent) {
                self.take(weight(default))?;
                fields.insert(name.clone(), default.clone());
            }
        }
        for (name, value) in fields {
            if let Some(below) = schema.field(name) {
                let each = matches!(schema.beyond, Beyond::Each(_)) && value.is_null() && !below.nullable;
                if let (Some(default), true) = (&below.default, each) {
                    self.take(weight(default))?;
                    value.clone_from(default);
                }
                self.fill(below, value)?;
            }
        }
        Ok(())
    }

    fn take(&mut self, values: usize) -> Result<(), Invalid> {
        self.left = self.left.checked_sub(values).ok_or_else(|| {
            let allowed = format!("at most {MOST} values filled in by defaults");
            refusal(&Place::Root(""), Code::TooLarge, "found more left out", &allowed)
        })?;
        Ok(())
    }
}

/// Refuses the defaults that their own schema would refuse.
pub(super) fn verify(schema: &Schema, place: Place<'_>, compiler: &mut Compiler) {
    if let Some(default) = &schema.default {
        let mut filled = default.clone();
        let mut report = Report::default();
        let place = Place::Field(&place, "default");
        match Filler::new().fill(schema, &mut filled) {
            Ok(()) => {
                Checker::new(&mut report).whole(schema, &filled, place);
            }
            Err(invalid) => report.refuse(invalid),
        }
        compiler.refusals.extend(report.into_parts().0);
    }
    if !schema.worth.defaults {
        return;
    }
    let properties = Place::Field(&place, "properties");
    schema.properties.iter().for_each(|(name, below)| verify(below, Place::Field(&properties, name), compiler));
    if let Some(items) = &schema.items {
        verify(items, Place::Field(&place, "items"), compiler);
    }
    if let Beyond::Each(below) = &schema.beyond {
        verify(below, Place::Field(&place, "additionalProperties"), compiler);
    }
}

fn weight(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(weight).sum(),
        Value::Object(fields) => fields.values().map(weight).sum(),
        _ => 0,
    }
}
