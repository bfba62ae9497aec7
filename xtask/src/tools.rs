//! The tools the foreign clients are built with: a JDK, Maven and Go. What is missing is installed from the packages of
//! Debian and its relatives, where we may; elsewhere a sentence says what to install.

use anyhow::{Context, bail};

use crate::shell::{command, output, run, succeeds};

/// A tool: how to see whether it is there, the package that brings it, and what to install by hand.
struct Tool {
    probe: &'static str,
    package: &'static str,
    by_hand: &'static str,
}

const TOOLS: [Tool; 3] = [
    Tool { probe: "javac -version", package: "default-jdk-headless", by_hand: "a JDK, 17 or later" },
    Tool { probe: "mvn -version", package: "maven", by_hand: "Maven, 3.6 or later" },
    // From 1.21 on it fetches by itself the release go.mod asks for.
    Tool { probe: "go version", package: "golang-go", by_hand: "Go, 1.21 or later" },
];

/// Installs the tools that are missing.
pub(crate) fn install_missing() -> anyhow::Result<()> {
    install()?;
    check_go()
}

/// Fails unless there is a Go that fetches by itself the release go.mod asks for.
pub(crate) fn check_go() -> anyhow::Result<()> {
    let toolchain = output(command("go env GOTOOLCHAIN")).context("please install Go, 1.21 or later")?;
    // Only since 1.21 does Go know this setting. Debian 12 has an older one.
    if toolchain.trim().is_empty() {
        bail!("Go is older than 1.21, and so is what the system's packages offer: please install Go, 1.21 or later");
    }
    Ok(())
}

fn install() -> anyhow::Result<()> {
    let missing: Vec<&Tool> = TOOLS.iter().filter(|tool| !succeeds(command(tool.probe))).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<_> = missing.iter().map(|tool| tool.package).collect();
    let by_hand: Vec<_> = missing.iter().map(|tool| tool.by_hand).collect();
    let Some(apt) = apt() else {
        bail!("the foreign clients of the end-to-end tests need {}: please install them", by_hand.join("; "));
    };
    run(&mut command(&format!("{apt} update -q")))?;
    let install = format!("{apt} install -q -y --no-install-recommends {}", packages.join(" "));
    run(command(&install).env("DEBIAN_FRONTEND", "noninteractive"))?;
    match missing.iter().find(|tool| !succeeds(command(tool.probe))) {
        Some(tool) => bail!("`{}` still fails: please install {}", tool.probe, tool.by_hand),
        None => Ok(()),
    }
}

/// Returns how to call apt-get here, if we may: as root, or through a sudo that asks nothing.
fn apt() -> Option<&'static str> {
    if !succeeds(command("apt-get --version")) {
        return None;
    }
    if succeeds(command("test -w /var/lib/dpkg")) {
        return Some("apt-get");
    }
    succeeds(command("sudo -n true")).then_some("sudo -n apt-get")
}
