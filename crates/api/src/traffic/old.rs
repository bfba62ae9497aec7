//! The kinds that routed before `TrafficRouter`: the drafts of July and September 2022.
//!
//! Nobody ever acted on them. They are lawful, so that whoever wrote one learns what to write today: each is warned
//! about with its modern form, as far as there is one, and [`modern`] gives that form to whoever converts.

mod condition;
mod lenient;
mod router_chain;
mod router_rule;
mod rpc;
mod traffic_label;
mod workload_label;
mod workloads;

use std::iter;

use serde_json::Value;

use crate::invalid::Report;
use crate::object::Object;
use crate::warning::WarningCode;

pub use condition::OldStringMatch;
pub use lenient::{Loose, OneOrMany};
pub use router_chain::RouterChain;
pub use router_rule::{HttpRequestMatch, HttpRouteContext, HttpRouterRule, RouterRule};
pub use rpc::{RpcArgument, RpcMethod, RpcRequestMatch, RpcRouteContext, RpcRouterRule};
pub use traffic_label::{LabelCondition, LabelOperator, LabelSource, TrafficLabelRule};
pub use workload_label::WorkloadLabelRule;
pub use workloads::{VirtualWorkloads, WorkloadEntry};

/// The key of baggage, and of what instances register, that the first draft gave to labels.
const LABEL: &str = "OpenSergo-Label";
/// What a service is called in a warning, where only its author knows.
const SERVICE: &str = "your-service";
/// The longest modern form a warning shows, in bytes.
const SHOWN: usize = 4096;

/// What an older object is in modern kinds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Modern {
    /// The simple kind and the `spec` of each object that takes its place.
    pub objects: Vec<(&'static str, Value)>,
    /// What they cannot say, or leave for the author to decide, each in a few words.
    pub unsaid: Vec<String>,
}

/// Says an object of an older kind in modern ones; `None` when its kind is not an older one.
pub fn modern(object: &Object) -> Option<Modern> {
    let name = object.id().name.as_str();
    let rule = object.spec_as().map(|rule: &RouterRule| rule.modern(name));
    let workloads = || object.spec_as().map(|workloads: &VirtualWorkloads| workloads.modern(name));
    let chain = || object.spec_as().map(|chain: &RouterChain| chain.modern());
    let workload_label = || object.spec_as().map(|rule: &WorkloadLabelRule| rule.modern(name));
    let traffic_label = || object.spec_as().map(|rule: &TrafficLabelRule| rule.modern());
    rule.or_else(workloads).or_else(chain).or_else(workload_label).or_else(traffic_label)
}

/// Warns of an older kind and shows what to write instead.
fn warn(kind: &str, modern: &Modern, report: &mut Report) {
    let instead = modern.objects.iter().map(|(kind, spec)| format!("; write {kind} with spec {}", shown(spec)));
    let mut message: String =
        iter::once(format!("{kind} is an older form that nobody acts on")).chain(instead).collect();
    if !modern.unsaid.is_empty() {
        message.extend(["; no modern kind says: ", &modern.unsaid.join(", ")]);
    }
    report.warn("kind", WarningCode::Deprecated, message);
}

/// Shows a modern form in one line, cut to a length a warning bears.
fn shown(spec: &Value) -> String {
    let text = spec.to_string();
    match text.char_indices().map(|(at, _)| at).find(|at| *at >= SHOWN) {
        Some(end) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests;
