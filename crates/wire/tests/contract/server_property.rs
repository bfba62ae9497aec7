//! Whatever a client does, in whatever order: versions rise, pushes keep out of bursts, everybody gets the newest list.

use std::collections::BTreeMap;
use std::time::Instant;

use opensergo_api::Kind;
use opensergo_wire::Topic;
use opensergo_wire::proto::transport::v1::SubscribeRequest;
use opensergo_wire::server::{Effect, Session, Timing};
use proptest::prelude::*;

use crate::given::{self, ms};

#[derive(Debug, Clone)]
enum Event {
    Subscribe(usize, bool),
    Unsubscribe(usize),
    Receipt(String, i32, String),
    View(usize, i64),
    Wait(u64),
}

fn event() -> impl Strategy<Value = Event> {
    let echo = prop_oneof![Just("1".to_owned()), ".{0,20}", "v[0-9]{1,2}/RateLimitStrategy/default/foo-app"];
    prop_oneof![
        (0..5_usize, any::<bool>()).prop_map(|(kind, java)| Event::Subscribe(kind, java)),
        (0..5_usize).prop_map(Event::Unsubscribe),
        (prop::sample::select(vec!["ACK", "NACK", "other"]), any::<i32>(), echo)
            .prop_map(|(ack, code, echo)| Event::Receipt(ack.to_owned(), code, echo)),
        (0..5_usize, 0..20_i64).prop_map(|(kind, version)| Event::View(kind, version)),
        (0..200_u64).prop_map(Event::Wait),
    ]
}

/// What the slow model knows: when the client subscribed, what it holds, what there is.
#[derive(Default)]
struct Model {
    subscribed_at: Vec<Instant>,
    held: BTreeMap<Topic, i64>,
    newest: BTreeMap<Topic, i64>,
}

impl Model {
    fn learn(&mut self, effects: &[Effect], now: Instant) {
        for effect in effects {
            match effect {
                Effect::Subscribe { topic, .. } => drop(self.newest.remove(topic)),
                Effect::Unsubscribe(topic) => {
                    self.newest.remove(topic);
                    self.held.remove(topic);
                }
                Effect::Push { topic, version, .. } => {
                    let held = self.held.insert(topic.clone(), *version);
                    assert!(held <= Some(*version), "versions never go back");
                    assert_eq!(self.newest.get(topic), Some(version), "the newest is sent");
                    self.assert_quiet(now);
                }
                _ => {}
            }
        }
    }
}

impl Model {
    /// A push goes out 30 ms after the last SUBSCRIBE, or 150 ms after the first of its burst.
    fn assert_quiet(&self, now: Instant) {
        let quiet = self.subscribed_at.last().is_none_or(|last| now >= *last + ms(30));
        let long = self.subscribed_at.iter().any(|first| now >= *first + ms(150) && now < *first + ms(180));
        assert!(quiet || long, "no push amid a burst");
    }
}

fn topic(kind: usize) -> Topic {
    Topic { kind: Kind::all().nth(kind).unwrap(), key: given::key() }
}

fn request(event: &Event) -> Option<SubscribeRequest> {
    Some(match event {
        Event::Subscribe(kind, true) => given::java_subscribe(&[topic(*kind).kind.name()], "1"),
        Event::Subscribe(kind, false) => given::go_subscribe(&[topic(*kind).kind.name()]),
        Event::Unsubscribe(kind) => given::unsubscribe(&[topic(*kind).kind.name()]),
        Event::Receipt(ack, code, echo) => given::receipt(ack, *code, echo),
        Event::View(..) | Event::Wait(_) => return None,
    })
}

proptest! {
    #[test]
    fn whatever_happens_the_client_ends_up_with_the_newest_lists(events in prop::collection::vec(event(), 1..60)) {
        let mut now = given::origin();
        let mut session = Session::new(Timing::default());
        let mut model = Model::default();
        for event in &events {
            if matches!(event, Event::Subscribe(..)) {
                model.subscribed_at.push(now);
            }
            let effects = match event {
                Event::View(kind, version) => {
                    let topic = topic(*kind);
                    if session.topics().any(|subscribed| *subscribed == topic) {
                        let known = model.newest.get(&topic).max(model.held.get(&topic)).copied();
                        model.newest.insert(topic.clone(), known.map_or(*version, |known| known.max(*version)));
                    }
                    session.on_view(&topic, *version, now)
                }
                Event::Wait(millis) => {
                    now += ms(*millis);
                    session.on_tick(now)
                }
                other => session.on_request(&request(other).unwrap(), now),
            };
            prop_assert!(effects.len() <= 6);
            model.learn(&effects, now);
        }
        while let Some(deadline) = session.deadline() {
            now = now.max(deadline);
            let effects = session.on_tick(now);
            prop_assert!(!effects.is_empty(), "a deadline has something to do");
            model.learn(&effects, now);
        }
        for (topic, newest) in &model.newest {
            prop_assert_eq!(model.held.get(topic), Some(newest));
        }
    }
}
