//! `DistributedTransaction`: how a transaction over several databases ends everywhere alike.

use serde_json::{Map, Value};

use super::alias::Alias;
use crate::draft::Draft;
use crate::invalid::Report;
use crate::object::{Spec, fields};
use crate::shape::{At, Shape};
use crate::warning::WarningCode;

/// How a transaction over several databases ends.
///
/// Source: specification §`DistributedTransaction`.
#[derive(Debug, Clone, PartialEq, Shape)]
pub struct DistributedTransaction {
    /// A second name for the object, as programs write it; annotation `database.opensergo.io/alias` says the same.
    #[shape(default = "metadata.name alone", example = "sharding_db_txn", feature = "struct-kinds")]
    alias: Option<Alias>,
    /// The transaction.
    transaction: Transaction,
}

/// The kind of transaction.
#[derive(Debug, Clone, PartialEq, Shape)]
#[shape(
    check = Self::check_provider,
    cel = "!has(self.providerType) || self.defaultType.lowerAscii() == 'local' || (self.defaultType.lowerAscii() == 'base') == (self.providerType.lowerAscii() == 'seata')",
    says = "base is Seata's, xa is Narayana's or Atomikos'"
)]
struct Transaction {
    /// How it ends; any case is read.
    #[shape(example = "xa")]
    default_type: TransactionType,
    /// Who coordinates it in Java; any case is read.
    #[shape(default = "Atomikos for xa, Seata for base", example = "Narayana")]
    provider_type: Option<Provider>,
}

/// How a transaction over several databases ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Shape)]
#[shape(ignore_case)]
pub enum TransactionType {
    /// In two phases: all prepare, then all commit.
    #[shape(name = "xa")]
    Xa,
    /// By undo logs and a coordinator: Seata's AT.
    #[shape(name = "base")]
    Base,
    /// One after another; a failure in the middle leaves a part committed, and is an error.
    #[shape(name = "local")]
    Local,
}

/// Who coordinates transactions in Java.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Shape)]
#[shape(ignore_case)]
pub enum Provider {
    /// Narayana, for xa.
    Narayana,
    /// Atomikos, for xa.
    Atomikos,
    /// Seata, for base.
    Seata,
}

impl DistributedTransaction {
    /// Returns how transactions end.
    pub fn transaction_type(&self) -> TransactionType {
        self.transaction.default_type
    }

    /// Returns who coordinates them in Java.
    pub fn provider(&self) -> Option<Provider> {
        self.transaction.provider_type
    }
}

impl Transaction {
    /// Refuses a coordinator of another kind of transaction.
    fn check_provider(&self, at: &At<'_>, report: &mut Report) {
        let Some(provider) = self.provider_type else { return };
        let allowed = match (self.default_type, provider) {
            (TransactionType::Xa, Provider::Seata) => "Narayana or Atomikos for xa",
            (TransactionType::Base, Provider::Narayana | Provider::Atomikos) => "Seata for base",
            _ => return,
        };
        let found = format!("{} for {}", provider.as_str(), self.default_type.as_str());
        report.conflict(at.field("providerType"), &found, allowed);
    }
}

impl Draft for DistributedTransaction {
    type Spec = Self;

    fn check(self, report: &mut Report) -> Option<Self> {
        let (spec, transaction) = (At::root("spec"), &self.transaction);
        let at = spec.field("transaction");
        if transaction.default_type == TransactionType::Base {
            let message =
                "needs a Seata server and a client of it: whoever has none refuses transactions over several databases";
            report.warn(at.field("defaultType"), WarningCode::Consumer, message);
        } else if transaction.provider_type.is_some() {
            let message = "names a library of Java: without effect elsewhere";
            report.warn(at.field("providerType"), WarningCode::NoEffect, message);
        }
        Some(self)
    }
}

impl Spec for DistributedTransaction {
    fn print(&self) -> Map<String, Value> {
        fields(self)
    }

    fn aliases(&self) -> Vec<&str> {
        self.alias.iter().map(Alias::as_str).collect()
    }
}
