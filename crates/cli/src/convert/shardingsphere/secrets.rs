//! The places in a document that somebody puts a secret in: `${NAME}`, and where each is found.

use opensergo_api::database::credential::SecretSource;

/// The places of one document, in the order they were made.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Placeholders(Vec<(String, String)>);

impl Placeholders {
    /// Makes the place of a secret: an environment variable keeps its name, others are called after whom they belong to,
    /// as `DS_0_PASSWORD`. Returns what stands in the document.
    pub(super) fn put(&mut self, source: &SecretSource, (owner, what): (&str, &str)) -> String {
        let name = match source {
            SecretSource::Env(name) if is_variable(name) => name.to_string(),
            _ => variable(&format!("{owner}_{what}")),
        };
        let found = found(source);
        let mut unique = name.clone();
        let mut copies = 2;
        while self.0.iter().any(|(other, place)| *other == unique && *place != found) {
            unique = format!("{name}_{copies}");
            copies += 1;
        }
        let placeholder = format!("${{{unique}}}");
        if !self.0.iter().any(|(other, _)| *other == unique) {
            self.0.push((unique, found));
        }
        placeholder
    }

    /// Lists the places: what stands in the document, and where the secret is found.
    pub(super) fn lines(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|(name, found)| format!("${{{name}}}: {found}"))
    }
}

fn found(source: &SecretSource) -> String {
    match source {
        SecretSource::Env(name) => format!("the environment variable {}", &**name),
        SecretSource::File(path) => format!("the file {}", &**path),
        SecretSource::SecretRef(of) => format!("key {} of the Secret {}", &*of.key, of.name),
    }
}

/// Says whether shells take a text for the name of a variable.
fn is_variable(text: &str) -> bool {
    let lawful = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    !text.starts_with(|c: char| c.is_ascii_digit()) && !text.is_empty() && text.bytes().all(lawful)
}

/// Makes the name of a variable.
fn variable(text: &str) -> String {
    let upper = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    let name: String = text.chars().map(upper).collect();
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("_{name}") } else { name }
}

#[cfg(test)]
mod tests {
    use opensergo_api::shape::{At, Shape};
    use opensergo_api::{Node, Report};
    use serde_json::{Value, json};

    use super::*;

    fn source(written: &Value) -> SecretSource {
        SecretSource::read(&Node::from(written), &At::root("spec"), &mut Report::default()).expect("a source")
    }

    #[test]
    fn a_place_is_named_once_for_each_secret() {
        let mut places = Placeholders::default();
        let of = |name: &str| source(&json!({ "secretRef": { "name": name, "key": "k" } }));
        let made = [
            places.put(&source(&json!({ "env": "DB_PASS" })), ("ds", "password")),
            places.put(&source(&json!({ "env": "DB_PASS" })), ("other", "password")),
            places.put(&source(&json!({ "env": "x} ${y" })), ("ds.0", "password")),
            places.put(&of("a"), ("ds-0", "password")),
            places.put(&of("a"), ("ds_0", "password")),
            places.put(&source(&json!({ "file": "/run/key" })), ("0", "key")),
        ];
        let expected =
            ["${DB_PASS}", "${DB_PASS}", "${DS_0_PASSWORD}", "${DS_0_PASSWORD_2}", "${DS_0_PASSWORD_2}", "${_0_KEY}"];
        assert_eq!(made, expected);
        let lines = [
            "${DB_PASS}: the environment variable DB_PASS",
            "${DS_0_PASSWORD}: the environment variable x} ${y",
            "${DS_0_PASSWORD_2}: key k of the Secret a",
            "${_0_KEY}: the file /run/key",
        ];
        assert_eq!(places.lines().collect::<Vec<_>>(), lines);
    }
}
