//! The groups of a log: a few where the log is, more of them in a buffer of their own.
//!
//! ```text
//! few     | stamps, calls through each |    no memory beside the log: most values never need more
//! many    | -> closed groups | open one |    a small buffer, and then one as large as the limit can need
//! ```
//!
//! A call that only fills the open group, far from the limit, does not touch the buffer.
//!
//! Called by the log, which says which groups there are. Refuses to know why: neither limits nor windows.

use std::collections::VecDeque;
use std::num::NonZero;

use crate::time::Nanos;

/// Groups that need no buffer: with what else is known of a value, they fill three cache lines.
pub(super) const FEW: usize = 12;

/// Groups for which the first buffer has room.
const SOME: usize = 32;

/// Groups, oldest first.
#[derive(Debug, Clone)]
pub(super) enum Groups {
    Few(Few),
    Many(Many),
}

/// At most [`FEW`] groups of less than 2^32 calls together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Few {
    groups: [Small; FEW],
    /// One more than there are: never being zero, it tells few from many too.
    after: NonZero<u8>,
}

/// A group whose calls, with all before it, are less than 2^32. Twelve bytes, where a stamp in one piece makes sixteen.
#[derive(Debug, Clone, Copy, Default)]
struct Small {
    stamp: [u32; 2],
    through: u32,
}

/// Any groups.
#[derive(Debug, Clone)]
pub(super) struct Many {
    closed: VecDeque<Group>,
    /// The newest; none when all are forgotten.
    open: Option<Group>,
    /// All calls ever forgotten, counted as the groups count.
    forgotten: u64,
}

/// Admissions that are forgotten together.
#[derive(Debug, Clone, Copy)]
struct Group {
    /// When the last of them was.
    stamp: Nanos,
    /// All admissions ever, up to and including this group, modulo 2^64: differences count without a sum.
    through: u64,
}

impl Default for Groups {
    fn default() -> Self {
        Self::Few(Few { groups: [Small::default(); FEW], after: NonZero::<u8>::MIN })
    }
}

impl Groups {
    /// Returns how many groups there are.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Few(few) => few.len(),
            Self::Many(many) => many.len(),
        }
    }

    /// Says whether one more takes a buffer, or a larger one.
    pub(super) fn are_full(&self) -> bool {
        match self {
            Self::Few(few) => few.len() == FEW,
            Self::Many(many) => many.closed.len() == many.closed.capacity(),
        }
    }

    /// Says whether they have a buffer.
    pub(super) fn are_many(&self) -> bool {
        matches!(self, Self::Many(_))
    }

    /// Returns when the last call of a group was.
    pub(super) fn stamp(&self, group: usize) -> Option<Nanos> {
        match self {
            Self::Few(few) => few.groups().get(group).map(Small::stamp),
            Self::Many(many) => many.group(group).map(|group| group.stamp),
        }
    }

    /// Returns when the newest call was.
    pub(super) fn newest(&self) -> Option<Nanos> {
        self.stamp(self.len().wrapping_sub(1))
    }

    /// Returns how many calls the first so many groups hold.
    pub(super) fn through(&self, groups: usize) -> u64 {
        let Some(last) = groups.checked_sub(1) else { return 0 };
        match self {
            Self::Few(few) => few.groups().get(last).map_or(0, |group| u64::from(group.through)),
            Self::Many(many) => many.group(last).map_or(0, |group| many.since(&group)),
        }
    }

    /// Returns how many calls they hold.
    pub(super) fn held(&self) -> u64 {
        self.through(self.len())
    }

    /// Returns the stamp of the first group with which there are so many calls.
    pub(super) fn stamp_with(&self, calls: u64) -> Option<Nanos> {
        // Mostly it is the oldest: one call more than there is room for waits for that.
        if self.through(1) >= calls {
            return self.stamp(0);
        }
        let group = match self {
            Self::Few(few) => few.groups().iter().position(|group| u64::from(group.through) >= calls)?,
            Self::Many(many) => many.closed.partition_point(|group| many.since(group) < calls),
        };
        self.stamp(group).filter(|_| self.through(group + 1) >= calls)
    }

    /// Appends a group. When it takes a buffer, that has room for so many groups.
    pub(super) fn push(&mut self, stamp: Nanos, count: u64, room: usize) {
        let through = u32::try_from(self.held().saturating_add(count));
        match (&mut *self, through) {
            (Self::Few(few), Ok(through)) if few.len() < FEW => few.push(stamp, through),
            _ => self.with_buffer(room, |many| many.push(stamp, count, room)),
        }
    }

    /// Adds calls to the newest group, if there is one; they are its last. A buffer has room for so many groups.
    pub(super) fn extend(&mut self, stamp: Nanos, count: u64, room: usize) {
        let through = u32::try_from(self.held().saturating_add(count));
        match (&mut *self, through) {
            (Self::Few(few), Ok(through)) => few.extend(stamp, through),
            _ => self.with_buffer(room, |many| many.extend(stamp, count)),
        }
    }

    /// Puts a group together with the one that follows.
    pub(super) fn join(&mut self, group: usize) {
        match self {
            Self::Few(few) => few.remove(group),
            Self::Many(many) => drop(many.closed.remove(group)),
        }
    }

    /// Forgets the oldest group.
    pub(super) fn forget_oldest(&mut self) {
        match self {
            Self::Few(few) => {
                let forgotten = few.groups[0].through;
                few.remove(0);
                few.groups.iter_mut().for_each(|group| group.through = group.through.saturating_sub(forgotten));
            }
            Self::Many(many) => many.forget_oldest(),
        }
    }

    /// Does something to them in a buffer, which they are given unless they have one.
    fn with_buffer(&mut self, room: usize, act: impl FnOnce(&mut Many)) {
        match self {
            Self::Few(few) => {
                let mut many = few.in_buffer(room);
                act(&mut many);
                *self = Self::Many(many);
            }
            Self::Many(many) => act(many),
        }
    }

    /// Returns for how many groups there is room in the buffer.
    #[cfg(test)]
    pub(super) fn room(&self) -> usize {
        match self {
            Self::Few(_) => 0,
            Self::Many(many) => many.closed.capacity() + 1,
        }
    }
}

impl Small {
    fn new(stamp: Nanos, through: u32) -> Self {
        let [a, b, c, d, low @ ..] = stamp.get().to_be_bytes();
        Self { stamp: [[a, b, c, d], low].map(u32::from_be_bytes), through }
    }

    fn stamp(&self) -> Nanos {
        let [high, low] = self.stamp.map(u64::from);
        Nanos::new(high << 32 | low)
    }
}

impl Few {
    fn len(&self) -> usize {
        usize::from(self.after.get() - 1).min(FEW)
    }

    fn groups(&self) -> &[Small] {
        &self.groups[..self.len()]
    }

    /// Copies them to a buffer with room for some groups, or fewer when so many are all there can be.
    fn in_buffer(&self, room: usize) -> Many {
        let room = room.min(SOME).max(self.len() + 1) - 1;
        let mut closed = VecDeque::with_capacity(room);
        closed.extend(self.groups().iter().map(|group| Group { stamp: group.stamp(), through: group.through.into() }));
        let open = closed.pop_back();
        Many { closed, open, forgotten: 0 }
    }

    fn push(&mut self, stamp: Nanos, through: u32) {
        let len = self.len();
        self.groups[len] = Small::new(stamp, through);
        self.after = self.after.saturating_add(1);
    }

    fn extend(&mut self, stamp: Nanos, through: u32) {
        if let Some(newest) = self.len().checked_sub(1) {
            self.groups[newest] = Small::new(stamp, through);
        }
    }

    fn remove(&mut self, group: usize) {
        let len = self.len();
        if group < len {
            self.groups.copy_within(group + 1..len, group);
            self.after = NonZero::new(self.after.get() - 1).unwrap_or(NonZero::<u8>::MIN);
        }
    }
}

impl Many {
    /// Returns how many calls are held through a group.
    fn since(&self, group: &Group) -> u64 {
        group.through.wrapping_sub(self.forgotten)
    }

    fn len(&self) -> usize {
        self.closed.len() + usize::from(self.open.is_some())
    }

    fn group(&self, group: usize) -> Option<Group> {
        if group == self.closed.len() { self.open } else { self.closed.get(group).copied() }
    }

    /// Appends a group; of those after the first buffer, room is taken for so many at once.
    fn push(&mut self, stamp: Nanos, count: u64, room: usize) {
        let through = self.open.map_or(self.forgotten, |newest| newest.through);
        let opened = Group { stamp, through: through.wrapping_add(count) };
        if let Some(closed) = self.open.replace(opened) {
            let len = self.closed.len();
            if len == self.closed.capacity() {
                self.closed.reserve_exact(room.saturating_sub(len + 1).max(SOME));
            }
            self.closed.push_back(closed);
        }
    }

    fn extend(&mut self, stamp: Nanos, count: u64) {
        if let Some(newest) = &mut self.open {
            *newest = Group { stamp, through: newest.through.wrapping_add(count) };
        }
    }

    fn forget_oldest(&mut self) {
        if let Some(oldest) = self.closed.pop_front().or_else(|| self.open.take()) {
            self.forgotten = oldest.through;
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Whether few or many, empty or not, groups are a list of stamps and counts.
    fn listed(groups: &Groups) -> Vec<(u64, u64)> {
        let count = |i| groups.through(i + 1) - groups.through(i);
        (0..groups.len()).map(|i| (groups.stamp(i).map_or(u64::MAX, Nanos::get), count(i))).collect()
    }

    #[test]
    fn a_buffer_is_taken_twice_at_most_and_kept_when_all_are_forgotten() {
        let (mut groups, mut rooms) = (Groups::default(), vec![0]);
        for at in 0..128 {
            groups.push(Nanos::new(at), 1, 129);
            rooms.push(groups.room());
        }
        rooms.dedup();
        assert_eq!(rooms, [0, 32, 129]);
        (0..128).for_each(|_| groups.forget_oldest());
        assert_eq!((listed(&groups), groups.newest(), groups.room()), (vec![], None, 129));
    }

    #[test]
    fn counts_beyond_32_bits_need_a_buffer() {
        let mut groups = Groups::default();
        groups.push(Nanos::new(1), u64::from(u32::MAX), 3);
        assert!(!groups.are_many());
        groups.extend(Nanos::new(2), 1, 3);
        groups.push(Nanos::new(3), 1 << 62, 3);
        assert_eq!((listed(&groups), groups.room()), (vec![(2, 1 << 32), (3, 1 << 62)], 3));
    }

    proptest! {
        #[test]
        fn they_are_a_list(
            steps in prop::collection::vec((0_u8..9, prop_oneof![4 => 1_u64..20, 1 => Just(1_u64 << 31)], 0_usize..40), 1..200),
            room in 1_usize..60,
        ) {
            let (mut groups, mut model) = (Groups::default(), Vec::<(u64, u64)>::new());
            for (at, (step, count, place)) in (0..).zip(steps) {
                match (step, model.len()) {
                    (6, 1..) => {
                        let (_, before) = model.pop().unwrap();
                        model.push((at, before + count));
                        groups.extend(Nanos::new(at), count, room);
                    }
                    (7, 1..) => {
                        model.remove(0);
                        groups.forget_oldest();
                    }
                    (8, len) if place + 1 < len => {
                        model[place + 1].1 += model[place].1;
                        model.remove(place);
                        groups.join(place);
                    }
                    _ => {
                        model.push((at, count));
                        groups.push(Nanos::new(at), count, room);
                    }
                }
                prop_assert_eq!(&listed(&groups), &model);
                let mut through = 0;
                let reached = model.iter().find(|(_, held)| { through += held; through >= count });
                prop_assert_eq!(groups.stamp_with(count).map(Nanos::get), reached.map(|(at, _)| *at));
                prop_assert_eq!(groups.newest().map(Nanos::get), model.last().map(|(at, _)| *at));
            }
        }
    }
}
