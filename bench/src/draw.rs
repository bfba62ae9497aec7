//! Names drawn at random: many resources, or many values, as a busy service sees them.

use fastrand::Rng;

/// How many resources or values there are where there are many.
pub(crate) const MANY: usize = 100_000;

/// Returns as many names as there are where there are many.
pub(crate) fn names() -> Vec<String> {
    (0..MANY).map(name).collect()
}

/// Returns the name of that number.
pub(crate) fn name(number: usize) -> String {
    format!("GET:/orders/{number}")
}

/// Draws names uniformly, the same sequence in every slice of a thread.
#[derive(Debug)]
pub(crate) struct Draw {
    from: &'static [String],
    random: Rng,
}

impl Draw {
    /// Takes some of the names, and the number of the thread that draws.
    pub(crate) fn new(from: &'static [String], thread: usize) -> Self {
        Self { from, random: Rng::with_seed(thread as u64) }
    }

    /// Draws a name.
    #[inline]
    pub(crate) fn next(&mut self) -> &'static String {
        &self.from[self.random.usize(..self.from.len())]
    }
}

/// Chooses some of many names, not neighbours.
pub(crate) fn some(of: &[String], count: usize) -> Vec<String> {
    Rng::with_seed(count as u64).choose_multiple(of, count).into_iter().cloned().collect()
}
