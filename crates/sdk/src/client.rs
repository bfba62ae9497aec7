//! The handle an application holds: cheap to clone; the rules are kept up to date until the last clone is dropped.

use std::sync::Arc;
use std::time::Duration;

use opensergo_fault_tolerance::{Call, Decision, Engine, Events, GateSnapshot, Rejection, ResourceFacts, Totals};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::cache::Cache;
use crate::clock::Clock;
use crate::config::Config;
use crate::follower::Follower;
use crate::guard::Permit;
use crate::interest::Interest;
use crate::layer::GuardLayer;
use crate::load;
use crate::rules::RuleSet;
use crate::state::{Readiness, State};
use crate::stream::{ConnectError, Stream};

/// Protects one application by its rules. Clones share everything.
#[derive(Debug, Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    engine: Arc<Engine>,
    clock: Clock,
    state: watch::Receiver<State>,
    /// The tasks of a client. Dropping the set ends them.
    _tasks: JoinSet<()>,
}

impl Client {
    /// Begins to follow the rules of an application. Returns at once, whether a control plane is there or not: until
    /// rules come, those on disk are in force, or none, and everything passes. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// The endpoint is not an address.
    pub fn connect(config: &Config) -> Result<Self, ConnectError> {
        let (engine, clock) = (Arc::new(Engine::new()), Clock::start());
        let stream = Stream::try_new(config, Interest::of_the_engine())?;
        let cache = config.cache.as_deref().map(|directory| Cache::new(directory, &config.namespace, &config.app));
        let follower = Follower::new(stream, RuleSet::new(Arc::clone(&engine)), cache, config.settle);
        let state = follower.state();
        let mut tasks = JoinSet::new();
        tasks.spawn(follower.run());
        tasks.spawn(load::watch(Arc::clone(&engine), clock));
        Ok(Self { shared: Arc::new(Shared { engine, clock, state, _tasks: tasks }) })
    }

    /// Waits until this call may start, and returns the permit that notes how it went; or says who refuses it.
    ///
    /// A call is the name of its resource, or a [`Call`] with more to say. One that is told to wait sleeps here; dropping the future gives its place back.
    ///
    /// # Errors
    /// A strategy refuses the call; the rejection names it.
    pub async fn guard(&self, call: impl Into<Call<'_>>) -> Result<Permit, Rejection> {
        let decision = self.enter(call);
        self.wait(decision).await
    }

    /// Decides on a call that comes now.
    pub(crate) fn enter<'a>(&self, call: impl Into<Call<'a>>) -> Decision {
        self.shared.engine.enter(call, self.shared.clock)
    }

    /// Waits until a call may start that was told to.
    pub(crate) async fn wait(&self, decision: Decision) -> Result<Permit, Rejection> {
        let clock = self.shared.clock;
        let permit = match decision {
            Decision::Admit(permit) => permit,
            Decision::Wait(waiting) => {
                tokio::time::sleep_until(clock.instant(waiting.until())).await;
                waiting.start(clock)
            }
            Decision::Reject(rejection) => return Err(rejection),
        };
        Ok(Permit::new(permit, clock))
    }

    /// Returns a tower layer that guards HTTP requests; `resource` names the resource of each.
    ///
    /// A refused request is answered as the fallback action of the rule says, else 429 with `Retry-After` where that is
    /// known. Breakers see the status of an answer; errors of the service are errors. Keyed limits find headers and query
    /// parameters; a rule by anything else does not concern these requests.
    pub fn layer<F>(&self, resource: F) -> GuardLayer<F> {
        GuardLayer::new(self.clone(), resource)
    }

    /// Waits until the rules of every kind are in force: those of this run, or at least those of an earlier one.
    pub async fn wait_ready(&self) -> Readiness {
        let mut state = self.shared.state.clone();
        let ready = state.wait_for(|state| state.readiness > Readiness::Waiting).await;
        ready.map_or(Readiness::Waiting, |state| state.readiness)
    }

    /// Returns how the client is doing, now and from now on.
    pub fn state(&self) -> watch::Receiver<State> {
        self.shared.state.clone()
    }

    /// Returns every strategy on every resource as it is now: counts, and what breakers are doing.
    pub fn snapshot(&self) -> Vec<GateSnapshot> {
        self.shared.engine.snapshot()
    }

    /// Returns what happened to the calls of every resource that is watched.
    pub fn facts(&self) -> Vec<ResourceFacts> {
        self.shared.engine.facts()
    }

    /// Returns how many resources are watched, and how many calls could not be guarded.
    pub fn totals(&self) -> Totals {
        self.shared.engine.totals()
    }

    /// Takes the events that wait: breakers that turned, and calls that passed unguarded.
    pub fn take_events(&self) -> Events {
        self.shared.engine.take_events()
    }

    /// Puts rules into force that no control plane sent.
    #[cfg(test)]
    pub(crate) fn apply(&self, rules: &opensergo_api::fault_tolerance::Rules) {
        self.shared.engine.apply(rules);
    }

    /// Returns how long from now until an instant of the engine; zero when it has passed.
    pub(crate) fn until(&self, rejection: &Rejection) -> Option<Duration> {
        rejection.retry_at().map(|at| at.since(self.shared.clock.now()))
    }
}
