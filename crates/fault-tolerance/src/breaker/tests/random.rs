//! One resource with two breakers and random calls, against the model.

use std::sync::Arc;

use proptest::prelude::*;

use super::model::{End, MS, Model, Rule, SLOW};
use crate::breaker::given::rule;
use crate::breaker::{Breaker, Completion, Pass, Share, Transition, Turns};
use crate::outcome::Outcome;
use crate::shares::Claim;
use crate::time::Nanos;

/// A breaker and those it came from, oldest first.
type Line = Vec<Edition>;

/// A breaker under one rule.
struct Edition {
    breaker: Breaker,
    rule: Rule,
    window: u64,
    /// Of two threads that hold a share of the window each; a third has none.
    shares: [Claim<Share>; 2],
}

/// A call under way.
struct Call {
    number: usize,
    seen: u64,
    started: u64,
    /// For each breaker: which of its line was asked, how it answered, in which era.
    asked: Vec<(usize, Pass, u64)>,
}

/// Two breakers and their models.
struct Resource {
    turns: Arc<Turns>,
    lines: Vec<Line>,
    models: Vec<Model>,
    events: Vec<Vec<Transition>>,
    calls: Vec<Call>,
    clock: u64,
}

#[derive(Debug, Clone)]
enum Step {
    Enter {
        now: When,
    },
    /// With the breaker it entered by, or with the newest of the line.
    End {
        call: prop::sample::Index,
        now: When,
        fails: bool,
        by_old: bool,
        thread: usize,
    },
    Drop {
        call: prop::sample::Index,
    },
    /// Time passes for the oldest of the line, or the newest.
    Pass {
        now: When,
        by_old: bool,
    },
    Edit {
        breaker: usize,
        rule: Rule,
    },
}

/// A reading of the clock, in nanoseconds.
#[derive(Debug, Clone, Copy)]
enum When {
    Later(u64),
    Late(u64),
    At(u64),
}

impl Edition {
    fn new(breaker: Breaker, rule: Rule, window: u64) -> Self {
        let shares = [breaker.claim(), breaker.claim()];
        Self { breaker, rule, window, shares }
    }
}

impl Resource {
    fn new(rules: [Rule; 2]) -> Self {
        let turns = Arc::new(Turns::new());
        let breaker = |spec: Rule| Breaker::new(rule(&spec.spec()), Arc::clone(&turns));
        let line = |spec: Rule| vec![Edition::new(breaker(spec), spec, 0)];
        let (lines, models) = (rules.map(line).into(), rules.map(Model::new).into());
        Self { turns, lines, models, events: vec![Vec::new(); 2], calls: Vec::new(), clock: 0 }
    }

    fn read(&mut self, when: When) -> u64 {
        match when {
            When::Later(step) => self.clock += step,
            When::Late(late) => return self.clock.saturating_sub(late),
            When::At(now) => return now,
        }
        self.clock
    }

    /// Asks both breakers, as a guard does: when the second refuses, the first gets its place back.
    fn enter(&mut self, number: usize, now: u64) -> Result<(), TestCaseError> {
        let (mut seen, mut asked) = (self.turns.now(), Vec::new());
        for breaker in 0..2 {
            let (line, model) = (&self.lines[breaker], &mut self.models[breaker]);
            let newest = &line[line.len() - 1].breaker;
            let expected = model.enter(number, now);
            let entered = if newest.is_closed() {
                Ok(Pass::Closed)
            } else {
                newest.enter(Nanos::new(now), &mut seen, &mut self.events[breaker])
            };
            prop_assert_eq!(entered, expected);
            let Ok(pass) = entered else {
                self.give_back(&Call { number, seen, started: now, asked });
                return Ok(());
            };
            asked.push((line.len() - 1, pass, model.era));
        }
        self.calls.push(Call { number, seen, started: now, asked });
        Ok(())
    }

    fn give_back(&mut self, call: &Call) {
        for (breaker, (asked, pass, _)) in call.asked.iter().enumerate() {
            if *pass == Pass::Probe {
                self.lines[breaker][*asked].breaker.give_back(call.seen);
                self.models[breaker].give_back(call.number);
            }
        }
    }

    fn end(&mut self, call: &Call, (ended, fails, by_old): (u64, bool, bool), thread: usize) {
        let outcome = if fails { Outcome::Error } else { Outcome::Success };
        for (breaker, (asked, pass, era)) in call.asked.iter().enumerate() {
            let line = &self.lines[breaker];
            let Edition { breaker: settled, rule, window, shares } =
                &line[if by_old { *asked } else { line.len() - 1 }];
            let is_bad = if rule.looks_at_time { ended.saturating_sub(call.started) > SLOW } else { fails };
            let started = Some(Nanos::new(call.started)).filter(|_| settled.needs_start());
            let (seen, probe, share) = (call.seen, *pass == Pass::Probe, shares.get(thread));
            let completion = Completion { seen, probe, started, ended: Nanos::new(ended), outcome: &outcome, share };
            settled.settle(&completion, &mut self.events[breaker]);
            self.models[breaker].end(call.number, &End { era: *era, window: *window, at: ended, is_bad });
        }
    }

    fn pass_time(&mut self, now: u64, by_old: bool) -> Result<(), TestCaseError> {
        for ((line, model), events) in self.lines.iter().zip(&mut self.models).zip(&mut self.events) {
            let Edition { breaker, .. } = &line[if by_old { 0 } else { line.len() - 1 }];
            prop_assert_eq!(breaker.pass_time(Nanos::new(now), events), model.pass_time(now));
        }
        Ok(())
    }

    fn edit(&mut self, breaker: usize, edited: Rule) {
        let line = &mut self.lines[breaker];
        let successor = line[line.len() - 1].breaker.successor(rule(&edited.spec()));
        self.models[breaker].edit(edited);
        line.push(Edition::new(successor, edited, self.models[breaker].window));
    }

    fn take(&mut self, call: prop::sample::Index) -> Option<Call> {
        (!self.calls.is_empty()).then(|| self.calls.swap_remove(call.index(self.calls.len())))
    }

    fn step(&mut self, number: usize, step: &Step) -> Result<(), TestCaseError> {
        match step {
            Step::Enter { now } => {
                let now = self.read(*now);
                self.enter(number, now)?;
            }
            Step::End { call, now, fails, by_old, thread } => {
                let now = self.read(*now);
                if let Some(call) = self.take(*call) {
                    self.end(&call, (now, *fails, *by_old), *thread);
                }
            }
            Step::Drop { call } => {
                if let Some(call) = self.take(*call) {
                    self.give_back(&call);
                }
            }
            Step::Pass { now, by_old } => {
                let now = self.read(*now);
                self.pass_time(now, *by_old)?;
            }
            Step::Edit { breaker, rule } => self.edit(*breaker, *rule),
        }
        self.compare()
    }

    fn compare(&self) -> Result<(), TestCaseError> {
        let now = Nanos::new(self.clock);
        for ((line, model), events) in self.lines.iter().zip(&self.models).zip(&self.events) {
            let newest = &line[line.len() - 1].breaker;
            prop_assert_eq!(events, &model.events);
            prop_assert_eq!(newest.transitions(), model.events.len() as u64);
            prop_assert_eq!(newest.counts(now), model.counts(self.clock));
            prop_assert!(line.iter().all(|edition| edition.breaker.state() == model.state));
        }
        Ok(())
    }
}

fn rules() -> impl Strategy<Value = Rule> {
    let judging = (any::<bool>(), 0_u64..=100, 1_u64..5, 1_u64..3);
    let recovering = (1_u64..30, 1_u64..4, 1_u64..60, 1_u32..4);
    (judging, recovering).prop_map(|((looks_at_time, percent, amount, part), (recovery, probes, probation, growth))| {
        Rule { looks_at_time, percent, amount, part, recovery, probes, probation, growth }
    })
}

fn whens() -> impl Strategy<Value = When> {
    prop_oneof![
        20 => (0_u64..12).prop_map(|millis| When::Later(millis * MS)),
        4 => (0..12 * MS).prop_map(When::Later),
        4 => (0..40 * MS).prop_map(When::Late),
        1 => prop_oneof![Just(0), Just(u64::MAX), Just(u64::MAX - MS)].prop_map(When::At),
    ]
}

fn steps() -> impl Strategy<Value = Step> {
    let ends = (any::<prop::sample::Index>(), whens(), any::<bool>(), any::<bool>(), 0..3_usize);
    prop_oneof![
        8 => whens().prop_map(|now| Step::Enter { now }),
        8 => ends.prop_map(|(call, now, fails, by_old, thread)| Step::End { call, now, fails, by_old, thread }),
        1 => any::<prop::sample::Index>().prop_map(|call| Step::Drop { call }),
        2 => (whens(), any::<bool>()).prop_map(|(now, by_old)| Step::Pass { now, by_old }),
        1 => (0..2_usize, rules()).prop_map(|(breaker, rule)| Step::Edit { breaker, rule }),
    ]
}

proptest! {
    #[test]
    fn two_breakers_of_one_resource_do_what_their_models_say(
        first in rules(),
        second in rules(),
        steps in prop::collection::vec(steps(), 1..120),
    ) {
        let mut resource = Resource::new([first, second]);
        for (number, step) in steps.iter().enumerate() {
            resource.step(number, step)?;
        }
    }
}
