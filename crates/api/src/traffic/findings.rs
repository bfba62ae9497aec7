//! What only objects together show: subsets that nobody describes, hosts with two routers, names that mislead.
//!
//! No references: a destination names a host and a subset, not an object, and an instance may say by itself which
//! subset it is. So only what cannot be a false alarm is found.

use std::collections::BTreeSet;

use super::{HostPattern, TrafficLane, TrafficRouter, VirtualWorkload};
use crate::app_set::AppSet;
use crate::finding::Finding;
use crate::object::{Object, Spec};
use crate::warning::WarningCode;

/// The most hosts, and workloads, of an application that are compared with each other; of more, the first ones are.
const HOSTS: usize = 400;
/// The most destinations of an application whose subsets are looked up.
const DESTINATIONS: usize = 1000;

/// Lists what is doubtful about the traffic of one application.
pub fn findings(set: &AppSet) -> Vec<Finding> {
    let routers = of_kind::<TrafficRouter>(set);
    let workloads = of_kind::<VirtualWorkload>(set);
    let mut found: Vec<_> = routers.iter().filter_map(name).collect();
    found.extend(subsets(&routers, &workloads));
    found.extend(overlaps(&routers));
    found.extend(described_twice(&workloads));
    found.extend(of_kind::<TrafficLane>(set).iter().flat_map(|lane| lane_subsets(lane, &workloads)));
    found
}

/// An object and its contents.
struct Of<'set, S> {
    object: &'set Object,
    spec: &'set S,
}

fn of_kind<S: Spec>(set: &AppSet) -> Vec<Of<'_, S>> {
    set.iter().filter_map(|object| Some(Of { object, spec: object.spec_as::<S>()? })).collect()
}

impl<S> Of<'_, S> {
    fn find(&self, path: impl Into<String>, code: WarningCode, message: String) -> Finding {
        Finding { from: self.object.id().clone(), path: path.into(), code, message }
    }
}

/// Spring Cloud Alibaba and Sentinel take the application a router is for from the router's name, up to the first dot.
fn name(router: &Of<'_, TrafficRouter>) -> Option<Finding> {
    let name = first_label(router.object.id().name.as_str());
    let is_host = router.spec.hosts.iter().any(|host| first_label(host).eq_ignore_ascii_case(name));
    if is_host || router.spec.http.is_empty() {
        return None;
    }
    let message = format!(
        "Spring Cloud Alibaba and Sentinel apply this to the service `{name}`, after the name of the router, and that is \
         none of its hosts"
    );
    Some(router.find("metadata.name", WarningCode::Consumer, message))
}

/// Destinations whose host is described, without the subset they name.
fn subsets(routers: &[Of<'_, TrafficRouter>], workloads: &[Of<'_, VirtualWorkload>]) -> Vec<Finding> {
    let named = routers.iter().flat_map(|router| named_subsets(router.spec).into_iter().map(move |to| (router, to)));
    let mut found = Vec::new();
    for (router, (path, host, subset)) in named.take(DESTINATIONS) {
        let described: Vec<_> = workloads.iter().take(HOSTS).filter(|workload| is_of(workload, host)).collect();
        let is_there = described.iter().any(|workload| workload.spec.subset(subset).is_some());
        if let ([first, ..], false) = (described.as_slice(), is_there) {
            let message = format!("no subset `{subset}` of `{host}` in {}", first.object.id());
            found.push(router.find(path, WarningCode::Dangling, message));
        }
    }
    found
}

/// Every subset a router names: the field, the host and the subset.
fn named_subsets(router: &TrafficRouter) -> Vec<(String, &str, &str)> {
    let mut named = Vec::new();
    for (path, to) in router.destinations() {
        let itself = to.subset.as_deref().map(|subset| (format!("{path}.subset"), &*to.host, subset));
        let fallback = to.fallback.as_ref().and_then(|fallback| {
            Some((format!("{path}.fallback.subset"), &*fallback.host, fallback.subset.as_deref()?))
        });
        named.extend(itself.into_iter().chain(fallback));
    }
    named
}

/// Subsets of a lane that their workload, which is there, does not have.
fn lane_subsets(lane: &Of<'_, TrafficLane>, workloads: &[Of<'_, VirtualWorkload>]) -> Vec<Finding> {
    let mut found = Vec::new();
    for (i, named) in lane.spec.rules.workload.subsets.iter().enumerate() {
        let workload = workloads.iter().find(|workload| workload.object.id().name == named.workload);
        if let Some(workload) = workload.filter(|workload| workload.spec.subset(&named.subset).is_none()) {
            let message = format!("no subset `{}` in {}", &*named.subset, workload.object.id());
            let path = format!("spec.rules.workload.subsets[{i}].subset");
            found.push(lane.find(path, WarningCode::Dangling, message));
        }
    }
    found
}

/// Two routers for one host; nobody says which of them holds. Each two are named once.
fn overlaps(routers: &[Of<'_, TrafficRouter>]) -> Vec<Finding> {
    let hosts = |(i, router): (usize, &Of<'_, TrafficRouter>)| -> Vec<_> {
        router.spec.hosts.iter().enumerate().map(|(k, host)| (i, k, host.clone())).collect()
    };
    let hosts: Vec<_> = routers.iter().enumerate().flat_map(hosts).take(HOSTS).collect();
    let (mut found, mut named) = (Vec::new(), BTreeSet::new());
    for (place, (i, k, host)) in hosts.iter().enumerate() {
        for (before, _, _) in hosts[..place].iter().filter(|(j, _, other)| j != i && other.overlaps(host)) {
            if !meet(&routers[*before], &routers[*i]) || !named.insert((*before, *i)) {
                continue;
            }
            let other = routers[*before].object.id();
            let message = format!("{other} is for `{}` too: nobody says which of the two holds", &**host);
            found.push(routers[*i].find(format!("spec.hosts[{k}]"), WarningCode::Contradiction, message));
        }
    }
    found
}

/// Says whether two routers may take the same request, and neither hands it to the other.
fn meet(a: &Of<'_, TrafficRouter>, b: &Of<'_, TrafficRouter>) -> bool {
    let delegates = |from: &Of<'_, TrafficRouter>, to: &Of<'_, TrafficRouter>| {
        let mut names = from.spec.http.iter().filter_map(|route| route.delegate.as_ref());
        names.any(|delegate| delegate.name == to.object.id().name)
    };
    !delegates(a, b) && !delegates(b, a) && !are_apart(a.spec, b.spec)
}

/// Says whether two routers hold in different gateways, or for different protocols.
fn are_apart(a: &TrafficRouter, b: &TrafficRouter) -> bool {
    let gateways = |router: &TrafficRouter| -> BTreeSet<String> {
        let named: BTreeSet<_> = router.gateways.iter().map(|gateway| gateway.to_string()).collect();
        if named.is_empty() { BTreeSet::from(["mesh".to_owned()]) } else { named }
    };
    let same_gateway = !gateways(a).is_disjoint(&gateways(b));
    let same_protocol = !a.http.is_empty() && !b.http.is_empty()
        || !a.tcp.is_empty() && !b.tcp.is_empty()
        || !a.tls.is_empty() && !b.tls.is_empty();
    !same_gateway || !same_protocol
}

/// Two descriptions of one service for the same callers.
fn described_twice(workloads: &[Of<'_, VirtualWorkload>]) -> Vec<Finding> {
    let workloads = &workloads[..workloads.len().min(HOSTS)];
    let twice = |(i, workload): (usize, &Of<'_, VirtualWorkload>)| {
        let before = workloads[..i].iter().find(|before| {
            before.spec.host.eq_ignore_ascii_case(&workload.spec.host)
                && before.spec.workload_selector == workload.spec.workload_selector
        })?;
        let (other, host) = (before.object.id(), &*workload.spec.host);
        let message = format!("{other} describes `{host}` too: nobody says which of the two holds");
        Some(workload.find("spec.host", WarningCode::Contradiction, message))
    };
    workloads.iter().enumerate().filter_map(twice).collect()
}

/// Says whether a workload describes a host: by its own host, short or full, or by its name.
fn is_of(workload: &Of<'_, VirtualWorkload>, host: &str) -> bool {
    let namespace = workload.object.id().namespace.as_str();
    let host = short(host, namespace);
    let pattern = short(&workload.spec.host, namespace);
    HostPattern::parse(pattern).is_some_and(|pattern| pattern.is_match(host))
        || workload.object.id().name.as_str() == host
}

/// The first label of a host, as Spring Cloud Alibaba cuts it.
fn first_label(host: &str) -> &str {
    host.split([':', '.']).next().unwrap_or(host)
}

/// A service of the same namespace by its short name.
fn short<'a>(host: &'a str, namespace: &str) -> &'a str {
    let host = host.strip_suffix(".cluster.local").unwrap_or(host);
    let host = host.strip_suffix(".svc").unwrap_or(host);
    host.strip_suffix(namespace).and_then(|host| host.strip_suffix('.')).unwrap_or(host)
}

#[cfg(test)]
mod tests;
