//! The document of one logical database, as text: comments, name, data sources, and rules with the tags YAML tells them by.

use opensergo_api::database::DatabaseEndpoint;
use opensergo_api::database::credential::Credential;
use opensergo_api::database::virtual_database::Service;
use opensergo_api::schema::yaml;
use opensergo_api::shape::Shape;
use opensergo_api::{Object, database};
use serde_json::{Map, Value, json};

use super::Version;
use super::aside::Aside;
use super::names::{Names, Source};
use crate::convert::converted::harmless;

/// The document on its way.
#[derive(Debug)]
pub(super) struct Document {
    comments: Vec<String>,
    schema: String,
    data_sources: Map<String, Value>,
    rules: Vec<(&'static str, Value)>,
}

impl Document {
    /// Begins the document of a service.
    pub(super) fn new(object: &Object, service: &Service, version: Version) -> Self {
        let database::virtual_database::Login { db, host, port, user, .. } = &service.database_mysql;
        let comments = vec![
            format!("Service {} of {}, for ShardingSphere {}.", &*service.name, object.id(), version.as_str()),
            format!(
                "Applications connect to {host}:{} as {}: the proxy's own configuration says so, not this.",
                port.get(),
                &**user
            ),
        ];
        Self { comments, schema: db.to_string(), data_sources: Map::new(), rules: Vec::new() }
    }

    /// Writes the real databases.
    pub(super) fn data_sources(&mut self, names: &Names<'_>, aside: &mut Aside) {
        for (name, place) in names.iter() {
            if let Source::Endpoint(endpoint) = place.source {
                self.data_sources.insert(name.to_owned(), data_source(name, endpoint, aside));
            }
        }
    }

    /// Adds a rule by its tag, without the mark.
    pub(super) fn rule(&mut self, tag: &'static str, rule: Value) {
        self.rules.push((tag, rule));
    }

    /// Prints the document; `aside` knows the secrets that must be put in.
    pub(super) fn print(self, aside: &Aside) -> String {
        let mut places = aside.placeholders.lines().peekable();
        let replace = places.peek().is_some().then(|| "Before use, replace".to_owned());
        let comments = self.comments.into_iter().chain(replace).chain(places.map(|line| format!("  {line}")));
        let mut text = String::new();
        for comment in comments {
            text.extend(["# ", &harmless(&comment), "\n"]);
        }
        text.push_str(&yaml::print(&json!({ "databaseName": self.schema, "dataSources": self.data_sources })));
        text.push_str(&print_rules(&self.rules));
        text
    }
}

/// Prints rules below each other, each under its tag; nothing where there are none.
pub(super) fn print_rules(rules: &[(&str, Value)]) -> String {
    let mut text = if rules.is_empty() { String::new() } else { "rules:\n".to_owned() };
    for (tag, rule) in rules {
        text.extend(["- !", tag, "\n"]);
        // Every line of a value is its own: the printer writes no text over several.
        yaml::print(rule).lines().for_each(|line| text.extend(["  ", line, "\n"]));
    }
    text
}

/// Writes a real database with every number spelled out: defaults change between versions.
fn data_source(name: &str, endpoint: &DatabaseEndpoint, aside: &mut Aside) -> Value {
    let pool = endpoint.pool();
    let password = match endpoint.password() {
        Credential::Plain(secret) => {
            aside.plain = true;
            secret.reveal().to_owned()
        }
        Credential::From(source) => aside.placeholders.put(source, (name, "password")),
    };
    json!({
        "url": endpoint.url().print(),
        "username": endpoint.username(),
        "password": password,
        "connectionTimeoutMilliseconds": pool.connection_timeout(),
        "idleTimeoutMilliseconds": pool.idle_timeout(),
        "maxLifetimeMilliseconds": pool.max_lifetime(),
        "maxPoolSize": pool.max_size(),
        "minPoolSize": pool.min_size(),
    })
}
