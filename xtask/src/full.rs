//! `cargo xtask full`: `ci`, then the checks that take long or need tools that
//! not every machine has. A missing tool skips its step and is reported.

use std::process::Command;

use clap::Args;

use crate::command::{cargo, missing, output, rustup};
use crate::steps::Steps;
use crate::workspace::{Workspace, rust_version};
use crate::world::World;
use crate::{chaos, ci, fuzz, interop, packages};

/// Which of the steps, and how long the longest of them.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// How long each fuzz target runs
    #[arg(long, value_name = "SECONDS", default_value_t = fuzz::DEFAULT_SECONDS)]
    fuzz_seconds: u32,
    /// Leave out what comes before this step, such as one that failed and was mended
    #[arg(long, value_name = "STEP")]
    from: Option<String>,
}

pub(crate) fn run(workspace: &Workspace, options: Options) -> anyhow::Result<()> {
    let Options { fuzz_seconds, from } = options;
    Steps::run_from(from, |steps| {
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
            Some(why) => steps.skip("other people's clients", &why),
            None => steps.call("other people's clients", "cargo xtask interop", || {
                interop::run(workspace, &interop::Options::default())
            })?,
        }
        match fuzz::obstacle(workspace) {
            Some(why) => steps.skip("fuzz", why),
            None => fuzz::steps_of(workspace, steps, fuzz_seconds, &[])?,
        }
        Ok(())
    })
}

/// What deny.toml asks of other people's crates. Advisories are left out: new ones would
/// fail a commit that passed the day before.
fn dependencies(workspace: &Workspace, steps: &mut Steps) -> anyhow::Result<()> {
    if output(cargo().args(["deny", "--version"])).is_err() {
        let why = "there is no cargo-deny: run `cargo install cargo-deny --locked`";
        steps.skip("dependencies", why);
        return Ok(());
    }
    steps.command(
        "dependencies",
        workspace
            .cargo()
            .args(["deny", "check", "-D", "unmatched-skip"])
            .args(["licenses", "bans", "sources"]),
    )
}

/// `benches/`, which `ci` only formats: its dependencies take long to build.
fn benches(workspace: &Workspace, steps: &mut Steps) -> anyhow::Result<()> {
    steps.command(
        "clippy of benches",
        workspace
            .cargo()
            .current_dir(workspace.root.join("benches"))
            .args(["clippy", "--all-targets", "--locked"])
            .args(["--", "-D", "warnings"]),
    )
}

/// The book builds.
fn book(workspace: &Workspace, steps: &mut Steps) -> anyhow::Result<()> {
    if let Some(why) = missing(&["mdbook"]) {
        steps.skip("book", &why);
        return Ok(());
    }
    steps.command(
        "book",
        Command::new("mdbook")
            .current_dir(&workspace.root)
            .args(["build", "docs"]),
    )
}

/// The property tests, with more inputs, and other ones than `ci` draws.
fn new_inputs(workspace: &Workspace, steps: &mut Steps) -> anyhow::Result<()> {
    steps.command(
        "tests with new inputs",
        workspace
            .cargo()
            .env("PROPTEST_CASES", "2000")
            .args(["test", "--workspace"]),
    )
}

/// 200 MB up and down, and how much memory that takes.
fn large_files(workspace: &Workspace, steps: &mut Steps) -> anyhow::Result<()> {
    steps.command(
        "large files",
        workspace
            .cargo()
            .env("WX_FULL", "1")
            .args(["test", "--profile", "fast", "--package", "wx-cli"])
            .args(["--test", "cli"])
            .args(["large_files", "--", "--nocapture"]),
    )
}

/// Many worlds, each promise broken on purpose, and a client that is killed on real sockets.
fn worlds(workspace: &Workspace, steps: &mut Steps) -> anyhow::Result<()> {
    let many = World::of_seeds(10_000);
    steps.command("ten thousand worlds", &mut many.command(workspace)?)?;
    let broken = World::with_every_break();
    steps.command("broken promises", &mut broken.command(workspace)?)?;
    steps.call("chaos", "cargo xtask chaos", || {
        chaos::run(workspace, chaos::DEFAULT_SECONDS)
    })
}

/// The workspace compiles with the Rust that its manifest promises.
fn oldest_rust(workspace: &Workspace, steps: &mut Steps) -> anyhow::Result<()> {
    let manifest = workspace.manifest()?;
    let promised = rust_version(&manifest)?;
    let installed = output(rustup().args(["toolchain", "list"])).unwrap_or_default();
    let Some(toolchain) = toolchain_of(&installed, promised) else {
        steps.skip(
            "oldest Rust",
            &format!("Rust {promised} is missing: run `rustup toolchain install {promised}`"),
        );
        return Ok(());
    };
    steps.command(
        "oldest Rust",
        rustup().current_dir(&workspace.root).args([
            "run",
            toolchain,
            "cargo",
            "check",
            "--workspace",
        ]),
    )
}

const MIRI_MISSING: &str =
    "there is no Miri: run `rustup toolchain install nightly --component miri`";

/// The tests of wx-wire that Miri can run in minutes and in its isolation: none that read
/// megabytes, and no property tests, because proptest looks for a file.
fn miri(workspace: &Workspace, steps: &mut Steps) -> anyhow::Result<()> {
    let probe = ["run", "nightly", "cargo", "miri", "--version"];
    if output(rustup().args(probe)).is_err() {
        steps.skip("miri", MIRI_MISSING);
        return Ok(());
    }
    steps.command(
        "miri",
        rustup()
            .current_dir(&workspace.root)
            .args(["run", "nightly", "cargo", "miri", "test", "-p", "wx-wire"])
            .arg("--lib")
            .args(["--test", "bodies", "--test", "content", "--test", "query"])
            .args(["--test", "script", "--test", "xml"])
            .args(["--", "--skip", "scan", "--skip", "bounded"]),
    )
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
}
