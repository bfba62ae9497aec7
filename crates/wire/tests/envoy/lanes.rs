//! What a lane is to Envoy: a router for each service.

use opensergo_api::Object;
use opensergo_wire::envoy::{lane_routers, messages};
use serde_json::{Value, json};

use crate::given::object;

fn lane(workload: &Value, traffic: &Value) -> Object {
    let rules = json!({ "lane": { "name": "Gray" }, "traffic": traffic, "workload": workload });
    object("TrafficLane", "gray", &json!({ "rules": rules }))
}

#[test]
fn marked_requests_stay_and_those_that_enter_are_marked() {
    let lane = lane(
        &json!({ "subsets": [{ "workload": "foo", "subset": "v2" }] }),
        &json!({ "http": { "uri": { "exact": "/gray" } } }),
    );
    let routers: Vec<_> = lane_routers(&lane).iter().map(Object::print).collect();
    let to = json!([{ "destination": { "host": "foo", "subset": "v2", "fallback": { "host": "foo" } } }]);
    let expected = json!({
        "hosts": ["foo"],
        "http": [
            { "match": [{ "headers": { "x-opensergo-traffic": { "exact": "Gray" } } }], "route": to },
            {
                "match": [{ "uri": { "exact": "/gray" } }],
                "route": to,
                "headers": { "request": { "set": { "x-opensergo-traffic": "Gray" } } },
            },
            { "route": [{ "destination": { "host": "foo" } }] },
        ],
    });
    assert_eq!((routers.len(), &routers[0]["metadata"]["name"]), (1, &json!("foo.gray")));
    assert_eq!(routers[0]["spec"], expected);
    assert_eq!(messages(&lane), messages(&lane_routers(&lane)[0]));
}

#[test]
fn a_lane_by_labels_names_no_service() {
    let lane = lane(&json!({ "selector": { "tag": "gray" } }), &json!({ "http": {} }));
    assert_eq!((lane_routers(&lane), messages(&lane)), (vec![], vec![]));
}
