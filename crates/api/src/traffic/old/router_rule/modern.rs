//! A `RouterRule` said as a `TrafficRouter`.
//!
//! A route that cannot be said whole is left out: without one of its conditions it would take what it was never meant
//! to take.

use serde_json::{Map, Value, json};

use super::{HttpRequestMatch, HttpRouteContext, HttpRouterRule, RouterRule};
use crate::shape::Table;
use crate::traffic::old::condition::modern_table;
use crate::traffic::old::{Loose, Modern, OldStringMatch, WorkloadEntry};

/// The longest label, in characters.
const LABEL_VALUE: usize = 253;

impl RouterRule {
    /// Says it as a `TrafficRouter`; `name` is that of the object.
    pub fn modern(&self, name: &str) -> Modern {
        let mut router = Router { name, routes: Vec::new(), hosts: Vec::new(), unsaid: Vec::new() };
        for (i, rule) in self.http.iter().enumerate() {
            router.rules(i, rule);
        }
        // One for all: what comes behind it is never reached.
        let mut defaults = self.http.iter().filter(|rule| !rule.target.is_empty());
        if let Some(rule) = defaults.next() {
            router.route(rule.name.as_deref(), None, &rule.target);
        }
        if defaults.next().is_some() {
            router.unsaid.push("a default for each entry of http".to_owned());
        }
        let others = [("rpc", self.rpc.len()), ("redis", self.redis.len()), ("db", self.db.len())];
        router.unsaid.extend(others.into_iter().filter(|(_, count)| *count > 0).map(|(name, _)| name.to_owned()));
        router.finish()
    }
}

/// The `TrafficRouter` on its way.
struct Router<'a> {
    name: &'a str,
    routes: Vec<Value>,
    hosts: Vec<String>,
    unsaid: Vec<String>,
}

impl Router<'_> {
    fn rules(&mut self, i: usize, rule: &HttpRouterRule) {
        if rule.fallback.is_some() {
            self.unsaid.push(format!("http[{i}].fallback"));
        }
        for (k, context) in rule.rule.iter().enumerate() {
            self.context(rule.name.as_deref(), context, &format!("http[{i}].rule[{k}]"));
        }
    }

    fn context(&mut self, rule: Option<&str>, context: &HttpRouteContext, path: &str) {
        if context.modify.is_some() {
            self.unsaid.push(format!("{path}.modify"));
        }
        match context.matches.as_ref().map(modern_match).transpose() {
            Ok(matches) => self.route(context.name.as_deref().or(rule), matches, &context.targets),
            Err(reason) => self.unsaid.push(format!("{path}, which uses {reason}")),
        }
    }

    fn route(&mut self, name: Option<&str>, matches: Option<Value>, targets: &[WorkloadEntry]) {
        let weights: Vec<_> = targets.iter().map(|target| target.weight.as_ref().map(weight)).collect();
        if weights.contains(&Some(None)) {
            self.unsaid.push("weights other than whole numbers from 0 to 100".to_owned());
        }
        let weights: Vec<_> = weights.into_iter().map(Option::flatten).collect();
        let is_even = targets.len() > 1 && weights.iter().flatten().all(|weight| *weight == 0);
        let destination = |(target, weight): (&WorkloadEntry, Option<u8>)| {
            let host = target.workloads.as_deref().unwrap_or(self.name);
            let mut to = json!({ "destination": { "host": host, "subset": &*target.name } });
            if let Some(weight) = if is_even { Some(1) } else { weight } {
                to["weight"] = weight.into();
            }
            to
        };
        let to: Vec<_> = targets.iter().zip(weights).map(destination).collect();
        let hosts = targets.iter().map(|target| target.workloads.as_deref().unwrap_or(self.name).to_owned());
        self.hosts.extend(hosts);
        let mut route = Map::new();
        route.extend(name.map(|name| ("name".to_owned(), name.into())));
        route.extend(matches.map(|matches| ("match".to_owned(), json!([matches]))));
        route.insert("route".to_owned(), to.into());
        self.routes.push(route.into());
    }

    fn finish(mut self) -> Modern {
        if self.routes.is_empty() {
            return Modern { objects: Vec::new(), unsaid: self.unsaid };
        }
        self.hosts.sort();
        self.hosts.dedup();
        self.unsaid.push(format!("which service {} stands for: write its name", self.hosts.join(" and ")));
        let spec = json!({ "hosts": self.hosts, "http": self.routes });
        Modern { objects: vec![("TrafficRouter", spec)], unsaid: self.unsaid }
    }
}

/// Reads a weight as today's routers have it.
fn weight(text: &Loose) -> Option<u8> {
    text.trim_end_matches('%').parse().ok().filter(|weight| *weight <= 100)
}

/// Says conditions in the modern way, or which of them cannot be said.
fn modern_match(old: &HttpRequestMatch) -> Result<Value, String> {
    let text = |condition: &Option<OldStringMatch>| condition.as_ref().map(OldStringMatch::modern).transpose();
    let fields = [
        ("name", old.name.as_deref().map(Value::from)),
        ("uri", text(&old.uri)?),
        ("ignoreUriCase", old.ignore_uri_case.map(Value::from)),
        ("method", text(&old.method)?),
        ("headers", modern_table(&old.headers)?),
        ("queryParams", modern_table(&old.query_params)?),
        ("sourceLabels", labels(&old.source_labels)?),
    ];
    let written = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Ok(Value::Object(written.collect()))
}

/// Labels are compared exactly today.
fn labels<const MOST: usize>(table: &Table<OldStringMatch, MOST>) -> Result<Option<Value>, String> {
    let label = |(name, condition): (&String, &OldStringMatch)| match condition {
        OldStringMatch::Exact(value) if value.chars().count() <= LABEL_VALUE => {
            Ok((name.clone(), Value::from(&**value)))
        }
        _ => Err(format!("sourceLabels.{name} other than exact")),
    };
    let map = table.iter().map(label).collect::<Result<Map<_, _>, _>>()?;
    Ok((!map.is_empty()).then_some(Value::Object(map)))
}
