//! What a value is known by: 128 bits of keyed hashes of all of it, whatever its length.
//!
//! Called by the table. The text itself is not kept: it may be of any length, and it may be a secret (a header with a
//! token), which should not lie about in memory. The keys are random and never leave the process, so nobody can look
//! for two values with one print; by accident two of a million have one with a probability of 2^-89.

use std::hash::{BuildHasher, Hash, Hasher, RandomState};

/// Stands for a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Print {
    low: u64,
    high: u64,
}

/// Makes prints, with keys of its own.
#[derive(Debug, Clone, Default)]
pub(super) struct Press {
    low: RandomState,
    high: RandomState,
}

/// Hashes prints, which are hashes already.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct AsItIs(u64);

impl Press {
    /// Returns the print of a value.
    pub(super) fn print(&self, value: &str) -> Print {
        Print { low: self.low.hash_one(value), high: self.high.hash_one(value) }
    }
}

impl Print {
    /// Returns one of so many shards. Says nothing about the tag.
    pub(super) fn shard(self, shards: usize) -> usize {
        // The high half of the product is below the number of shards.
        let product = u128::from(self.high) * shards as u128;
        usize::try_from(product >> 64).unwrap_or(0)
    }

    /// Returns bits to find it by.
    pub(super) fn tag(self) -> u32 {
        let [.., a, b, c, d] = self.low.to_be_bytes();
        u32::from_be_bytes([a, b, c, d])
    }

    /// Keeps some of the bits.
    #[cfg(test)]
    pub(super) fn masked(self, bits: u64) -> Self {
        Self { low: self.low & bits, high: self.high & bits }
    }
}

impl Hash for Print {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.low);
    }
}

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
}
