//! A circuit breaker: refuses while too many calls are slow or fail, then lets some calls probe.
//!
//! Asked by the guard when a call enters, told when it ends. A closed breaker costs one load at the entry and one
//! compare-and-swap at the end; an open one refuses with two loads. Only turning takes a lock, and only then.
//!
//! Only probes decide whether it closes. A call that entered before the last turn counts nowhere. Probing is limited
//! in time: a breaker never stays half-open.
//!
//! Refuses to know clocks, other gates, and who is told of its transitions.

mod board;
mod circuit;
mod edge;
#[cfg(test)]
#[cfg_attr(loom, allow(dead_code, reason = "the stories are not told under loom"))]
mod given;
#[cfg(all(test, loom))]
mod loom;
mod recovery;
mod share;
#[cfg(all(test, not(loom)))]
mod tests;
mod transition;
mod turns;
mod verdict;
mod window;

pub(crate) use share::Share;
pub use transition::Reason;
pub(crate) use transition::Transition;
pub(crate) use turns::Turns;
pub(crate) use window::Counts;

use std::sync::Arc;

use opensergo_api::fault_tolerance::{CircuitBreakerStrategy, Trip};

use crate::outcome::Outcome;
use crate::rejection::Denied;
use crate::shares::Claim;
use crate::snapshot::BreakerState;
use crate::sync::{AtomicBool, Mutex, Ordering, fence};
use crate::time::Nanos;
use board::{Board, Face, Notice};
use circuit::{Circuit, Counted, InForce, Probed};
use edge::Edge;
use window::{Added, Entry, Window};

/// Where nothing is bad, one good completion in so many looks whether the window may be settled.
const SELDOM: u64 = 16;

/// Watches how calls end.
#[derive(Debug)]
pub(crate) struct Breaker {
    spec: Arc<CircuitBreakerStrategy>,
    window: Arc<Window>,
    state: Arc<State>,
    edge: Arc<Edge>,
    turns: Arc<Turns>,
    /// Whether a successor has taken over: from then on its rule decides, whoever a call ends with.
    sealed: AtomicBool,
}

/// What a breaker and its successors share, so that no edit loses a call, a probe or a turn.
#[derive(Debug)]
struct State {
    board: Board,
    circuit: Mutex<Circuit>,
}

/// How a breaker lets a call in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pass {
    /// As one of many.
    Closed,
    /// As one of those that decide.
    Probe,
}

/// What is left to do of a completion.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Rest {
    Nothing,
    /// It was counted: what is in the window now?
    Look(Entry, Added),
    /// It probed: what follows?
    Probe(Probed),
}

/// How a call ended, as a breaker looks at it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Completion<'a> {
    /// The newest turn when the call looked, or the one it brought about itself.
    pub(crate) seen: u64,
    /// Whether it probed this breaker.
    pub(crate) probe: bool,
    /// When it started, where somebody timed it.
    pub(crate) started: Option<Nanos>,
    /// When it ended.
    pub(crate) ended: Nanos,
    /// How it ended.
    pub(crate) outcome: &'a Outcome<'a>,
    /// What the thread holds of this breaker's window, if it does: nobody waits for anybody there.
    pub(crate) share: Option<&'a Claim<Share>>,
}

impl Breaker {
    /// Makes a closed breaker. Calls that are under way already do not count.
    pub(crate) fn new(spec: Arc<CircuitBreakerStrategy>, turns: Arc<Turns>) -> Self {
        let window = Arc::new(Window::new(spec.stat_duration()));
        let edge = Arc::new(Edge::new());
        let rule = InForce { spec: Arc::clone(&spec), window: Arc::clone(&window), edge: Arc::clone(&edge) };
        let circuit = Circuit::new(rule, Arc::clone(&turns));
        let board = Board::new(circuit.notice().0.turn);
        let state = Arc::new(State { board, circuit: Mutex::new(circuit) });
        Self { spec, window, state, edge, turns, sealed: AtomicBool::new(false) }
    }

    /// Makes the breaker of an edited rule, and seals this one. Both go on with one state.
    ///
    /// An open one stays open: the new time-out counts from when it opened. A half-open one keeps its probes. A closed
    /// one keeps its window where calls are judged as before and the window is as long, else it starts empty.
    pub(crate) fn successor(&self, spec: Arc<CircuitBreakerStrategy>) -> Self {
        let counts_alike = spec.trip() == self.spec.trip() && spec.stat_duration() == self.spec.stat_duration();
        let window = if counts_alike { Arc::clone(&self.window) } else { Arc::new(Window::new(spec.stat_duration())) };
        let edge = Arc::new(Edge::new());
        self.state.change(|circuit| {
            circuit.edit(InForce { spec: Arc::clone(&spec), window: Arc::clone(&window), edge: Arc::clone(&edge) });
            self.sealed.store(true, Ordering::Release);
        });
        let (state, turns) = (Arc::clone(&self.state), Arc::clone(&self.turns));
        Self { spec, window, state, edge, turns, sealed: AtomicBool::new(false) }
    }

    /// Gives a share of the window to who asks, until it is dropped: then no other thread writes where he counts.
    pub(crate) fn claim(&self) -> Claim<Share> {
        self.window.claim()
    }

    /// Returns the turns of all breakers of its resource.
    #[inline]
    pub(crate) fn turns(&self) -> &Turns {
        &self.turns
    }

    /// Says whether every call may enter.
    #[inline]
    pub(crate) fn is_closed(&self) -> bool {
        self.state.board.is_closed()
    }

    /// Says whether some calls probe: then time alone may turn it.
    #[inline]
    pub(crate) fn is_half_open(&self) -> bool {
        matches!(self.state.board.read().face, Face::Free | Face::Full)
    }

    /// Says whether a call may find a place, now that the breaker is not closed. Changes nothing.
    pub(crate) fn peek(&self, now: Nanos) -> Result<(), Denied> {
        self.state.board.refusal(now).map_or(Ok(()), Err)
    }

    /// Says whether forgetting it changes nothing: it is closed, and its window is empty.
    pub(crate) fn is_at_rest(&self, now: Nanos) -> bool {
        self.is_closed() && self.counts(now).total == 0
    }

    /// Decides about a call that found the breaker not closed. `seen` is the newest turn when the call looked, before
    /// it asked any breaker; where it half-opens this one, `seen` moves on to that turn.
    ///
    /// # Errors
    /// `Refused`; or `Moved` when a breaker has turned since the call looked, and it would have to probe: it gives back
    /// what it holds and looks again. What is in `events` has happened in any case.
    pub(crate) fn enter(&self, now: Nanos, seen: &mut u64, events: &mut Vec<Transition>) -> Result<Pass, Denied> {
        match self.state.board.refusal(now) {
            Some(denied) => Err(denied),
            None => self.state.change(|circuit| circuit.enter(now, seen, events)),
        }
    }

    /// Lets time pass: opens where the probes have not decided by now; else returns until when they may.
    #[cold]
    pub(crate) fn pass_time(&self, now: Nanos, events: &mut Vec<Transition>) -> Option<Nanos> {
        self.state.change(|circuit| circuit.pass_time(now, events))
    }

    /// Takes the place of a probe back that was refused elsewhere or cancelled; one from before the last turn has none.
    pub(crate) fn give_back(&self, seen: u64) {
        self.state.change(|circuit| circuit.give_back(seen));
    }

    /// Takes how a call ended.
    pub(crate) fn settle(&self, call: &Completion<'_>, events: &mut Vec<Transition>) {
        match self.count(call) {
            Rest::Nothing => {}
            rest => self.finish(rest, events),
        }
    }

    /// Counts how a call ended, if it counts, and returns what is left to do: nothing as a rule.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as for `Key::new`")]
    pub(crate) fn count(&self, call: &Completion<'_>) -> Rest {
        let Notice { face, turn } = self.state.board.read();
        if call.seen < turn || face == Face::Open {
            return Rest::Nothing;
        }
        if face != Face::Closed {
            return if call.probe { Rest::Probe(self.probed(call)) } else { Rest::Nothing };
        }
        let Some(is_bad) = verdict::is_bad(self.spec.trip(), call) else { return Rest::Nothing };
        let entry = Entry { turn, at: call.ended, is_bad };
        let Some(added) = self.window.add(call.share, entry, || self.is_current(turn)) else { return Rest::Nothing };
        let is_same_turn = |one, other| self.window.is_same_turn(one, other);
        let is_done = !is_bad && self.edge.is_settled(added.tag, is_same_turn) && !self.sealed.load(Ordering::Acquire);
        if is_done { Rest::Nothing } else { Rest::Look(entry, added) }
    }

    /// Does what is left to do, which may turn the breaker.
    #[inline(never)]
    pub(crate) fn finish(&self, rest: Rest, events: &mut Vec<Transition>) {
        match rest {
            Rest::Nothing => {}
            Rest::Look(entry, added) => self.look(entry, added, events),
            Rest::Probe(probed) => self.state.change(|circuit| circuit.decide(probed, events)),
        }
    }

    #[cold]
    fn probed(&self, call: &Completion<'_>) -> Probed {
        Probed { seen: call.seen, at: call.ended, is_bad: verdict::is_bad(self.spec.trip(), call) }
    }

    /// Says whether the start of a call must be timed.
    pub(crate) fn needs_start(&self) -> bool {
        matches!(self.spec.trip(), Trip::SlowRequestRatio { .. })
    }

    /// Returns the state, as it is shown.
    pub(crate) fn state(&self) -> BreakerState {
        self.state.board.read().face.into()
    }

    /// Returns how often the state has changed.
    pub(crate) fn transitions(&self) -> u64 {
        self.state.circuit.lock().transitions()
    }

    /// Returns what is in the window at an instant; nothing, unless the breaker is closed.
    pub(crate) fn counts(&self, now: Nanos) -> Counts {
        match self.state.board.read() {
            Notice { face: Face::Closed, turn } => self.window.counts(turn, now),
            _ => Counts::default(),
        }
    }

    /// Looks what is in the window after a completion, and opens when that is one too many.
    ///
    /// Of two completions that together open the breaker at least one sees both, for each adds, passes a fence, and looks;
    /// where a good one finds no bad call, it has added before the bad one noted itself. A good one under a settled edge
    /// passes no fence and does not look ([`edge`]).
    fn look(&self, entry: Entry, Added { tag, calls }: Added, events: &mut Vec<Transition>) {
        fence(Ordering::SeqCst);
        if entry.is_bad {
            self.window.note_bad(tag);
        }
        self.edge.reach(tag, |found| self.window.is_older(found, tag, || self.is_current(entry.turn)));
        // A share of nothing is reached by good calls alone; and of a sealed breaker the successor's share counts.
        let looks = self.spec.trigger_ratio().is_reached_by(0, 1) || self.sealed.load(Ordering::Acquire);
        if !looks && !self.window.has_bad(tag) && !calls.is_multiple_of(SELDOM) {
            return;
        }
        let look = self.window.look(tag);
        let counted = Counted { window: &self.window, turn: entry.turn, at: entry.at, counts: look.counts };
        if self.sealed.load(Ordering::Acquire) {
            self.state.change(|circuit| circuit.judge(tag, counted, events));
        } else if window::is_before(tag, look.newest) {
            // Nothing has changed in the window.
        } else if circuit::trips(&self.spec, look.counts) {
            self.state.change(|circuit| circuit.open(counted, events));
        } else if circuit::is_enough(&self.spec, look.counts) {
            self.edge.settle(look.newest);
        }
    }

    fn is_current(&self, turn: u64) -> bool {
        self.state.board.read().turn == turn
    }
}

impl State {
    /// Changes the circuit and publishes what has become of it.
    fn change<T>(&self, change: impl FnOnce(&mut Circuit) -> T) -> T {
        let mut circuit = self.circuit.lock();
        let before = circuit.notice();
        let answer = change(&mut circuit);
        let after = circuit.notice();
        if after != before {
            self.board.write(after.0, after.1);
        }
        answer
    }
}
