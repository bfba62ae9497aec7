//! Routers at the published Java SDK: its own classes parse them, and what its consumers read is what was written.

use serde_json::{Value, json};

use crate::given::{expect_list, java_sdk, plane_on};

const KIND: &str = "TrafficRouter";

/// Writes a router of `foo-app` for a service.
fn router(service: &str, http: &str) -> String {
    format!(
        "---\napiVersion: traffic.opensergo.io/v1alpha1\nkind: {KIND}\n\
         metadata: {{name: {service}, labels: {{app: foo-app}}}}\nspec: {{hosts: [{service}], http: {http}}}\n"
    )
}

/// The routes of the demo of Spring Cloud Alibaba, with another header perhaps.
fn demo(header: &str) -> String {
    let fallback = "{host: service-provider, subset: v1}";
    let http = format!(
        "[{{match: [{{headers: {{{header}: {{exact: v2}}}}}}], \
           route: [{{destination: {{host: service-provider, subset: v2, fallback: {fallback}}}}}]}}, \
          {{route: [{{destination: {fallback}}}]}}]"
    );
    router("service-provider", &http)
}

fn demo_read(header: &str) -> Value {
    json!([{ "service": "service-provider", "destinations": [
        { "rules": [format!("header {header} exact v2"), "path prefix /"], "subset": "v2", "weight": 100, "fallback": "v1" },
        { "rules": ["path prefix /"], "subset": "v1", "weight": 100 },
    ] }])
}

#[test]
fn routers_their_edits_and_their_ends_reach_the_java_sdk() -> anyhow::Result<()> {
    let weighted = "[{match: [{uri: {prefix: /cart}, method: {exact: GET}, queryParams: {page: {regex: '[0-9]+'}}}, \
                       {headers: {x-beta: {}}}], \
                      route: [{destination: {host: cart, subset: v2, fallback: {host: cart}}, weight: 90}, \
                              {destination: {host: cart, subset: v1}, weight: 10}]}, \
                     {route: [{destination: {host: cart, subset: v1}}]}]";
    let (rules, plane) = plane_on(&(demo("tag") + &router("cart", weighted)))?;
    let mut client = java_sdk(&plane)?;
    expect_list(&mut client, "RateLimitStrategy", &json!([]))?;
    client.say(&format!("subscribe {KIND}"))?;
    let page = json!(["header :method exact GET", "parameter page regex [0-9]+", "path prefix /cart"]);
    let beta = json!(["header x-beta regex .*", "path prefix /"]);
    let cart = json!([{ "service": "cart", "destinations": [
        { "rules": page, "subset": "v2", "weight": 90 },
        { "rules": page, "subset": "v1", "weight": 10 },
        { "rules": beta, "subset": "v2", "weight": 90 },
        { "rules": beta, "subset": "v1", "weight": 10 },
        { "rules": ["path prefix /"], "subset": "v1", "weight": 100 },
    ] }]);
    expect_list(&mut client, KIND, &json!([cart, demo_read("tag")]))?;

    // An edit of one, and then a condition that Envoy does not know: that one is withheld, and the other stays.
    rules.save("rules.yaml", demo("x-mse-tag") + &router("cart", weighted))?;
    expect_list(&mut client, KIND, &json!([cart, demo_read("x-mse-tag")]))?;
    let narrowed = weighted.replace("{uri: {prefix: /cart}", "{port: 80, uri: {prefix: /cart}");
    rules.save("rules.yaml", demo("x-mse-tag") + &router("cart", &narrowed))?;
    expect_list(&mut client, KIND, &json!([demo_read("x-mse-tag")]))?;

    rules.delete("rules.yaml")?;
    expect_list(&mut client, KIND, &json!([]))?;
    Ok(())
}
