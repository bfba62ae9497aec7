//! Names that refer to something within the same object.

use crate::invalid::{Code, Invalid, Report, quote};
use crate::shape::At;

/// How alike a name that leads to nothing and one that does must be to be called a slip of the pen.
const ALIKE: f64 = 0.85;

/// What of one sort an object has.
pub(super) struct Within<'a> {
    what: &'static str,
    known: Vec<&'a str>,
}

impl<'a> Within<'a> {
    /// Begins with what the sort is called and the names there are.
    pub(super) fn new(what: &'static str, known: impl Iterator<Item = &'a (impl AsRef<str> + ?Sized + 'a)>) -> Self {
        Self { what, known: known.map(AsRef::as_ref).collect() }
    }

    /// Refuses a name that leads to nothing, with what is there.
    pub(super) fn require(&self, name: &str, at: &At<'_>, report: &mut Report) {
        if self.known.contains(&name) {
            return;
        }
        let Self { what, known } = self;
        let alike = known.iter().find(|known| strsim::jaro_winkler(known, name) >= ALIKE);
        report.refuse(Invalid {
            path: at.to_string(),
            code: Code::NotAllowed,
            found: format!("found no {what} {}", quote(name)),
            allowed: match known.as_slice() {
                [] => format!("the name of one {what}, and there is none"),
                known => format!("the name of one {what}: {}", known.join(", ")),
            },
            hint: alike.map(|known| format!("did you mean `{known}`?")),
        });
    }
}
