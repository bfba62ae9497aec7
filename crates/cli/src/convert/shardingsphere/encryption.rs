//! `!ENCRYPT`: flat columns up to 5.2, columns with parts from 5.4.
//!
//! A digest or a key that would become another is never written: what is encrypted already could not be read again.

use opensergo_api::Object;
use opensergo_api::database::Encryption;
use opensergo_api::database::encryption::{Cipher, DigestName, EncryptedColumn, Encryptor, Key};
use serde_json::{Map, Value, json};

use super::Version;
use super::aside::{Aside, Code, Withheld};

/// The properties that are secrets.
const SECRETS: [&str; 6] = ["aes-key-value", "rc4-key-value", "sm4-key", "sm4-iv", "salt", "sm3-salt"];
const PLAIN: &str = "there is no plain column beside an encrypted one";
const QUERY: &str = "what is encrypted is always queried by the encrypted column";
const LIKE: &str = "there is no column to find alike values by";
const ASSISTED: &str = "the digest would be made by the encryptor of the column: the column is left out";
const ONE_WAY: &str = "a column needs an encryptor that can decrypt: ShardingSphere refuses the rule at its start";
const PLUG_IN: &str = "the algorithm is a plug-in of its own: install it";

/// Writes the rule.
pub(super) fn rule(
    (object, encryption): (&Object, &Encryption),
    version: Version,
    aside: &mut Aside,
) -> Result<Value, Withheld> {
    let mut tables = Map::new();
    for (name, table) in encryption.tables() {
        let mut columns = Map::new();
        for (column, written) in table.columns.iter() {
            let path = format!("spec.tables.{name}.columns.{column}");
            let mut columns_of = Columns { object, encryption, written, path, aside };
            let printed = if version < Version::V5_4 { columns_of.flat(version) } else { columns_of.parted() };
            columns.insert(column.clone(), printed);
        }
        tables.insert(name.clone(), json!({ "columns": columns }));
    }
    let mut rule = json!({ "tables": tables, "encryptors": encryptors((object, encryption), version, aside)? });
    let queries = encryption.query_with_cipher_column();
    if version < Version::V5_4 {
        rule["queryWithCipherColumn"] = queries.into();
    } else if !queries {
        aside.lose(Code::QueryPlain, (object, "spec.queryWithCipherColumn"), QUERY);
    }
    Ok(rule)
}

/// One column, to be written.
struct Columns<'a> {
    object: &'a Object,
    encryption: &'a Encryption,
    written: &'a EncryptedColumn,
    path: String,
    aside: &'a mut Aside,
}

impl Columns<'_> {
    fn lose(&mut self, code: Code, field: &str, reason: &str) {
        self.aside.lose(code, (self.object, &format!("{}.{field}", self.path)), reason);
    }

    /// Writes it as versions up to 5.2 do.
    fn flat(&mut self, version: Version) -> Value {
        let EncryptedColumn {
            cipher_column,
            encryptor_name,
            plain_column,
            assisted_query_column,
            assisted_query_encryptor_name,
            like_query_column,
            like_query_encryptor_name,
            ..
        } = self.written;
        let mut assisted = assisted_query_column.as_deref();
        if version == Version::V5_1
            && assisted.is_some()
            && assisted_query_encryptor_name.as_ref() != Some(encryptor_name)
        {
            self.lose(Code::Assisted, "assistedQueryColumn", ASSISTED);
            assisted = None;
        }
        let mut like = like_query_column.as_deref();
        if version == Version::V5_1 && like.is_some() {
            self.lose(Code::Like, "likeQueryColumn", LIKE);
            like = None;
        }
        let names_encryptors = version > Version::V5_1;
        let fields = [
            ("plainColumn", plain_column.as_deref()),
            ("cipherColumn", Some(&**cipher_column)),
            ("encryptorName", Some(&**encryptor_name)),
            ("assistedQueryColumn", assisted),
            ("assistedQueryEncryptorName", assisted_query_encryptor_name.as_deref().filter(|_| names_encryptors)),
            ("likeQueryColumn", like),
            ("likeQueryEncryptorName", like_query_encryptor_name.as_deref().filter(|_| names_encryptors)),
        ];
        let written = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into())));
        Value::Object(written.collect())
    }

    /// Writes it as versions from 5.4 do.
    fn parted(&mut self) -> Value {
        let written = self.written;
        if written.plain_column.is_some() {
            self.lose(Code::Plain, "plainColumn", PLAIN);
        }
        let cipher = self.encryption.encryptor(&written.encryptor_name).map(Encryptor::cipher);
        if let Some(Cipher::Md5(_) | Cipher::Sm3(_)) = cipher {
            self.lose(Code::OneWay, "encryptorName", ONE_WAY);
        }
        let part = |name: &str, encryptor: &str| json!({ "name": name, "encryptorName": encryptor });
        let mut column = json!({ "cipher": part(&written.cipher_column, &written.encryptor_name) });
        if let (Some(name), Some(encryptor)) = (&written.assisted_query_column, &written.assisted_query_encryptor_name)
        {
            column["assistedQuery"] = part(name, encryptor);
        }
        if let (Some(name), Some(encryptor)) = (&written.like_query_column, &written.like_query_encryptor_name) {
            column["likeQuery"] = part(name, encryptor);
        }
        column
    }
}

/// Writes the ways to encrypt, by name.
fn encryptors(
    (object, encryption): (&Object, &Encryption),
    version: Version,
    aside: &mut Aside,
) -> Result<Map<String, Value>, Withheld> {
    let mut printed = object.spec().print();
    let Some(Value::Object(all)) = printed.shift_remove("encryptors") else { return Ok(Map::new()) };
    let mut written = Map::new();
    for (name, mut value) in all {
        let Some(encryptor) = encryption.encryptor(&name) else { continue };
        let path = format!("spec.encryptors.{name}");
        if let Some(reason) = differs(encryptor.cipher(), version) {
            return Err(Withheld::of(Code::Digest, object, &format!("{path}: {reason}")));
        }
        match encryptor.cipher() {
            // The columns that name it have been left out.
            Cipher::CharDigestLike(_) if version == Version::V5_1 => continue,
            Cipher::Rc4(_) | Cipher::Sm3(_) | Cipher::Sm4(_) if version >= Version::V5_4 => {
                aside.lose(Code::PlugIn, (object, &path), PLUG_IN);
            }
            _ => {}
        }
        properties(&mut value, (&name, encryptor), version, aside);
        written.insert(name, value);
    }
    Ok(written)
}

/// Says why a version would make something else of the same text, if it would.
fn differs(cipher: &Cipher, version: Version) -> Option<&'static str> {
    let is_old = version < Version::V5_4;
    match cipher {
        Cipher::Aes(aes) if is_old && aes.digest.unwrap_or_default() != DigestName::Sha1 => {
            Some("the key of AES is always made by SHA-1")
        }
        Cipher::Md5(md5) if is_old && md5.salt.as_ref().is_some_and(|salt| !salt.reveal().is_empty()) => {
            Some("MD5 has no salt")
        }
        _ => None,
    }
}

/// Puts the key where it belongs, and spells out which digest makes it.
fn properties(value: &mut Value, (name, encryptor): (&str, &Encryptor), version: Version, aside: &mut Aside) {
    let Some(fields) = value.as_object_mut() else { return };
    fields.shift_remove("keyFrom");
    let mut props = match fields.shift_remove("props") {
        Some(Value::Object(props)) => props,
        _ => Map::new(),
    };
    aside.plain |= SECRETS.iter().any(|secret| props.contains_key(*secret));
    let field = match encryptor.cipher() {
        Cipher::Aes(_) => Some("aes-key-value"),
        Cipher::Rc4(_) => Some("rc4-key-value"),
        Cipher::Sm4(_) => Some("sm4-key"),
        _ => None,
    };
    if let (Some(field), Some(Key::From(source))) = (field, encryptor.key()) {
        props.insert(field.to_owned(), aside.placeholders.put(source, (name, "key")).into());
    }
    match encryptor.cipher() {
        Cipher::Aes(aes) if version >= Version::V5_4 => {
            props.insert("digest-algorithm-name".to_owned(), aes.digest.unwrap_or_default().as_str().into());
        }
        Cipher::Aes(_) => drop(props.shift_remove("digest-algorithm-name")),
        Cipher::Md5(_) if version < Version::V5_4 => drop(props.shift_remove("salt")),
        _ => {}
    }
    if !props.is_empty() {
        fields.insert("props".to_owned(), props.into());
    }
}
