//! What the stories begin with.

use envoy_types::pb::envoy::config::route::v3::RouteConfiguration;
use opensergo_api::{AppName, Kind, Metadata, Namespace, Node, Object, ObjectName};
use opensergo_wire::envoy::messages;
use opensergo_wire::{Features, encode};
use prost::Message;
use serde_json::{Value, json};

/// Passes contents through the door of their kind and gives them a name.
pub(crate) fn object(kind: &str, name: &str, spec: &Value) -> Object {
    let metadata = Metadata {
        namespace: Namespace::try_new("default").unwrap(),
        name: ObjectName::try_new(name).unwrap(),
        app: Some(AppName::try_new("foo-app").unwrap()),
    };
    let read = Object::read(Kind::find_simple(kind).unwrap(), metadata, &Node::from(spec));
    read.unwrap_or_else(|invalids| panic!("a story begins with lawful objects: {invalids:?}"))
}

/// A router of `foo` with these routes.
pub(crate) fn router(http: &Value) -> Object {
    object("TrafficRouter", "foo", &json!({ "hosts": ["foo"], "http": http }))
}

/// The router of the demo of Spring Cloud Alibaba.
pub(crate) fn demo() -> Object {
    let to = |subset: &str| json!({ "host": "service-provider", "subset": subset });
    let mut v2 = to("v2");
    v2["fallback"] = to("v1");
    let http = json!([
        { "match": [{ "headers": { "tag": { "exact": "v2" } } }], "route": [{ "destination": v2 }] },
        { "route": [{ "destination": to("v1") }] },
    ]);
    object("TrafficRouter", "service-provider", &json!({ "hosts": ["service-provider"], "http": http }))
}

/// What a client that knows no feature is sent.
pub(crate) fn sent(object: &Object) -> RouteConfiguration {
    let any = encode(object, Features::default()).unwrap();
    assert_eq!(any.type_url, "type.googleapis.com/envoy.config.route.v3.RouteConfiguration");
    RouteConfiguration::decode(&*any.value).unwrap()
}

/// Prints the only message of an object.
pub(crate) fn printed(object: &Object) -> Value {
    let [(_, value)] = messages(object).try_into().unwrap_or_else(|all| panic!("one message, not {all:?}"));
    value
}

/// Prints the only route of a router of `foo` that is made of this one route.
pub(crate) fn route(route: &Value) -> Value {
    let printed = printed(&router(&json!([route])));
    let routes = printed["virtualHosts"][0]["routes"].as_array().unwrap().clone();
    let [route] = routes.try_into().unwrap_or_else(|all| panic!("one route, not {all:?}"));
    route
}

/// A destination without anything.
pub(crate) fn to_foo() -> Value {
    json!([{ "destination": { "host": "foo" } }])
}
