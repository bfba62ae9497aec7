//! How transactions end: not a rule of a database but of the whole process, so a document of its own.

use opensergo_api::Object;
use opensergo_api::database::DistributedTransaction;
use opensergo_api::database::distributed_transaction::{Provider, TransactionType};
use opensergo_api::schema::yaml;
use serde_json::{Value, json};

use super::Version;
use super::aside::{Code, line};
use super::document::print_rules;
use super::logical::Logical;

const ONE: &str = "a process ends all transactions in one way";

/// How the transactions of one application end.
#[derive(Debug)]
pub(super) struct Transactions {
    version: Version,
    /// What each database says: a loss if it does not hold, and how its transactions end.
    said: Vec<(String, Value)>,
    /// The first that says more than `local`, and by which object.
    holds: Option<(String, Value)>,
}

impl Transactions {
    /// Begins with nothing said.
    pub(super) fn new(version: Version) -> Self {
        Self { version, said: Vec::new(), holds: None }
    }

    /// Takes how the transactions of one database end, which `object` has at `path`.
    pub(super) fn put(&mut self, logical: &Logical<'_>, object: &Object, path: &str) {
        let what = logical.transaction.map_or_else(local, |(_, transaction)| said(transaction));
        if let Some((whose, _)) = logical.transaction
            && what != local()
        {
            self.holds.get_or_insert((whose.id().to_string(), what.clone()));
        }
        self.said.push((line(Code::Transaction, object, path, ONE), what));
    }

    /// Lists the databases whose transactions end in another way than they say.
    pub(super) fn losses(&self) -> impl Iterator<Item = String> {
        let holds = self.holds.iter().flat_map(|(whose, holds)| {
            let others = self.said.iter().filter(move |(_, what)| what != holds);
            others.map(move |(line, _)| format!("{line}: that of {whose}"))
        });
        holds.into_iter()
    }

    /// Prints the document; `None` when transactions end as they do without it.
    pub(super) fn document(&self) -> Option<String> {
        let (whose, what) = self.holds.as_ref()?;
        let version = self.version.as_str();
        let head = format!(
            "# {whose}, for ShardingSphere {version}.\n# Of the whole process: part of server.yaml, or of global.yaml from 5.5.\n"
        );
        Some(match self.version {
            Version::V5_1 | Version::V5_2 => head + &print_rules(&[("TRANSACTION", what.clone())]),
            Version::V5_4 => head + &yaml::print(&json!({ "transaction": what })),
        })
    }
}

fn local() -> Value {
    json!({ "defaultType": "LOCAL" })
}

/// Writes how transactions end, and who coordinates them, spelled out.
fn said(transaction: &DistributedTransaction) -> Value {
    let provider = transaction.provider();
    let (name, provider) = match transaction.transaction_type() {
        TransactionType::Xa => ("XA", provider.or(Some(Provider::Atomikos))),
        TransactionType::Base => ("BASE", Some(Provider::Seata)),
        TransactionType::Local => ("LOCAL", None),
    };
    match provider {
        Some(provider) => json!({ "defaultType": name, "providerType": provider.as_str() }),
        None => json!({ "defaultType": name }),
    }
}
