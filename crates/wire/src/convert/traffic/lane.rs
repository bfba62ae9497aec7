//! What a `TrafficLane` means to routers: for each service of the lane, marked requests stay on the lane's subset.

use opensergo_api::shape::Shape;
use opensergo_api::traffic::{Coloring, LaneRules, LaneSubset, TrafficLane};
use opensergo_api::{Kind, Metadata, Node, Object, ObjectName, Report};

const ROUTER: &str = "TrafficRouter";

/// Makes the routers a lane means, one for each service it names: `<service>.<lane>`, so that consumers, who take the
/// service from the first label, find it.
///
/// Requests that carry the mark go to the subset of the lane, and while it has no instance to the others. With `Match`,
/// so do those that meet `traffic`, and the mark is written on them. All others go to the service as a whole. Nothing is
/// said for a lane that selects instances by labels: it names no service.
pub fn routers(lane: &Object) -> Vec<Object> {
    let Some(spec) = lane.spec_as::<TrafficLane>() else { return Vec::new() };
    spec.rules.workload.subsets.iter().filter_map(|subset| router(lane, &spec.rules, subset)).collect()
}

fn router(lane: &Object, rules: &LaneRules, subset: &LaneSubset) -> Option<Object> {
    let id = lane.id();
    let name = ObjectName::try_new(&format!("{}.{}", subset.workload, id.name)).ok()?;
    let metadata = Metadata { namespace: id.namespace.clone(), name, app: lane.app().cloned() };
    let kind = Kind::find_simple(ROUTER)?;
    let spec = kind.read(&contents(rules, subset), &mut Report::default())?;
    Some(Object::new(kind, metadata, spec))
}

fn contents(rules: &LaneRules, subset: &LaneSubset) -> Node {
    let host = || Some(Node::text(subset.workload.as_str()));
    let mark = || Node::map([(rules.header(), Some(Node::text(&*rules.lane.name)))]);
    let exactly = Node::map([("exact", Some(Node::text(&*rules.lane.name)))]);
    let marked = Node::map([("headers", Some(Node::map([(rules.header(), Some(exactly))])))]);
    let everyone = Node::map([("host", host())]);
    let lane = Node::map([
        ("host", host()),
        ("subset", Some(Node::text(&*subset.subset))),
        ("fallback", Some(everyone.clone())),
    ]);
    let to = |destination: &Node| Some(Node::list([Node::map([("destination", Some(destination.clone()))])]));
    let stay = Node::map([("match", Some(Node::list([marked]))), ("route", to(&lane))]);
    let traffic = rules.traffic.as_ref().filter(|_| rules.coloring() == Coloring::Match);
    let enter = traffic.map(|traffic| {
        let request = Node::map([("set", Some(mark()))]);
        Node::map([
            ("match", Some(Node::list([Node::from(&traffic.http.print())]))),
            ("route", to(&lane)),
            ("headers", Some(Node::map([("request", Some(request))]))),
        ])
    });
    let others = Node::map([("route", to(&everyone))]);
    let http = [Some(stay), enter, Some(others)];
    Node::map([
        ("hosts", Some(Node::list([Node::text(subset.workload.as_str())]))),
        ("http", Some(Node::list(http.into_iter().flatten()))),
    ])
}
