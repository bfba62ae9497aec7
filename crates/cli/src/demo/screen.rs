//! What is shown: a line that moves with every call on a terminal, plain lines elsewhere.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::call::REFUSED;

/// Calls on one line: those of a second.
const LINE: usize = 20;
/// How far everything within an act is moved to the right.
const INDENT: &str = "     ";

/// What it looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// Lines that stay as they are.
    Plain,
    /// A line that moves.
    Live,
    /// A line that moves, in colours.
    Coloured,
}

/// Where the demo shows itself.
#[derive(Debug)]
pub(crate) struct Screen {
    look: Look,
    bar: Option<ProgressBar>,
    tally: Tally,
}

/// The calls since the last line.
#[derive(Debug, Default)]
struct Tally {
    what: String,
    strip: Vec<u16>,
    passed: usize,
    refused: usize,
    failed: usize,
}

impl Screen {
    /// Makes a screen on standard output.
    pub(crate) fn new(look: Look) -> Self {
        Self { look, bar: None, tally: Tally::default() }
    }

    /// Shows lines that stay.
    pub(super) fn say(&mut self, text: &str) {
        self.settle();
        // Whoever reads us may have left; the demo goes on, and its exit status says the rest.
        let _ = writeln!(io::stdout(), "{text}");
    }

    /// Opens an act.
    pub(super) fn act(&mut self, number: usize, title: &str, expect: &str) {
        self.say(&format!("\n{number}/5  {title}\n{INDENT}expect  {expect}"));
    }

    /// Tells a fact of an act.
    pub(super) fn seen(&mut self, fact: &str) {
        self.say(&format!("{INDENT}seen    {fact}"));
    }

    /// Tells what the demo does itself.
    pub(super) fn does(&mut self, deed: &str) {
        self.say(&format!("{INDENT}do      {deed}"));
    }

    /// Shows one more call.
    pub(super) fn call(&mut self, what: &str, status: u16) {
        if self.tally.what != what || self.tally.strip.len() == LINE {
            self.settle();
            what.clone_into(&mut self.tally.what);
        }
        self.tally.count(status);
        if self.look != Look::Plain {
            let look = self.look;
            let bar = self.bar.get_or_insert_with(bar);
            bar.set_message(self.tally.line(look));
        }
    }

    /// Turns the moving line into one that stays.
    pub(super) fn settle(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        let tally = std::mem::take(&mut self.tally);
        if !tally.strip.is_empty() {
            let _ = writeln!(io::stdout(), "{INDENT}{}", tally.line(self.look));
        }
    }
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stdout());
    // The template is a constant; a default look is no reason to end the demo.
    ProgressStyle::with_template("     {msg}").map_or(bar.clone(), |style| bar.with_style(style))
}

impl Tally {
    fn count(&mut self, status: u16) {
        match status {
            REFUSED => self.refused += 1,
            500.. => self.failed += 1,
            _ => self.passed += 1,
        }
        self.strip.push(status);
    }

    fn line(&self, look: Look) -> String {
        let mut line = format!("{:<7} ", self.what);
        self.strip.iter().for_each(|status| line.push_str(mark(*status, look)));
        let room = LINE.saturating_sub(self.strip.len());
        let counts = [(self.passed, "passed"), (self.failed, "failed"), (self.refused, "refused (429)")];
        let told = counts.into_iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}"));
        let _ = write!(line, "{:room$}  {}", "", told.collect::<Vec<_>>().join(", "));
        line
    }
}

fn mark(status: u16, look: Look) -> &'static str {
    match (status, look) {
        (REFUSED, Look::Coloured) => "\x1b[33m-\x1b[0m",
        (REFUSED, _) => "-",
        (500.., Look::Coloured) => "\x1b[31mx\x1b[0m",
        (500.., _) => "x",
        (_, Look::Coloured) => "\x1b[32mo\x1b[0m",
        (_, _) => "o",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_shows_every_call_and_counts_them() {
        let mut tally = Tally { what: "/err".to_owned(), ..Tally::default() };
        for status in [200, 200, 500, 429, 429] {
            tally.count(status);
        }
        let expected = "/err    oox--                 2 passed, 1 failed, 2 refused (429)";
        assert_eq!(tally.line(Look::Plain), expected);
    }
}
