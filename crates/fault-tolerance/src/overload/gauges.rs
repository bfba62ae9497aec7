//! What is known of the instance: how much of its processors and memory it uses, and the load of the machine.
//!
//! Set now and then by whoever reads the operating system, read by every inbound call: one relaxed load. Each gauge
//! stands for itself, so a reader may see the processor of one reading and the memory of the next.

use std::sync::atomic::{AtomicU64, Ordering};

use opensergo_api::fault_tolerance::overload_protection::OverloadMetric;

/// What is known of the instance; what is `None` is not known, and what is not known refuses nobody.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Gauges {
    /// The share of the processor time the instance may use that it uses, 0 to 1.
    pub cpu: Option<f64>,
    /// The load of the machine: runnable tasks on average over a minute.
    pub load1: Option<f64>,
    /// The share of the memory the instance may use that it uses, 0 to 1.
    pub memory: Option<f64>,
}

/// The gauges as everybody may read them at any time.
#[derive(Default)]
pub(super) struct SharedGauges {
    cpu: Gauge,
    load1: Gauge,
    memory: Gauge,
}

/// The bits of a finite number, or of NaN while nothing is known.
struct Gauge(AtomicU64);

impl SharedGauges {
    /// Takes over what is known; what is not known, or no finite number, leaves the former value.
    pub(super) fn merge(&self, gauges: Gauges) {
        self.cpu.set(gauges.cpu);
        self.load1.set(gauges.load1);
        self.memory.set(gauges.memory);
    }

    /// Returns what is known.
    pub(super) fn get(&self) -> Gauges {
        Gauges { cpu: self.cpu.get(), load1: self.load1.get(), memory: self.memory.get() }
    }

    /// Returns what is known of one metric.
    pub(super) fn of(&self, metric: OverloadMetric) -> Option<f64> {
        match metric {
            OverloadMetric::CpuPercentage => self.cpu.get(),
            OverloadMetric::MemoryPercentage => self.memory.get(),
            OverloadMetric::SystemLoad => self.load1.get(),
        }
    }
}

impl Gauge {
    fn set(&self, value: Option<f64>) {
        if let Some(value) = value.filter(|value| value.is_finite()) {
            self.0.store(value.to_bits(), Ordering::Relaxed);
        }
    }

    fn get(&self) -> Option<f64> {
        Some(f64::from_bits(self.0.load(Ordering::Relaxed))).filter(|value| !value.is_nan())
    }
}

impl Default for Gauge {
    fn default() -> Self {
        Self(AtomicU64::new(f64::NAN.to_bits()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_finite_known_values_are_taken_over() {
        let shared = SharedGauges::default();
        assert_eq!(shared.get(), Gauges::default());
        shared.merge(Gauges { cpu: Some(0.5), load1: Some(f64::NAN), memory: None });
        assert_eq!(shared.get(), Gauges { cpu: Some(0.5), ..Gauges::default() });
        shared.merge(Gauges { cpu: None, load1: Some(2.0), memory: Some(f64::INFINITY) });
        assert_eq!(shared.get(), Gauges { cpu: Some(0.5), load1: Some(2.0), memory: None });
    }
}
