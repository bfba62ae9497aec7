//! The ways to encrypt, and where their keys are.

use std::fmt;

use serde_json::{Map, Value};

use super::key::{Hex, KeyText, Salt};
use crate::database::algorithm::{self, family};
use crate::database::credential::{SecretKey, SecretSource};
use crate::database::property::{Digits, Plain};
use crate::invalid::Report;
use crate::node::Node;
#[cfg(feature = "schema")]
use crate::schema::{Property, Record, Schema};
use crate::shape::{At, Fields, Shape, put};

family! {
    /// A way to encrypt.
    Cipher {
        /// AES-128 in ECB with PKCS5 padding; the key is the beginning of a digest of the text given; Base64.
        Aes(Aes) = "AES",
        /// The MD5 digest in lower-case hexadecimal digits: one way.
        Md5(Md5) = "MD5",
        /// RC4, in Base64.
        Rc4(Rc4) = "RC4",
        /// The SM3 digest of text and salt in lower-case hexadecimal digits: one way.
        Sm3(Sm3) = "SM3",
        /// SM4, in lower-case hexadecimal digits.
        Sm4(Sm4) = "SM4",
        /// Every character turned into one of a few, so that alike texts stay alike: one way.
        CharDigestLike(CharDigestLike) = "CHAR_DIGEST_LIKE",
    }
}

/// What AES needs.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[non_exhaustive]
pub struct Aes {
    /// What the key is made from, in plain; `keyFrom` refers to it instead.
    #[shape(name = "aes-key-value")]
    pub key: Option<KeyText<1, 1024>>,
    /// The digest whose first 16 bytes are the key.
    #[shape(name = "digest-algorithm-name", default = "SHA-1")]
    pub digest: Option<DigestName>,
}

/// The digest a key is made by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Shape)]
#[shape(ignore_case)]
pub enum DigestName {
    /// SHA-1.
    #[default]
    #[shape(name = "SHA-1")]
    Sha1,
    /// SHA-256.
    #[shape(name = "SHA-256")]
    Sha256,
    /// SHA-512.
    #[shape(name = "SHA-512")]
    Sha512,
    /// MD5.
    #[shape(name = "MD5")]
    Md5,
}

/// What MD5 takes.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[non_exhaustive]
pub struct Md5 {
    /// What is put behind the text.
    #[shape(default = "nothing")]
    pub salt: Option<KeyText<0, 1024>>,
}

/// What RC4 needs.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[non_exhaustive]
pub struct Rc4 {
    /// The key, in plain; `keyFrom` refers to it instead.
    #[shape(name = "rc4-key-value")]
    pub key: Option<KeyText<5, 255>>,
}

/// What SM3 takes.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[non_exhaustive]
pub struct Sm3 {
    /// What is put behind the text: 8 characters.
    #[shape(name = "sm3-salt", default = "nothing")]
    pub salt: Option<Salt<8>>,
}

/// What SM4 needs.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[shape(check = Self::check_iv)]
#[non_exhaustive]
pub struct Sm4 {
    /// The key, in plain; `keyFrom` refers to it instead.
    #[shape(name = "sm4-key")]
    pub key: Option<Hex<32>>,
    /// How blocks are chained.
    #[shape(name = "sm4-mode", example = "CBC")]
    pub mode: Sm4Mode,
    /// Where the chain begins; needed for CBC.
    #[shape(name = "sm4-iv")]
    pub iv: Option<Hex<32>>,
    /// How the last block is filled.
    #[shape(name = "sm4-padding", example = "PKCS7Padding")]
    pub padding: Sm4Padding,
}

/// How blocks are chained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Shape)]
#[shape(ignore_case)]
pub enum Sm4Mode {
    /// Not at all: equal blocks stay equal.
    #[shape(name = "ECB")]
    Ecb,
    /// Each with the one before.
    #[shape(name = "CBC")]
    Cbc,
}

/// How the last block is filled: both names mean the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Shape)]
#[shape(ignore_case)]
pub enum Sm4Padding {
    /// PKCS5.
    #[shape(name = "PKCS5Padding")]
    Pkcs5,
    /// PKCS7.
    #[shape(name = "PKCS7Padding")]
    Pkcs7,
}

/// What the digest of alike texts takes.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[non_exhaustive]
pub struct CharDigestLike {
    /// What is added to a character.
    #[shape(default = "1")]
    pub delta: Option<Digits<0, 1_000_000>>,
    /// The bits of a character that are kept.
    #[shape(default = "3965")]
    pub mask: Option<Digits<0, 2_147_483_647>>,
    /// The first character of those that are made.
    #[shape(default = "19968")]
    pub start: Option<Digits<0, 1_114_111>>,
    /// The common characters, in their order.
    #[shape(default = "ShardingSphere's")]
    pub dict: Option<Plain>,
}

impl Sm4 {
    /// Refuses CBC without a beginning.
    fn check_iv(&self, at: &At<'_>, report: &mut Report) {
        if self.mode == Sm4Mode::Cbc && self.iv.is_none() {
            report.missing(at.field("sm4-iv"), "32 hexadecimal digits: CBC needs them");
        }
    }
}

impl Cipher {
    /// Says why what it makes cannot be read again, if it cannot.
    pub(super) fn one_way(&self) -> Option<&'static str> {
        matches!(self, Self::Md5(_) | Self::Sm3(_))
            .then_some("irreversible: a digest cannot be decrypted, so reads return the digest")
    }

    /// Says why it protects less than one would think, if it does.
    pub(super) fn weakness(&self) -> Option<&'static str> {
        match self {
            Self::Aes(_) | Self::Sm4(Sm4 { mode: Sm4Mode::Ecb, .. }) => {
                Some("ECB: equal texts have equal ciphers, and nothing tells a changed one")
            }
            Self::Md5(_) => Some("MD5 is broken: what is short or common is found again by trying"),
            Self::Rc4(_) => Some("RC4 is broken: equal keys make equal streams"),
            Self::Sm3(_) | Self::Sm4(_) | Self::CharDigestLike(_) => None,
        }
    }

    /// Says which property the key is, and whether it is written.
    fn key(&self) -> Option<(&'static str, bool)> {
        match self {
            Self::Aes(aes) => Some(("aes-key-value", aes.key.is_some())),
            Self::Rc4(rc4) => Some(("rc4-key-value", rc4.key.is_some())),
            Self::Sm4(sm4) => Some(("sm4-key", sm4.key.is_some())),
            Self::Md5(_) | Self::Sm3(_) | Self::CharDigestLike(_) => None,
        }
    }
}

/// A way to encrypt, and where its key is.
#[derive(Debug, Clone, PartialEq)]
pub struct Encryptor {
    cipher: Cipher,
    key_from: Option<SecretSource>,
}

/// The key of an encryptor. Shown as neither.
#[derive(Clone, Copy, PartialEq)]
pub enum Key<'a> {
    /// In plain.
    Plain(&'a str),
    /// Elsewhere.
    From(&'a SecretSource),
}

impl fmt::Debug for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(_) => f.write_str("Plain(***)"),
            Self::From(source) => f.debug_tuple("From").field(source).finish(),
        }
    }
}

impl Encryptor {
    /// Returns how it encrypts.
    pub fn cipher(&self) -> &Cipher {
        &self.cipher
    }

    /// Returns its key; `None` for digests, which have none.
    pub fn key(&self) -> Option<Key<'_>> {
        let plain = match &self.cipher {
            Cipher::Aes(aes) => aes.key.as_ref().map(KeyText::reveal),
            Cipher::Rc4(rc4) => rc4.key.as_ref().map(KeyText::reveal),
            Cipher::Sm4(sm4) => sm4.key.as_ref().map(Hex::reveal),
            Cipher::Md5(_) | Cipher::Sm3(_) | Cipher::CharDigestLike(_) => None,
        };
        plain.map(Key::Plain).or(self.key_from.as_ref().map(Key::From))
    }

    /// Demands a key where one is needed, and none where there is none.
    fn check(&self, at: &At<'_>, report: &mut Report) {
        let props = at.field("props");
        match (self.cipher.key(), &self.key_from) {
            (Some((name, true)), Some(_)) => {
                report.conflict(at.field("keyFrom"), &format!("{name} and keyFrom together"), "the key once");
            }
            (Some((name, false)), None) => {
                report.missing(props.field(name), &format!("{name}, or keyFrom beside props"));
            }
            (None, Some(_)) => report.conflict(at.field("keyFrom"), "a key for what has none", "AES, RC4 or SM4"),
            _ => {}
        }
    }
}

impl Shape for Encryptor {
    fn read(node: &Node, at: &At<'_>, report: &mut Report) -> Option<Self> {
        const SPELLINGS: &[&[&str]] = &[&["type"], &["props"], &["keyFrom"], &["keySecretRef"]];
        let fields = Fields::open(node, at, SPELLINGS, report)?;
        let cipher = algorithm::read(&fields, at, report);
        let source = fields.value::<Option<SecretSource>>(2, report);
        let key = fields.value::<Option<SecretKey>>(3, report);
        fields.at_most_one(&[2, 3], report);
        let encryptor = Self { cipher: cipher?, key_from: SecretSource::join(source?, key?) };
        encryptor.check(at, report);
        Some(encryptor)
    }

    fn print(&self) -> Value {
        let mut map = Map::new();
        algorithm::put(&mut map, &self.cipher);
        put(&mut map, "keyFrom", &self.key_from);
        map.into()
    }

    fn allowed() -> std::borrow::Cow<'static, str> {
        "a map of type, props and keyFrom".into()
    }

    #[cfg(feature = "schema")]
    fn schema() -> Schema {
        let source = "Where the key is found, where props do not have it.";
        let key = "The key of a Kubernetes Secret; keyFrom.secretRef says the same.";
        let mut properties = algorithm::properties::<Cipher>();
        let feature = Some("struct-kinds");
        properties.push(Property { feature, ..Property::choice("keyFrom", &[], source, SecretSource::schema()) });
        properties.push(Property { feature, ..Property::choice("keySecretRef", &[], key, SecretKey::schema()) });
        let rules = vec![crate::schema::Rule::group("at_most_one", &["keyFrom", "keySecretRef"])];
        Schema::Map(Record { doc: "A way to encrypt, and where its key is.", properties, rules })
    }
}
