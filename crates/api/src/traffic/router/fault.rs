//! Faults made on purpose, to see whether the rest bears them.

use crate::invalid::Report;
use crate::shape::{At, GoDuration, Shape, Text, Whole};
use crate::traffic::Percent;
use crate::warning::WarningCode;

/// Faults made on purpose before a request goes on.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[shape(at_least_one(delay, abort))]
#[non_exhaustive]
pub struct HttpFaultInjection {
    /// Keeps requests waiting.
    pub delay: Option<FaultDelay>,
    /// Answers requests with a failure.
    pub abort: Option<FaultAbort>,
}

/// Keeps requests waiting.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[shape(snake_case, exactly_one(fixed_delay, exponential_delay), check = Self::check_share)]
#[non_exhaustive]
pub struct FaultDelay {
    /// How long.
    #[shape(unit = "duration", example = "5s")]
    pub fixed_delay: Option<GoDuration>,
    /// How long on average.
    #[shape(unit = "duration", no_effect = "no consumer carries out exponential delays: nothing is delayed")]
    pub exponential_delay: Option<GoDuration>,
    /// The share of requests that wait.
    #[shape(default = "none")]
    pub percentage: Option<Percent>,
    /// The share of requests that wait, in whole per cents; without effect beside `percentage`.
    #[shape(unit = "percent", deprecated = "percentage has replaced percent: write {value: ...}")]
    pub percent: Option<Whole<0, 100>>,
}

/// Answers requests with a failure.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[shape(snake_case, exactly_one(http_status, grpc_status, http2_error), check = Self::check_share)]
#[non_exhaustive]
pub struct FaultAbort {
    /// The status of HTTP to answer.
    #[shape(example = "503")]
    pub http_status: Option<Whole<200, 599>>,
    /// The status of gRPC to answer.
    #[shape(example = "UNAVAILABLE")]
    pub grpc_status: Option<GrpcStatus>,
    /// The error of HTTP/2 to reset the stream with.
    #[shape(no_effect = "no consumer makes errors of HTTP/2: nothing is aborted")]
    pub http2_error: Option<Text<1, 64>>,
    /// The share of requests that fail.
    #[shape(default = "none")]
    pub percentage: Option<Percent>,
}

impl FaultDelay {
    /// Returns the share of requests that wait, in per cent.
    #[expect(clippy::cast_precision_loss, reason = "at most 100")]
    pub fn share(&self) -> f64 {
        let whole = self.percent.map_or(0.0, |percent| percent.get() as f64);
        self.percentage.map_or(whole, |percentage| percentage.value.get())
    }

    fn check_share(&self, at: &At<'_>, report: &mut Report) {
        if self.percentage.is_none() && self.percent.is_none() {
            report.warn(at, WarningCode::NoEffect, "without a percentage no request is delayed");
        }
    }
}

impl FaultAbort {
    fn check_share(&self, at: &At<'_>, report: &mut Report) {
        if self.percentage.is_none() {
            report.warn(at, WarningCode::NoEffect, "without a percentage no request is aborted");
        }
    }
}

/// A status of gRPC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Shape)]
pub enum GrpcStatus {
    /// 0: no failure.
    #[shape(name = "OK")]
    Ok,
    /// 1: the caller gave up.
    #[shape(name = "CANCELLED")]
    Cancelled,
    /// 2: nobody knows.
    #[shape(name = "UNKNOWN")]
    Unknown,
    /// 3: the caller asked for nonsense.
    #[shape(name = "INVALID_ARGUMENT")]
    InvalidArgument,
    /// 4: it took too long.
    #[shape(name = "DEADLINE_EXCEEDED")]
    DeadlineExceeded,
    /// 5: there is no such thing.
    #[shape(name = "NOT_FOUND")]
    NotFound,
    /// 6: there is such a thing already.
    #[shape(name = "ALREADY_EXISTS")]
    AlreadyExists,
    /// 7: the caller may not.
    #[shape(name = "PERMISSION_DENIED")]
    PermissionDenied,
    /// 8: something is used up.
    #[shape(name = "RESOURCE_EXHAUSTED")]
    ResourceExhausted,
    /// 9: the system is not in the state it takes.
    #[shape(name = "FAILED_PRECONDITION")]
    FailedPrecondition,
    /// 10: somebody else was faster.
    #[shape(name = "ABORTED")]
    Aborted,
    /// 11: beyond the end.
    #[shape(name = "OUT_OF_RANGE")]
    OutOfRange,
    /// 12: nobody does that.
    #[shape(name = "UNIMPLEMENTED")]
    Unimplemented,
    /// 13: something is broken.
    #[shape(name = "INTERNAL")]
    Internal,
    /// 14: try again later.
    #[shape(name = "UNAVAILABLE")]
    Unavailable,
    /// 15: something is lost.
    #[shape(name = "DATA_LOSS")]
    DataLoss,
    /// 16: the caller did not say who it is.
    #[shape(name = "UNAUTHENTICATED")]
    Unauthenticated,
}
