//! Traffic: calls one after the other, and what became of them.

use std::net::SocketAddr;
use std::time::Duration;

use e2e::{clock, http};

/// Between two calls: often enough to use every place a limit gives, and not to keep a core busy.
const BETWEEN: Duration = Duration::from_millis(5);

/// What became of calls.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u32,
    pub(crate) refused: u32,
}

impl Tally {
    /// Adds a call.
    pub(crate) fn count(&mut self, passed: bool) {
        if passed {
            self.passed += 1;
        } else {
            self.refused += 1;
        }
    }

    /// Says whether about so many calls passed each second: in whole windows up to one more or less, as the first and
    /// the last window of a stretch of time are cut, and no fewer than one refused.
    pub(crate) fn is_limited_to(self, per_second: u32, seconds: u32) -> bool {
        let most = per_second * (seconds + 1);
        let least = per_second * (seconds - 1);
        (least..=most).contains(&self.passed) && self.refused > 0
    }
}

/// Calls again and again for so many seconds.
pub(crate) fn drive(seconds: u32, mut call: impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<()> {
    let end = clock::now() + Duration::from_secs(seconds.into());
    while clock::now() < end {
        call()?;
        clock::pause(BETWEEN);
    }
    Ok(())
}

/// Calls `GET /foo/1` of the application guarded by Sentinel; says whether the call passed.
pub(crate) fn call_foo(app: SocketAddr) -> anyhow::Result<bool> {
    let answer = http::get(app, "/foo/1")?;
    match answer.status {
        200 => Ok(true),
        429 if answer.body.starts_with("Blocked by Sentinel") => Ok(false),
        other => anyhow::bail!("GET /foo/1 answers {other}: {}", answer.body),
    }
}
