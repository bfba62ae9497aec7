//! `opensergo check`: are these documents lawful?
//!
//! Reads files exactly as the server does and sends them through the same door, all together, so that references
//! among them are followed. Refuses to know what is lawful.

mod diagnostic;
mod excerpt;
mod report;

use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use opensergo_api::document::{self, Entry, Kinds, Located, Origin, Verdict};
use opensergo_api::{Code, Invalid};
use opensergo_control_plane::source::files;
use opensergo_wire::custom::encoders;

use crate::colours::Colours;
use crate::outcome::Outcome;
pub(crate) use report::Report;

/// The path that means standard input, and the name it is shown under.
const STDIN: (&str, &str) = ("-", "<stdin>");
/// The most that is read from standard input, in bytes; as much as the server reads from one file.
const LARGEST_INPUT: u64 = 16 << 20;

const EXAMPLES: &str = "\
References are followed among the documents given, so name everything that belongs together.

Exit status:
  0  every document is lawful
  1  a document is refused, a file is unreadable or no YAML; with --deny-warnings: or a warning
  2  could not run: bad flags, or a path that is not there

Examples:
  opensergo check rules/
  opensergo check rules/ --deny-warnings
  opensergo check rules/ -o json | jq '.summary'
  helm template chart/ | opensergo check -";

/// Checks documents of rules, and says what is wrong with them.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Files, or directories to be walked (*.yaml, *.yml, *.json); - is standard input.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How the verdicts are printed.
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    output: Output,
    /// Counts warnings as refusals.
    #[arg(long)]
    deny_warnings: bool,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Output {
    /// As a compiler does.
    #[default]
    Text,
    /// One JSON object.
    Json,
}

/// Checks, prints the verdicts on standard output, and says whether all is well.
///
/// # Errors
/// A path is not there, or standard input cannot be read.
pub(crate) fn run(arguments: &Arguments, colours: Colours) -> anyhow::Result<Outcome> {
    let report = Report::new(Kinds::new(encoders).check_all(read(&arguments.paths)?));
    let mut out = BufWriter::new(io::stdout().lock());
    let written = match arguments.output {
        Output::Text => report.text(&mut out, colours),
        Output::Json => report.json(&mut out),
    };
    match written.and_then(|()| out.flush()) {
        // Whoever read us has seen enough; the verdict stands.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        written => written?,
    }
    let refused = report.refused() > 0 || arguments.deny_warnings && report.warnings() > 0;
    Ok(if refused { Outcome::Bad } else { Outcome::Good })
}

/// Reads documents from files, directories and, for `-`, from standard input.
///
/// # Errors
/// A path is not there, or standard input cannot be read.
pub(crate) fn read(paths: &[PathBuf]) -> anyhow::Result<Vec<Entry>> {
    let (stdin, files): (Vec<_>, Vec<_>) = paths.iter().cloned().partition(|path| path == Path::new(STDIN.0));
    let mut entries = if stdin.is_empty() { Vec::new() } else { read_input(io::stdin().lock())? };
    entries.extend(files::scan(&files)?.entries);
    Ok(entries)
}

fn read_input(input: impl Read) -> io::Result<Vec<Entry>> {
    let mut bytes = Vec::new();
    input.take(LARGEST_INPUT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST_INPUT {
        let allowed = format!("at most {LARGEST_INPUT} bytes");
        return Ok(vec![refuse_input(Code::TooLarge, "found more bytes than are read".to_owned(), allowed)]);
    }
    Ok(match str::from_utf8(&bytes) {
        Ok(text) => document::read(STDIN.1, text),
        Err(error) => {
            let found = format!("found bytes that are no text, at byte {}", error.valid_up_to());
            vec![refuse_input(Code::Syntax, found, "UTF-8".to_owned())]
        }
    })
}

fn refuse_input(code: Code, found: String, allowed: String) -> Entry {
    let invalid = Invalid { path: String::new(), code, found, allowed, hint: None };
    let origin = Origin { place: STDIN.1.into(), number: 1, line: 1 };
    Entry::Judged(Verdict::unreadable(origin, "", Located { item: invalid, span: 0..0 }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasons(input: &[u8]) -> Vec<String> {
        let verdicts = Kinds::new(encoders).check_all(read_input(input).unwrap());
        verdicts.iter().flat_map(|verdict| &verdict.invalids).map(|invalid| invalid.item.to_string()).collect()
    }

    #[test]
    fn standard_input_that_is_no_text_is_refused_as_a_document() {
        assert_eq!(reasons(b"a: \xff\n"), ["found bytes that are no text, at byte 3; allowed: UTF-8"]);
    }

    #[test]
    fn endless_standard_input_is_read_up_to_a_bound() {
        let endless = reasons(&vec![b'#'; usize::try_from(LARGEST_INPUT).unwrap() + 1]);
        assert_eq!(endless, ["found more bytes than are read; allowed: at most 16777216 bytes"]);
    }
}
