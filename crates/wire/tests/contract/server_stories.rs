//! The server's manners, one story each. Source: the compatibility contract, and what real clients do on the wire.

use opensergo_api::Kind;
use opensergo_wire::proto::transport::v1::{Status, SubscribeRequest};

use crate::server_table::Stream;
use crate::{given, random};

const NOTHING: [&str; 0] = [];

#[test]
fn an_answer_comes_at_once_and_the_list_when_there_is_one() {
    let mut stream = Stream::new();
    let effects = stream.request(&given::java_subscribe(&["RateLimitStrategy"], "1"));
    assert_eq!(effects, [r#"answer ACK 1 id="1""#, "watch RateLimitStrategy {}"]);
    // The source is not synced yet: no list, however long it takes.
    assert_eq!(stream.at(60_000), NOTHING);
    assert_eq!(stream.deadline(), None);
    let effects = stream.view(&given::topic("RateLimitStrategy"), 1);
    assert_eq!(effects, [r#"push RateLimitStrategy v1 as answer to "1""#]);
}

#[test]
fn a_burst_of_subscribes_is_gathered_and_strategies_go_first() {
    let mut stream = Stream::new();
    let kinds: Vec<_> = random::kinds().into_iter().map(Kind::name).rev().collect();
    for (i, kind) in (1_u64..).zip(&kinds) {
        assert_eq!(stream.at(20 * i), NOTHING);
        stream.request(&given::java_subscribe(&[kind], &i.to_string()));
        assert_eq!(stream.view(&given::topic(kind), 7), NOTHING, "no push amid a burst");
    }
    assert_eq!(stream.deadline(), Some(130), "30 ms after the last, which came at 100 ms");
    assert_eq!(stream.at(129), NOTHING);
    let expected = [
        r#"push RateLimitStrategy v7 as answer to "5""#,
        r#"push ThrottlingStrategy v7 as answer to "4""#,
        r#"push ConcurrencyLimitStrategy v7 as answer to "3""#,
        r#"push CircuitBreakerStrategy v7 as answer to "2""#,
        r#"push FaultToleranceRule v7 as answer to "1""#,
    ];
    assert_eq!(stream.at(130), expected);
}

#[test]
fn a_burst_that_never_ends_holds_pushes_back_for_150_ms() {
    let mut stream = Stream::new();
    stream.request(&given::go_subscribe(&["RateLimitStrategy"]));
    stream.view(&given::topic("RateLimitStrategy"), 7);
    for i in 1..=7 {
        assert_eq!(stream.at(20 * i), NOTHING);
        stream.request(&given::go_subscribe(&["ThrottlingStrategy"]));
    }
    assert_eq!(stream.deadline(), Some(150));
    assert_eq!(stream.at(150), ["push RateLimitStrategy v7 as shared frame"]);
    stream.request(&given::go_subscribe(&["ThrottlingStrategy"]));
    assert_eq!(stream.view(&given::topic("ThrottlingStrategy"), 7), NOTHING, "a new burst begins");
    assert_eq!(stream.deadline(), Some(180));
}

#[test]
fn a_client_like_the_java_sdk_gets_its_first_answer_twice() {
    let mut stream = Stream::new();
    let topic = given::topic("RateLimitStrategy");
    stream.request(&given::java_subscribe(&["RateLimitStrategy"], "1"));
    stream.view(&topic, 7);
    let answer = [r#"push RateLimitStrategy v7 as answer to "1""#];
    assert_eq!(stream.at(30), answer);
    assert_eq!(stream.view(&topic, 7), NOTHING, "unchanged is not sent again");
    assert_eq!((stream.deadline(), stream.at(1_029)), (Some(1_030), vec![]));
    assert_eq!(stream.at(1_030), answer);
    assert_eq!((stream.deadline(), stream.at(9_999)), (None, vec![]));
}

#[test]
fn a_newer_push_counts_as_the_second_answer() {
    let mut stream = Stream::new();
    stream.request(&given::java_subscribe(&["RateLimitStrategy"], "1"));
    stream.view(&given::topic("RateLimitStrategy"), 7);
    stream.at(30);
    assert_eq!(stream.view(&given::topic("RateLimitStrategy"), 8), ["push RateLimitStrategy v8 as shared frame"]);
    assert_eq!((stream.deadline(), stream.at(9_999)), (None, vec![]));
}

#[test]
fn other_clients_get_their_first_answer_once() {
    let identified = SubscribeRequest { identifier: "me".to_owned(), ..given::go_subscribe(&["RateLimitStrategy"]) };
    let ours = given::rust_subscribe(&["RateLimitStrategy"], "1");
    for request in [identified, given::go_subscribe(&["RateLimitStrategy"]), ours] {
        let mut stream = Stream::new();
        stream.request(&request);
        stream.view(&given::topic("RateLimitStrategy"), 7);
        assert_eq!(stream.at(30).len(), 1);
        assert_eq!((stream.deadline(), stream.at(9_999)), (None, vec![]));
    }
}

#[test]
fn versions_never_go_back() {
    let mut stream = Stream::new();
    let topic = given::topic("RateLimitStrategy");
    stream.request(&given::go_subscribe(&["RateLimitStrategy"]));
    stream.view(&topic, 7);
    stream.at(30);
    assert_eq!(stream.view(&topic, 6), NOTHING);
    // Neither does a client that asks again get the lower one.
    stream.request(&given::go_subscribe(&["RateLimitStrategy"]));
    assert_eq!(stream.view(&topic, 6), NOTHING);
    assert_eq!(stream.at(60), ["push RateLimitStrategy v7 as shared frame"]);
}

#[test]
fn one_request_may_name_many_kinds_and_each_once() {
    let mut stream = Stream::new();
    let kinds = ["FaultToleranceRule", "RateLimitStrategy", "FaultToleranceRule"];
    let expected = [r#"answer ACK 1 id="1""#, "watch RateLimitStrategy {}", "watch FaultToleranceRule {}"];
    assert_eq!(stream.request(&given::java_subscribe(&kinds, "1")), expected);
}

#[test]
fn two_subscriptions_under_one_name_make_its_ack_ambiguous() {
    let mut stream = Stream::new();
    stream.request(&given::java_subscribe(&["RateLimitStrategy", "ThrottlingStrategy"], "1"));
    stream.view(&given::topic("RateLimitStrategy"), 7);
    stream.view(&given::topic("ThrottlingStrategy"), 7);
    stream.at(30);
    assert_eq!(stream.request(&given::receipt("ACK", 1, "1")), ["acked ? v?"]);
    let token = "v7/ThrottlingStrategy/default/foo-app";
    assert_eq!(stream.request(&given::receipt("ACK", 1, token)), ["acked ThrottlingStrategy v7"]);
}

fn refusal(request: &SubscribeRequest) -> String {
    let mut stream = Stream::new();
    let [answer] = stream.request(request).try_into().unwrap();
    assert_eq!(stream.session().topics().count(), 0, "the state is unchanged");
    answer
}

#[test]
fn a_request_that_asks_for_nothing_is_told_what_is_missing() {
    let change = |change: fn(&mut SubscribeRequest)| {
        let mut request = given::java_subscribe(&["RateLimitStrategy"], "1");
        change(&mut request);
        refusal(&request)
    };
    let answers = [
        change(|request| request.target = None),
        change(|request| request.target.as_mut().unwrap().namespace.clear()),
        change(|request| request.target.as_mut().unwrap().app.clear()),
        change(|request| request.target.as_mut().unwrap().kinds.clear()),
        change(|request| request.target.as_mut().unwrap().app = "a".repeat(254)),
        change(|request| request.target.as_mut().unwrap().kinds = vec!["a".to_owned(); 65]),
        change(|request| request.target.as_mut().unwrap().kinds = vec!["a/v1/B".to_owned()]),
        change(|request| request.op_type = 2),
    ];
    let expected = [
        r#"answer NACK 4002 "the request has no target" id="1""#,
        r#"answer NACK 4002 "the target has no namespace" id="1""#,
        r#"answer NACK 4002 "the target has no app" id="1""#,
        r#"answer NACK 4002 "the target names no kinds" id="1""#,
        r#"answer NACK 4002 "app is 254 bytes long, more than 253" id="1""#,
        r#"answer NACK 4002 "the target names 65 kinds, more than 64" id="1""#,
        r#"answer NACK 4002 "unknown kinds: `a/v1/B`" id="1""#,
        r#"answer NACK 4002 "unknown op_type 2: 0 is SUBSCRIBE, 1 is UNSUBSCRIBE" id="1""#,
    ];
    assert_eq!(answers, expected);
}

#[test]
fn a_stream_has_at_most_256_subscriptions() {
    let mut stream = Stream::new();
    let subscribe = |app: usize, kinds: &[&str]| {
        let mut request = given::go_subscribe(kinds);
        request.target.as_mut().unwrap().app = format!("app-{app}");
        request
    };
    for app in 0..256 {
        stream.request(&subscribe(app, &["RateLimitStrategy"]));
    }
    let refused = [r#"answer NACK 4002 "the stream would have 257 subscriptions, more than 256" id="""#];
    assert_eq!(stream.request(&subscribe(256, &["RateLimitStrategy"])), refused);
    assert_eq!(stream.request(&subscribe(0, &["RateLimitStrategy", "ThrottlingStrategy"])), refused);
    assert_eq!(stream.request(&subscribe(0, &["RateLimitStrategy"])), [r#"answer ACK 1 id="""#], "asked again");
    assert_eq!(stream.session().topics().count(), 256);
}

#[test]
fn whoever_calls_himself_something_later_keeps_his_first_name() {
    let mut stream = Stream::new();
    assert_eq!(stream.session().identifier(), None);
    stream.request(&given::go_subscribe(&["RateLimitStrategy"]));
    assert_eq!(stream.session().identifier(), None);
    stream.request(&SubscribeRequest { identifier: "é".repeat(300), ..SubscribeRequest::default() });
    stream.request(&SubscribeRequest { identifier: "other".to_owned(), ..SubscribeRequest::default() });
    assert_eq!(stream.session().identifier(), Some("é".repeat(253).as_str()));
}

#[test]
fn what_a_client_says_of_a_push_is_kept_up_to_a_length() {
    let mut stream = Stream::new();
    let status = Some(Status { code: 1, message: "callback failed".to_owned(), ..Status::default() });
    let complaint = SubscribeRequest { status, ..given::receipt("ACK", 1, "") };
    assert_eq!(stream.request(&complaint), [r#"acked ? v? "callback failed""#]);
    let status = Some(Status { code: 4000, message: "x".repeat(5_000), ..Status::default() });
    let [told] = stream.request(&SubscribeRequest { status, ..given::receipt("NACK", 1, "") }).try_into().unwrap();
    assert_eq!(told.matches('x').count(), 1_024);
}
