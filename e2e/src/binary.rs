//! The programs the tests drive, each built once per test process and only when it is out of date.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::SystemTime;

use anyhow::{Context, anyhow, bail};
use cargo_metadata::Message;

/// Names a ready `opensergo`, instead of building one. `cargo xtask test` sets it.
const READY: &str = "OPENSERGO_BINARY";

type Built = Result<PathBuf, String>;

/// Returns the `opensergo` binary.
pub fn opensergo() -> anyhow::Result<&'static Path> {
    static BUILT: LazyLock<Built> = LazyLock::new(|| build_opensergo().map_err(|error| format!("{error:#}")));
    built(&BUILT)
}

/// Returns a command that runs the Go client.
pub fn go_client() -> anyhow::Result<Command> {
    static BUILT: LazyLock<Built> = LazyLock::new(|| build_go().map_err(|error| format!("{error:#}")));
    Ok(Command::new(built(&BUILT)?))
}

/// Returns a command that runs a main class of the Java SDK's client.
pub fn java_sdk(class: &str) -> anyhow::Result<Command> {
    static BUILT: LazyLock<Built> = LazyLock::new(|| build_java("java-sdk").map_err(|error| format!("{error:#}")));
    Ok(java(built(&BUILT)?, class))
}

/// Returns a command that runs a main class of the application guarded by Sentinel.
pub fn java_sentinel(class: &str) -> anyhow::Result<Command> {
    static BUILT: LazyLock<Built> = LazyLock::new(|| build_java("java-sentinel").map_err(|error| format!("{error:#}")));
    Ok(java(built(&BUILT)?, class))
}

fn built(built: &'static Built) -> anyhow::Result<&'static Path> {
    built.as_deref().map_err(|error| anyhow!("{error}"))
}

fn java(folder: &Path, class: &str) -> Command {
    let mut command = Command::new("java");
    command.current_dir(folder).args(["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m"]);
    command.args(["-cp", "target/classes:target/lib/*", class]);
    command
}

/// Builds into the target folder this test was built into.
fn build_opensergo() -> anyhow::Result<PathBuf> {
    if let Some(ready) = std::env::var_os(READY) {
        return Ok(ready.into());
    }
    let test = std::env::current_exe()?;
    let target = test.ancestors().nth(3).context("the test is in no target folder")?;
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR")).args(["build", "--package", "opensergo-cli", "--bin", "opensergo"]);
    cargo.arg("--target-dir").arg(target).arg("--message-format=json-render-diagnostics");
    let output = cargo.stderr(Stdio::inherit()).output().context("cannot run cargo")?;
    if !output.status.success() {
        bail!("`opensergo` does not build");
    }
    let executable = Message::parse_stream(output.stdout.as_slice()).filter_map(Result::ok).find_map(|message| {
        let Message::CompilerArtifact(artifact) = message else { return None };
        artifact.executable.filter(|_| artifact.target.name == "opensergo")
    });
    Ok(executable.context("cargo names no executable")?.into())
}

fn build_go() -> anyhow::Result<PathBuf> {
    let folder = client("go");
    let mut go = Command::new("go");
    run(go.current_dir(&folder).args(["build", "-o", "bin/client", "."]))?;
    Ok(folder.join("bin/client"))
}

/// Builds one of the two Java programs, unless every class is newer than every source.
fn build_java(name: &str) -> anyhow::Result<PathBuf> {
    let folder = client(name);
    let sources = ages(&[folder.join("pom.xml"), folder.join("src/main"), client("java-sdk/src/shared")]);
    let classes = ages(&[folder.join("target/classes")]);
    let libraries = ages(&[folder.join("target/lib")]);
    let fresh = classes.iter().min() > sources.iter().max() && !libraries.is_empty();
    if !fresh {
        run(Command::new("mvn").current_dir(&folder).args(["-q", "-B", "process-classes"]))?;
    }
    Ok(folder)
}

fn client(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients").join(name)
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    let program = command.get_program().to_owned();
    let output = command.output().with_context(|| {
        format!("cannot run {}: is it installed? `cargo xtask test` installs it", program.display())
    })?;
    if output.status.success() {
        return Ok(());
    }
    let [out, err] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    bail!("{command:?} fails:\n{out}{err}");
}

/// Returns when each of the files, and each file under the folders, was last changed.
fn ages(paths: &[PathBuf]) -> Vec<SystemTime> {
    let mut ages = Vec::new();
    for path in paths {
        match fs::read_dir(path) {
            Ok(entries) => {
                let inside: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
                ages.extend(self::ages(&inside));
            }
            Err(_) => ages.extend(fs::metadata(path).and_then(|file| file.modified())),
        }
    }
    ages
}
