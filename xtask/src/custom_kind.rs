//! `cargo xtask custom-kind-example [--check]`: writes the descriptor of `examples/custom-kind` into its definition.
//!
//! Pure Rust, no protoc. The descriptor is an annotation of the definition, so one file is all a control plane needs;
//! `--check` writes nothing and fails when the annotation is not what event.proto says.

use std::fs;

use anyhow::{Context, bail};
use base64::Engine as _;

use crate::shell::root;

/// The line the annotation follows, and how its lines begin.
const ANNOTATION: &str = "    opensergo.io/descriptor-set: >-\n";
const INDENT: &str = "      ";
/// Characters of base64 on a line.
const WIDTH: usize = 110;

/// Writes the annotation, or with `--check` compares it with the one that is there.
pub(crate) fn run(arguments: &[&str]) -> anyhow::Result<()> {
    let definition = root().join("examples/custom-kind/crd.yaml");
    let text = fs::read_to_string(&definition).with_context(|| format!("cannot read {}", definition.display()))?;
    let made = annotated(&text, &descriptors()?)?;
    match arguments {
        [] => fs::write(&definition, made).with_context(|| format!("cannot write {}", definition.display())),
        ["--check"] if made == text => Ok(()),
        ["--check"] => {
            bail!("not what event.proto says, run `cargo xtask custom-kind-example`: {}", definition.display())
        }
        other => bail!("custom-kind-example takes --check or nothing, found `{}`", other.join(" ")),
    }
}

/// Compiles the example. What it imports of the wire crate's files is not included: every control plane has those.
fn descriptors() -> anyhow::Result<Vec<u8>> {
    let folders = [root().join("examples/custom-kind"), root().join("crates/wire/proto")];
    let mut compiler = protox::Compiler::new(folders).context("no folder of .proto files")?;
    compiler.open_file("event.proto").context("event.proto does not compile")?;
    Ok(compiler.encode_file_descriptor_set())
}

/// Replaces the lines of the annotation.
fn annotated(text: &str, descriptors: &[u8]) -> anyhow::Result<String> {
    let (head, rest) = text.split_once(ANNOTATION).with_context(|| format!("no line `{}`", ANNOTATION.trim()))?;
    let rest: String = rest.split_inclusive('\n').skip_while(|line| line.starts_with(INDENT)).collect();
    let encoded = base64::engine::general_purpose::STANDARD.encode(descriptors);
    let mut lines = String::new();
    let mut left = encoded.as_str();
    while !left.is_empty() {
        let (line, more) = left.split_at(left.len().min(WIDTH));
        lines.extend([INDENT, line, "\n"]);
        left = more;
    }
    Ok([head, ANNOTATION, &lines, &rest].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_the_annotation_are_replaced_and_nothing_else() {
        let text = |lines: &str| format!("metadata:\n{ANNOTATION}{lines}spec:\n{INDENT}group: a\n");
        let two = format!("{INDENT}{}\n{INDENT}AAAA==\n", "A".repeat(WIDTH));
        let made = annotated(&text("      old\n      older\n"), &[0; 85]).ok();
        assert_eq!(made, Some(text(&two)));
        assert_eq!(made.and_then(|made| annotated(&made, &[0; 85]).ok()), Some(text(&two)));
        assert!(annotated("metadata: {}\n", &[]).is_err());
    }
}
