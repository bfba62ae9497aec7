//! Envoy's messages: a `RouteConfiguration` for a router, a `Cluster` for each subset and port of a workload, and for a
//! lane what its routers are.

use std::collections::BTreeSet;

use opensergo_api::Object;
use opensergo_api::fault_tolerance::Enforcement;
use opensergo_api::traffic::{TrafficLane, TrafficRouter, VirtualWorkload};
use opensergo_wire::envoy::messages;
use serde_json::{Map, Value};

use super::converted::Converted;

const HEADING: &str = "not said to Envoy";
/// The field that says which message follows, as protobuf's JSON has it.
const TYPE: &str = "@type";
const DRY_RUN: &str = "it only says what it would do, and Envoy would do it";
const UNSAID: &str = "what narrows it has no place in a message: it would hold for other requests than written";
const NO_SERVICE: &str = "it names no service, or what narrows it has no place in a message";

/// Prints the messages, in the order of the objects.
pub(super) fn convert(objects: &[Object]) -> Converted {
    let mut converted = Converted::new(HEADING);
    let mut others = BTreeSet::new();
    for object in objects {
        let Some(unsaid) = unsaid(object) else {
            others.insert(object.id().kind.name());
            continue;
        };
        let said = if is_dry_run(object) { Vec::new() } else { messages(object) };
        if said.is_empty() {
            converted.losses.push(format!("{}: {unsaid}", object.id()));
        }
        for (url, message) in said {
            converted.put(typed(url, message));
        }
    }
    if !others.is_empty() {
        let others: Vec<_> = others.into_iter().collect();
        converted.notes.push(format!("Envoy has no message for {}", others.join(", ")));
    }
    converted
}

/// Says why nothing may come of an object; `None` for a kind that Envoy has no message for.
fn unsaid(object: &Object) -> Option<&'static str> {
    let lane = object.spec_as::<TrafficLane>().map(|_| NO_SERVICE);
    let workload = object.spec_as::<VirtualWorkload>().map(|_| UNSAID);
    let router = object.spec_as::<TrafficRouter>().map(|_| if is_dry_run(object) { DRY_RUN } else { UNSAID });
    lane.or(workload).or(router)
}

fn is_dry_run(object: &Object) -> bool {
    object.spec_as::<TrafficRouter>().is_some_and(|router| router.enforcement() == Enforcement::DryRun)
}

/// Puts the type of a message before its fields.
fn typed(url: String, message: Value) -> Value {
    let mut typed = Map::from_iter([(TYPE.to_owned(), Value::String(url))]);
    if let Value::Object(fields) = message {
        typed.extend(fields);
    }
    typed.into()
}
