//! Stories of names and the rules that hold for them, and the documented sentence against the index.

use proptest::prelude::*;

use super::*;

/// A rule: the names it says, and its patterns.
type Rule = (Vec<ResourceName>, Vec<ResourceMatch>);
/// The same in texts; a pattern is `class text`.
type Said<'a> = (&'a [&'a str], &'a [&'a str]);

fn name(text: &str) -> ResourceName {
    ResourceName::try_new(text).unwrap()
}

fn pattern(spelled: &str) -> ResourceMatch {
    match spelled.split_once(' ').unwrap() {
        ("prefix", text) => ResourceMatch::Prefix(name(text)),
        ("glob", text) => ResourceMatch::Glob(name(text)),
        (_, text) => ResourceMatch::Regex(Regex::parse(text).unwrap()),
    }
}

fn targets(rules: &[Said<'_>]) -> Targets {
    let read = |(names, patterns): &Said<'_>| {
        let patterns: Vec<_> = patterns.iter().map(|text| pattern(text)).collect();
        (names.iter().map(|text| name(text)).collect::<Vec<_>>(), patterns)
    };
    let rules: Vec<_> = rules.iter().map(read).collect();
    of(&rules)
}

fn of(rules: &[Rule]) -> Targets {
    Targets::new(rules.iter().map(|(names, patterns)| (names.as_slice(), patterns.as_slice())))
}

#[test]
fn a_name_some_rule_says_is_held_by_all_that_say_it_and_by_no_pattern() {
    let targets = targets(&[(&["a", "b"], &[]), (&[], &["prefix a", "glob *", "regex .*"]), (&["a"], &["prefix b"])]);
    assert_eq!(["a", "b", "ab", "c"].map(|name| targets.rules_for(name)), [vec![0, 2], vec![0], vec![1], vec![1]]);
}

#[test]
fn the_more_specific_class_goes_before_the_longer_text() {
    let targets = targets(&[(&[], &["regex (a|b|c)/.*"]), (&[], &["glob a/*"]), (&[], &["prefix a/b"])]);
    let names = ["a/b", "a/bb", "a/c", "b/c", "a/c/d", "d"];
    assert_eq!(names.map(|name| targets.rules_for(name)), [vec![2], vec![2], vec![1], vec![0], vec![0], vec![]]);
}

#[test]
fn within_a_class_the_longer_text_goes_first_and_equal_ones_hold_together() {
    let rules: &[Said<'_>] = &[
        (&[], &["glob a*", "glob ?b*"]),
        (&[], &["glob a?*", "regex a+"]),
        (&[], &["glob a**", "regex .+"]),
        (&[], &["glob é*"]),
    ];
    let targets = targets(rules);
    // The length is one of characters: `é*` has two, as `a*`.
    assert_eq!(["ab", "a", "éb", "b"].map(|name| targets.rules_for(name)), [vec![0, 1, 2], vec![2], vec![0], vec![2]]);
}

#[test]
fn a_rule_whose_targets_match_twice_holds_once_and_in_its_order() {
    let targets =
        targets(&[(&[], &["glob a?", "glob ?a", "glob a?"]), (&["b", "b"], &["glob ??"]), (&[], &["glob *a"])]);
    assert_eq!(["aa", "b"].map(|name| targets.rules_for(name)), [vec![0, 1, 2], vec![1]]);
}

#[test]
fn no_rules_hold_for_no_name() {
    assert_eq!(Targets::default().rules_for("a"), Vec::<usize>::new());
    assert_eq!(targets(&[(&[], &[])]).rules_for(""), Vec::<usize>::new());
}

#[test]
fn a_name_longer_than_one_may_be_written_can_match_patterns_only() {
    let longest = "a".repeat(1024);
    let [prefix, glob] = [format!("prefix {longest}"), format!("glob b{}", "*".repeat(1023))];
    let targets = targets(&[(&[&longest], &[]), (&[], &[&prefix]), (&[], &[&glob]), (&[], &["regex (?s).*"])]);
    let names = [longest.clone(), "a".repeat(1 << 20), "b/".repeat(1 << 19), "c/".repeat(1 << 19)];
    assert_eq!(names.map(|name| targets.rules_for(&name)), [[0], [1], [2], [3]]);
}

#[test]
fn ten_thousand_prefixes_are_told_apart() {
    let rules: Vec<_> = (0..10_000).map(|i| (vec![], vec![pattern(&format!("prefix GET:/{i:04}"))])).collect();
    let nested = (1..=1000).map(|i| (vec![], vec![pattern(&format!("prefix GET:/{}", "x".repeat(i)))]));
    let targets = of(&rules.into_iter().chain(nested).collect::<Vec<_>>());
    let names = ["GET:/0000/a".to_owned(), "GET:/9999".to_owned(), format!("GET:/{}y", "x".repeat(500))];
    assert_eq!(names.map(|name| targets.rules_for(&name)), [[0], [9_999], [10_499]]);
    assert_eq!(targets.rules_for("GET:/y"), Vec::<usize>::new());
}

/// The documented sentence, read literally.
fn documented(rules: &[Rule], asked: &str) -> Vec<usize> {
    let whose = |holds: &dyn Fn(&Rule) -> bool| -> Vec<usize> {
        rules.iter().enumerate().filter(|(_, rule)| holds(rule)).map(|(place, _)| place).collect()
    };
    let exact = whose(&|(names, _)| names.iter().any(|name| name.as_str() == asked));
    if !exact.is_empty() {
        return exact;
    }
    let rank = |pattern: &ResourceMatch| {
        let (class, text) = pattern.spelled();
        let class = ["prefix", "glob", "regex"].iter().position(|other| *other == class);
        (class, Reverse(text.chars().count()))
    };
    let matching = |pattern: &&ResourceMatch| is_match(pattern, asked);
    let best = rules.iter().flat_map(|(_, patterns)| patterns).filter(matching).map(rank).min();
    whose(&|(_, patterns)| patterns.iter().filter(matching).any(|pattern| Some(rank(pattern)) == best))
}

fn is_match(pattern: &ResourceMatch, asked: &str) -> bool {
    match pattern {
        ResourceMatch::Prefix(text) => asked.starts_with(text.as_str()),
        ResourceMatch::Glob(text) => {
            let [glob, asked] = [text.as_str(), asked].map(|text| text.chars().collect::<Vec<_>>());
            is_glob_match(&glob, &asked)
        }
        ResourceMatch::Regex(regex) => regex.is_match(asked),
    }
}

/// Tries all that a wildcard may stand for.
fn is_glob_match(glob: &[char], asked: &[char]) -> bool {
    let any_end = |rest: &[char], most: usize| (0..=most).any(|end| is_glob_match(rest, &asked[end..]));
    match (glob, asked) {
        (['*', '*', rest @ ..], _) => any_end(rest, asked.len()),
        (['*', rest @ ..], _) => any_end(rest, asked.iter().take_while(|c| **c != '/').count()),
        (['?', rest @ ..], [c, asked @ ..]) => *c != '/' && is_glob_match(rest, asked),
        ([one, rest @ ..], [other, asked @ ..]) => one == other && is_glob_match(rest, asked),
        ([], []) => true,
        _ => false,
    }
}

fn names() -> impl Strategy<Value = ResourceName> {
    "[ab/é]{1,4}".prop_map(|text| name(&text))
}

fn patterns() -> impl Strategy<Value = ResourceMatch> {
    prop_oneof![
        "[ab/é]{1,4}".prop_map(|text| ResourceMatch::Prefix(name(&text))),
        r"[ab/é*?]{1,6}".prop_map(|text| ResourceMatch::Glob(name(&text))),
        r"([ab/é.][*+?]?|\(a\|b/\)){1,3}".prop_map(|text| ResourceMatch::Regex(Regex::parse(&text).unwrap())),
    ]
}

fn rules() -> impl Strategy<Value = Vec<Rule>> {
    use proptest::collection::vec;
    vec((vec(names(), 0..2), vec(patterns(), 0..4)), 0..8)
}

proptest! {
    #[test]
    fn rules_hold_as_the_documentation_says(rules in rules(), asked in proptest::collection::vec("[ab/é]{0,6}", 1..16)) {
        let targets = of(&rules);
        for asked in asked {
            prop_assert_eq!(targets.rules_for(&asked), documented(&rules, &asked), "{}", asked);
        }
    }

    #[test]
    fn a_glob_matches_as_when_everything_is_tried(glob in r"[ab/*?]{1,12}", asked in "[ab/]{0,12}") {
        let [steps, letters] = [&glob, &asked].map(|text| text.chars().collect::<Vec<_>>());
        prop_assert_eq!(Glob::new(&glob).is_match(&asked), is_glob_match(&steps, &letters));
    }
}
