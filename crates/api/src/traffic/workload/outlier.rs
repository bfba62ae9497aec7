//! When an instance that fails is left out for a while.

use crate::shape::{GoDuration, Shape, Whole};

/// How many failures in a row.
pub type Failures = Whole<0, 4_294_967_295>;

/// When an instance that fails is left out for a while.
#[derive(Debug, Clone, Default, PartialEq, Eq, Shape)]
#[shape(snake_case)]
#[non_exhaustive]
pub struct OutlierDetection {
    /// How many answers of 5xx in a row, or failures to connect, put it out; 0 none.
    #[shape(name = "consecutive5xxErrors", alias = "consecutive_5xx_errors", unit = "failures", default = "5")]
    pub consecutive_5xx_errors: Option<Failures>,
    /// How many answers of 502, 503 or 504 in a row put it out; 0 none.
    #[shape(unit = "failures", default = "0: none")]
    pub consecutive_gateway_errors: Option<Failures>,
    /// How many failures to connect in a row put it out, where they are counted apart.
    #[shape(unit = "failures", default = "5")]
    pub consecutive_local_origin_failures: Option<Failures>,
    /// Whether failures to connect are counted apart from answers.
    #[shape(default = "false")]
    pub split_external_local_origin_errors: Option<bool>,
    /// How many failures in a row put it out.
    #[shape(
        unit = "failures",
        deprecated = "consecutive5xxErrors and consecutiveGatewayErrors have replaced consecutiveErrors"
    )]
    pub consecutive_errors: Option<Whole<0, { i32::MAX as i64 }>>,
    /// How often it is looked who may come back.
    #[shape(unit = "duration", default = "10s")]
    pub interval: Option<GoDuration>,
    /// How long it is out, times how often it was.
    #[shape(unit = "duration", default = "30s")]
    pub base_ejection_time: Option<GoDuration>,
    /// The most instances that may be out.
    #[shape(unit = "percent", default = "10")]
    pub max_ejection_percent: Option<Whole<0, 100>>,
    /// With fewer healthy instances than this nobody is put out, and calls go to all.
    #[shape(unit = "percent", default = "0: never")]
    pub min_health_percent: Option<Whole<0, 100>>,
}
