//! Globs: `*` stands for any characters but `/`, `**` for any, `?` for one but `/`; all else is text.
//!
//! A glob is a row of steps. What is kept of a name so far is the set of places in that row where it may stand, one bit
//! each, so that a character costs one operation for every 64 steps, and the whole name is looked at once.

use std::iter;

const BITS: usize = u64::BITS as usize;

/// A glob, taken to steps. The bit of a step is its place.
#[derive(Debug)]
pub(super) struct Glob {
    /// How many steps there are: the place behind all of them is where a name matches.
    steps: usize,
    /// The wildcards, 64 places each.
    wilds: Vec<Wilds>,
    /// The steps that are text: character, which 64 places, which of them. Sorted.
    texts: Vec<(char, usize, u64)>,
}

/// Which of 64 steps are wildcards.
#[derive(Debug, Clone, Copy, Default)]
struct Wilds {
    /// `?`
    one: u64,
    /// `*`
    segment: u64,
    /// `**`
    any: u64,
}

impl Glob {
    /// Returns the text before the first wildcard: every name that matches begins with it.
    pub(super) fn head(text: &str) -> &str {
        text.split(['*', '?']).next().unwrap_or_default()
    }

    /// Takes a text; every text is a glob.
    pub(super) fn new(text: &str) -> Self {
        let mut glob = Self { steps: 0, wilds: vec![Wilds::default()], texts: Vec::new() };
        let mut rest = text.chars().peekable();
        while let Some(c) = rest.next() {
            let (word, bit) = (glob.steps / BITS, 1 << (glob.steps % BITS));
            match c {
                // No two of them are neighbours: more than two mean what two do.
                '*' if iter::from_fn(|| rest.next_if_eq(&'*')).count() > 0 => glob.wilds[word].any |= bit,
                '*' => glob.wilds[word].segment |= bit,
                '?' => glob.wilds[word].one |= bit,
                _ => glob.texts.push((c, word, bit)),
            }
            glob.steps += 1;
            glob.wilds.resize(glob.steps / BITS + 1, Wilds::default());
        }
        glob.texts.sort_unstable();
        glob.texts.dedup_by(|next, kept| {
            let same = (next.0, next.1) == (kept.0, kept.1);
            kept.2 |= if same { next.2 } else { 0 };
            same
        });
        glob
    }

    /// Says whether the whole name matches.
    pub(super) fn is_match(&self, name: &str) -> bool {
        let mut places = vec![0; self.wilds.len()];
        // A star that comes first may stand for nothing.
        let star = self.wilds[0].any | self.wilds[0].segment;
        places[0] = 1 | (star & 1) << 1;
        for c in name.chars() {
            self.take(c, &mut places);
            if places.iter().all(|places| *places == 0) {
                return false;
            }
        }
        places[self.steps / BITS] >> (self.steps % BITS) & 1 == 1
    }

    /// Goes on from a set of places by one character.
    fn take(&self, c: char, places: &mut [u64]) {
        let mut texts = self.texts[self.texts.partition_point(|text| text.0 < c)..].iter().peekable();
        let within = if c == '/' { 0 } else { u64::MAX };
        let (mut carried, mut skipped) = (0, 0);
        for (word, (places, wilds)) in places.iter_mut().zip(&self.wilds).enumerate() {
            let text = texts.next_if(|text| (text.0, text.1) == (c, word)).map_or(0, |text| text.2);
            let moves = *places & (text | wilds.one & within);
            let stays = *places & (wilds.any | wilds.segment & within);
            let next = stays | moves << 1 | carried;
            // A star may stand for nothing; what follows it is none.
            let skips = next & (wilds.any | wilds.segment);
            *places = next | skips << 1 | skipped;
            (carried, skipped) = (moves >> (BITS - 1), skips >> (BITS - 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matching<'a>(glob: &str, names: &[&'a str]) -> Vec<&'a str> {
        let glob = Glob::new(glob);
        names.iter().copied().filter(|name| glob.is_match(name)).collect()
    }

    #[test]
    fn a_star_stays_between_slashes_and_two_cross_them() {
        let names = ["GET:/foo", "GET:/foo/", "GET:/foo/1", "GET:/foo/1/bar", "GET:/foo/1/2/bar", "POST:/foo/1"];
        assert_eq!(matching("GET:/foo/*", &names), ["GET:/foo/", "GET:/foo/1"]);
        assert_eq!(matching("GET:/foo/*/bar", &names), ["GET:/foo/1/bar"]);
        assert_eq!(matching("GET:/foo/**", &names), names[1..5]);
        assert_eq!(matching("GET:/foo/**/bar", &names), ["GET:/foo/1/bar", "GET:/foo/1/2/bar"]);
        assert_eq!(matching("*:/foo/?", &names), ["GET:/foo/1", "POST:/foo/1"]);
        assert_eq!(matching("GET:/foo", &names), ["GET:/foo"]);
        assert_eq!(matching("**", &names), names);
        assert_eq!(matching("***", &names), names);
    }

    #[test]
    fn a_question_mark_stands_for_exactly_one_character_and_never_for_a_slash() {
        assert_eq!(matching("a?c", &["abc", "aéc", "a\nc", "a/c", "ac", "abbc"]), ["abc", "aéc", "a\nc"]);
        assert_eq!(matching("?", &["", "a", "/", "ab"]), ["a"]);
    }

    #[test]
    fn nothing_else_is_a_wildcard() {
        assert_eq!(matching("/{id}/[a-z].\\", &["/{id}/[a-z].\\", "/1/b.\\", "/{id}/[a-z]x\\"]), ["/{id}/[a-z].\\"]);
    }

    #[test]
    fn the_head_is_what_every_match_begins_with() {
        assert_eq!(["GET:/foo/*/a", "a?b*", "**", "text"].map(Glob::head), ["GET:/foo/", "a", "", "text"]);
    }

    #[test]
    fn a_glob_of_any_length_goes_on_from_one_word_of_places_to_the_next() {
        for length in [62, 63, 64, 65, 127, 128, 129, 1024] {
            let text = "x".repeat(length - 2);
            for (glob, matches) in
                [("a**", [true, true, true]), ("b*c", [false, false, false]), ("a?", [true, false, false])]
            {
                let glob = Glob::new(&format!("{text}{glob}"));
                let names = ["ab", "a/", "abbb/"].map(|end| glob.is_match(&format!("{text}{end}")));
                assert_eq!(names, matches, "{length}");
            }
            assert!(Glob::new(&format!("**{text}")).is_match(&format!("a/b{text}{text}")), "{length}");
        }
    }

    #[test]
    fn the_worst_glob_looks_at_a_megabyte_once() {
        let name = "a".repeat(1 << 20);
        let glob = Glob::new(&"a**?*".repeat(204));
        assert!(glob.is_match(&name));
        assert!(!Glob::new(&format!("{}b", "a**".repeat(340))).is_match(&name));
    }
}
