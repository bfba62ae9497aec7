//! `Encryption`: columns the application sees in plain and the database keeps encrypted.

mod encryptor;
mod key;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::alias::Alias;
use super::{Name, Within};
use crate::draft::Draft;
use crate::invalid::Report;
use crate::object::{Spec, fields};
use crate::shape::{At, Shape, Table, Text};
use crate::warning::WarningCode;

pub use encryptor::{Aes, CharDigestLike, Cipher, DigestName, Encryptor, Key, Md5, Rc4, Sm3, Sm4, Sm4Mode, Sm4Padding};
pub use key::{Hex, KeyText, Salt};

/// A column that may be left out by writing nothing between the quotes.
type MaybeName = Text<0, 253>;

/// Columns the application sees in plain and the database keeps encrypted.
///
/// Source: specification §`Encryption`; the meaning is that of `ShardingSphere` 5.2.
#[derive(Debug, Clone, PartialEq, Shape)]
pub struct Encryption {
    /// A second name for the object, as programs write it; annotation `database.opensergo.io/alias` says the same.
    #[shape(default = "metadata.name alone", example = "encrypt_db", feature = "struct-kinds")]
    alias: Option<Alias>,
    /// The ways to encrypt, by name.
    encryptors: Table<Encryptor, 100>,
    /// The tables with encrypted columns, by name.
    tables: Table<EncryptedTable, 1000>,
    /// Whether reads and conditions use the encrypted column where there is a plain one too.
    #[shape(default = "true")]
    query_with_cipher_column: Option<bool>,
}

/// A table with encrypted columns.
#[derive(Debug, Clone, PartialEq, Shape)]
#[non_exhaustive]
pub struct EncryptedTable {
    /// The columns as the application sees them, by name.
    pub columns: Table<EncryptedColumn, 1000>,
}

/// A column as the application sees it, and the columns there are.
#[derive(Debug, Clone, PartialEq, Shape)]
#[shape(check = Self::check_like)]
#[non_exhaustive]
pub struct EncryptedColumn {
    /// The column that holds what is encrypted.
    #[shape(example = "user_cipher")]
    pub cipher_column: Name,
    /// How it is encrypted: one of `encryptors`.
    #[shape(example = "aes_encryptor")]
    pub encryptor_name: Name,
    /// The column that holds the plain text too, while data is moved; empty is none.
    #[shape(default = "none", example = "user_plain")]
    pub plain_column: Option<MaybeName>,
    /// The column that holds a digest to find equal values by; empty is none.
    #[shape(default = "none", example = "user_assisted")]
    pub assisted_query_column: Option<MaybeName>,
    /// How that digest is made: one of `encryptors`.
    #[shape(default = "the only encryptor of type MD5", example = "md5_encryptor", feature = "struct-kinds")]
    pub assisted_query_encryptor_name: Option<Name>,
    /// The column that holds a digest to find alike values by; empty is none.
    #[shape(default = "none", example = "user_like", feature = "struct-kinds")]
    pub like_query_column: Option<MaybeName>,
    /// How that digest is made: one of `encryptors`, of type `CHAR_DIGEST_LIKE`.
    #[shape(example = "like_encryptor", feature = "struct-kinds")]
    pub like_query_encryptor_name: Option<Name>,
}

impl Encryption {
    /// Finds a way to encrypt.
    pub fn encryptor(&self, name: &str) -> Option<&Encryptor> {
        self.encryptors.get(name)
    }

    /// Returns the tables, by name.
    pub fn tables(&self) -> &BTreeMap<String, EncryptedTable> {
        &self.tables
    }

    /// Says whether reads and conditions use the encrypted column where there is a plain one too.
    pub fn query_with_cipher_column(&self) -> bool {
        self.query_with_cipher_column.unwrap_or(true)
    }

    /// Finds the encryptor of digests that need not be named: the only one of type MD5.
    fn only_md5(&self) -> Option<Name> {
        let mut found = self.encryptors.iter().filter(|(_, encryptor)| matches!(encryptor.cipher(), Cipher::Md5(_)));
        let name = found.next().filter(|_| found.next().is_none())?.0;
        let node = crate::node::Node::text(name.as_str());
        Name::read(&node, &At::root("spec"), &mut Report::default())
    }

    fn columns(&self) -> impl Iterator<Item = &EncryptedColumn> {
        self.tables.values().flat_map(|table| table.columns.values())
    }

    fn warn(&self, spec: &At<'_>, report: &mut Report) {
        let at = spec.field("encryptors");
        for (name, encryptor) in self.encryptors.iter() {
            if !self.columns().any(|column| column.encryptors().any(|used| **used == **name)) {
                report.warn(at.key(name), WarningCode::NoEffect, "no column names this encryptor");
            }
            if let Some(weakness) = encryptor.cipher().weakness() {
                report.warn(at.key(name).field("type"), WarningCode::Weak, weakness);
            }
        }
        if !self.query_with_cipher_column() && !self.columns().any(|column| column.plain_column.is_some()) {
            let message = "no column has a plainColumn: what is encrypted is used all the same";
            report.warn(spec.field("queryWithCipherColumn"), WarningCode::NoEffect, message);
        }
    }
}

impl EncryptedColumn {
    /// Refuses half of a like column.
    fn check_like(&self, at: &At<'_>, report: &mut Report) {
        let column = self.like_query_column.as_ref().is_some_and(|column| !column.is_empty());
        match (column, &self.like_query_encryptor_name) {
            (true, None) => report.missing(at.field("likeQueryEncryptorName"), "one of encryptors"),
            (false, Some(_)) => report.missing(at.field("likeQueryColumn"), "the column the digest stands in"),
            _ => {}
        }
    }

    /// Lists the encryptors it names.
    fn encryptors(&self) -> impl Iterator<Item = &Name> {
        let optional = self.assisted_query_encryptor_name.iter().chain(&self.like_query_encryptor_name);
        std::iter::once(&self.encryptor_name).chain(optional)
    }

    /// Lists the columns there are, by field.
    fn physical(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let optional = [
            ("plainColumn", &self.plain_column),
            ("assistedQueryColumn", &self.assisted_query_column),
            ("likeQueryColumn", &self.like_query_column),
        ];
        let optional = optional.into_iter().filter_map(|(field, column)| Some((field, &**column.as_ref()?)));
        std::iter::once(("cipherColumn", &*self.cipher_column)).chain(optional)
    }

    /// Drops what is empty, and writes the encryptor of digests out.
    fn canonical(self, only_md5: Option<&Name>) -> Self {
        let written = |column: Option<MaybeName>| column.filter(|column| !column.is_empty());
        let assisted_query_column = written(self.assisted_query_column);
        let named = self.assisted_query_encryptor_name;
        let assisted_query_encryptor_name =
            if assisted_query_column.is_some() { named.or_else(|| only_md5.cloned()) } else { named };
        Self {
            plain_column: written(self.plain_column),
            like_query_column: written(self.like_query_column),
            assisted_query_column,
            assisted_query_encryptor_name,
            cipher_column: self.cipher_column,
            encryptor_name: self.encryptor_name,
            like_query_encryptor_name: self.like_query_encryptor_name,
        }
    }

    fn check(&self, encryption: &Encryption, at: &At<'_>, report: &mut Report) {
        let named = [
            ("encryptorName", Some(&self.encryptor_name)),
            ("assistedQueryEncryptorName", self.assisted_query_encryptor_name.as_ref()),
            ("likeQueryEncryptorName", self.like_query_encryptor_name.as_ref()),
        ];
        for (field, name) in named.into_iter().filter_map(|(field, name)| Some((field, name?))) {
            Within::new("encryptor", encryption.encryptors.keys()).require(name, &at.field(field), report);
            let like = matches!(encryption.encryptor(name).map(Encryptor::cipher), Some(Cipher::CharDigestLike(_)));
            if encryption.encryptor(name).is_some() && like != (field == "likeQueryEncryptorName") {
                let found = if like { "CHAR_DIGEST_LIKE" } else { "another type than CHAR_DIGEST_LIKE" };
                report.conflict(at.field(field), found, "CHAR_DIGEST_LIKE for likeQueryColumn, and for it alone");
            }
        }
        if self.assisted_query_column.is_some() && self.assisted_query_encryptor_name.is_none() {
            let allowed = "one of encryptors: it may be left out where exactly one is of type MD5";
            report.missing(at.field("assistedQueryEncryptorName"), allowed);
        }
        if self.assisted_query_column.is_none() && self.assisted_query_encryptor_name.is_some() {
            report.missing(at.field("assistedQueryColumn"), "the column the digest stands in");
        }
        if let Some(reason) = encryption.encryptor(&self.encryptor_name).and_then(|found| found.cipher().one_way()) {
            report.warn(at.field("encryptorName"), WarningCode::Weak, reason);
        }
    }
}

/// Refuses a column there is that stands for two things.
fn check_physical(columns: &BTreeMap<String, EncryptedColumn>, at: &At<'_>, report: &mut Report) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for (name, column) in columns {
        let at = at.key(name);
        for (field, physical) in column.physical() {
            // MySQL compares the names of columns in any case.
            if let Some(before) = seen.insert(physical.to_lowercase(), name) {
                let found = format!("{physical}, which {before} has already");
                report.conflict(at.field(field), &found, "each column of the table once");
            }
        }
    }
}

impl Draft for Encryption {
    type Spec = Self;

    fn check(self, report: &mut Report) -> Option<Self> {
        let spec = At::root("spec");
        let tables = spec.field("tables");
        let md5 = self.only_md5();
        let canonical = self
            .tables
            .map(|table| EncryptedTable { columns: table.columns.map(|column| column.canonical(md5.as_ref())) });
        let encryption = Self { tables: canonical, ..self };
        for (name, table) in encryption.tables.iter() {
            let at = tables.key(name);
            let at = at.field("columns");
            for (name, column) in table.columns.iter() {
                column.check(&encryption, &at.key(name), report);
            }
            check_physical(&table.columns, &at, report);
        }
        encryption.warn(&spec, report);
        Some(encryption)
    }
}

impl Spec for Encryption {
    fn print(&self) -> Map<String, Value> {
        fields(self)
    }

    fn aliases(&self) -> Vec<&str> {
        self.alias.iter().map(Alias::as_str).collect()
    }
}
