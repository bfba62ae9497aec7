//! The kinds of the traffic domain as Envoy's messages: `RouteConfiguration` and `Cluster`, version 3.
//!
//! Clients that name `struct-kinds` get the manifests, which say everything; these messages are for those that know
//! nothing else, Spring Cloud Alibaba and Sentinel among them, and for Envoy itself. What narrows a router or workload
//! and has no place in them withholds it: what remained would hold for other requests than written.

mod lane;
mod name;
mod pb;
mod print;
mod router;
mod workload;

use opensergo_api::Object;
use opensergo_api::fault_tolerance::Enforcement;
use opensergo_api::traffic::TrafficRouter;
use prost_types::Any;

use super::manifest;
use crate::features::{Feature, Features};

pub use lane::routers as lane_routers;
pub use print::messages;

/// Encodes a router: its manifest, or what it is to Envoy.
pub(super) fn encode_router(object: &Object, features: Features) -> Option<Any> {
    let is_dry = object.spec_as::<TrafficRouter>()?.enforcement() == Enforcement::DryRun;
    if features.has(Feature::StructKinds) {
        return if is_dry && !features.has(Feature::DryRun) { None } else { manifest::encode(object, features) };
    }
    Some(pb::outer(&router::message(object)?))
}

/// Encodes a workload: its manifest, or what it is to Envoy.
pub(super) fn encode_workload(object: &Object, features: Features) -> Option<Any> {
    if features.has(Feature::StructKinds) {
        return manifest::encode(object, features);
    }
    Some(pb::outer(&workload::message(object)?))
}
