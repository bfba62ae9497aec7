//! The targets of many rules turned round: from the name of a resource to the rules that hold for it.
//!
//! Engines ask once for each name they see. A name that some rule says exactly is held by all rules that say it exactly,
//! and by no pattern. Any other name is held by the patterns of the most specific class that match it, prefix before glob
//! before regex, the longer text first; all of equal rank hold together.
//!
//! ```text
//! name --exact?--> rules
//!        \--prefixes: the longest--> rules
//!             \--globs: the longest that match--> rules
//!                  \--regexes: the longest that match--> rules
//! ```

mod glob;
mod heads;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use self::glob::Glob;
use self::heads::Heads;
use super::ResourceMatch;
use crate::name::ResourceName;
use crate::shape::Regex;

/// Which rules hold for which resource. A rule is its place among those it was made from.
///
/// Looking a name up takes time in proportion to its length, times that of the patterns tried: of prefixes and globs those
/// whose text, up to the first wildcard, the name begins with; of regular expressions the longest, up to one that matches.
#[derive(Debug, Default)]
pub struct Targets {
    exact: HashMap<Box<str>, Vec<usize>>,
    prefixes: Heads<Vec<usize>>,
    /// By the text before the first wildcard.
    globs: Heads<Vec<Pattern<Glob>>>,
    /// The longest first.
    regexes: Vec<Pattern<Regex>>,
}

/// A pattern that must be tried.
#[derive(Debug)]
struct Pattern<M> {
    matcher: M,
    /// The length of its text in characters.
    length: usize,
    rules: Vec<usize>,
}

/// The rules that say a text, by text.
type Rules<'a> = BTreeMap<&'a str, Vec<usize>>;

impl Targets {
    /// Takes the names and patterns of every rule, in the order of the rules.
    pub fn new<'a>(rules: impl Iterator<Item = (&'a [ResourceName], &'a [ResourceMatch])>) -> Self {
        let [mut exact, mut prefixes, mut globs] = [const { Rules::new() }; 3];
        let mut regexes: BTreeMap<&str, (&Regex, Vec<usize>)> = BTreeMap::new();
        for (rule, (names, patterns)) in rules.enumerate() {
            for name in names {
                add(exact.entry(name.as_str()).or_default(), rule);
            }
            for pattern in patterns {
                let rules = match pattern {
                    ResourceMatch::Prefix(text) => prefixes.entry(text.as_str()).or_default(),
                    ResourceMatch::Glob(text) => globs.entry(text.as_str()).or_default(),
                    ResourceMatch::Regex(regex) => &mut regexes.entry(regex.as_str()).or_insert((regex, vec![])).1,
                };
                add(rules, rule);
            }
        }
        let regexes = regexes.into_iter().map(|(text, (regex, rules))| Pattern::new(text, regex.clone(), rules));
        let mut regexes: Vec<_> = regexes.collect();
        regexes.sort_by_key(|pattern| Reverse(pattern.length));
        Self {
            exact: exact.into_iter().map(|(name, rules)| (name.into(), rules)).collect(),
            prefixes: Heads::new(prefixes),
            globs: by_head(globs),
            regexes,
        }
    }

    /// Returns the rules that hold for a resource, in their order and each once.
    pub fn rules_for(&self, name: &str) -> Vec<usize> {
        if let Some(rules) = self.exact.get(name) {
            return rules.clone();
        }
        if let Some(rules) = self.prefixes.of(name).next() {
            return rules.clone();
        }
        let globs = self.globs_for(name);
        if globs.is_empty() { self.regexes_for(name) } else { globs }
    }

    /// Returns the rules of the longest globs that match.
    fn globs_for(&self, name: &str) -> Vec<usize> {
        let mut candidates: Vec<_> = self.globs.of(name).flatten().collect();
        candidates.sort_by_key(|pattern| Reverse(pattern.length));
        longest(candidates.into_iter(), |glob| glob.is_match(name))
    }

    /// Returns the rules of the longest regular expressions that match.
    fn regexes_for(&self, name: &str) -> Vec<usize> {
        longest(self.regexes.iter(), |regex| regex.is_match(name))
    }
}

impl<M> Pattern<M> {
    fn new(text: &str, matcher: M, rules: Vec<usize>) -> Self {
        Self { matcher, length: text.chars().count(), rules }
    }
}

/// Adds a rule that may have been added last.
fn add(rules: &mut Vec<usize>, rule: usize) {
    if rules.last() != Some(&rule) {
        rules.push(rule);
    }
}

/// Sorts globs by what a name must begin with to match.
fn by_head(globs: Rules<'_>) -> Heads<Vec<Pattern<Glob>>> {
    let mut heads: BTreeMap<&str, Vec<Pattern<Glob>>> = BTreeMap::new();
    for (text, rules) in globs {
        heads.entry(Glob::head(text)).or_default().push(Pattern::new(text, Glob::new(text), rules));
    }
    Heads::new(heads)
}

/// Returns the rules of all patterns that match and are as long as the first that does; the longest come first.
fn longest<'a, M: 'a>(patterns: impl Iterator<Item = &'a Pattern<M>>, is_match: impl Fn(&M) -> bool) -> Vec<usize> {
    let mut patterns = patterns.skip_while(|pattern| !is_match(&pattern.matcher));
    let Some(first) = patterns.next() else { return Vec::new() };
    let equals = patterns.take_while(|pattern| pattern.length == first.length);
    let equals = equals.filter(|pattern| is_match(&pattern.matcher));
    let mut rules: Vec<_> = equals.flat_map(|pattern| &pattern.rules).chain(&first.rules).copied().collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}
