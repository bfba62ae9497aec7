//! The schema of a custom kind: the structural schema of a CRD, compiled once, held against every document.
//!
//! Called where a kind is registered and where its documents are read. Promises bounded work for hostile schemas and
//! hostile values alike: depth, nodes, steps, the size of patterns and the cost of rules all have a limit of their own.
//! Refuses to know where a schema came from, and where in a text a value stands.
//!
//! ```text
//! openAPIV3Schema --compile--> Structural --apply_defaults--> value
//!                                         --check-----------> types, claims, then the rules in CEL
//! ```

mod canonical;
mod check;
mod claims;
mod compile;
mod convert;
mod defaults;
mod format;
mod keywords;
pub(crate) mod pattern;
mod place;
mod rules;
mod schema;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde_json::Value;

use check::Checker;
use compile::Compiler;
use defaults::Filler;
use pattern::Patterns;
use place::Place;
use schema::Schema;

use super::cel::apart;
use crate::invalid::{Code, Invalid, Report};

/// The deepest nesting of the JSON a schema is written in.
const DEEPEST: usize = 256;

/// A compiled schema.
#[derive(Debug)]
pub struct Structural {
    root: Schema,
    patterns: Arc<Patterns>,
}

/// A value and, where it takes the place of another, the value before.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// The value to check.
    pub new: &'a Value,
    /// The value it replaces; rules that compare with `oldSelf` apply only where there is one.
    pub old: Option<&'a Value>,
}

impl Structural {
    /// Compiles what stands under `openAPIV3Schema`: the schema of whole objects, header included.
    ///
    /// # Errors
    /// Everything that is not structural, not lawful or too large, each with its place in the schema.
    pub fn compile(schema: &Value) -> Result<Self, Vec<Invalid>> {
        let root = Place::Root("");
        if check::is_deeper(schema, DEEPEST) {
            let allowed = format!("at most {DEEPEST} levels");
            return Err(vec![keywords::refusal(&root, Code::TooLarge, "found deeper nesting", &allowed)]);
        }
        let outcome = apart(|| {
            let mut compiler = Compiler::default();
            let node = compiler.root(schema);
            if compiler.refusals.is_empty() {
                defaults::verify(&node, root, &mut compiler);
            }
            (node, compiler)
        });
        let Some((node, Compiler { refusals, patterns, .. })) = outcome else {
            let allowed = "a schema that can be compiled";
            return Err(vec![keywords::refusal(&root, Code::NotAllowed, "found one that cannot", allowed)]);
        };
        if refusals.is_empty() { Ok(Self { root: node, patterns: Arc::new(patterns) }) } else { Err(refusals) }
    }

    /// Fills in the defaults of fields that are left out; doing so twice changes nothing.
    ///
    /// # Errors
    /// More values would be filled in than a document may hold; those before are filled in.
    pub fn apply_defaults(&self, value: &mut Value) -> Result<(), Invalid> {
        Filler::new().fill(&self.root, value)
    }

    /// Checks a whole object: types and claims first, the rules where those hold. `root` is the path that leads to it.
    pub fn check(&self, change: Change<'_>, root: &str, report: &mut Report) {
        let place = Place::Root(root);
        let sound = Checker::new(report).whole(&self.root, change.new, place);
        let old = change.old.filter(|old| Checker::new(&mut Report::default()).whole(&self.root, old, place));
        if sound && self.root.worth.rules {
            rules::check(self, Change { old, ..change }, place, report);
        }
    }
}
