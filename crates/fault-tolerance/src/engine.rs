//! The engine: one plan, swapped when the rules change, asked before every call.

mod entrance;
mod view;

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use opensergo_api::ResourceName;
use opensergo_api::fault_tolerance::Rules;

use crate::call::Call;
use crate::clock::Clock;
use crate::decision::Decision;
use crate::event::Events;
use crate::left_out::LeftOut;
use crate::lookaside::{self, Key};
use crate::overload::Gauges;
use crate::plan::Plan;
use crate::shared::Shared;
use crate::table::Table;
use crate::time::Nanos;

/// Engines that ever were.
static ENGINES: AtomicU64 = AtomicU64::new(1);

/// Settings of an engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How many resources are watched at most: 1 to 2^32 - 1, by default 100,000. A resource takes some hundred bytes,
    /// with a rate limit 1 to 3 KB. Those not called any more are forgotten.
    pub resources: u32,
    /// Whether every call is timed; by default one of sixteen, and all where a rule needs the time.
    pub time_every_call: bool,
}

/// Decides whether calls may pass. Shared by all threads of a process, with one origin of time.
///
/// ```
/// use opensergo_fault_tolerance::{Decision, Engine, Nanos, Outcome};
///
/// let engine = Engine::new();
/// let now = Nanos::new(0);
/// match engine.enter("GET:/foo/{id}", now) {
///     Decision::Admit(permit) => permit.exit(Outcome::Success, now),
///     // Sleep until then; dropped instead, the call is cancelled and its place in the queue is free again.
///     Decision::Wait(waiting) => {
///         let until = waiting.until();
///         waiting.start(until).exit(Outcome::Success, until);
///     }
///     Decision::Reject(rejection) => println!("{rejection}, retry at {:?}", rejection.retry_at()),
/// }
/// ```
pub struct Engine {
    /// Tells its names from those of other engines.
    salt: u64,
    plan: ArcSwap<Plan>,
    table: Table,
    shared: Arc<Shared>,
    /// Held while rules are applied, so that plans follow each other.
    applying: Mutex<()>,
    uncounted: AtomicU64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { resources: 100_000, time_every_call: false }
    }
}

impl Default for Engine {
    fn default() -> Self {
        Self::with(Settings::default())
    }
}

impl Engine {
    /// Makes an engine without rules: it admits everything.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes an engine without rules, with settings of its own.
    pub fn with(settings: Settings) -> Self {
        Self {
            salt: lookaside::salt(ENGINES.fetch_add(1, Ordering::Relaxed)),
            plan: ArcSwap::default(),
            table: Table::new(usize::try_from(settings.resources).unwrap_or(usize::MAX).max(1)),
            shared: Arc::new(Shared::new(settings.time_every_call)),
            applying: Mutex::default(),
            uncounted: AtomicU64::new(0),
        }
    }

    /// Puts rules into force, in place of all former ones. A call already admitted keeps its permit.
    ///
    /// A strategy that had been there under the same rule, name, kind and resource carries on: unchanged, with all it
    /// knows; a changed rate limit with its admissions, a changed throttle with its last start, a changed concurrency
    /// limit with its calls under way, a changed breaker open when it was open. What is taken away is forgotten.
    ///
    /// Each resource changes at one moment, not all resources at the same. What is not carried out is left out, and
    /// listed: [`Self::left_out`].
    pub fn apply(&self, rules: &Rules) {
        let _applying = self.applying.lock().unwrap_or_else(PoisonError::into_inner);
        let plan = Arc::new(Plan::new(rules, &self.plan.load()));
        self.plan.store(Arc::clone(&plan));
        self.table.replan(&plan);
    }

    /// Decides on a call that comes now.
    ///
    /// Every strategy of the resource must agree, and a call that one refuses is charged to none. A resource no rule
    /// names is admitted and counted. The clock is read only when somebody needs to know the time.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as for what is inside")]
    pub fn enter<'a>(&self, call: impl Into<Call<'a>>, clock: impl Clock) -> Decision {
        self.let_in(call.into(), clock)
    }

    /// Lets time alone do its work on a resource: a half-open breaker whose probes have not decided by now opens again, as
    /// of the end of their time. Returns when that is due next; `None` while no breaker of the resource is half-open.
    ///
    /// Nobody has to call it: the next call that is not refused by others, or a probe that ends, notices by itself. It is
    /// for those who want the event in time. It admits nothing, counts nothing and watches no resource anew; an open
    /// breaker stays open until a call comes to probe. The clock is read only when a breaker is half-open.
    ///
    /// Time that was let pass is not taken back: rules applied later give its probes no more time, and a probe cancelled
    /// later has failed.
    pub fn pass_time(&self, resource: &str, clock: impl Clock) -> Option<Nanos> {
        let key = Key::new(self.salt, resource);
        let (_, seat) = self.table.ask(&key, resource, |slot| slot.seat(&key, resource))?;
        seat.guard.pass_time(&clock)
    }

    /// Sets what is known of the instance; what is not known stays as it was.
    pub fn set_gauges(&self, gauges: Gauges) {
        self.shared.instance.set_gauges(gauges);
    }

    /// Says whether a rule asks how loaded the instance is: then somebody should call [`Self::set_gauges`].
    pub fn watches_load(&self) -> bool {
        !self.plan.load().overload().is_empty()
    }

    /// Returns what is known of the instance.
    pub fn gauges(&self) -> Gauges {
        self.shared.instance.gauges()
    }

    /// Takes the events that wait: breakers that turned, and calls that passed unguarded.
    pub fn take_events(&self) -> Events {
        self.shared.events.take()
    }

    /// Returns the names rules say exactly, sorted.
    pub fn resources(&self) -> Vec<ResourceName> {
        self.plan.load().resources().to_vec()
    }

    /// Returns what the rules ask for and the engine does not carry out.
    pub fn left_out(&self) -> Vec<LeftOut> {
        self.plan.load().left_out().to_vec()
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("totals", &self.totals()).finish_non_exhaustive()
    }
}
