//! The slots of the process, by number. Those nobody uses wait to be taken again; none is ever freed.

use std::sync::{Mutex, OnceLock, PoisonError};

use super::Slot;

/// Slots made at once.
const CHUNK: u32 = 256;
/// Chunks in the first row of the directory, as a power of two; each row has twice as many as the one before.
const FIRST: usize = 6;
/// Enough for 2^32 slots.
const ROWS: usize = 19;

type Chunk = OnceLock<Box<[Slot]>>;

/// All slots there are: made when they are needed, found without a lock.
static DIRECTORY: [OnceLock<Box<[Chunk]>>; ROWS] = [const { OnceLock::new() }; ROWS];
/// Slots nobody uses.
static POOL: Mutex<Pool> = Mutex::new(Pool { free: Vec::new(), chunks: 0 });

struct Pool {
    free: Vec<&'static Slot>,
    chunks: u32,
}

/// Takes a slot nobody uses.
pub(super) fn take() -> &'static Slot {
    let mut pool = POOL.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        if let Some(slot) = pool.free.pop() {
            return slot;
        }
        let chunk = pool.chunks;
        pool.chunks += 1;
        pool.free.extend(make(chunk).iter().rev());
    }
}

/// Puts back a slot that is empty.
pub(super) fn put_back(slot: &'static Slot) {
    POOL.lock().unwrap_or_else(PoisonError::into_inner).free.push(slot);
}

/// Finds a slot by its number.
#[inline]
pub(super) fn get(number: u32) -> Option<&'static Slot> {
    let (row, chunk) = place(number / CHUNK);
    DIRECTORY.get(row)?.get()?.get(chunk)?.get()?.get((number % CHUNK) as usize)
}

fn make(chunk: u32) -> &'static [Slot] {
    let (row, place) = place(chunk);
    let row = DIRECTORY[row].get_or_init(|| (0..1_usize << (row + FIRST)).map(|_| OnceLock::new()).collect());
    let first = chunk * CHUNK;
    row[place].get_or_init(|| (first..first + CHUNK).map(Slot::new).collect())
}

/// Returns the row of a chunk, and its place there.
#[inline]
fn place(chunk: u32) -> (usize, usize) {
    let shifted = chunk as usize + (1 << FIRST);
    let row = shifted.ilog2() as usize - FIRST;
    (row, shifted - (1 << (row + FIRST)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_fill_row_after_row() {
        let places: Vec<_> = [0, 63, 64, 191, 192].map(place).into();
        assert_eq!(places, [(0, 0), (0, 63), (1, 0), (1, 127), (2, 0)]);
        assert_eq!(place(u32::MAX / CHUNK).0, ROWS - 1);
    }

    #[test]
    fn slots_are_found_by_their_numbers() {
        let slots = [(); CHUNK as usize + 1].map(|()| take());
        assert!(slots.iter().all(|slot| get(slot.number()).is_some_and(|found| std::ptr::eq(found, *slot))));
        slots.into_iter().for_each(put_back);
    }
}
