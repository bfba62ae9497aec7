//! The second port, and the two standard services beside ours.

use e2e::clock::CEILING;
use e2e::http;
use opensergo_wire::SERVICE;
use tokio::time::timeout;
use tonic::transport::Endpoint;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;

use crate::given::{limited_foo, plane_on};

#[test]
fn health_readiness_metrics_and_status_answer() -> anyhow::Result<()> {
    let (_rules, plane) = plane_on(&limited_foo(2))?;
    let ready = http::wait_for(plane.http(), "/readyz", |answer| answer.status == 200)?;
    assert_eq!(ready.body, "ready\n");
    assert_eq!(http::get(plane.http(), "/healthz")?.status, 200);
    let metrics = http::get(plane.http(), "/metrics")?;
    assert!(metrics.body.contains("\nopensergo_index_objects 2\n"), "{}", metrics.body);
    let status: serde_json::Value = serde_json::from_str(&http::get(plane.http(), "/status")?.body)?;
    let names: Vec<_> = (status["objects"].as_array().into_iter().flatten())
        .map(|object| (object["name"].as_str(), object["refused"].is_null()))
        .collect();
    assert_eq!(names, [(Some("rate-limit-foo"), true), (Some("rule-foo"), true)], "{status}");
    assert_eq!(http::get(plane.http(), "/nothing")?.status, 404);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn grpc_health_says_serving() -> anyhow::Result<()> {
    let (_rules, plane) = plane_on(&limited_foo(2))?;
    http::wait_for(plane.http(), "/readyz", |answer| answer.status == 200)?;
    let channel = Endpoint::from_shared(format!("http://{}", plane.address()))?.connect().await?;
    let mut health = HealthClient::new(channel);
    for service in ["", SERVICE] {
        let mut watch = health.watch(HealthCheckRequest { service: service.to_owned() }).await?.into_inner();
        let serving = async {
            loop {
                let status = watch.message().await?.map(|response| response.status);
                if status == Some(ServingStatus::Serving.into()) {
                    return anyhow::Ok(());
                }
            }
        };
        timeout(CEILING, serving).await??;
        let check = health.check(HealthCheckRequest { service: service.to_owned() }).await?.into_inner();
        assert_eq!(check.status(), ServingStatus::Serving, "`{service}`");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn reflection_lists_the_services() -> anyhow::Result<()> {
    let (_rules, plane) = plane_on("")?;
    let channel = Endpoint::from_shared(format!("http://{}", plane.address()))?.connect().await?;
    let question = MessageRequest::ListServices(String::new());
    let request = ServerReflectionRequest { host: String::new(), message_request: Some(question) };
    let answers = ServerReflectionClient::new(channel).server_reflection_info(tokio_stream::once(request)).await?;
    let answer = timeout(CEILING, answers.into_inner().message()).await??.and_then(|answer| answer.message_response);
    let Some(MessageResponse::ListServicesResponse(list)) = answer else { anyhow::bail!("no list: {answer:?}") };
    let mut names: Vec<_> = list.service.into_iter().map(|service| service.name).collect();
    names.sort();
    assert_eq!(names, ["grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", SERVICE]);
    Ok(())
}
