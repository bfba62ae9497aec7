//! `cargo xtask codegen [--check]`: makes the Rust code and the descriptors of the wire crate from its .proto files.
//!
//! Pure Rust, no protoc. What it makes is checked in; `--check` writes nothing and fails when a file differs, so that
//! nobody edits the made files by hand.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use prost::Message;
use prost_types::FileDescriptorSet;

/// The files everything is made from, within the folder of .proto files.
const SOURCES: [&str; 4] = [
    "common/v1/common.proto",
    "fault_tolerance/v1/fault_tolerance.proto",
    "router/v1/router.proto",
    "transport/v1/protocol.proto",
];
/// The descriptors of all messages and services, for server reflection.
const DESCRIPTOR: &str = "descriptor.bin";
const HEAD: &str = "// Made by `cargo xtask codegen` from crates/wire/proto. Change that, not this.\n";

/// Every made file: its name within the folder of made files, and its contents.
type Made = BTreeMap<String, Vec<u8>>;

/// Makes the files, or with `--check` compares them with those that are there.
pub(crate) fn run(arguments: &[&str]) -> anyhow::Result<()> {
    let wire = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("crates").join("wire");
    let folder = wire.join("src/proto");
    let made = make(&wire.join("proto"))?;
    match arguments {
        [] => write(&folder, &made),
        ["--check"] => check(&folder, &made),
        other => bail!("codegen takes --check or nothing, found `{}`", other.join(" ")),
    }
}

/// Compiles the sources. The same sources give the same bytes.
fn make(sources: &Path) -> anyhow::Result<Made> {
    let mut compiler = protox::Compiler::new([sources]).context("no folder of .proto files")?;
    compiler.include_imports(true).include_source_info(true);
    compiler.open_files(SOURCES).context("the .proto files do not compile")?;
    let descriptors = compiler.file_descriptor_set();

    let mut made = generate(&descriptors)?;
    made.insert(DESCRIPTOR.to_owned(), without_comments(descriptors).encode_to_vec());
    Ok(made)
}

/// Generates one Rust file for each package. Google's own packages come from prost-types.
fn generate(descriptors: &FileDescriptorSet) -> anyhow::Result<Made> {
    let requests: Vec<_> = (descriptors.file.iter())
        .filter(|file| !file.package().starts_with("google."))
        .map(|file| (prost_build::Module::from_protobuf_package_name(file.package()), file.clone()))
        .collect();
    let names: BTreeMap<_, _> =
        requests.iter().map(|(module, file)| (module.clone(), format!("{}.rs", file.package()))).collect();
    let mut config = prost_build::Config::new();
    config.enable_type_names().type_name_domain(["."], "type.googleapis.com");
    let files = config.generate(requests).context("the descriptors give no Rust code")?;
    Ok((files.into_iter())
        .filter_map(|(module, code)| Some((names.get(&module)?.clone(), format!("{HEAD}{code}").into_bytes())))
        .collect())
}

/// Drops comments and positions: reflection shows names and numbers only.
fn without_comments(mut descriptors: FileDescriptorSet) -> FileDescriptorSet {
    for file in &mut descriptors.file {
        file.source_code_info = None;
    }
    descriptors
}

fn write(folder: &Path, made: &Made) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    for name in strangers(folder, made)? {
        fs::remove_file(&name).with_context(|| format!("cannot remove {}", name.display()))?;
    }
    for (name, contents) in made {
        let path = folder.join(name);
        fs::write(&path, contents).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

fn check(folder: &Path, made: &Made) -> anyhow::Result<()> {
    let differs = made
        .iter()
        .map(|(name, contents)| (folder.join(name), contents))
        .filter(|(path, contents)| fs::read(path).ok().as_ref() != Some(contents))
        .map(|(path, _)| path);
    let stale: Vec<String> = differs.chain(strangers(folder, made)?).map(|path| path.display().to_string()).collect();
    if !stale.is_empty() {
        bail!("not what the .proto files say, run `cargo xtask codegen`: {}", stale.join(", "));
    }
    Ok(())
}

/// Lists the files in the folder that nothing makes any more.
fn strangers(folder: &Path, made: &Made) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let paths: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<_>>()?;
    let is_made =
        |path: &PathBuf| path.file_name().and_then(|name| name.to_str()).is_some_and(|name| made.contains_key(name));
    Ok(paths.into_iter().filter(|path| !is_made(path)).collect())
}
