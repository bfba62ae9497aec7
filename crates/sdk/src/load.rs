//! Tells the engine how loaded the instance is, for overload protection.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use opensergo_fault_tolerance::{Engine, Gauges};
use tokio::time::{MissedTickBehavior, interval};

use crate::clock::Clock;
use crate::container::{Meter, Reading};

/// How often the instance is looked at: its use of the processor is a mean over about a second.
const EVERY: Duration = Duration::from_millis(250);
/// After how many looks that found nothing a gauge counts as unknown, which refuses nobody: five seconds.
const FORGOTTEN: u32 = 20;

/// Looks at the instance for as long as the client lives, while a rule protects it from overload.
pub(crate) async fn watch(engine: Arc<Engine>, clock: Clock) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut meter = Meter::default();
    let mut unknown = Unknown::default();
    loop {
        ticks.tick().await;
        if engine.watches_load() {
            let gauges = meter.gauges(clock.now(), Reading::take(Path::new("/")));
            engine.set_gauges(unknown.note(gauges));
        }
    }
}

/// For how many looks each gauge has not been known.
#[derive(Debug, Default)]
struct Unknown {
    cpu: u32,
    load1: u32,
    memory: u32,
}

impl Unknown {
    /// Returns the gauges to set: one that has been unknown for long is zero, so that what it said last is not for ever.
    fn note(&mut self, gauges: Gauges) -> Gauges {
        let note = |looks: &mut u32, gauge: Option<f64>| {
            *looks = if gauge.is_some() { 0 } else { looks.saturating_add(1) };
            gauge.or((*looks >= FORGOTTEN).then_some(0.0))
        };
        Gauges {
            cpu: note(&mut self.cpu, gauges.cpu),
            load1: note(&mut self.load1, gauges.load1),
            memory: note(&mut self.memory, gauges.memory),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_not_been_known_for_long_is_said_to_be_nothing() {
        let mut unknown = Unknown::default();
        let known = Gauges { cpu: Some(0.9), load1: Some(3.0), memory: Some(0.5) };
        assert_eq!(unknown.note(known), known);
        let without_cpu = Gauges { cpu: None, ..known };
        for _ in 1..FORGOTTEN {
            assert_eq!(unknown.note(without_cpu), without_cpu);
        }
        assert_eq!(unknown.note(without_cpu), Gauges { cpu: Some(0.0), ..known });
        assert_eq!(unknown.note(known), known);
    }
}
