//! Which calls are bad.

use serde_json::{Value, json};

use crate::breaker::Completion;
use crate::breaker::given::{Resource, errors, ms, slow, with};
use crate::outcome::Outcome::{self, Error, ErrorType, Status, Success};
use crate::snapshot::BreakerState::Open;

/// Returns which of these outcomes open a breaker that one bad call opens.
fn bad(conditions: &Value) -> Vec<Outcome<'static>> {
    let (refused, timed_out) = (ErrorType("io::Refused"), ErrorType("io::TimedOut"));
    let all = [Success, Error, Status(200), Status(404), Status(429), Status(500), Status(599), refused, timed_out];
    let spec = with(&errors("1%", 1), &json!({ "errorConditions": conditions }));
    all.into_iter().filter(|outcome| Resource::new(&spec).call(*outcome, 0, 0) == Open).collect()
}

#[test]
fn what_is_listed_counts_and_what_nobody_knows_always_does() {
    let (refused, timed_out) = (ErrorType("io::Refused"), ErrorType("io::TimedOut"));
    assert_eq!(bad(&json!({})), [Error, Status(500), Status(599), refused, timed_out]);
    let narrows_nothing = json!({ "errorType": "io::Refused" });
    assert_eq!(bad(&narrows_nothing), bad(&json!({})));
    assert_eq!(bad(&json!({ "statusCodes": ["429", "500-503"] })), [Error, Status(429), Status(500)]);
    assert_eq!(bad(&json!({ "errorTypes": ["io::TimedOut", "IO::REFUSED"] })), [Error, timed_out]);
    let both = json!({ "statusCodes": ["4xx"], "errorTypes": ["io::Refused"] });
    assert_eq!(bad(&both), [Error, Status(404), Status(429), refused]);
}

#[test]
fn slow_is_strictly_longer_and_whether_a_slow_call_failed_is_all_the_same() {
    let opens = |outcome, started, ended| {
        let mut resource = Resource::new(&slow("1%", 1));
        assert!(resource.breaker.needs_start());
        let seen = resource.turns.now();
        let call = Completion { seen, probe: false, started, ended: ms(ended), outcome: &outcome, share: None };
        resource.breaker.settle(&call, &mut resource.events);
        (resource.breaker.state() == Open, resource.breaker.counts(ms(ended)).total)
    };
    assert_eq!(opens(Error, Some(ms(10)), 60), (false, 1));
    assert_eq!(opens(Success, Some(ms(10)), 61), (true, 0));
    // It ends before it starts: two clocks, or one that was set back.
    assert_eq!(opens(Success, Some(ms(100)), 20), (false, 1));
    // Nobody timed it: it is neither.
    assert_eq!(opens(Error, None, 60), (false, 0));
}
