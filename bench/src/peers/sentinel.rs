//! sentinel-core: entry and exit of a resource. Its collectors of system load are not started: they run beside the
//! calls, once a second, and would disturb the other rows.

use std::hint::black_box;
use std::sync::{Arc, Once};

use sentinel_core::base::ResourceType;
use sentinel_core::circuitbreaker::{self, BreakerStrategy};
use sentinel_core::{EntryBuilder, flow};

use super::PLENTY;
use crate::subject::Subject;

const FREE: &str = "GET:/free/{id}";
const LIMITED: &str = "GET:/limited/{id}";
const BROKEN: &str = "GET:/broken/{id}";

/// Enters a resource without rules.
pub(crate) fn no_rule() -> Subject {
    subject(FREE)
}

/// Enters a resource with a flow rule that admits all.
pub(crate) fn flow_rule() -> Subject {
    subject(LIMITED)
}

/// Enters a resource with a closed breaker on errors.
pub(crate) fn breaker() -> Subject {
    subject(BROKEN)
}

/// Limits resources, in place of all flow rules there were: so many calls in a second.
pub(crate) fn limit_each(resources: &[String], threshold: f64) {
    flow::load_rules(resources.iter().map(|resource| limit(resource, threshold)).collect());
}

/// Makes a call that ends at once; says whether it passed.
pub(crate) fn passes(resource: &str) -> bool {
    match entry(resource) {
        Ok(entry) => {
            entry.exit();
            true
        }
        Err(_) => false,
    }
}

fn limit(resource: &str, threshold: f64) -> Arc<flow::Rule> {
    Arc::new(flow::Rule { resource: resource.to_owned(), threshold, stat_interval_ms: 1_000, ..Default::default() })
}

fn subject(resource: &'static str) -> Subject {
    load();
    Subject::new(move |_| {
        let resource = resource.to_owned();
        move || passes(black_box(&resource))
    })
}

/// Asks for a call, as the examples of the crate do: the name is given away with each.
fn entry(resource: &str) -> sentinel_core::Result<sentinel_core::base::EntryStrongPtr> {
    EntryBuilder::new(resource.to_owned()).with_resource_type(ResourceType::Common).build()
}

/// Loads the rules of all three, once: they are those of the process.
fn load() {
    static LOADED: Once = Once::new();
    LOADED.call_once(|| {
        flow::load_rules(vec![limit(LIMITED, f64::from(PLENTY))]);
        let breaker = circuitbreaker::Rule {
            resource: BROKEN.to_owned(),
            strategy: BreakerStrategy::ErrorRatio,
            threshold: 0.5,
            min_request_amount: 100,
            stat_interval_ms: 1_000,
            retry_timeout_ms: 5_000,
            ..Default::default()
        };
        circuitbreaker::load_rules(vec![Arc::new(breaker)]);
    });
}
