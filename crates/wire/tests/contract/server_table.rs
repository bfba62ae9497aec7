//! The server's session as a table: every state times every event, as a reviewed snapshot.
//!
//! A session is brought into each state anew for each event. Times count from the first SUBSCRIBE.

use std::fmt::Write;
use std::time::Instant;

use opensergo_wire::proto::transport::v1::SubscribeRequest;
use opensergo_wire::server::{Effect, Receipt, Session, Timing};
use opensergo_wire::{ResponseId, Topic};

use crate::given::{self, ms};

/// A session with its clock, and what it wanted last.
pub(crate) struct Stream {
    session: Session,
    origin: Instant,
    now: u64,
}

impl Stream {
    pub(crate) fn new() -> Self {
        Self { session: Session::new(Timing::default()), origin: given::origin(), now: 0 }
    }

    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    pub(crate) fn at(&mut self, millis: u64) -> Vec<String> {
        self.now = millis;
        let effects = self.session.on_tick(self.instant());
        tell_all(&effects)
    }

    pub(crate) fn request(&mut self, request: &SubscribeRequest) -> Vec<String> {
        let effects = self.session.on_request(request, self.instant());
        tell_all(&effects)
    }

    pub(crate) fn view(&mut self, topic: &Topic, version: i64) -> Vec<String> {
        let effects = self.session.on_view(topic, version, self.instant());
        tell_all(&effects)
    }

    /// The deadline, in milliseconds from the origin.
    pub(crate) fn deadline(&self) -> Option<u128> {
        self.session.deadline().map(|deadline| (deadline - self.origin).as_millis())
    }

    fn instant(&self) -> Instant {
        self.origin + ms(self.now)
    }
}

fn tell_all(effects: &[Effect]) -> Vec<String> {
    effects.iter().map(tell).collect()
}

/// Tells an effect in one line.
fn tell(effect: &Effect) -> String {
    match effect {
        Effect::Subscribe { topic, features } => format!("watch {} {features:?}", topic.kind.name()),
        Effect::Unsubscribe(topic) => format!("unwatch {}", topic.kind.name()),
        Effect::Answer(response) => {
            let status = response.status.clone().unwrap_or_default();
            let id = &response.response_id;
            format!("answer {} {} {}id={id:?}", response.ack, status.code, quoted(&status.message))
        }
        Effect::Push { topic, version, response_id } => {
            let id = match response_id {
                ResponseId::Request(id) => format!("as answer to {id:?}"),
                ResponseId::Version => "as shared frame".to_owned(),
            };
            format!("push {} v{version} {id}", topic.kind.name())
        }
        Effect::Acked(receipt) => format!("acked {}", told(receipt)),
        Effect::HasNewer(receipt) => format!("has newer than {}", told(receipt)),
        Effect::Rejected { receipt, code } => format!("rejected {} with {code}", told(receipt)),
    }
}

fn told(receipt: &Receipt) -> String {
    let Receipt { topic, version, message } = receipt;
    let topic = topic.as_ref().map_or("?", |topic| topic.kind.name());
    let version = version.map_or("?".to_owned(), |version| version.to_string());
    format!("{topic} v{version} {}", quoted(message)).trim_end().to_owned()
}

fn quoted(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{text:?} ") }
}

type Step = fn(&mut Stream) -> Vec<String>;

fn rate() -> Topic {
    given::topic("RateLimitStrategy")
}

fn java(stream: &mut Stream) -> Vec<String> {
    stream.request(&given::java_subscribe(&["RateLimitStrategy"], "1"))
}

/// Brings a fresh stream through some steps and keeps what the last one wanted.
const STATES: [(&str, &[Step]); 7] = [
    ("nothing subscribed", &[]),
    ("asked, no view", &[java]),
    ("asked, view 5, in the burst", &[java, |s| s.view(&rate(), 5)]),
    ("holds 5, once more due at 1040", &[java, |s| s.view(&rate(), 5), |s| s.at(40)]),
    ("holds 5, was sent it twice", &[java, |s| s.view(&rate(), 5), |s| s.at(40), |s| s.at(1_040)]),
    (
        "a Go client holds 5",
        &[|s| s.request(&given::go_subscribe(&["RateLimitStrategy"])), |s| s.view(&rate(), 5), |s| s.at(40)],
    ),
    (
        "holds 5, 6 waits for another burst",
        &[
            java,
            |s| s.view(&rate(), 5),
            |s| s.at(40),
            |s| s.request(&given::java_subscribe(&["ThrottlingStrategy"], "2")),
            |s| s.view(&rate(), 6),
        ],
    ),
];

const EVENTS: [(&str, Step); 22] = [
    ("SUBSCRIBE the same", |s| s.request(&given::java_subscribe(&["RateLimitStrategy"], "9"))),
    ("SUBSCRIBE the same with a feature", |s| s.request(&given::rust_subscribe(&["RateLimitStrategy"], "9"))),
    ("SUBSCRIBE another kind", |s| s.request(&given::go_subscribe(&["FaultToleranceRule"]))),
    ("SUBSCRIBE a known and an unknown kind", |s| {
        s.request(&given::java_subscribe(&["a/v1/Strange", "ThrottlingStrategy"], "9"))
    }),
    ("SUBSCRIBE without a target", |s| s.request(&SubscribeRequest::default())),
    ("UNSUBSCRIBE", |s| s.request(&given::unsubscribe(&["RateLimitStrategy"]))),
    ("UNSUBSCRIBE what is not subscribed", |s| s.request(&given::unsubscribe(&["FaultToleranceRule"]))),
    ("UNSUBSCRIBE an unknown kind", |s| s.request(&given::unsubscribe(&["a/v1/Strange"]))),
    ("unknown op_type", |s| s.request(&SubscribeRequest { op_type: 7, ..given::go_subscribe(&["RateLimitStrategy"]) })),
    ("view 4", |s| s.view(&rate(), 4)),
    ("view 5", |s| s.view(&rate(), 5)),
    ("view 6", |s| s.view(&rate(), 6)),
    ("view of what is not subscribed", |s| s.view(&given::topic("FaultToleranceRule"), 6)),
    ("tick at 45", |s| s.at(45)),
    ("tick at 1040", |s| s.at(1_040)),
    ("ACK of its SUBSCRIBE", |s| s.request(&given::receipt("ACK", 1, "1"))),
    ("ACK of version 5", |s| s.request(&given::receipt("ACK", 1, "v5/RateLimitStrategy/default/foo-app"))),
    ("ACK of a version never sent", |s| s.request(&given::receipt("ACK", 1, "v9/RateLimitStrategy/default/foo-app"))),
    ("ACK 4010 without more", |s| s.request(&given::receipt("ACK", 4010, ""))),
    ("ACK 4007, as the Go SDK refuses", |s| s.request(&given::receipt("ACK", 4007, "1"))),
    ("NACK 4000", |s| s.request(&given::receipt("NACK", 4000, ""))),
    ("NACK without a status", |s| s.request(&SubscribeRequest { status: None, ..given::receipt("NACK", 0, "") })),
];

#[test]
fn every_event_in_every_state() {
    let mut table = String::new();
    for (state, steps) in STATES {
        writeln!(table, "# {state}").unwrap();
        for (event, step) in EVENTS {
            let mut stream = Stream::new();
            for step in steps {
                step(&mut stream);
            }
            let effects = step(&mut stream).join("; ");
            let deadline = stream.deadline().map_or("-".to_owned(), |millis| millis.to_string());
            let effects = if effects.is_empty() { "nothing" } else { &effects };
            writeln!(table, "{event} => {effects} | deadline {deadline}").unwrap();
        }
    }
    insta::assert_snapshot!("server", table);
}
