//! `cargo xtask full`: `ci`, then the checks that take long or need tools that
//! not every machine has. A missing tool skips its step and is reported.

use std::process::Command;

use anyhow::Context;

use crate::steps::Steps;
use crate::workspace::{Workspace, cargo, output};
use crate::world::World;
use crate::{chaos, ci, fuzz, interop, packages};

pub(crate) fn run(workspace: &Workspace, fuzz_seconds: u32) -> anyhow::Result<()> {
    Steps::run(|steps| {
        ci::steps_of(workspace, steps)?;
        dependencies(workspace, steps)?;
        benches(workspace, steps)?;
        book(workspace, steps)?;
        new_inputs(workspace, steps)?;
        large_files(workspace, steps)?;
        worlds(workspace, steps)?;
        oldest_rust(workspace, steps)?;
        packages::steps_of(workspace, steps)?;
        miri(workspace, steps)?;
        match interop::obstacle(workspace)? {
            Some(why) => steps.skip("clients of others", &why),
            None => steps.call("clients of others", "cargo xtask interop", || {
                interop::run(workspace, &[])
            })?,
        }
        match fuzz::obstacle(workspace) {
            Some(why) => steps.skip("fuzz", why),
            None => fuzz::steps_of(workspace, steps, fuzz_seconds, &[])?,
        }
        Ok(())
    })
}

/// What deny.toml asks of other people's crates. Known advisories are left out: their database
/// changes under a commit that does not.
fn dependencies(workspace: &Workspace, steps: &mut Steps) -> anyhow::Result<()> {
    if output(cargo().args(["deny", "--version"])).is_err() {
        steps.skip(
            "dependencies",
            "there is no cargo-deny: cargo install cargo-deny --locked",
        );
        return Ok(());
    }
    steps.command(
        "dependencies",
        cargo()
            .current_dir(&workspace.root)
            .args(["deny", "check", "-D", "unmatched-skip"])
            .args(["licenses", "bans", "sources"]),
    )
}

/// `benches/`, which `ci` only formats: its dependencies take long to build.
fn benches(workspace: &Workspace, steps: &mut Steps) -> anyhow::Result<()> {
    steps.command(
        "clippy of benches",
        cargo()
            .current_dir(workspace.root.join("benches"))
            .args(["clippy", "--all-targets", "--locked"])
            .args(["--", "-D", "warnings"]),
    )
}

/// The book, as it is read on the web.
fn book(workspace: &Workspace, steps: &mut Steps) -> anyhow::Result<()> {
    if output(Command::new("mdbook").arg("--version")).is_err() {
        let why = "there is no mdBook: cargo install mdbook";
        steps.skip("book", why);
        return Ok(());
    }
    steps.command(
        "book",
        Command::new("mdbook")
            .current_dir(&workspace.root)
            .args(["build", "docs"]),
    )
}

/// Properties, with inputs that no run before has seen, and more of them.
fn new_inputs(workspace: &Workspace, steps: &mut Steps) -> anyhow::Result<()> {
    steps.command(
        "tests with new inputs",
        cargo()
            .current_dir(&workspace.root)
            .env("PROPTEST_CASES", "2000")
            .args(["test", "--workspace"]),
    )
}

/// 200 MB up and down, and the memory that it takes.
fn large_files(workspace: &Workspace, steps: &mut Steps) -> anyhow::Result<()> {
    steps.command(
        "large files",
        cargo()
            .current_dir(&workspace.root)
            .env("WX_FULL", "1")
            .args(["test", "--release", "--package", "wx-cli", "--test", "cli"])
            .args(["large_files", "--", "--nocapture"]),
    )
}

/// Many worlds, each promise broken on purpose, and kills on real sockets.
fn worlds(workspace: &Workspace, steps: &mut Steps) -> anyhow::Result<()> {
    let many = World::parse(&["--seeds", "10000"])?;
    steps.command("ten thousand worlds", &mut many.command(workspace))?;
    let broken = World::parse(&["--break", "all"])?;
    steps.command("broken promises", &mut broken.command(workspace))?;
    steps.call("chaos", "cargo xtask chaos", || {
        chaos::run(workspace, chaos::DEFAULT_SECONDS)
    })
}

/// The workspace compiles with the version that its manifest promises.
fn oldest_rust(workspace: &Workspace, steps: &mut Steps) -> anyhow::Result<()> {
    let manifest = workspace.manifest()?;
    let promised = rust_version(&manifest)?;
    let installed = output(Command::new("rustup").args(["toolchain", "list"])).unwrap_or_default();
    let Some(toolchain) = toolchain_of(&installed, promised) else {
        steps.skip(
            "oldest Rust",
            &format!("rustup has no toolchain {promised}"),
        );
        return Ok(());
    };
    steps.command(
        "oldest Rust",
        Command::new("rustup").current_dir(&workspace.root).args([
            "run",
            toolchain,
            "cargo",
            "check",
            "--workspace",
        ]),
    )
}

/// What of wx-wire's tests Miri gets through in minutes, and in its isolation:
/// nothing that reads megabytes, nor properties, which look for a file.
fn miri(workspace: &Workspace, steps: &mut Steps) -> anyhow::Result<()> {
    let probe = ["run", "nightly", "cargo", "miri", "--version"];
    if output(Command::new("rustup").args(probe)).is_err() {
        steps.skip("miri", "the nightly toolchain has no miri component");
        return Ok(());
    }
    steps.command(
        "miri",
        Command::new("rustup")
            .current_dir(&workspace.root)
            .args(["run", "nightly", "cargo", "miri", "test", "-p", "wx-wire"])
            .arg("--lib")
            .args(["--test", "bodies", "--test", "content", "--test", "query"])
            .args(["--test", "script", "--test", "xml"])
            .args(["--", "--skip", "scan", "--skip", "bounded"]),
    )
}

/// `workspace.package.rust-version` of the root manifest.
pub(crate) fn rust_version(manifest: &toml::Table) -> anyhow::Result<&str> {
    manifest
        .get("workspace")
        .and_then(|table| table.get("package")?.get("rust-version")?.as_str())
        .context("the root manifest has no workspace.package.rust-version")
}

/// The installed toolchain of that version, by the name rustup gives it:
/// `1.95` is found in `1.95.0-x86_64-unknown-linux-gnu`.
fn toolchain_of<'a>(installed: &'a str, version: &str) -> Option<&'a str> {
    installed
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .find(|name| {
            name.strip_prefix(version)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-']))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_toolchain_is_found_by_its_version() {
        let installed = "stable-x86_64 (active, default)\n1.950.0-x86_64\n1.95.0-x86_64\n";
        assert_eq!(toolchain_of(installed, "1.95"), Some("1.95.0-x86_64"));
        assert_eq!(toolchain_of(installed, "1.95.0"), Some("1.95.0-x86_64"));
        assert_eq!(toolchain_of(installed, "1.9"), None);
    }

    #[test]
    fn the_promised_version_is_read_from_the_root_manifest() {
        let manifest: toml::Table = "[workspace.package]\nrust-version = \"1.80\""
            .parse()
            .unwrap();
        assert_eq!(rust_version(&manifest).unwrap(), "1.80");
        assert!(rust_version(&toml::Table::new()).is_err());
    }
}
