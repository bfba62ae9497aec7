//! Against a slow model: a wider condition takes every request a narrower one takes.

use std::net::IpAddr;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::invalid::Report;
use crate::node::Node;
use crate::shape::{At, Shape};

fn read<T: Shape>(value: &Value) -> T {
    let mut report = Report::default();
    let read = T::read(&Node::from(value), &At::root("match"), &mut report);
    assert!(report.is_lawful(), "{:?}", report.into_parts().0);
    read.unwrap()
}

/// A request, as far as the conditions below look at it.
#[derive(Debug, Clone)]
struct Request {
    path: String,
    method: String,
    header: Option<String>,
    query: Option<String>,
    port: i64,
}

fn takes_text(condition: &StringMatch, text: &str) -> bool {
    match condition {
        StringMatch::Exact(exact) => &**exact == text,
        StringMatch::Prefix(prefix) => text.starts_with(&**prefix),
        StringMatch::Regex(regex) => regex.is_match(text),
        StringMatch::Present => true,
    }
}

fn takes_path(conditions: &HttpMatch, path: &str) -> bool {
    let lower = |text: &str| text.to_ascii_lowercase();
    match (&conditions.uri, conditions.ignore_uri_case == Some(true)) {
        (None, _) => true,
        (Some(StringMatch::Exact(exact)), true) => lower(exact) == lower(path),
        (Some(StringMatch::Prefix(prefix)), true) => lower(path).starts_with(&lower(prefix)),
        (Some(uri), _) => takes_text(uri, path),
    }
}

/// What the conditions mean, one after the other.
fn takes(conditions: &HttpMatch, request: &Request) -> bool {
    let header = |condition: &StringMatch| request.header.as_ref().is_some_and(|text| takes_text(condition, text));
    takes_path(conditions, &request.path)
        && conditions.method.as_ref().is_none_or(|method| takes_text(method, &request.method))
        && conditions.headers.values().all(header)
        && !conditions.without_headers.values().any(header)
        && conditions
            .query_params
            .values()
            .all(|condition| request.query.as_ref().is_some_and(|text| takes_text(condition, text)))
        && conditions.port.is_none_or(|port| port.get() == request.port)
}

fn texts() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["/", "/a", "/A", "/ab", "/b"]).prop_map(str::to_owned)
}

fn conditions() -> impl Strategy<Value = Option<Value>> {
    let condition = prop_oneof![
        texts().prop_map(|text| json!({ "exact": text })),
        texts().prop_map(|text| json!({ "prefix": text })),
        prop::sample::select(vec![".*", "/a.*", "/[ab]+"]).prop_map(|regex| json!({ "regex": regex })),
        Just(json!({})),
    ];
    prop::option::of(condition)
}

prop_compose! {
    fn matches()(
        uri in conditions(),
        ignore_uri_case: bool,
        method in conditions(),
        header in conditions(),
        without in conditions(),
        query in conditions(),
        port in prop::option::of(1..3_i64),
        upper: bool,
    ) -> HttpMatch {
        let table = |name: &str, condition: Option<Value>| condition.map_or(json!({}), |it| json!({ (name): it }));
        read(&json!({
            "uri": uri, "ignoreUriCase": ignore_uri_case, "method": method, "port": port,
            "headers": table(if upper { "X-Tag" } else { "x-tag" }, header),
            "withoutHeaders": table("x-tag", without),
            "queryParams": table("q", query),
        }))
    }
}

prop_compose! {
    fn requests()(
        path in texts(),
        method in texts(),
        header in prop::option::of(texts()),
        query in prop::option::of(texts()),
        port in 1..3_i64,
    ) -> Request {
        Request { path, method, header, query, port }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn what_a_covered_match_takes_the_wider_one_takes(
        wide in matches(),
        narrow in matches(),
        requests in prop::collection::vec(requests(), 32),
    ) {
        if wide.covers(&narrow) {
            for request in requests.iter().filter(|request| takes(&narrow, request)) {
                prop_assert!(takes(&wide, request), "{request:?}");
            }
        }
        if wide.is_everything() {
            prop_assert!(requests.iter().all(|request| takes(&wide, request)));
        }
        prop_assert!(narrow.covers(&narrow) && HttpMatch::default().covers(&narrow));
    }

    #[test]
    fn a_covering_range_contains_every_address_of_the_other(
        ranges in prop::collection::vec((0..4_u32, 28..=32_u8), 2),
        address in 0..32_u32,
    ) {
        let range = |(bits, prefix): (u32, u8)| -> Subnet { read(&json!(format!("{}/{prefix}", std::net::Ipv4Addr::from(bits * 8)))) };
        let (wide, narrow) = (range(ranges[0]), range(ranges[1]));
        let address = IpAddr::from(std::net::Ipv4Addr::from(address));
        prop_assert!(!wide.covers(narrow) || !narrow.contains(address) || wide.contains(address));
    }
}

fn http(conditions: &Value) -> HttpMatch {
    read(conditions)
}

#[test]
fn a_prefix_covers_what_begins_with_it_and_not_the_other_way_round() {
    let (wide, narrow) = (http(&json!({"uri": {"prefix": "/a"}})), http(&json!({"uri": {"exact": "/a/b"}})));
    assert_eq!((wide.covers(&narrow), narrow.covers(&wide)), (true, false));
}

#[test]
fn a_condition_the_other_does_not_have_makes_a_match_narrower() {
    let plain = http(&json!({"headers": {"tag": {"exact": "v2"}}}));
    let more = http(&json!({"headers": {"Tag": {"exact": "v2"}}, "queryParams": {"a": {}}, "gateways": ["mesh"]}));
    assert_eq!((plain.covers(&more), more.covers(&plain)), (true, false));
}

#[test]
fn names_of_tls_cover_by_their_ends() {
    let tls = |hosts: &[&str]| -> TlsMatch { read(&json!({ "sniHosts": hosts })) };
    assert!(tls(&["*.foo.com"]).covers(&tls(&["a.foo.com", "b.foo.com"])) && tls(&["*"]).is_everything());
    assert!(!tls(&["a.foo.com"]).covers(&tls(&["a.foo.com", "b.foo.com"])));
}
