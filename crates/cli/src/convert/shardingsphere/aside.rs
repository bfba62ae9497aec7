//! What the conversion of one logical database says beside its document: losses, and the secrets somebody must put in.

use std::fmt;

use opensergo_api::Object;

use super::secrets::Placeholders;

/// Why something is not said. The codes are stable: `docs/concepts/convert.md` lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    /// A plain column beside an encrypted one.
    Plain,
    /// Queries of the plain column.
    QueryPlain,
    /// A primary that is found.
    Discovery,
    /// A column to find alike values by.
    Like,
    /// An encryptor of its own for the column to find equal values by.
    Assisted,
    /// An algorithm for encrypted columns that cannot be decrypted.
    OneWay,
    /// An algorithm that ships as a plug-in of its own.
    PlugIn,
    /// A digest or salt the version does not know.
    Digest,
    /// Where reads inside of a transaction go.
    TransactionalReads,
    /// A hint in a comment.
    Hint,
    /// When the clock of keys begins.
    Epoch,
    /// Transactions that end in more than one way.
    Transaction,
    /// A reference that does not lead to exactly one object.
    Reference,
    /// A name that means two things.
    Name,
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "E-PLAIN",
            Self::QueryPlain => "E-QWC",
            Self::Discovery => "E-DISC",
            Self::Like => "E-LIKE",
            Self::Assisted => "E-ASSIST",
            Self::OneWay => "E-ONEWAY",
            Self::PlugIn => "E-PLUGIN",
            Self::Digest => "E-DIGEST",
            Self::TransactionalReads => "E-TXREAD",
            Self::Hint => "E-HINT",
            Self::Epoch => "E-EPOCH",
            Self::Transaction => "E-TXN",
            Self::Reference => "E-REF",
            Self::Name => "E-NAME",
        })
    }
}

/// Why a logical database is not printed at all.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Withheld {
    pub(super) code: Code,
    pub(super) reason: String,
}

/// What is said beside the document of one logical database.
#[derive(Debug, Default)]
pub(super) struct Aside {
    /// What the document does not say, a line each.
    pub(super) losses: Vec<String>,
    /// The places that secrets are put in.
    pub(super) placeholders: Placeholders,
    /// Whether the document has a secret in plain.
    pub(super) plain: bool,
}

impl Aside {
    /// Tells what the document does not say of a field.
    pub(super) fn lose(&mut self, code: Code, (object, path): (&Object, &str), reason: &str) {
        self.losses.push(line(code, object, path, reason));
    }
}

impl Withheld {
    /// Says why, of an object.
    pub(super) fn of(code: Code, object: &Object, reason: &str) -> Self {
        Self { code, reason: format!("{}: {reason}", object.id()) }
    }
}

/// Prints a loss.
pub(super) fn line(code: Code, object: &Object, path: &str, reason: &str) -> String {
    format!("{code} {}: {path}: {reason}", object.id())
}
