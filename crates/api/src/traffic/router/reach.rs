//! Routes that no request reaches: the first route that takes a request holds, and an earlier one is wider.
//!
//! Doubts, no refusals: such a router is lawful, and does not do what its author meant.

use super::cover::{Conditions, covers, header};
use super::{HttpMatch, TrafficRouter};
use crate::invalid::Report;
use crate::shape::At;
use crate::string_match::StringMatch;
use crate::warning::WarningCode;

/// How many match blocks of a router are looked at: each is compared with all before it, so 2^16 comparisons at most.
const BLOCKS: usize = 256;

/// Warns of what no request reaches and of conditions that nothing meets.
pub(super) fn warn(router: &TrafficRouter, at: &At<'_>, report: &mut Report) {
    let (http, tcp, tls) = (at.field("http"), at.field("tcp"), at.field("tls"));
    warn_of_order(&router.http.iter().map(|route| &*route.matches).collect::<Vec<_>>(), &http, report);
    warn_of_order(&router.tcp.iter().map(|route| &*route.matches).collect::<Vec<_>>(), &tcp, report);
    warn_of_order(&router.tls.iter().map(|route| &*route.matches).collect::<Vec<_>>(), &tls, report);
    for (i, route) in router.http.iter().enumerate() {
        let item = http.item(i);
        let matches = item.field("match");
        for (k, block) in route.matches.iter().enumerate() {
            warn_of_impossible(block, &matches.item(k), report);
        }
    }
}

/// One match block, or a route without any, which takes everything.
struct Block<'a, C> {
    conditions: Option<&'a C>,
    path: String,
}

impl<C: Conditions> Block<'_, C> {
    fn covers(&self, other: &Self) -> bool {
        match (self.conditions, other.conditions) {
            (None, _) => true,
            (Some(wide), Some(narrow)) => wide.covers(narrow),
            (Some(wide), None) => wide.is_everything(),
        }
    }
}

/// Warns of every block that an earlier one covers.
fn warn_of_order<C: Conditions>(routes: &[&[C]], at: &At<'_>, report: &mut Report) {
    let blocks: Vec<_> =
        routes.iter().enumerate().flat_map(|(i, matches)| blocks(matches, &at.item(i))).take(BLOCKS).collect();
    for (i, narrow) in blocks.iter().enumerate() {
        if let Some(wide) = blocks[..i].iter().find(|wide| wide.covers(narrow)) {
            let message = format!("never reached: {} takes everything this takes, and comes first", wide.path);
            report.warn(&narrow.path, WarningCode::Contradiction, message);
        }
    }
}

fn blocks<'a, C>(matches: &'a [C], at: &At<'_>) -> Vec<Block<'a, C>> {
    if matches.is_empty() {
        return vec![Block { conditions: None, path: at.to_string() }];
    }
    let list = at.field("match");
    let block = |(k, conditions)| Block { conditions: Some(conditions), path: list.item(k).to_string() };
    matches.iter().enumerate().map(block).collect()
}

/// Warns of conditions that no request meets.
fn warn_of_impossible(block: &HttpMatch, at: &At<'_>, report: &mut Report) {
    if let Some(message) = block.uri.as_ref().and_then(impossible_path) {
        report.warn(at.field("uri"), WarningCode::Contradiction, message);
    }
    if let Some(StringMatch::Exact(method)) = &block.method
        && method.bytes().any(|byte| byte.is_ascii_lowercase())
    {
        let message = "never met: methods are written in upper case, and case counts";
        report.warn(at.field("method"), WarningCode::Contradiction, message);
    }
    for (name, must_not) in block.without_headers.iter() {
        if header(&block.headers, name).any(|must| covers(must_not, must)) {
            let message = format!("never met: headers asks for `{name}` and withoutHeaders takes all of it away");
            report.warn(at.field("withoutHeaders").key(name), WarningCode::Contradiction, message);
        }
    }
}

fn impossible_path(uri: &StringMatch) -> Option<&'static str> {
    let path: &str = match uri {
        StringMatch::Exact(path) => path,
        StringMatch::Prefix(path) => path,
        StringMatch::Regex(_) | StringMatch::Present => return None,
    };
    // `*` is what OPTIONS asks of a server as a whole.
    if !path.starts_with('/') && path != "*" {
        return Some("never met: every path begins with `/`");
    }
    path.contains(['?', '#']).then_some("never met: a path has no query; queryParams compares it")
}
