//! A place that is explained: a kind, or a field of it, found by what somebody typed.

use crate::kind::Kind;
use crate::schema::lookup::{Unknown, find};
use crate::schema::{Property, Schema, wording};

/// A kind, or one of its fields.
pub(super) struct Place {
    pub(super) kind: Kind,
    /// What the kind may say as a whole.
    pub(super) root: Schema,
    /// The field; none for the kind itself.
    pub(super) property: Option<Property>,
    /// The feature a client must name to be sent the field, or something it is part of.
    pub(super) feature: Option<&'static str>,
    /// Who understands the field, or something it is part of, where that is said.
    pub(super) understood: Option<&'static str>,
    /// The way to the field, in canonical spelling.
    pub(super) path: String,
}

impl Place {
    /// Finds what a path means: a kind, then fields in any spelling and case, with or without `spec` and indexes.
    pub(super) fn find(path: &str) -> Result<Self, Unknown> {
        // A full name has dots of its own, before the last slash.
        let head = path.rfind('/').unwrap_or(0);
        let end = path[head..].find('.').map_or(path.len(), |dot| head + dot);
        let kind = find(&path[..end])?;
        let (root, spec) = (kind.schema(), "spec".to_owned());
        let mut place = Self { kind, root, property: None, feature: None, understood: None, path: spec };
        let steps = path[end..].split('.').map(|step| step.split('[').next().unwrap_or_default());
        for (i, step) in steps.filter(|step| !step.is_empty()).enumerate() {
            if i > 0 || !step.eq_ignore_ascii_case("spec") {
                place.step(step)?;
            }
        }
        Ok(place)
    }

    /// Returns what may stand there.
    pub(super) fn schema(&self) -> &Schema {
        self.property.as_ref().map_or(&self.root, |property| &property.schema)
    }

    fn step(&mut self, name: &str) -> Result<(), Unknown> {
        let fields = wording::record(self.schema()).map_or(&[][..], |record| &record.properties);
        let is_called = |field: &&Property| {
            let mut spellings = std::iter::once(&field.name).chain(field.aliases);
            spellings.any(|spelling| spelling.eq_ignore_ascii_case(name))
        };
        let Some(found) = fields.iter().find(is_called).cloned() else {
            return Err(Unknown::new(format!("field of {}", self.path), name, fields.iter().map(|field| field.name)));
        };
        self.path = format!("{}.{}", self.path, found.name);
        self.feature = found.feature.or(self.feature);
        self.understood = found.understood.or(self.understood);
        self.property = Some(found);
        Ok(())
    }
}
