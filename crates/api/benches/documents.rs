//! What it costs to read and check documents, beside the bare parser of the same text.
//!
//! `cargo bench -p opensergo-api` prints the time of 10,000 documents each; the ratio to `events` in the same run is
//! what the door costs above the parser it stands on.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use opensergo_api::document::{Entry, check_all, read};
use saphyr_parser::Parser;

const DOCUMENTS: usize = 10_000;

/// Documents of one kind, one a text.
fn documents(kind: &str, spec: &str) -> Vec<String> {
    let document = |i| {
        format!(
            "apiVersion: fault-tolerance.opensergo.io/v1alpha1\nkind: {kind}\nmetadata:\n  name: object-{i}\n  labels:\n    app: foo-app\nspec:\n{spec}"
        )
    };
    (0..DOCUMENTS).map(document).collect()
}

fn kinds() -> [(&'static str, Vec<String>); 3] {
    [
        (
            "RateLimitStrategy",
            documents(
                "RateLimitStrategy",
                "  metricType: RequestAmount\n  limitMode: Local\n  threshold: 10\n  statDurationSeconds: 1\n",
            ),
        ),
        (
            "CircuitBreakerStrategy",
            documents(
                "CircuitBreakerStrategy",
                "  strategy: SlowRequestRatio\n  triggerRatio: 60%\n  statDuration: 30s\n  recoveryTimeout: 5s\n  minRequestAmount: 5\n  slowConditions:\n    maxAllowedRt: 500ms\n",
            ),
        ),
        (
            "FaultToleranceRule",
            documents(
                "FaultToleranceRule",
                "  targets:\n  - targetResourceName: 'GET:/foo/{id}'\n  strategies:\n  - name: rate-limit-foo\n    kind: RateLimitStrategy\n",
            ),
        ),
    ]
}

fn lawful(texts: &[String]) -> usize {
    let entries = texts.iter().flat_map(|text| read("bench", text));
    entries.filter(|entry| matches!(entry, Entry::Document(document) if document.check().object.is_some())).count()
}

fn check(criterion: &mut Criterion) {
    for (kind, texts) in kinds() {
        let mut group = criterion.benchmark_group(kind);
        group.throughput(Throughput::Elements(DOCUMENTS as u64)).sample_size(20);
        group.bench_function("events", |bencher| {
            bencher.iter(|| texts.iter().map(|text| Parser::new_from_str(text).count()).sum::<usize>());
        });
        group.bench_function("check", |bencher| {
            bencher.iter(|| assert_eq!(lawful(&texts), DOCUMENTS));
        });
        group.finish();
    }
}

/// All of them together, as a folder of rules is: each object once, every reference followed.
fn check_together(criterion: &mut Criterion) {
    let texts: Vec<_> = kinds().into_iter().flat_map(|(_, texts)| texts).collect();
    let mut group = criterion.benchmark_group("together");
    group.throughput(Throughput::Elements(texts.len() as u64)).sample_size(10);
    group.bench_function("check_all", |bencher| {
        let entries = || texts.iter().flat_map(|text| read("bench", text)).collect::<Vec<_>>();
        bencher.iter_batched(entries, check_all, BatchSize::LargeInput);
    });
    group.finish();
}

criterion_group!(benches, check, check_together);
criterion_main!(benches);
