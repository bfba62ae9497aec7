//! The acts, in their order. Each says what to expect, makes it happen, and compares.

use std::time::Duration;

use super::breaker_act;
use super::call::{Call, Limit, REFUSED};
use super::difference::{Difference, promise};
use super::play::{Play, SECOND};
use super::rules::{CIRCUIT_BREAKER, RATE_LIMIT};
use super::stage::Stage;

const FOO: &str = "GET:/foo/{id}";
const TWO: Limit = Limit { calls: 2, window: Duration::from_secs(1) };
const FIVE: Limit = Limit { calls: 5, window: Duration::from_secs(1) };

/// Plays all acts.
///
/// # Errors
/// The first difference between what was promised and what was seen.
pub(super) async fn play(play: &mut Play<'_>) -> Result<(), Difference> {
    no_rules(play).await?;
    rate_limit(play).await?;
    edit(play).await?;
    breaker_act::play(play).await?;
    delete(play).await
}

async fn no_rules(play: &mut Play<'_>) -> Result<(), Difference> {
    play.screen.act(1, "No rules", "every call passes");
    let mut statuses = play.calls("/foo/1", 2 * SECOND).await?;
    statuses.extend(play.calls("/hello", SECOND).await?);
    all_pass(play, &statuses)
}

async fn rate_limit(play: &mut Play<'_>) -> Result<(), Difference> {
    play.screen.act(2, "A rate limit: 2 calls per second on GET:/foo/{id}", "2 per second pass, the rest get 429");
    let saved = play.stage.rules.save(RATE_LIMIT);
    let saved = play.change("save rate-limit.yaml", saved)?;
    let first = |_: &Stage, status| (status == REFUSED).then_some(());
    play.until("/foo/1", "a call is refused once the rule is there", first).await?;
    let refused = last(&play.stage.app.calls(FOO, saved))?;
    play.screen.seen(&format!("the first call refused {} after the save", millis(refused.ended, saved)));
    hold(play, TWO, refused.started, 4).await?;
    let statuses = play.calls("/hello", SECOND / 2).await?;
    promise(statuses.iter().all(|status| *status == 200), "/hello has no rule and passes", || format!("{statuses:?}"))
}

async fn edit(play: &mut Play<'_>) -> Result<(), Difference> {
    play.screen.act(3, "The threshold is edited to 5", "5 per second pass; nothing restarts");
    let saved = play.stage.rules.edit(RATE_LIMIT.name, "threshold: 2", "threshold: 5");
    let saved = play.change("save rate-limit.yaml with threshold: 5", saved)?;
    let since = saved.saturating_sub(TWO.window);
    let more = |stage: &Stage, _| TWO.exceeded_at(&stage.app.calls(FOO, since));
    let effect = play.until("/foo/1", "more than 2 calls pass in a second", more).await?;
    play.screen.seen(&format!("a third call in one second {} after the save", millis(effect, saved)));
    hold(play, FIVE, effect, 3).await
}

async fn delete(play: &mut Play<'_>) -> Result<(), Difference> {
    play.screen.act(5, "The rules are deleted", "every call passes again");
    let deleted = play.stage.rules.delete(RATE_LIMIT.name);
    let deleted = deleted.and_then(|()| play.stage.rules.delete(CIRCUIT_BREAKER.name));
    let deleted = play.change("delete rate-limit.yaml and circuit-breaker.yaml", deleted)?;
    let since = deleted.saturating_sub(FIVE.window);
    let more = |stage: &Stage, _| FIVE.exceeded_at(&stage.app.calls(FOO, since));
    let effect = play.until("/foo/1", "more than 5 calls pass in a second", more).await?;
    play.screen.seen(&format!("a sixth call in one second {} after the deletion", millis(effect, deleted)));
    play.wait("no rule is left in the application", |stage| stage.client.snapshot().is_empty()).await?;
    let mut statuses = play.calls("/foo/1", 2 * SECOND).await?;
    statuses.extend(play.calls("/err", SECOND / 2).await?);
    all_pass(play, &statuses)
}

/// Makes calls for so many seconds, and proves that a limit holds since a moment.
async fn hold(play: &mut Play<'_>, limit: Limit, since: Duration, seconds: usize) -> Result<(), Difference> {
    let start = play.now();
    let statuses = play.calls("/foo/1", seconds * SECOND).await?;
    let took = play.now().saturating_sub(start);
    limit.prove(&play.stage.app.calls(FOO, since.saturating_sub(limit.window)), since)?;
    let passed = statuses.iter().filter(|status| **status == 200).count();
    let refused = statuses.iter().filter(|status| **status == REFUSED).count();
    let numbers = format!("{passed} of {} calls passed in {:.1} s", statuses.len(), took.as_secs_f64());
    promise(
        passed + refused == statuses.len() && passed > 0 && refused > 0,
        "some calls pass, the rest get 429",
        || format!("{numbers}, {refused} got 429"),
    )?;
    play.screen.seen(&format!("{numbers}, the rest got 429; never more than {} in any second", limit.calls));
    Ok(())
}

fn all_pass(play: &mut Play<'_>, statuses: &[u16]) -> Result<(), Difference> {
    let refused = statuses.iter().filter(|status| **status == REFUSED).count();
    promise(refused == 0, "no call is refused", || format!("{refused} of {} calls refused", statuses.len()))?;
    play.screen.seen(&format!("{} calls, none refused", statuses.len()));
    Ok(())
}

fn last(calls: &[Call]) -> Result<Call, Difference> {
    calls.last().cloned().ok_or_else(|| Difference::new("the application saw the call", "it did not"))
}

fn millis(later: Duration, earlier: Duration) -> String {
    format!("{} ms", later.saturating_sub(earlier).as_millis())
}
