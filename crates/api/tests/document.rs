//! Documents as people write them: where a judgement points, what it advises, and what a hostile text cannot do.
#![cfg(feature = "yaml")]

use opensergo_api::document::{LARGEST_DOCUMENT, MOST_DOCUMENTS, Verdict, check_all, read};
use opensergo_api::{Code, Invalid};
use proptest::prelude::*;

/// A throttling strategy with room for more lines below its contents.
const LAWFUL: &str = "apiVersion: fault-tolerance.opensergo.io/v1alpha1
kind: ThrottlingStrategy
metadata: {name: throttling-foo, labels: {app: foo-app}}
spec:
  minIntervalOfRequests: 20ms
  queueTimeout: 60ms
";

fn judge(text: &str) -> Vec<Verdict> {
    check_all(read("rules.yaml", text))
}

/// The pieces of the text the refusals point at.
fn pointed_at(text: &str) -> Vec<String> {
    let verdicts = judge(text);
    let pieces = verdicts.iter().flat_map(|verdict| verdict.invalids.iter().map(|at| &verdict.text[at.span.clone()]));
    pieces.map(str::to_owned).collect()
}

fn codes(text: &str) -> Vec<Code> {
    judge(text).iter().flat_map(|verdict| &verdict.invalids).map(|at| at.item.code).collect()
}

fn only_refusal(text: &str) -> Invalid {
    let invalids: Vec<_> = judge(text).into_iter().flat_map(|verdict| verdict.invalids).map(|at| at.item).collect();
    let [invalid] = invalids.as_slice() else { panic!("expected one refusal, found {invalids:?}") };
    invalid.clone()
}

#[test]
fn a_refusal_points_at_the_field_it_speaks_of() {
    let text = LAWFUL.replace("20ms", "20us");
    assert_eq!(pointed_at(&text), ["minIntervalOfRequests: 20us"]);
    assert_eq!(pointed_at(&text.replace("throttling-foo", "订单")), ["name: 订单"]);
    assert_eq!(pointed_at(&text.replace("foo-app", "订单")), ["minIntervalOfRequests: 20us"]);
    assert_eq!(pointed_at(&text.replace('\n', "\r\n")), ["minIntervalOfRequests: 20us"]);
    assert_eq!(pointed_at(&format!("\u{feff}# ü\n{text}")), ["minIntervalOfRequests: 20us"]);
}

#[test]
fn a_refusal_points_into_lists_and_at_the_parent_of_what_is_missing() {
    let rule = "apiVersion: fault-tolerance.opensergo.io/v1alpha1
kind: FaultToleranceRule
metadata: {name: rule-foo, labels: {app: foo-app}}
spec:
  targets: [{targetResourceName: a}, {targetResourceName: ''}, {}]
  strategies:
  - name: b
    kind: Nothing
";
    assert_eq!(pointed_at(rule), ["targetResourceName: ''", "{}", "kind: Nothing"]);
    assert_eq!(pointed_at(&LAWFUL.replace("  queueTimeout: 60ms\n", "")), ["minIntervalOfRequests"]);
}

#[test]
fn a_syntax_error_points_at_the_character() {
    assert_eq!(pointed_at("é: [ü, @]\n"), ["@"]);
    assert_eq!(pointed_at("a: 1\nb: ]\n"), ["]"]);
}

#[test]
fn every_document_of_a_text_knows_its_number_and_its_line() {
    let text = format!("# rules\n---\n{LAWFUL}---\n# nothing\n---\nbroken: [\n");
    let origins: Vec<_> = judge(&text).iter().map(|verdict| (verdict.origin.number, verdict.origin.line)).collect();
    assert_eq!(origins, [(2, 2), (4, 11)]);
}

#[test]
fn a_slip_of_the_pen_is_named() {
    let hints =
        |text: &str| judge(text).into_iter().flat_map(|v| v.invalids).map(|at| at.item.hint).collect::<Vec<_>>();
    let misspelled = LAWFUL.replace("queueTimeout:", "queueTimeOut:");
    assert_eq!(hints(&misspelled), [Some("did you mean `queueTimeout`?".to_owned()), None]);
    let number = LAWFUL.replace("60ms", "60");
    assert_eq!(hints(&number), [Some("put it in quotes".to_owned())]);
    let kind = LAWFUL.replace("ThrottlingStrategy", "TrottlingStrategy");
    assert_eq!(hints(&kind), [Some("did you mean `ThrottlingStrategy`?".to_owned())]);
    assert_eq!(hints(&format!("{LAWFUL}  zzz: 1\n")), [None]);
}

#[test]
fn an_unknown_field_is_told_what_there_is() {
    let expected = Invalid {
        path: "spec.burst".to_owned(),
        code: Code::UnknownField,
        found: "unknown field `burst`".to_owned(),
        allowed: "minIntervalOfRequests, queueTimeout".to_owned(),
        hint: None,
    };
    assert_eq!(only_refusal(&format!("{LAWFUL}  burst: 1\n")), expected);
}

#[test]
fn a_number_in_quotes_is_told_to_shed_them() {
    let text = "apiVersion: fault-tolerance.opensergo.io/v1alpha1
kind: ConcurrencyLimitStrategy
metadata: {name: a, labels: {app: b}}
spec: {maxConcurrency: '8', limitMode: Local}
";
    let expected = Invalid {
        path: "spec.maxConcurrency".to_owned(),
        code: Code::WrongType,
        found: "found the text `8`".to_owned(),
        allowed: "a whole number from 0 to 9223372036854775807".to_owned(),
        hint: Some("write it without quotes".to_owned()),
    };
    assert_eq!(only_refusal(text), expected);
}

#[test]
fn a_mebibyte_is_read_and_a_byte_more_is_not() {
    let fill = |size: usize| format!("{LAWFUL}#{}", "x".repeat(size - LAWFUL.len() - 1));
    assert_eq!(codes(&fill(LARGEST_DOCUMENT)), []);
    assert_eq!(codes(&fill(LARGEST_DOCUMENT + 1)), [Code::TooLarge]);
}

#[test]
fn a_document_too_large_hides_no_other() {
    let text =
        format!("{LAWFUL}---\n#{}\n---\n{}", "x".repeat(LARGEST_DOCUMENT), LAWFUL.replace("throttling-foo", "b"));
    let judged: Vec<_> = judge(&text).iter().map(|verdict| (verdict.origin.number, verdict.object.is_some())).collect();
    assert_eq!(judged, [(1, true), (2, false), (3, true)]);
}

/// Texts of a mebibyte that made a parser, this one or another, slow, deep or large.
#[test]
fn a_hostile_mebibyte_is_refused_and_not_waited_for() {
    let fill = |unit: &str| unit.repeat((LARGEST_DOCUMENT - 64) / unit.len());
    let units =
        ["[", "{", "- ", "? ", "&a ", "a: ", "[a, ", "\"", "---\ra\r", "!!str a\n", "*a ", "%TAG !a! b\n", "é: "];
    for unit in units {
        let verdicts = judge(&fill(unit));
        assert!(verdicts.iter().all(|verdict| !verdict.invalids.is_empty()), "{unit:?}");
        assert!(!verdicts.is_empty(), "{unit:?}");
    }
    let laughs = format!("{LAWFUL}status:\n- &a [{}]\n{}", fill("x,").split_off(1 << 20 >> 1), "- *a\n".repeat(16));
    assert_eq!(codes(&laughs), [Code::TooLarge]);
}

/// Pieces YAML is made of, so that soups of them come near to what parses.
fn soup() -> impl Strategy<Value = String> {
    let pieces = [
        "a",
        "é",
        "1",
        "~",
        ": ",
        ":",
        "- ",
        "? ",
        ", ",
        "[",
        "]",
        "{",
        "}",
        "\n",
        "\n  ",
        "\r",
        "\r\n",
        "\t",
        " ",
        "\"",
        "'",
        "|",
        ">",
        "#",
        "&a ",
        "*a",
        "!!str ",
        "!t ",
        "---",
        "\n---\n",
        "...",
        "%",
        "\u{feff}",
        "\u{2028}",
        "\0",
        "<<",
        "\\",
        "spec: ",
        "metadata: ",
        "kind: ",
        LAWFUL,
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..24).prop_map(|pieces| pieces.concat())
}

fn is_sound(text: &str) -> bool {
    judge(text).iter().all(|verdict| {
        let invalids = verdict.invalids.iter().map(|at| &at.span);
        let spans = invalids.chain(verdict.warnings.iter().map(|at| &at.span));
        let points_into_the_text = spans.into_iter().all(|span| verdict.text.get(span.clone()).is_some());
        points_into_the_text && (verdict.object.is_none() || verdict.invalids.is_empty())
    })
}

proptest! {
    #[test]
    fn any_text_is_judged(text in any::<String>()) {
        prop_assert!(is_sound(&text));
    }

    #[test]
    fn any_soup_of_yaml_is_judged(text in soup()) {
        prop_assert!(is_sound(&text));
    }

    #[test]
    fn any_edit_of_a_lawful_document_is_judged(at in 0..LAWFUL.len(), cut in 0usize..4, put in soup()) {
        let text = format!("{}{put}{}", &LAWFUL[..at], &LAWFUL[(at + cut).min(LAWFUL.len())..]);
        prop_assert!(is_sound(&text));
    }
}

#[test]
fn a_text_of_too_many_documents_is_read_up_to_a_bound_and_the_rest_is_refused() {
    let verdicts = check_all(read("many", &"x\n---\n".repeat(MOST_DOCUMENTS + 500)));
    assert_eq!(verdicts.len(), MOST_DOCUMENTS + 1);
    let last = &verdicts[MOST_DOCUMENTS].invalids[0].item;
    assert_eq!((last.code, verdicts[MOST_DOCUMENTS].id.clone()), (Code::TooLarge, None));
}
