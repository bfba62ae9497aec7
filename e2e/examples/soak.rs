//! Minutes of trouble: a control plane under a crowd of Go clients while its rules change, visitors come and go, and now
//! and then it is killed, or stopped, and started again. `cargo run -p e2e --example soak -- --minutes N`
//!
//! The crowd must take every change and come back after every outage; between two outages the memory of the control
//! plane must not grow with what it has served.

use std::time::Duration;

use anyhow::{Context, bail};
use e2e::{Plane, Program, Rules, binary, clock};

/// Clients, each with a connection of its own.
const CROWD: usize = 200;
/// Edits in a round.
const EDITS: u32 = 20;
/// Rounds between two outages, and outages until a long one, in which each client tries in vain several times.
const ROUNDS: u32 = 5;
const LONG_EVERY: u32 = 3;
const LONG: Duration = Duration::from_secs(5);
/// How much more memory a process may hold after any round than after its first, in KiB.
const GROWTH: u64 = 16 * 1024;

fn main() -> anyhow::Result<()> {
    let minutes: u64 = match std::env::args().skip(1).collect::<Vec<_>>().as_slice() {
        [flag, minutes] if flag == "--minutes" => minutes.parse().context("--minutes wants a number")?,
        other => bail!("soak takes --minutes N, found `{}`", other.join(" ")),
    };
    let rules = Rules::of(&strategy(0))?;
    let mut plane = Plane::start(&rules)?;
    let mut crowd = crowd(&plane)?;
    let end = clock::now() + Duration::from_secs(minutes * 60);
    let (mut round, mut at_first) = (0, None);
    while round == 0 || clock::now() < end {
        for edit in 1..=EDITS {
            rules.save("rules.yaml", strategy(round * EDITS + edit))?;
            crowd.expect_event("all")?;
        }
        drop(self::crowd(&plane)?);
        let memory = plane.memory()?;
        let first = *at_first.get_or_insert(memory);
        println!("round {round}: {memory} KiB, {first} KiB after the first since the last outage");
        if memory > first + GROWTH {
            bail!("memory grows");
        }
        round += 1;
        if round.is_multiple_of(ROUNDS) {
            outage(&mut plane, round / ROUNDS)?;
            crowd.expect_event("broken")?;
            crowd.expect_event("connected")?;
            crowd.forget();
            at_first = None;
        }
    }
    println!("{round} rounds of {EDITS} edits for {CROWD} clients");
    Ok(())
}

/// Takes the control plane away and brings it back: killed and stopped in turn, now and then for long.
fn outage(plane: &mut Plane, number: u32) -> anyhow::Result<()> {
    if number.is_multiple_of(2) {
        plane.kill()?;
    } else {
        plane.stop()?;
    }
    if number.is_multiple_of(LONG_EVERY) {
        clock::pause(LONG);
    }
    plane.restart()
}

fn crowd(plane: &Plane) -> anyhow::Result<Program> {
    let mut command = binary::go_client()?;
    command.args(["-server", &plane.address().to_string(), "-tick", "500ms", "-kinds", "RateLimitStrategy"]);
    command.args(["-streams", &CROWD.to_string()]);
    let mut crowd = Program::start("crowd", command)?;
    crowd.expect_event("connected")?;
    crowd.expect_event("all")?;
    Ok(crowd)
}

fn strategy(threshold: u32) -> String {
    format!(
        "apiVersion: fault-tolerance.opensergo.io/v1alpha1\nkind: RateLimitStrategy\n\
         metadata: {{name: soaked, labels: {{app: foo-app}}}}\n\
         spec: {{metricType: RequestAmount, limitMode: Local, threshold: {threshold}, statDurationSeconds: 1}}\n"
    )
}
