//! A diagnostic, as a compiler gives it: the reason, the line, a caret, what is allowed, and a hint.
//!
//! Names and values come from files somebody else may have written: no control character of theirs reaches a terminal.

use annotate_snippets::{AnnotationKind, Element, Level, Origin, Renderer, Snippet};
use opensergo_api::document::{Located, Verdict};
use opensergo_api::{Invalid, Warning};

use super::excerpt::Excerpt;

/// Something to be shown about a document.
#[derive(Debug)]
pub(super) struct Diagnostic<'verdict> {
    level: Level<'static>,
    code: &'static str,
    title: String,
    /// What is allowed, and what to do.
    notes: Vec<(&'static str, &'verdict str)>,
    verdict: &'verdict Verdict,
    excerpt: Excerpt<'verdict>,
}

impl<'verdict> Diagnostic<'verdict> {
    /// Makes one of a reason for refusal.
    pub(super) fn refusal(verdict: &'verdict Verdict, invalid: &'verdict Located<Invalid>) -> Self {
        let Invalid { path, code, found, allowed, hint } = &invalid.item;
        let hint = hint.iter().map(|hint| ("help", hint.as_str()));
        Self {
            level: Level::ERROR,
            code: code.as_str(),
            title: titled(path, found),
            notes: std::iter::once(("allowed", allowed.as_str())).chain(hint).collect(),
            verdict,
            excerpt: Excerpt::of(&verdict.text, &invalid.span, verdict.origin.line),
        }
    }

    /// Makes one of a doubt.
    pub(super) fn doubt(verdict: &'verdict Verdict, warning: &'verdict Located<Warning>) -> Self {
        let Warning { path, code, message } = &warning.item;
        Self {
            level: Level::WARNING,
            code: code.as_str(),
            title: titled(path, message),
            notes: Vec::new(),
            verdict,
            excerpt: Excerpt::of(&verdict.text, &warning.span, verdict.origin.line),
        }
    }

    /// Draws it.
    pub(super) fn draw(&self, renderer: &Renderer) -> String {
        let Excerpt { line, text, span, .. } = &self.excerpt;
        let path = harmless(&self.verdict.origin.place);
        let place: Element<'_> = if self.verdict.text.is_empty() {
            Origin::path(path).into()
        } else {
            let snippet = Snippet::source(*text).line_start(*line).path(path);
            snippet.annotation(AnnotationKind::Primary.span(span.clone())).into()
        };
        let notes = self.notes.iter().map(|(name, text)| Level::NOTE.with_name(*name).message(harmless(text)));
        let title = self.level.clone().primary_title(harmless(&self.title)).id(self.code);
        let group = title.element(place).elements(notes);
        renderer.render(&[group])
    }
}

fn titled(path: &str, text: &str) -> String {
    if path.is_empty() { text.to_owned() } else { format!("{path}: {text}") }
}

/// Replaces control characters by how they are written.
fn harmless(text: &str) -> String {
    let escape = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use opensergo_api::Code;
    use opensergo_api::document::{self, check_all, read};
    use proptest::prelude::*;

    use super::*;

    fn drawn(text: &str) -> String {
        let verdicts = check_all(read("rules/foo.yaml", text));
        let all = verdicts.iter().flat_map(|verdict| {
            let refusals = verdict.invalids.iter().map(move |invalid| Diagnostic::refusal(verdict, invalid));
            refusals.chain(verdict.warnings.iter().map(move |warning| Diagnostic::doubt(verdict, warning)))
        });
        all.map(|diagnostic| diagnostic.draw(&Renderer::plain()) + "\n").collect()
    }

    #[test]
    fn a_refusal_shows_line_caret_reason_and_what_is_allowed() {
        let text =
            "---\napiVersion: fault-tolerance.opensergo.io/v1alpha1\nkind: RateLimitStrategie\nmetadata: {name: a}\n";
        insta::assert_snapshot!(drawn(text), @r#"
        error[unknown-kind]: kind: unknown kind `fault-tolerance.opensergo.io/v1alpha1/RateLimitStrategie`
         --> rules/foo.yaml:3:1
          |
        3 | kind: RateLimitStrategie
          | ^^^^^^^^^^^^^^^^^^^^^^^^
          |
          = allowed: RateLimitStrategy, ThrottlingStrategy, ConcurrencyLimitStrategy, CircuitBreakerStrategy, AdaptiveOverloadProtectionStrategy, HttpRequestFallbackAction, FaultToleranceRule
          = help: did you mean `RateLimitStrategy`?
        warning[no-app]: metadata: neither metadata.labels.app nor spec.selector.app names an application: nobody receives this
         --> rules/foo.yaml:4:1
          |
        4 | metadata: {name: a}
          | ^^^^^^^^
        "#);
    }

    #[test]
    fn wide_characters_and_tabs_do_not_move_the_caret() {
        let text = "apiVersion: v1
kind: x
---
{\"名前\":	[\"ü\", 1], \"kind\":	}}";
        insta::assert_snapshot!(drawn(text), @r#"
        warning[foreign-group]: apiVersion: `v1` `x` is not of a group of ours: not looked at
         --> rules/foo.yaml:1:1
          |
        1 | apiVersion: v1
          | ^^^^^^^^^^^^^^
        error[syntax]: not YAML: misplaced bracket
         --> rules/foo.yaml:4:27
          |
        4 | {"名前":    ["ü", 1], "kind":    }}
          |                                   ^
          |
          = allowed: YAML 1.2
        "#);
    }

    #[test]
    fn no_control_character_of_a_document_is_printed() {
        let text = "apiVersion: \"\\e[31m/v1\"\nkind: \"\\e]0;title\\a\"\n# \u{1b}[31m\n";
        let drawn = drawn(text);
        assert!(!drawn.contains(|c: char| c.is_control() && c != '\n'), "{drawn:?}");
    }

    #[test]
    fn what_ends_too_early_is_shown_at_the_end() {
        insta::assert_snapshot!(drawn("apiVersion: [a,\n"), @r#"
        error[syntax]: not YAML: while parsing a node, did not find expected node content
         --> rules/foo.yaml:2:1
          |
        2 |
          | ^
          |
          = allowed: YAML 1.2
        "#);
        insta::assert_snapshot!(drawn("kind: \"名"), @r#"
        error[syntax]: not YAML: while scanning a quoted scalar, found unexpected end of stream
         --> rules/foo.yaml:1:7
          |
        1 | kind: "名
          |       ^
          |
          = allowed: YAML 1.2
        "#);
    }

    proptest! {
        #[test]
        fn every_span_of_every_text_can_be_drawn(
            text in "[a:ü名\t\r\n\u{0}\u{301}\u{200b}\u{1f642} ]{0,24}", start in 0..90_usize, length in 0..90_usize
        ) {
            let (path, found, allowed) = (String::new(), "found".to_owned(), "allowed".to_owned());
            let item = Invalid { path, code: Code::Syntax, found, allowed, hint: None };
            let origin = document::Origin { place: "a".into(), number: 1, line: u32::MAX };
            let verdict = Verdict::unreadable(origin, &text, Located { item, span: start..start + length });
            let drawn = Diagnostic::refusal(&verdict, &verdict.invalids[0]).draw(&Renderer::styled());
            prop_assert!(drawn.contains("found"));
        }
    }
}
