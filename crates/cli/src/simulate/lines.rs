//! The calls as a stream of lines: numbered, bounded, and in the order of time.

use std::io::{BufRead, Read};

use anyhow::{Context, anyhow, bail};
use opensergo_fault_tolerance::Nanos;

use super::line::Line;
use super::millis::Millis;
use super::shown::shown;

/// The longest line, in bytes: a call with a hundred long attributes is far below.
const LONGEST: u64 = 1 << 20;

/// Reads lines one by one; only one is held.
#[derive(Debug)]
pub(super) struct Lines<R> {
    input: R,
    place: String,
    number: u64,
    latest: Nanos,
    buffer: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    /// Reads from an input that is shown under a name.
    pub(super) fn new(input: R, place: String) -> Self {
        Self { input, place, number: 0, latest: Nanos::new(0), buffer: Vec::new() }
    }

    /// Returns where the line is that was read last.
    pub(super) fn place(&self) -> String {
        format!("{}:{}", self.place, self.number)
    }

    /// Reads the next line that is not empty; `None` at the end.
    ///
    /// # Errors
    /// The input cannot be read, or a line is at fault: with its number and the reason.
    pub(super) fn next(&mut self) -> anyhow::Result<Option<Line<'_>>> {
        while self.fill()? {
            if !self.buffer.trim_ascii().is_empty() {
                return self.read().map(Some);
            }
        }
        Ok(None)
    }

    /// Takes the bytes of the next line in; says whether there is one.
    fn fill(&mut self) -> anyhow::Result<bool> {
        self.buffer.clear();
        self.number += 1;
        let read = (&mut self.input).take(LONGEST + 1).read_until(b'\n', &mut self.buffer);
        let read = read.with_context(|| format!("cannot read {}", self.place))?;
        if read as u64 > LONGEST {
            bail!("{}: a line of more than {LONGEST} bytes", self.place());
        }
        Ok(read > 0)
    }

    fn read(&mut self) -> anyhow::Result<Line<'_>> {
        let place = format!("{}:{}", self.place, self.number);
        let text = str::from_utf8(&self.buffer).map_err(|_| anyhow!("{place}: no text in UTF-8"))?;
        let line = Line::read(text.trim_ascii_end()).map_err(|reason| anyhow!("{place}: {}", shown(&reason)))?;
        if line.at < self.latest {
            let (at, latest) = (Millis(line.at), Millis(self.latest));
            bail!("{place}: at_ms: found {at} after {latest}; allowed: times that never go back");
        }
        self.latest = line.at;
        Ok(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(input: &[u8]) -> String {
        let mut lines = Lines::new(input, "calls.jsonl".to_owned());
        loop {
            match lines.next() {
                Ok(Some(_)) => {}
                Ok(None) => panic!("no fault"),
                Err(error) => return error.to_string(),
            }
        }
    }

    #[test]
    fn empty_lines_are_skipped_and_counted() {
        let input = b"\n  \r\n{\"at_ms\":1,\"resource\":\"r\"}\r\n\n{\"at_ms\":0.999999,\"resource\":\"r\"}";
        let expected = "calls.jsonl:5: at_ms: found 0.999999 after 1; allowed: times that never go back";
        assert_eq!(fault(input), expected);
    }

    #[test]
    fn an_endless_line_is_read_up_to_a_bound() {
        let endless = vec![b'{'; usize::try_from(LONGEST).unwrap() + 2];
        assert_eq!(fault(&endless), "calls.jsonl:1: a line of more than 1048576 bytes");
    }

    #[test]
    fn a_fault_is_said_on_one_line_whatever_the_calls_say() {
        let expected = r"calls.jsonl:1: column 49: unknown variant `\u{1b}[2J\n`, expected `ok` or `error`";
        assert_eq!(fault(br#"{"at_ms":0,"resource":"r","outcome":"\u001b[2J\n"}"#), expected);
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        assert_eq!(fault(b"{\"at_ms\":\xff}"), "calls.jsonl:1: no text in UTF-8");
    }
}
