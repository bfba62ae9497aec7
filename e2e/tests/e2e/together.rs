//! Java, Go and Rust side by side on one control plane.

use e2e::clock;
use serde_json::json;

use crate::given::{FOO, expect_list, go, limited_foo, plane_on, rate_limit_message, sentinel_app};
use crate::rust;
use crate::sentinel::{expect_rules, listening, qps};
use crate::traffic::{Tally, call_foo, drive};

/// How long traffic flows to see a limit: three windows.
const SECONDS: u32 = 3;

#[test]
fn java_go_and_rust_obey_the_same_rule_and_its_change() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let (rules, plane) = plane_on(&limited_foo(2))?;
    let mut java = sentinel_app(&plane)?;
    let mut go = go(&plane, &[])?;
    let rust = runtime.block_on(rust::connect(&plane))?;
    let app = listening(&mut java)?;

    for threshold in [2, 5] {
        let saved = clock::now();
        if threshold != 2 {
            runtime.block_on(rust::change(&rust, "RateLimitStrategy", || {
                rules.save("rules.yaml", limited_foo(threshold))
            }))?;
        }
        let rate = rate_limit_message("rate-limit-foo", threshold, 1);
        expect_list(&mut go, "RateLimitStrategy", &json!([rate]))?;
        expect_rules(&mut java, &json!([qps(threshold.into())]), &json!([]))?;
        println!("{threshold} per second, everywhere after {:?}", saved.elapsed());

        let (mut by_java, mut by_rust) = (Tally::default(), Tally::default());
        drive(SECONDS, || {
            by_java.count(call_foo(app)?);
            by_rust.count(runtime.block_on(rust.guard(FOO)).is_ok());
            Ok(())
        })?;
        assert!(by_java.is_limited_to(threshold, SECONDS), "Java at {threshold}: {by_java:?}");
        assert!(by_rust.is_limited_to(threshold, SECONDS), "Rust at {threshold}: {by_rust:?}");
    }
    Ok(())
}
