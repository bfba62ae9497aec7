//! Texts a name may begin with, sorted, so that those it does begin with are found without looking at the others.

use std::collections::BTreeMap;
use std::iter;

/// Texts, each with what stands under it.
#[derive(Debug)]
pub(super) struct Heads<T> {
    /// In the order of their bytes, no text twice.
    heads: Vec<Head<T>>,
}

#[derive(Debug)]
struct Head<T> {
    text: Box<str>,
    /// The place of the longest other text that this one begins with.
    parent: Option<usize>,
    value: T,
}

impl<T> Default for Heads<T> {
    fn default() -> Self {
        Self { heads: Vec::new() }
    }
}

impl<T> Heads<T> {
    /// Takes texts and what stands under each.
    pub(super) fn new(texts: BTreeMap<&str, T>) -> Self {
        let mut heads = Self::default();
        for (text, value) in texts {
            // Whatever this one begins with, the one before it is, or begins with as well.
            let parent = heads.lineage(heads.heads.len()).find(|head| text.starts_with(&*heads.heads[*head].text));
            heads.heads.push(Head { text: text.into(), parent, value });
        }
        heads
    }

    /// Returns what stands under each text that a name begins with, the longest text first.
    pub(super) fn of(&self, name: &str) -> impl Iterator<Item = &T> {
        let after = self.heads.partition_point(|head| *head.text <= *name);
        let shared = after.checked_sub(1).map_or(0, |before| shared(&self.heads[before].text, name));
        let heads = self.lineage(after).map(|head| &self.heads[head]);
        heads.skip_while(move |head| head.text.len() > shared).map(|head| &head.value)
    }

    /// Returns the place before another, and those of all texts that the one there begins with, the longest first.
    fn lineage(&self, after: usize) -> impl Iterator<Item = usize> {
        iter::successors(after.checked_sub(1), |head| self.heads[*head].parent)
    }
}

/// Returns how many bytes two texts begin with in common.
fn shared(one: &str, other: &str) -> usize {
    one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'a>(heads: &'a Heads<&'static str>, name: &str) -> Vec<&'a str> {
        heads.of(name).copied().collect()
    }

    #[test]
    fn a_name_finds_all_it_begins_with_the_longest_first() {
        let texts = ["", "a", "a/b", "a/b/c", "a/c", "b", "é"];
        let heads = Heads::new(texts.into_iter().map(|text| (text, text)).collect());
        assert_eq!(found(&heads, "a/b/d"), ["a/b", "a", ""]);
        assert_eq!(found(&heads, "a/b/c"), ["a/b/c", "a/b", "a", ""]);
        assert_eq!(found(&heads, "a/bb"), ["a/b", "a", ""]);
        assert_eq!(found(&heads, "a."), ["a", ""]);
        assert_eq!(found(&heads, "è"), [""]);
        assert_eq!(found(&heads, ""), [""]);
    }

    #[test]
    fn a_name_that_begins_with_none_finds_none() {
        let heads = Heads::new(BTreeMap::from([("b", "b"), ("bb", "bb")]));
        for name in ["", "a", "c", "ab"] {
            assert_eq!(found(&heads, name), Vec::<&str>::new(), "{name}");
        }
        assert_eq!(found(&Heads::default(), "a"), Vec::<&str>::new());
    }
}
