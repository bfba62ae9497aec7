//! When an instance that fails is left out for a while.

use envoy_types::pb::envoy::config::cluster::v3::OutlierDetection as Said;
use envoy_types::pb::envoy::config::cluster::v3::cluster::CommonLbConfig;
use envoy_types::pb::envoy::r#type::v3::Percent;
use envoy_types::pb::google::protobuf::UInt32Value;
use opensergo_api::shape::Whole;
use opensergo_api::traffic::workload::OutlierDetection;

use crate::convert::traffic::pb as say;

/// How much of a rule of ejection is carried out, in per cent.
const ALL: u32 = 100;
const NONE: u32 = 0;

/// Says when an instance is left out. Ejection by success rates, which Envoy does unasked, is turned off; what counts
/// failures is turned off by 0 and, of gateways and of connections, on by anything else.
pub(super) fn detection(outlier: &OutlierDetection) -> Said {
    let any = outlier.consecutive_5xx_errors.map(Whole::get).or(outlier.consecutive_errors.map(Whole::get));
    let (consecutive_5xx, enforcing_consecutive_5xx) = rule(any);
    let (gateway, enforcing_gateway) = rule(outlier.consecutive_gateway_errors.map(Whole::get));
    let (local, enforcing_local) = rule(outlier.consecutive_local_origin_failures.map(Whole::get));
    Said {
        consecutive_5xx,
        enforcing_consecutive_5xx,
        consecutive_gateway_failure: gateway,
        enforcing_consecutive_gateway_failure: enforcing_gateway,
        consecutive_local_origin_failure: local,
        enforcing_consecutive_local_origin_failure: enforcing_local,
        split_external_local_origin_errors: outlier.split_external_local_origin_errors == Some(true),
        interval: outlier.interval.map(|interval| say::duration(interval.get())),
        base_ejection_time: outlier.base_ejection_time.map(|time| say::duration(time.get())),
        max_ejection_percent: outlier.max_ejection_percent.map(|percent| say::u32(say::narrow(percent.get()))),
        enforcing_success_rate: Some(say::u32(NONE)),
        enforcing_local_origin_success_rate: Some(say::u32(NONE)),
        ..Default::default()
    }
}

/// Says how many failures put an instance out, and whether they do.
fn rule(failures: Option<i64>) -> (Option<UInt32Value>, Option<UInt32Value>) {
    match failures {
        None => (None, None),
        Some(0) => (None, Some(say::u32(NONE))),
        Some(failures) => (Some(say::u32(say::narrow(failures))), Some(say::u32(ALL))),
    }
}

/// Says with how few healthy instances calls go to all; never, unless somebody says.
pub(super) fn panic(outlier: &OutlierDetection) -> CommonLbConfig {
    let percent = outlier.min_health_percent.map_or(0, |percent| say::narrow(percent.get()));
    CommonLbConfig { healthy_panic_threshold: Some(Percent { value: percent.into() }), ..Default::default() }
}
