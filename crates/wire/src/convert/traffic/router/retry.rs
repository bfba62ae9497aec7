//! Trying again.

use envoy_types::pb::envoy::config::route::v3::RetryPolicy;
use envoy_types::pb::envoy::config::route::v3::retry_policy::{RetryPriority, retry_priority};
use envoy_types::pb::envoy::extensions::retry::priority::previous_priorities::v3::PreviousPrioritiesConfig;
use opensergo_api::traffic::router::HttpRetry;

use crate::convert::traffic::pb as say;

/// What is worth another try when nobody says. Source: Istio.
const DEFAULT: &str = "connect-failure,refused-stream,unavailable,cancelled,503";
/// The condition that makes statuses count.
const STATUSES: &str = "retriable-status-codes";
/// After how many tries another locality is chosen among those not tried.
const UPDATE_FREQUENCY: i32 = 2;

/// Says how a request is tried again; `None` when it is not.
pub(super) fn policy(retry: &HttpRetry) -> Option<RetryPolicy> {
    let attempts = say::narrow(retry.attempts.get());
    if attempts == 0 {
        return None;
    }
    let conditions = retry.retry_on.as_deref().unwrap_or(DEFAULT).split(',').map(str::trim);
    let (statuses, mut names): (Vec<_>, Vec<_>) =
        conditions.partition(|condition| condition.bytes().all(|b| b.is_ascii_digit()));
    if !statuses.is_empty() && !names.contains(&STATUSES) {
        names.push(STATUSES);
    }
    let remote = retry.retry_remote_localities == Some(true);
    Some(RetryPolicy {
        retry_on: names.join(","),
        num_retries: Some(say::u32(attempts)),
        per_try_timeout: retry.per_try_timeout.map(|timeout| say::duration(timeout.get())),
        retriable_status_codes: statuses.iter().filter_map(|status| status.parse().ok()).collect(),
        retry_priority: remote.then(previous_priorities),
        ..Default::default()
    })
}

fn previous_priorities() -> RetryPriority {
    let config = say::any(&PreviousPrioritiesConfig { update_frequency: UPDATE_FREQUENCY });
    RetryPriority {
        name: "envoy.retry_priorities.previous_priorities".to_owned(),
        config_type: Some(retry_priority::ConfigType::TypedConfig(config)),
    }
}
