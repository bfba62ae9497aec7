//! What a name is looked for by: words of it side by side, and all of them mixed.

/// What a name is looked for by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    /// All of it mixed: different names may have one, and it is never 0.
    pub(crate) mixed: u64,
    /// The first, middle and last bytes, which are all there are of a short name, and the length.
    pub(crate) words: [u64; 4],
}

/// Spreads the number of an engine over bits that lengths do not reach.
pub(crate) fn salt(engine: u64) -> u64 {
    engine.rotate_left(40)
}

/// The longest name whose words are all of it.
pub(crate) const SHORT: usize = 24;

impl Key {
    /// Makes the key of a name of one engine; `salt` is [`salt`] of the engine.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "half of what a call costs is here, and most of that is moving it about")]
    pub(crate) fn new(salt: u64, name: &str) -> Self {
        let bytes = name.as_bytes();
        let length = bytes.len();
        let (first, last) = match (bytes.first_chunk(), bytes.last_chunk()) {
            (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
            _ => (short(bytes), 0),
        };
        let middle = match length {
            0..=16 => 0,
            17..=SHORT => word(bytes, 8),
            // Of a long name the words are not all: what is in its middle is rather different than what is at its head.
            _ => word(bytes, length / 2 - 4),
        };
        let mixed = (first ^ salt).wrapping_mul(0x9e37_79b9_7f4a_7c15)
            ^ (last.rotate_left(29) ^ length as u64).wrapping_mul(0xbf58_476d_1ce4_e5b9)
            ^ middle.wrapping_mul(0x94d0_49bb_1331_11eb);
        let mixed = (mixed ^ mixed >> 31).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        Self { mixed, words: [first, middle, last, length as u64 ^ salt] }
    }
}

#[inline]
fn word(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |chunk| u64::from_le_bytes(*chunk))
}

/// Packs fewer than eight bytes into a word.
#[inline]
fn short(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte))
}
