//! `opensergo fmt`: rewrites documents in the canonical form, each file in one step or not at all.
//!
//! ```text
//! paths --scan--> files --canonical--> new text, or reasons --differs?--> written beside, then renamed
//! ```
//! Comments are in no tree, so a document that has some is left alone where it says the same already, and refused
//! where it would have to change. Foreign documents stay as they are, to the byte.

mod canonical;

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use opensergo_api::document::Entry;
use opensergo_control_plane::source::files;
use tempfile::NamedTempFile;

use crate::outcome::Outcome;
use crate::schema::print;
use canonical::{Comments, Language, Refusal};

const EXAMPLES: &str = "\
Canonical are the spellings, the order of fields and the layout that `opensergo check -o json` prints. Labels and
annotations survive. A file with a document that is refused, or with comments that would be lost, is not touched.

Exit status:
  0  every file is canonical now; with --check: was already
  1  a file is refused; with --check: or not canonical
  2  could not run: bad flags, a path that is not there, a file that cannot be written

Examples:
  opensergo fmt rules/
  opensergo fmt rules/ --check
  opensergo fmt old.yaml --drop-comments";

/// Rewrites documents of rules in their canonical form.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Files, or directories to be walked (*.yaml, *.yml, *.json).
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Writes nothing, and says which files are not canonical.
    #[arg(long)]
    check: bool,
    /// Rewrites documents with comments too: the comments are gone.
    #[arg(long)]
    drop_comments: bool,
}

/// What became of a file.
#[derive(Debug)]
enum Fate {
    Canonical,
    Differs(String),
    Refused(Vec<Refusal>),
}

/// Formats, and says on standard output which files were rewritten and which were refused.
///
/// # Errors
/// A path is not there, or a file cannot be read or written.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Outcome> {
    let comments = if arguments.drop_comments { Comments::Drop } else { Comments::Keep };
    let (mut said, mut outcome) = (Vec::new(), Outcome::Good);
    for path in places(&arguments.paths)? {
        match judge(&path, comments)? {
            Fate::Canonical => {}
            Fate::Differs(_) if arguments.check => {
                said.push(format!("{}: not canonical\n", path.display()));
                outcome = Outcome::Bad;
            }
            Fate::Differs(text) => {
                replace(&path, &text).with_context(|| format!("cannot write {}", path.display()))?;
                said.push(format!("{}: rewritten\n", path.display()));
            }
            Fate::Refused(reasons) => {
                said.extend(reasons.iter().map(|reason| format!("{}:{reason}\n", path.display())));
                outcome = Outcome::Bad;
            }
        }
    }
    print(&said.concat())?;
    Ok(outcome)
}

/// Lists the files that have documents, in path order.
fn places(paths: &[PathBuf]) -> anyhow::Result<BTreeSet<PathBuf>> {
    let place = |entry: Entry| match entry {
        Entry::Document(document) => Some(PathBuf::from(&*document.origin().place)),
        Entry::Judged(verdict) => Some(PathBuf::from(&*verdict.origin.place)),
        Entry::Foreign(_) => None,
    };
    Ok(files::scan(paths)?.entries.into_iter().filter_map(place).collect())
}

fn judge(path: &Path, comments: Comments) -> anyhow::Result<Fate> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let Ok(text) = String::from_utf8(bytes) else {
        return Ok(Fate::Refused(vec![Refusal { line: 1, reason: "no text in UTF-8".to_owned() }]));
    };
    let language =
        if path.extension().is_some_and(|extension| extension == "json") { Language::Json } else { Language::Yaml };
    Ok(match canonical::form(&text, language, comments) {
        Err(reasons) => Fate::Refused(reasons),
        Ok(canonical) if canonical == text => Fate::Canonical,
        Ok(canonical) => Fate::Differs(canonical),
    })
}

/// Replaces a file in one step; links stay links, and rights stay what they were.
fn replace(path: &Path, text: &str) -> anyhow::Result<()> {
    let real = fs::canonicalize(path)?;
    let mut beside = NamedTempFile::new_in(real.parent().unwrap_or(Path::new(".")))?;
    beside.write_all(text.as_bytes())?;
    beside.as_file().set_permissions(fs::metadata(&real)?.permissions())?;
    beside.persist(real)?;
    Ok(())
}
