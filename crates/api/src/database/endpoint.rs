//! `DatabaseEndpoint`: one real database, and how connections to it are kept.

mod pool;
mod url;

use serde_json::{Map, Value, json};

use super::Name;
use super::alias::Alias;
use super::credential::{Credential, SecretKey, SecretSource};
use super::host::Host;
use crate::draft::Draft;
use crate::invalid::Report;
use crate::object::Spec;
use crate::shape::{At, Secret, Shape, Text, Whole, put};
use crate::warning::WarningCode;

pub use pool::ConnectionPool;
pub use url::JdbcUrl;
use url::Login;

/// One real database. Its name is the data-source name of all other kinds.
///
/// Source: specification §`DatabaseEndpoint`; the meaning of the pool is that of `ShardingSphere` 5.2.
#[derive(Debug, Clone, PartialEq)]
pub struct DatabaseEndpoint {
    alias: Option<Alias>,
    url: JdbcUrl,
    username: Name,
    password: Credential,
    pool: ConnectionPool,
}

impl DatabaseEndpoint {
    /// Returns the address of the database: host, port, schema and parameters, without user and password.
    pub fn url(&self) -> &JdbcUrl {
        &self.url
    }

    /// Returns the user that connects.
    pub fn username(&self) -> &str {
        &self.username
    }

    /// Returns the password of that user.
    pub fn password(&self) -> &Credential {
        &self.password
    }

    /// Returns how connections are kept.
    pub fn pool(&self) -> &ConnectionPool {
        &self.pool
    }
}

/// What a `DatabaseEndpoint` may say.
#[derive(Debug, Shape)]
pub struct DatabaseEndpointDraft {
    /// A second name for the object, as programs write it; annotation `database.opensergo.io/alias` says the same.
    #[shape(default = "metadata.name alone", example = "write_ds", feature = "struct-kinds")]
    alias: Option<Alias>,
    /// The database.
    database: Backend,
    /// How connections are kept; what stands beside the address holds.
    connection_pool: Option<ConnectionPool>,
}

/// A database of one of the families there are: `MySQL`.
#[derive(Debug, Shape)]
struct Backend {
    /// A database that speaks the `MySQL` protocol.
    #[shape(name = "MySQL", alias = "mysql", alias = "mySQL")]
    mysql: MySql,
    /// How connections are kept; what stands beside the address holds.
    connection_pool: Option<ConnectionPool>,
}

/// A database that speaks the `MySQL` protocol: its address as one URL, or host, port and schema.
#[derive(Debug, Shape)]
#[shape(exactly_one(url, host))]
#[shape(cel = "has(self.url) || has(self.db)", says = "the schema, as demo")]
#[shape(cel = "!has(self.url) || !(has(self.port) || has(self.db))", says = "the address once")]
#[shape(at_most_one(password, password_from, password_secret_ref))]
struct MySql {
    /// The address, as JDBC has it.
    #[shape(example = "jdbc:mysql://192.168.1.110:3306/demo?serverTimezone=UTC&useSSL=false")]
    url: Option<JdbcUrl>,
    /// The address of the server, where there is no URL.
    #[shape(example = "192.168.1.110")]
    host: Option<Host>,
    /// The port of the server, where there is no URL.
    #[shape(default = "3306")]
    port: Option<Whole<1, 65535>>,
    /// The schema, where there is no URL.
    #[shape(alias = "schema", example = "demo")]
    db: Option<Text<1, 64>>,
    /// The user that connects.
    #[shape(alias = "user", default = "the user of the URL")]
    username: Option<Name>,
    /// The password of that user, in plain.
    password: Option<Secret>,
    /// Where the password of that user is found.
    #[shape(feature = "struct-kinds")]
    password_from: Option<SecretSource>,
    /// The key of a Kubernetes `Secret` the password is; `passwordFrom.secretRef` says the same.
    #[shape(feature = "struct-kinds")]
    password_secret_ref: Option<SecretKey>,
    /// How long one waits for a connection; 0 waits for ever.
    #[shape(alias = "connectionTimeoutMilliseconds", unit = "milliseconds", default = "30000")]
    connection_timeout: Option<pool::Millis>,
    /// How long a connection may be idle before it is closed; 0 keeps it.
    #[shape(unit = "milliseconds", default = "60000")]
    idle_timeout_milliseconds: Option<pool::Millis>,
    /// How long a connection lives at most; 0 is for ever.
    #[shape(unit = "milliseconds", default = "1800000")]
    max_lifetime_milliseconds: Option<pool::Millis>,
    /// The most connections at the same time.
    #[shape(unit = "connections", default = "50")]
    max_pool_size: Option<Whole<1, 65535>>,
    /// The fewest connections that are kept.
    #[shape(unit = "connections", default = "1")]
    min_pool_size: Option<Whole<0, 65535>>,
    /// How connections are kept; what stands beside the address holds.
    connection_pool: Option<ConnectionPool>,
}

impl Draft for DatabaseEndpointDraft {
    type Spec = DatabaseEndpoint;

    fn check(self, report: &mut Report) -> Option<DatabaseEndpoint> {
        let (spec, alias) = (At::root("spec"), self.alias);
        let database = spec.field("database");
        let at = database.field("MySQL");
        let mut mysql = self.database.mysql;
        let flat = ConnectionPool {
            connection_timeout: mysql.connection_timeout,
            idle_timeout_milliseconds: mysql.idle_timeout_milliseconds,
            max_lifetime_milliseconds: mysql.max_lifetime_milliseconds,
            max_pool_size: mysql.max_pool_size,
            min_pool_size: mysql.min_pool_size,
        };
        let deeper = [
            (mysql.connection_pool.take(), &at),
            (self.database.connection_pool, &database),
            (self.connection_pool, &spec),
        ];
        let pool = deeper.into_iter().fold(flat, |pool, (other, at)| match other {
            Some(other) => pool.over(other, &at.field("connectionPool"), report),
            None => pool,
        });
        pool.check(&at, report);
        let (url, login) = mysql.address(&at, report)?;
        let (username, password) = mysql.login(login, &at, report)?;
        Some(DatabaseEndpoint { alias, url, username, password, pool })
    }
}

impl MySql {
    /// Returns the address, and who the URL says connects.
    fn address(&mut self, at: &At<'_>, report: &mut Report) -> Option<(JdbcUrl, Login)> {
        if let Some(url) = self.url.take() {
            for (name, written) in [("port", self.port.is_some()), ("db", self.db.is_some())] {
                if written {
                    report.conflict(at.field(name), &format!("url and {name} together"), "the address once");
                }
            }
            return Some(url.part());
        }
        let host = self.host.take()?;
        if self.db.is_none() {
            report.missing(at.field("db"), "the schema, as demo");
        }
        let port = self.port.and_then(|port| u16::try_from(port.get()).ok()).unwrap_or(url::PORT);
        Some((JdbcUrl::new(host, port, &self.db.take()?), Login::default()))
    }

    /// Returns who connects: what the fields say, and what the URL says where they say nothing.
    fn login(self, login: Login, at: &At<'_>, report: &mut Report) -> Option<(Name, Credential)> {
        let differs = |field: &str, url: &str| !url.is_empty() && field != url;
        if let (Some(field), Some(url)) = (&self.username, &login.user)
            && differs(field, url)
        {
            report.conflict(at.field("username"), "another user than in the URL", "the user once");
        }
        if let (Some(field), Some(url)) = (&self.password, &login.password)
            && differs(field.reveal(), url.reveal())
        {
            report.conflict(at.field("password"), "another password than in the URL", "the password once");
        }
        let elsewhere = self.password_from.is_some() || self.password_secret_ref.is_some();
        if elsewhere && login.password.is_some() {
            report.conflict(at.field("url"), "a password here and a reference to one beside it", "the password once");
        }
        if self.username.is_none() && login.user.is_none() {
            report.missing(at.field("username"), "the user that connects");
        }
        let plain = self.password.or(login.password);
        let password = Credential::join(plain, self.password_from, self.password_secret_ref);
        if password.is_none() {
            report.missing(at.field("password"), "one of password, passwordFrom, passwordSecretRef");
        }
        Some((self.username.or(login.user)?, password?))
    }
}

impl Spec for DatabaseEndpoint {
    fn print(&self) -> Map<String, Value> {
        let (mut spec, mut mysql) = (Map::new(), Map::new());
        put(&mut spec, "alias", &self.alias);
        put(&mut mysql, "url", &self.url);
        put(&mut mysql, "username", &self.username);
        self.password.put(&mut mysql);
        if let Value::Object(pool) = self.pool.print() {
            mysql.extend(pool);
        }
        spec.insert("database".to_owned(), json!({ "MySQL": mysql }));
        spec
    }

    fn aliases(&self) -> Vec<&str> {
        self.alias.iter().map(Alias::as_str).collect()
    }
}

/// Says that a value stands in two places, and which holds.
fn overruled(at: &At<'_>, name: &str, report: &mut Report) {
    let message = format!("{name} stands beside the address too, which holds");
    report.warn(at.field(name), WarningCode::NoEffect, message);
}
