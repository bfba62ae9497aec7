//! The act of the circuit breaker: `/err` fails, the breaker opens, the application is healed, a probe closes it.

use std::time::Duration;

use opensergo_sdk::{BreakerState, StrategyState};

use super::call::{Call, REFUSED};
use super::difference::{Difference, promise};
use super::play::{Play, SECOND};
use super::rules::CIRCUIT_BREAKER;
use super::stage::Stage;

const ERR: &str = "GET:/err";
/// As the manifest has it: how many calls the breaker needs to judge, and how long it refuses.
const NEEDED: usize = 5;
const RECOVERY: Duration = Duration::from_secs(3);

/// Plays the act.
pub(super) async fn play(play: &mut Play<'_>) -> Result<(), Difference> {
    let expected = "it opens after 5 failures, refuses for 3 s, lets one call probe, and closes";
    play.screen.act(4, "A circuit breaker on GET:/err, which answers 500", expected);
    let saved = play.stage.rules.save(CIRCUIT_BREAKER);
    let saved = play.change("save circuit-breaker.yaml", saved)?;
    play.wait("the breaker is in the application, closed", |stage| breaker(stage) == Some(BreakerState::Closed))
        .await?;
    let tripped = open(play, saved).await?;
    refuse(play, tripped.started).await?;
    recover(play, tripped.started).await
}

/// Fails until the breaker opens; returns the call that opened it.
async fn open(play: &mut Play<'_>, since: Duration) -> Result<Call, Difference> {
    let refused = |_: &Stage, status| (status == REFUSED).then_some(());
    play.until("/err", "the breaker opens", refused).await?;
    let failed: Vec<_> = play.stage.app.calls(ERR, since).into_iter().filter(|call| !call.is_refused()).collect();
    promise(failed.len() >= NEEDED, "it takes 5 failures to open", || format!("open after {}", failed.len()))?;
    play.screen.seen(&format!("open after {} calls that failed", failed.len()));
    failed.last().cloned().ok_or_else(|| Difference::new("a call that failed", "none"))
}

/// Calls an open breaker; nothing may reach the handler before its time.
async fn refuse(play: &mut Play<'_>, tripped: Duration) -> Result<(), Difference> {
    let reached = play.stage.app.reached();
    play.calls("/err", SECOND).await?;
    let calls = play.stage.app.calls(ERR, tripped);
    let early = |call: &&Call| call.started > tripped && call.ended < tripped + RECOVERY;
    let leaked = calls.iter().filter(early).filter(|call| !call.is_refused()).count();
    promise(leaked == 0, "an open breaker refuses every call", || format!("{leaked} passed"))?;
    let refused = calls.iter().filter(|call| call.is_refused()).count();
    let all_early = calls.iter().all(|call| call.ended < tripped + RECOVERY);
    let leaked = play.stage.app.reached() - reached;
    promise(leaked == 0 || !all_early, "no refused call reaches the handler", || format!("{leaked} did"))?;
    play.screen.seen(&format!("{refused} calls refused; the handler saw none of them"));
    Ok(())
}

/// Heals the application; the probe must find out, not before its time.
async fn recover(play: &mut Play<'_>, tripped: Duration) -> Result<(), Difference> {
    play.stage.app.heal();
    play.screen.does("heal the application");
    let passed = |_: &Stage, status| (status == 200).then_some(());
    play.until("/err", "a probe passes and succeeds", passed).await?;
    let probe = play.stage.app.calls(ERR, tripped).into_iter().rfind(|call| !call.is_refused());
    let probe = probe.ok_or_else(|| Difference::new("the application saw the probe", "it did not"))?;
    let waited = probe.ended.saturating_sub(tripped);
    promise(waited >= RECOVERY, "the probe comes after 3 s", || format!("after {waited:?}"))?;
    promise(breaker(play.stage) == Some(BreakerState::Closed), "the breaker is closed", || {
        format!("{:?}", breaker(play.stage))
    })?;
    play.screen
        .seen(&format!("a probe passed {:.1} s after the breaker had opened, and closed it", waited.as_secs_f64()));
    let statuses = play.calls("/err", SECOND).await?;
    promise(statuses.iter().all(|status| *status == 200), "every call passes", || format!("{statuses:?}"))?;
    play.stage.app.injure();
    Ok(())
}

/// Returns what the breaker is doing; `None` when there is none.
fn breaker(stage: &Stage) -> Option<BreakerState> {
    stage.client.snapshot().iter().find_map(|gate| match gate.state {
        StrategyState::CircuitBreaker { state, .. } if *gate.id.resource == *ERR => Some(state),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_says_what_the_act_promises() {
        let text = CIRCUIT_BREAKER.text;
        assert!(text.contains(&format!("recoveryTimeout: {}s\n", RECOVERY.as_secs())), "{text}");
        assert!(text.contains(&format!("minRequestAmount: {NEEDED}\n")), "{text}");
        assert!(text.contains(&format!("targetResourceName: {ERR}\n")), "{text}");
    }
}
