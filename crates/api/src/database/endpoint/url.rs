//! The address of a `MySQL` database as JDBC writes it: `jdbc:mysql://host:port/schema?name=value&…`.
//!
//! Read by the door of the endpoint. A password in it is a secret: reasons against a URL never quote it, and what is
//! printed has no user and no password in it; they become fields of their own. Refuses to know sockets.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde_json::Value;

use crate::database::Name;
use crate::database::host::Host;
use crate::invalid::{Code, Invalid, Report};
use crate::node::Node;
#[cfg(feature = "schema")]
use crate::schema::{Pattern, Schema};
use crate::shape::{At, Secret, Shape, text};
use crate::warning::WarningCode;

/// The port of a server whose port nobody writes, where it need not be written.
pub(super) const PORT: u16 = 3306;
const SCHEME: &str = "jdbc:mysql://";
const LONGEST: usize = 4096;
const ALLOWED: &str = "jdbc:mysql://host:port/schema, perhaps with ?name=value&name=value";
/// The parameters that mean something here; others are kept and not looked at.
const KNOWN: [&str; 4] = ["useSSL", "sslMode", "serverTimezone", "characterEncoding"];
const SSL_MODES: [&str; 5] = ["DISABLED", "PREFERRED", "REQUIRED", "VERIFY_CA", "VERIFY_IDENTITY"];

/// The address of a `MySQL` database.
#[derive(Debug, Clone, PartialEq)]
pub struct JdbcUrl {
    host: Host,
    port: u16,
    schema: Box<str>,
    parameters: Vec<(Box<str>, Box<str>)>,
    login: Login,
}

/// Who connects, where the URL says it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Login {
    pub(super) user: Option<Name>,
    pub(super) password: Option<Secret>,
}

/// A URL cut into pieces, nothing decoded.
#[derive(Debug, PartialEq)]
struct Pieces<'url> {
    host: Host,
    port: u16,
    schema: &'url str,
    parameters: Vec<(&'url str, &'url str)>,
    user: Option<&'url str>,
    password: Option<&'url str>,
}

impl JdbcUrl {
    /// Makes the address of a schema on a server, without parameters.
    pub(super) fn new(host: Host, port: u16, schema: &str) -> Self {
        Self { host, port, schema: schema.into(), parameters: Vec::new(), login: Login::default() }
    }

    /// Returns the server.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// Returns the port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Returns the schema.
    pub fn schema_name(&self) -> &str {
        &self.schema
    }

    /// Returns a parameter, with `%` escapes read; its name is compared in any case.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let (_, value) = self.parameters.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        decode(value)
    }

    /// Parts the address from who connects.
    pub(super) fn part(mut self) -> (Self, Login) {
        let login = std::mem::take(&mut self.login);
        (self, login)
    }

    fn to_text(&self) -> String {
        let mut text = format!("{SCHEME}{}:{}/{}", self.host, self.port, self.schema);
        for (i, (name, value)) in self.parameters.iter().enumerate() {
            let _ = write!(text, "{}{name}={value}", if i == 0 { '?' } else { '&' });
        }
        text
    }
}

impl Shape for JdbcUrl {
    fn read(node: &Node, at: &At<'_>, report: &mut Report) -> Option<Self> {
        let text = text(node, at, || ALLOWED.into(), report)?;
        if text.contains('@') || text.to_ascii_lowercase().contains("password") {
            report.secret(at);
        }
        let cut = cut(text).and_then(|pieces| {
            check(&pieces.parameters)?;
            Ok(pieces)
        });
        match cut {
            Ok(pieces) => Some(pieces.keep(at, report)),
            Err(found) => {
                let (found, allowed) = (format!("found a URL with {found}"), ALLOWED.to_owned());
                report.refuse(Invalid { path: at.to_string(), code: Code::NotAllowed, found, allowed, hint: None });
                None
            }
        }
    }

    fn print(&self) -> Value {
        self.to_text().into()
    }

    fn allowed() -> Cow<'static, str> {
        ALLOWED.into()
    }

    #[cfg(feature = "schema")]
    fn schema() -> Schema {
        Schema::Text(Pattern {
            shortest: SCHEME.len() + 1,
            longest: LONGEST,
            pattern: Some("^jdbc:mysql://.+:[0-9]+/.+$"),
            what: ALLOWED.into(),
            secret: true,
            ..Pattern::default()
        })
    }
}

impl Pieces<'_> {
    /// Keeps what was cut, says what is not looked at, and takes user and password out.
    fn keep(self, at: &At<'_>, report: &mut Report) -> JdbcUrl {
        for (name, _) in &self.parameters {
            if !KNOWN.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                let message = format!("the parameter {name} is not looked at: {} are", KNOWN.join(", "));
                report.warn(at, WarningCode::NoEffect, message);
            }
        }
        let read = |text: Option<&str>| text.and_then(decode).map(Node::text);
        let user = read(self.user).map(|node| Name::read(&node, at, report));
        let password = read(self.password).map(|node| Secret::read(&node, at, report));
        JdbcUrl {
            host: self.host,
            port: self.port,
            schema: self.schema.into(),
            parameters: self.parameters.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            login: Login { user: user.flatten(), password: password.flatten() },
        }
    }
}

/// Cuts a URL; the error says what is wrong with it, without quoting it.
fn cut(text: &str) -> Result<Pieces<'_>, &'static str> {
    if text.len() > LONGEST || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err("white space in it, or more than 4096 bytes");
    }
    let rest = text.strip_prefix(SCHEME).ok_or("another beginning than jdbc:mysql://")?;
    let (rest, query) = rest.split_once('?').map_or((rest, None), |(rest, query)| (rest, Some(query)));
    let (authority, schema) = rest.split_once('/').ok_or("no schema")?;
    if !(1..=64).contains(&schema.chars().count()) || schema.contains('/') {
        return Err("no schema of 1 to 64 characters");
    }
    let (login, address) = authority.rsplit_once('@').map_or((None, authority), |(login, rest)| (Some(login), rest));
    if address.contains([',', '(']) {
        return Err("more than one server");
    }
    let (host, port) = address.rsplit_once(':').ok_or("no port")?;
    let port = port.parse().ok().filter(|port| *port > 0).ok_or("a port that is none")?;
    let host =
        Host::parse(host).filter(|_| !host.contains(':') || host.starts_with('[')).ok_or("a host that is none")?;
    let mut parameters = query.map_or(Ok(Vec::new()), pairs)?;
    let (user, password) = login.map_or((None, None), |login| match login.split_once(':') {
        Some((user, password)) => (Some(user), Some(password)),
        None => (Some(login), None),
    });
    let mut take = |name: &str| {
        let place = parameters.iter().position(|(known, _)| *known == name)?;
        Some(parameters.remove(place).1)
    };
    let (named, secret) = (take("user"), take("password"));
    if (user.is_some() && named.is_some()) || (password.is_some() && secret.is_some()) {
        return Err("user or password twice");
    }
    Ok(Pieces { host, port, schema, parameters, user: user.or(named), password: password.or(secret) })
}

fn pairs(query: &str) -> Result<Vec<(&str, &str)>, &'static str> {
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').filter(|(name, _)| !name.is_empty()).ok_or("a parameter without =")?;
        if pairs.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
            return Err("a parameter twice");
        }
        decode(value).ok_or("a % that escapes nothing")?;
        pairs.push((name, value));
    }
    Ok(pairs)
}

/// Checks the parameters that mean something.
fn check(parameters: &[(&str, &str)]) -> Result<(), &'static str> {
    for (name, value) in parameters {
        let among = |allowed: &[&str]| allowed.iter().any(|allowed| allowed.eq_ignore_ascii_case(value));
        if name.eq_ignore_ascii_case("useSSL") && !among(&["true", "false"]) {
            return Err("useSSL neither true nor false");
        }
        if name.eq_ignore_ascii_case("sslMode") && !among(&SSL_MODES) {
            return Err("sslMode none of DISABLED, PREFERRED, REQUIRED, VERIFY_CA, VERIFY_IDENTITY");
        }
    }
    Ok(())
}

/// Reads the `%` escapes of UTF-8.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut pieces = text.split('%');
    bytes.extend(pieces.next()?.bytes());
    for piece in pieces {
        let hex = piece.get(..2).filter(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        bytes.push(u8::from_str_radix(hex, 16).ok()?);
        bytes.extend(piece[2..].bytes());
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Option<JdbcUrl>, Report) {
        let mut report = Report::default();
        (JdbcUrl::read(&Node::text(text), &At::root("url"), &mut report), report)
    }

    #[test]
    fn the_pieces_are_host_port_schema_and_parameters() {
        let (url, report) = read("jdbc:mysql://[::1]:3307/demo?serverTimezone=GMT%2B8&useSSL=false&x=1");
        let url = url.unwrap();
        let pieces = (url.host().as_str(), url.port(), url.schema_name(), url.parameter("servertimezone"));
        assert_eq!(pieces, ("::1", 3307, "demo", Some("GMT+8".to_owned())));
        assert_eq!(url.to_text(), "jdbc:mysql://[::1]:3307/demo?serverTimezone=GMT%2B8&useSSL=false&x=1");
        let warnings: Vec<_> = report.into_parts().1.into_iter().map(|warning| warning.message).collect();
        let ignored = "the parameter x is not looked at: useSSL, sslMode, serverTimezone, characterEncoding are";
        assert_eq!(warnings, [ignored]);
    }

    #[test]
    fn user_and_password_are_taken_out_and_never_shown() {
        for text in ["jdbc:mysql://ann:s%40crt@db:3306/demo", "jdbc:mysql://db:3306/demo?user=ann&password=s%40crt"] {
            let (url, report) = read(text);
            let (url, login) = url.unwrap().part();
            assert_eq!(
                (url.to_text().as_str(), report.secrets()),
                ("jdbc:mysql://db:3306/demo", ["url", "url"].map(str::to_owned).as_slice())
            );
            assert_eq!(
                (login.user.as_deref(), login.password.as_ref().map(Secret::reveal)),
                (Some("ann"), Some("s@crt"))
            );
        }
        let (url, report) = read("jdbc:mysql://ann:secret@db/demo");
        assert_eq!((url, report.secrets()), (None, ["url".to_owned()].as_slice()));
        assert!(!report.into_parts().0[0].to_string().contains("secret"));
    }

    #[test]
    fn what_is_no_url_is_refused_with_what_is_wrong() {
        let rows = [
            ("mysql://db:3306/demo", "another beginning than jdbc:mysql://"),
            ("jdbc:mysql://db:3306", "no schema"),
            ("jdbc:mysql://db:3306/", "no schema of 1 to 64 characters"),
            ("jdbc:mysql://db/demo", "no port"),
            ("jdbc:mysql://db:0/demo", "a port that is none"),
            ("jdbc:mysql://db:65536/demo", "a port that is none"),
            ("jdbc:mysql://:3306/demo", "a host that is none"),
            ("jdbc:mysql://a:3306,b:3306/demo", "more than one server"),
            ("jdbc:mysql://db:3306/demo?useSSL", "a parameter without ="),
            ("jdbc:mysql://db:3306/demo?useSSL=maybe", "useSSL neither true nor false"),
            ("jdbc:mysql://db:3306/demo?a=1&A=2", "a parameter twice"),
            ("jdbc:mysql://db:3306/demo?a=%zz", "a % that escapes nothing"),
            ("jdbc:mysql://a:b@db:3306/demo?user=a", "user or password twice"),
            ("jdbc:mysql://db:3306/de mo", "white space in it, or more than 4096 bytes"),
        ];
        for (text, reason) in rows {
            let (url, report) = read(text);
            let found: Vec<_> = report.into_parts().0.into_iter().map(|invalid| invalid.found).collect();
            assert_eq!((url, found), (None, vec![format!("found a URL with {reason}")]), "{text}");
        }
    }
}
