//! A play under way: what every act does. Calls at a steady pace, waits for facts, changes of the rules.

use std::time::Duration;

use axum::body::Body;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::difference::{Difference, promise};
use super::screen::Screen;
use super::stage::Stage;
use crate::reason;

/// The time between two calls: 20 in a second.
const PACE: Duration = Duration::from_millis(50);
/// How many calls make a second.
pub(super) const SECOND: usize = 20;
/// How long a fact may take to show; a hundred times what it takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// A play under way: the stage, the screen, and the caller who walks up to the application.
pub(super) struct Play<'a> {
    /// What runs.
    pub(super) stage: &'a Stage,
    /// Where it shows.
    pub(super) screen: &'a mut Screen,
    http: Client<HttpConnector, Body>,
    pace: Interval,
}

impl<'a> Play<'a> {
    /// Begins.
    pub(super) fn new(stage: &'a Stage, screen: &'a mut Screen) -> Self {
        let mut pace = interval(PACE);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { stage, screen, http: Client::builder(TokioExecutor::new()).build_http(), pace }
    }

    /// Returns the time.
    pub(super) fn now(&self) -> Duration {
        self.stage.clock.now()
    }

    /// Waits for its turn, makes one call, and returns the status of the answer.
    pub(super) async fn call(&mut self, path: &str) -> Result<u16, Difference> {
        self.pace.tick().await;
        let answer = match format!("http://{}{path}", self.stage.address).parse() {
            Ok(uri) => self.http.get(uri).await.map_err(|error| reason::in_words(&error.into())),
            Err(error) => Err(format!("{error}")),
        };
        let answer = answer.map_err(|seen| Difference::new(format!("an answer to GET {path}"), seen))?;
        let status = answer.status().as_u16();
        self.screen.call(path, status);
        Ok(status)
    }

    /// Makes so many calls and returns the statuses.
    pub(super) async fn calls(&mut self, path: &str, count: usize) -> Result<Vec<u16>, Difference> {
        let mut statuses = Vec::with_capacity(count);
        for _ in 0..count {
            statuses.push(self.call(path).await?);
        }
        Ok(statuses)
    }

    /// Makes calls until they show a fact, and returns the fact.
    pub(super) async fn until<T>(
        &mut self,
        path: &str,
        expected: &str,
        mut fact: impl FnMut(&Stage, u16) -> Option<T>,
    ) -> Result<T, Difference> {
        let end = self.now() + PATIENCE;
        while self.now() < end {
            let status = self.call(path).await?;
            if let Some(fact) = fact(self.stage, status) {
                return Ok(fact);
            }
        }
        Err(Difference::new(expected, format!("nothing of that in {PATIENCE:?}")))
    }

    /// Waits until the SDK shows a fact, without a call.
    pub(super) async fn wait(&mut self, expected: &str, fact: impl Fn(&Stage) -> bool) -> Result<(), Difference> {
        let end = self.now() + PATIENCE;
        while !fact(self.stage) {
            promise(self.now() < end, expected, || format!("nothing of that in {PATIENCE:?}"))?;
            self.pace.tick().await;
        }
        Ok(())
    }

    /// Does something to the rules.
    pub(super) fn change(&mut self, deed: &str, done: std::io::Result<()>) -> Result<Duration, Difference> {
        done.map_err(|error| Difference::new(format!("to {deed}"), error.to_string()))?;
        let at = self.now();
        self.screen.does(deed);
        Ok(at)
    }
}
