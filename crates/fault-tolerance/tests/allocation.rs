//! Nothing is allocated for a call, admitted, waiting or refused.

#![allow(unsafe_code, reason = "a counting allocator is an allocator, and that trait is unsafe to implement")]
#![expect(clippy::unwrap_used, reason = "a test that cannot make its rules has failed")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ops::Range;

use opensergo_fault_tolerance::{Decision, Engine, Outcome};

#[allow(dead_code, reason = "shared with the other tests, which need all of it")]
#[path = "engine/given.rs"]
mod given;

use given::{R, called, concurrency, engine, errors, ms, one, rate, slow, throttle};

#[global_allocator]
static COUNTING: Counting = Counting;

struct Counting;

thread_local! {
    // Each test counts for itself; the harness has threads of its own.
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: every call goes to the system's allocator with what came in; counting touches a const thread-local only.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's promise, handed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise, handed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// Decisions seen: admitted, told to wait, refused.
#[derive(Debug, Default, PartialEq)]
struct Seen {
    admitted: u64,
    waited: u64,
    refused: u64,
}

/// Calls a resource once a millisecond and counts what was decided.
fn calls(engine: &Engine, resource: &str, at: Range<u64>) -> Seen {
    let mut seen = Seen::default();
    for at in at {
        match engine.enter(resource, ms(at)) {
            Decision::Admit(permit) => {
                seen.admitted += 1;
                if at % 3 == 0 { drop(permit) } else { permit.exit(Outcome::Success, ms(at)) }
            }
            Decision::Wait(waiting) => {
                seen.waited += 1;
                let until = waiting.until();
                if at % 3 == 0 { drop(waiting) } else { waiting.start(until).exit(Outcome::Success, until) }
            }
            Decision::Reject(rejection) => {
                seen.refused += 1;
                drop(rejection);
            }
        }
    }
    seen
}

/// Counts the allocations of calls, after the first calls of the thread on the resource: the first that is admitted, timed
/// or refused may set something up.
fn allocations(engine: &Engine, resource: &str) -> (Seen, u64) {
    calls(engine, resource, 0..5_000);
    let before = ALLOCATIONS.get();
    let seen = calls(engine, resource, 5_000..10_000);
    (seen, ALLOCATIONS.get() - before)
}

#[test]
fn the_counter_counts() {
    let before = ALLOCATIONS.get();
    drop(Box::new(std::hint::black_box(1)));
    assert_eq!(ALLOCATIONS.get() - before, 1);
}

#[test]
fn a_call_without_rules_allocates_nothing() {
    let engine = Engine::new();
    assert_eq!(allocations(&engine, R), (Seen { admitted: 5_000, ..Seen::default() }, 0));
}

#[test]
fn a_call_under_every_kind_of_strategy_allocates_nothing() {
    let engine = engine(&one(vec![
        rate(900.0, 2_000),
        throttle(2, 100),
        concurrency(10),
        errors("50%", 5, 1_000, 1_000),
        called("slow", slow("50%", 5, 1_000, 1_000)),
    ]));
    let (seen, allocated) = allocations(&engine, R);
    assert!(seen.admitted > 0 && seen.waited > 0 && seen.refused > 0, "{seen:?}");
    assert_eq!(allocated, 0);
}
