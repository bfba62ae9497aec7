//! How much memory an object in force costs the control plane. `cargo run --release -p e2e --example footprint`
//!
//! The resident memory of the real process with nothing, with 10,000 and with 20,000 small objects in 1,000 applications,
//! each after a fresh start; and the bytes of the same texts on disk, to compare with.

use std::fmt::Write as _;

use anyhow::Context;
use e2e::{Plane, Rules, http};

/// Objects in one file: the most a text may hold is ten thousand.
const IN_A_FILE: usize = 1_000;
const APPS: usize = 1_000;

fn main() -> anyhow::Result<()> {
    let (nothing, _) = measure(0)?;
    println!("objects  resident KiB  bytes an object  bytes of text an object");
    println!("{:>7}  {nothing:>12}", 0);
    for objects in [10_000, 20_000] {
        let (resident, text) = measure(objects)?;
        let each = resident.saturating_sub(nothing) * 1024 / objects as u64;
        println!("{objects:>7}  {resident:>12}  {each:>15}  {:>23}", text / objects);
    }
    Ok(())
}

/// Starts a control plane on so many objects; returns its resident memory in KiB, and the bytes of their texts.
fn measure(objects: usize) -> anyhow::Result<(u64, usize)> {
    let rules = Rules::of("")?;
    let mut bytes = 0;
    for file in 0..objects / IN_A_FILE {
        let text = text(file);
        bytes += text.len();
        rules.save(&format!("{file}.yaml"), text)?;
    }
    let plane = Plane::start(&rules)?;
    let wanted = format!("opensergo_index_objects {objects}\n");
    http::wait_for(plane.http(), "/readyz", |answer| answer.status == 200)?;
    http::wait_for(plane.http(), "/metrics", |answer| answer.body.contains(&wanted)).context("not all are in force")?;
    Ok((plane.memory()?, bytes))
}

fn text(file: usize) -> String {
    let mut text = String::new();
    for number in file * IN_A_FILE..(file + 1) * IN_A_FILE {
        // Writing into a String cannot fail.
        let _ = write!(
            text,
            "---\napiVersion: fault-tolerance.opensergo.io/v1alpha1\nkind: RateLimitStrategy\nmetadata:\n  name: rate-limit-{number}\n  labels:\n    app: app-{}\nspec:\n  metricType: RequestAmount\n  limitMode: Local\n  threshold: 10\n  statDurationSeconds: 1\n",
            number % APPS
        );
    }
    text
}
