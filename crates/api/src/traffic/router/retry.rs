//! Trying again.

use crate::invalid::Report;
use crate::shape::{At, GoDuration, Shape, Text, Whole};
use crate::warning::WarningCode;

/// What Envoy calls a failure worth another try. Source: its retry conditions of HTTP and of gRPC.
const CONDITIONS: [&str; 16] = [
    "5xx",
    "gateway-error",
    "reset",
    "reset-before-request",
    "connect-failure",
    "envoy-ratelimited",
    "retriable-4xx",
    "refused-stream",
    "retriable-status-codes",
    "retriable-headers",
    "http3-post-connect-failure",
    "cancelled",
    "deadline-exceeded",
    "internal",
    "resource-exhausted",
    "unavailable",
];

/// How often, how long and why a request is tried again.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[shape(snake_case, check = Self::check_conditions)]
#[non_exhaustive]
pub struct HttpRetry {
    /// How often it is tried again, the first try not counted; 0 never.
    #[shape(unit = "tries", example = "3")]
    pub attempts: Whole<0, 100>,
    /// The longest time of one try.
    #[shape(unit = "duration", default = "the timeout of the route", example = "2s")]
    pub per_try_timeout: Option<GoDuration>,
    /// What is worth another try: conditions of Envoy and statuses, with commas between them.
    #[shape(
        default = "connect-failure,refused-stream,unavailable,cancelled,503",
        example = "gateway-error,connect-failure,503"
    )]
    pub retry_on: Option<Text<1, 1024>>,
    /// Whether another try may go to another locality.
    #[shape(default = "false")]
    pub retry_remote_localities: Option<bool>,
}

impl HttpRetry {
    fn check_conditions(&self, at: &At<'_>, report: &mut Report) {
        let conditions = self.retry_on.iter().flat_map(|conditions| conditions.split(',')).map(str::trim);
        for condition in conditions.filter(|condition| !is_condition(condition)) {
            let allowed = format!("statuses from 100 to 599, {}", CONDITIONS.join(", "));
            report.not_allowed(at.field("retryOn"), condition, &allowed);
        }
        let rest = [self.per_try_timeout.is_some(), self.retry_on.is_some(), self.retry_remote_localities.is_some()];
        if self.attempts.get() == 0 && rest.contains(&true) {
            let message = "attempts is 0: nothing is tried again, so the rest has no effect";
            report.warn(at.field("attempts"), WarningCode::NoEffect, message);
        }
    }
}

fn is_condition(text: &str) -> bool {
    let is_status = text.len() == 3 && text.parse().is_ok_and(|status: u16| (100..600).contains(&status));
    is_status || CONDITIONS.contains(&text)
}
