//! The names of hosts and clusters: `outbound|<port>|<subset>|<host>`. Consumers cut them at the bars and take the third.

use opensergo_api::traffic::router::{Destination, Fallback, Port};
use opensergo_api::traffic::{Host, HostPattern, SubsetName};

/// Returns the full name of a service. One with a dot is full, as in Istio, and so is a pattern, and one with a port.
pub(super) fn full(host: &str, namespace: &str) -> String {
    if host.contains(['.', ':', '*']) { host.to_owned() } else { format!("{host}.{namespace}.svc.cluster.local") }
}

/// Returns the hosts requests name: first each in full, then the short ones as written. Envoy wants none twice.
pub(super) fn domains(hosts: &[HostPattern], namespace: &str) -> Vec<String> {
    let all = hosts.iter().map(|host| full(host, namespace)).chain(hosts.iter().map(|host| host.to_string()));
    let mut domains: Vec<String> = Vec::new();
    for domain in all {
        if !domains.iter().any(|other| other.eq_ignore_ascii_case(&domain)) {
            domains.push(domain);
        }
    }
    domains
}

/// Names the cluster of a subset, or of all instances, at a port, or at the only one.
pub(super) fn cluster(port: Option<Port>, subset: Option<&SubsetName>, full_host: &str) -> String {
    let port = port.map(|port| port.get().to_string()).unwrap_or_default();
    let subset = subset.map_or("", |subset| subset);
    format!("outbound|{port}|{subset}|{full_host}")
}

/// Names the cluster a destination is.
pub(super) fn destination(to: &Destination, namespace: &str) -> String {
    cluster(to.port.map(|port| port.number), to.subset.as_ref(), &full(&to.host, namespace))
}

/// Names the cluster that stands in for a destination: at the same port of the same service, at the only one of another.
pub(super) fn fallback(to: &Destination, fallback: &Fallback, namespace: &str) -> String {
    let same = |host: &Host| full(host, namespace).eq_ignore_ascii_case(&full(&to.host, namespace));
    let port = to.port.map(|port| port.number).filter(|_| same(&fallback.host));
    cluster(port, fallback.subset.as_ref(), &full(&fallback.host, namespace))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(names: &[&str]) -> Vec<HostPattern> {
        names.iter().map(|name| HostPattern::parse(name).unwrap()).collect()
    }

    #[test]
    fn full_names_come_first_and_nothing_comes_twice() {
        let written = hosts(&["foo", "*", "Foo.Default.svc.cluster.local", "*.bar.com"]);
        let expected = ["foo.default.svc.cluster.local", "*", "*.bar.com", "foo"];
        assert_eq!(domains(&written, "default"), expected);
    }

    #[test]
    fn the_third_segment_of_a_cluster_is_the_subset() {
        let v2 = SubsetName::parse("v2");
        let host = full("service-provider", "default");
        let name = cluster(None, v2.as_ref(), &host);
        assert_eq!(name, "outbound||v2|service-provider.default.svc.cluster.local");
        assert_eq!((name.split('|').nth(2), &*cluster(None, None, "a.b")), (Some("v2"), "outbound|||a.b"));
    }
}
