//! `cargo xtask fuzz`: runs cargo-fuzz over the targets of `fuzz/`, each for a
//! bounded time.

use std::process::Command;

use anyhow::bail;

use crate::steps::Steps;
use crate::workspace::{Workspace, output};

/// How long each target runs when nothing else is said.
pub(crate) const DEFAULT_SECONDS: u32 = 60;

pub(crate) fn run(workspace: &Workspace, seconds: u32, targets: &[&str]) -> anyhow::Result<()> {
    if let Some(why) = obstacle(workspace) {
        bail!("{why}");
    }
    let mut steps = Steps::new();
    steps_of(workspace, &mut steps, seconds, targets)?;
    steps.report();
    Ok(())
}

/// What keeps this machine from fuzzing, if anything does.
pub(crate) fn obstacle(workspace: &Workspace) -> Option<&'static str> {
    if !workspace.root.join("fuzz/Cargo.toml").exists() {
        return Some("there is no folder fuzz/");
    }
    match output(cargo_fuzz(workspace).arg("--version")) {
        Ok(_) => None,
        Err(_) => Some("cargo-fuzz is not installed for the nightly toolchain"),
    }
}

/// One step for each target; all of them when `targets` is empty.
pub(crate) fn steps_of(
    workspace: &Workspace,
    steps: &mut Steps,
    seconds: u32,
    targets: &[&str],
) -> anyhow::Result<()> {
    let listed = output(cargo_fuzz(workspace).arg("list"))?;
    let all: Vec<&str> = listed.lines().collect();
    if let Some(unknown) = targets.iter().find(|target| !all.contains(target)) {
        bail!("no fuzz target `{unknown}`; there are {}", all.join(", "));
    }
    let chosen = if targets.is_empty() { &all } else { targets };
    for target in chosen {
        steps.command(
            &format!("fuzz {target}"),
            cargo_fuzz(workspace)
                .args(["run", target, "--"])
                .arg(format!("-max_total_time={seconds}")),
        )?;
    }
    Ok(())
}

fn cargo_fuzz(workspace: &Workspace) -> Command {
    let mut command = Command::new("rustup");
    command
        .current_dir(&workspace.root)
        .args(["run", "nightly", "cargo", "fuzz"]);
    command
}
