//! What it costs to turn objects into wire bytes, beside encoding the ready messages alone.
//!
//! `cargo bench -p opensergo-wire` prints the time of 10,000 objects each; the ratio to `bytes` in the same run is what
//! the conversion costs above protobuf.

#![expect(clippy::expect_used, reason = "what is benched is lawful")]

use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use opensergo_api::{Kind, Metadata, Namespace, Node, Object, ObjectName, Report};
use opensergo_wire::{Features, encode};
use prost::Message;
use serde_json::{Value, json};

const OBJECTS: usize = 10_000;

fn objects(kind: &str, spec: &Value) -> Vec<Object> {
    let kind = Kind::find_simple(kind).expect("a kind");
    let object = |i| {
        let spec = kind.read(&Node::from(spec), &mut Report::default()).expect("lawful");
        let name = ObjectName::try_new(&format!("object-{i}")).expect("a name");
        let metadata = Metadata { namespace: Namespace::default_namespace(), name, app: None };
        Object::new(kind, metadata, Arc::clone(&spec))
    };
    (0..OBJECTS).map(object).collect()
}

fn convert(criterion: &mut Criterion) {
    let limit =
        json!({ "metricType": "RequestAmount", "limitMode": "Local", "threshold": 10, "statDurationSeconds": 1 });
    let rule = json!({
        "targets": [{ "targetResourceName": "GET:/foo/{id}" }],
        "strategies": [{ "name": "rate-limit-foo", "kind": "RateLimitStrategy" }],
    });
    let endpoint = json!({ "database": { "MySQL": { "url": "jdbc:mysql://127.0.0.1:3306/demo", "username": "demo",
                               "passwordFrom": { "env": "PASSWORD" } } } });
    let lists = [
        ("RateLimitStrategy", objects("RateLimitStrategy", &limit)),
        ("FaultToleranceRule", objects("FaultToleranceRule", &rule)),
        ("DatabaseEndpoint, as a Struct", objects("DatabaseEndpoint", &endpoint)),
    ];
    for (name, list) in lists {
        let all = Features::all();
        let ready: Vec<_> = list.iter().filter_map(|object| encode(object, all)).collect();
        assert_eq!(ready.len(), OBJECTS, "{name}");
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Elements(OBJECTS as u64)).sample_size(20);
        group.bench_function("bytes", |bencher| {
            bencher.iter(|| ready.iter().map(|any| any.encode_to_vec().len()).sum::<usize>());
        });
        group.bench_function("convert", |bencher| {
            let convert = |object| encode(object, all).map_or(0, |any| any.encode_to_vec().len());
            bencher.iter(|| list.iter().map(convert).sum::<usize>());
        });
        group.finish();
    }
}

criterion_group!(benches, convert);
criterion_main!(benches);
