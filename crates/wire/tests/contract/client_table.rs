//! The client's session as a table: every response in every state, and what is sent back.

use std::fmt::Write;
use std::time::Duration;

use opensergo_wire::client::{Reaction, Session};
use opensergo_wire::proto::transport::v1::{DataWithVersion, Status, SubscribeRequest, SubscribeResponse};
use opensergo_wire::{Feature, Features, ResponseId, encode, frame};
use prost_types::Any;

use crate::given;

fn session() -> Session {
    let kinds = ["FaultToleranceRule", "RateLimitStrategy"].map(given::kind);
    Session::new(given::key(), kinds, Features::of([Feature::RuleName]), "shop-1")
}

/// A rate limit of so many calls a second.
fn limit(name: &str, calls: i64) -> Any {
    let spec = given::rate_limit("Local", calls, Duration::from_secs(1));
    encode(&given::object("RateLimitStrategy", name, &spec), Features::default()).unwrap()
}

fn rule() -> Any {
    let spec = given::rule(&["/foo"], &[("RateLimitStrategy", "a")]);
    encode(&given::object("FaultToleranceRule", "r", &spec), Features::default()).unwrap()
}

/// A push as our control plane sends it.
fn push(kind: &str, version: i64, data: Vec<Any>) -> SubscribeResponse {
    frame::push(&given::topic(kind), DataWithVersion { data, version }, &ResponseId::Version, "cp")
}

fn limits(version: i64, data: Vec<Any>) -> SubscribeResponse {
    push("RateLimitStrategy", version, data)
}

fn with_code(code: i32, response: SubscribeResponse) -> SubscribeResponse {
    SubscribeResponse { status: Some(Status { code, message: "why".to_owned(), ..Status::default() }), ..response }
}

fn bare(ack: &str, code: i32) -> SubscribeResponse {
    with_code(
        code,
        SubscribeResponse { ack: ack.to_owned(), response_id: "1".to_owned(), ..SubscribeResponse::default() },
    )
}

fn without_list(response: SubscribeResponse) -> SubscribeResponse {
    SubscribeResponse { data_with_version: None, ..response }
}

fn answer(request: &SubscribeRequest) -> String {
    let Status { code, message, .. } = request.status.clone().unwrap();
    format!("{} {code} {message:?} for {:?}", request.response_ack, request.request_id)
}

/// Takes a response, applies what can be applied, and tells what is sent back.
fn react(session: &mut Session, response: &SubscribeResponse) -> String {
    match session.on_response(response) {
        Reaction::Nothing => "nothing".to_owned(),
        Reaction::Push(push) => {
            let names: Vec<_> = push.objects.iter().map(|object| object.id().name.as_str()).collect();
            let told = format!("push {} v{} {names:?}, {} repairs", push.kind.name(), push.version, push.repairs.len());
            format!("{told} -> {}", answer(&session.applied(&push)))
        }
        Reaction::Refused { answer: request, .. } => format!("refused -> {}", answer(&request)),
        Reaction::Outdated { answer: request } => format!("outdated -> {}", answer(&request)),
        Reaction::ServerRefused { code, message, request_id } => {
            format!("server refused {code} {message:?} of {request_id:?}")
        }
    }
}

fn responses() -> Vec<(&'static str, SubscribeResponse)> {
    let unnamed = |resource: &str| {
        let spec = given::rule(&[resource], &[("RateLimitStrategy", "a")]);
        encode(&given::object("FaultToleranceRule", "r", &spec), Features::default()).unwrap()
    };
    let mut other_app = limits(6, vec![limit("a", 1)]);
    other_app.app = "bar-app".to_owned();
    let mut strange = limits(6, vec![]);
    strange.kind = "a/v1/Strange".to_owned();
    let mut old = with_code(200, limits(6, vec![limit("a", 1)]));
    (old.response_id, old.control_plane) = (String::new(), None);
    let mut spoilt = limit("b", 1);
    spoilt.value.push(0x0a);
    let statusless = SubscribeResponse { status: None, ..limits(6, vec![limit("a", 1)]) };
    vec![
        ("version 4", limits(4, vec![limit("a", 1)])),
        ("version 5", limits(5, vec![limit("a", 1)])),
        ("version 6", limits(6, vec![limit("b", 1), limit("a", 1)])),
        ("an empty list", limits(6, vec![])),
        ("a push of an old server: code 200, no response_id", old),
        ("a push without a status", statusless),
        ("a push that claims code 500", with_code(500, limits(6, vec![limit("a", 1)]))),
        ("success without a list", without_list(limits(6, vec![]))),
        ("a failure of an old server: code 500, no list", without_list(with_code(500, limits(6, vec![])))),
        ("neither list nor status", SubscribeResponse { status: None, ..without_list(limits(6, vec![])) }),
        ("one bad object among good ones", limits(6, vec![limit("a", 1), spoilt, limit("c", 1)])),
        ("an object of another kind", limits(6, vec![rule()])),
        ("one object twice", limits(6, vec![limit("a", 1), limit("a", 1)])),
        ("two objects of one name", limits(6, vec![limit("a", 1), limit("a", 2)])),
        (
            "two rules that say the same",
            push("FaultToleranceRule", 6, vec![unnamed("/a"), unnamed("/b"), unnamed("/a")]),
        ),
        ("a push for another application", other_app),
        ("a push of a kind not subscribed", push("ThrottlingStrategy", 6, vec![])),
        ("a push of an unknown kind", strange),
        ("answer ACK 1", bare("ACK", 1)),
        ("answer ACK 200", bare("ACK", 200)),
        ("answer ACK without a status", SubscribeResponse { status: None, ..bare("ACK", 0) }),
        ("answer ACK 500", bare("ACK", 500)),
        ("answer NACK 4002", bare("NACK", 4002)),
        ("answer NACK 1, which contradicts itself", bare("NACK", 1)),
    ]
}

#[test]
fn every_response_in_every_state() {
    let mut table = String::new();
    for (state, held) in [("nothing held", None), ("5 held", Some(5))] {
        writeln!(table, "# {state}").unwrap();
        for (name, response) in responses() {
            let mut session = session();
            session.open();
            held.map(|version| react(&mut session, &limits(version, vec![])));
            let told = react(&mut session, &response);
            let held = session.held(given::kind("RateLimitStrategy")).map_or("-".to_owned(), |held| held.to_string());
            writeln!(table, "{name} => {told} | holds {held}").unwrap();
        }
    }
    insta::assert_snapshot!("client", table);
}

#[test]
fn every_connection_begins_with_one_subscribe_a_kind_and_strategies_come_first() {
    let mut session = session();
    let told = |requests: Vec<SubscribeRequest>| -> Vec<String> {
        let told = requests.into_iter().map(|request| {
            let target = request.target.unwrap();
            let labels: Vec<_> = target.labels.iter().map(|label| format!("{}={}", label.key, label.value)).collect();
            let SubscribeRequest { identifier, request_id, op_type, .. } = request;
            let kinds = target.kinds.join(",");
            format!(
                "{op_type} {} {} {kinds} {} {identifier} {request_id}",
                target.namespace,
                target.app,
                labels.join(",")
            )
        });
        told.collect()
    };
    let first = [
        "0 default foo-app fault-tolerance.opensergo.io/v1alpha1/RateLimitStrategy opensergo.io/feature=rule-name shop-1 1",
        "0 default foo-app fault-tolerance.opensergo.io/v1alpha1/FaultToleranceRule opensergo.io/feature=rule-name shop-1 2",
    ];
    assert_eq!(told(session.open()), first);
    let ids: Vec<_> = session.open().into_iter().map(|request| request.request_id).collect();
    assert_eq!(ids, ["3", "4"], "a new connection, new names");
}

#[test]
fn a_push_that_could_not_be_applied_leaves_the_version_before() {
    let mut session = session();
    react(&mut session, &limits(5, vec![]));
    let Reaction::Push(push) = session.on_response(&limits(6, vec![])) else { panic!("a push") };
    let nack = session.rejected(&push, "the disk is full");
    let expected = r#"NACK 4007 "the disk is full" for "v6/RateLimitStrategy/default/foo-app""#;
    assert_eq!(answer(&nack), expected);
    assert_eq!(session.held(push.kind), Some(5));
}

#[test]
fn what_the_client_says_is_what_the_server_hears() {
    use opensergo_wire::server;
    let mut client = session();
    let mut server = server::Session::new(server::Timing::default());
    let now = given::origin();
    for request in client.open() {
        for effect in server.on_request(&request, now) {
            if let server::Effect::Answer(response) = effect {
                assert_eq!(client.on_response(&response), Reaction::Nothing);
            }
        }
    }
    let topic = given::topic("RateLimitStrategy");
    assert_eq!(server.on_view(&topic, 9, now), []);
    let pushes: [server::Effect; 1] = server.on_tick(now + given::ms(30)).try_into().unwrap();
    let [server::Effect::Push { topic, version, response_id }] = pushes else { panic!("a push") };
    let list = DataWithVersion { data: vec![limit("a", 1)], version };
    let Reaction::Push(push) = client.on_response(&frame::push(&topic, list, &response_id, "cp")) else {
        panic!("a push")
    };
    let receipt = |topic| server::Receipt { topic: Some(topic), version: Some(9), message: String::new() };
    let heard = server.on_request(&client.applied(&push), now);
    assert_eq!(heard, [server::Effect::Acked(receipt(topic))]);
}
