//! `cargo xtask fuzz`: runs cargo-fuzz over the targets of `fuzz/`, each for a
//! bounded time.
//!
//! A run starts from the committed inputs and from those that earlier runs added to
//! `fuzz/grown`. That folder is not committed: its inputs may hold parts of the
//! captured bodies that `WX_CORPUS` names.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, bail};

use crate::command::{output, rustup};
use crate::steps::Steps;
use crate::workspace::Workspace;

/// How long each target runs unless the command line says otherwise.
pub(crate) const DEFAULT_SECONDS: u32 = 60;

pub(crate) fn run(workspace: &Workspace, seconds: u32, targets: &[String]) -> anyhow::Result<()> {
    if let Some(why) = obstacle(workspace) {
        bail!("{why}");
    }
    Steps::run(|steps| steps_of(workspace, steps, seconds, targets))
}

/// What keeps this machine from fuzzing, if anything does.
pub(crate) fn obstacle(workspace: &Workspace) -> Option<&'static str> {
    let tried = output(cargo_fuzz(workspace).arg("--version"));
    tried.is_err().then_some(
        "there is no cargo-fuzz with a nightly toolchain: run `rustup toolchain install nightly` \
         and `cargo install cargo-fuzz --locked`",
    )
}

/// One step for each target; all of them when `targets` is empty.
pub(crate) fn steps_of(
    workspace: &Workspace,
    steps: &mut Steps,
    seconds: u32,
    targets: &[String],
) -> anyhow::Result<()> {
    let listed = output(cargo_fuzz(workspace).arg("list"))?;
    let all: Vec<&str> = listed.lines().collect();
    let named: Vec<&str> = targets.iter().map(String::as_str).collect();
    if let Some(unknown) = named.iter().find(|target| !all.contains(target)) {
        bail!("no fuzz target `{unknown}`; there are {}", all.join(", "));
    }
    let chosen = if named.is_empty() { all } else { named };
    for target in chosen {
        let mut command = cargo_fuzz(workspace);
        command
            .args(["run", target])
            .args(inputs(workspace, target)?);
        command.args(["--", "-timeout=10"]);
        command.arg(format!("-max_total_time={seconds}"));
        command.arg(format!("-max_len={}", max_length(target)));
        let dictionary = folder_or_file(workspace, "dictionaries", target, ".dict");
        if let Some(dictionary) = dictionary {
            command.arg(format!("-dict={}", dictionary.display()));
        }
        steps.command(&format!("fuzz {target}"), &mut command)?;
    }
    Ok(())
}

/// The most bytes that an input may have. An act of a session takes a few of them; longer
/// sequences of acts found nothing new, and slow the fuzzer down.
fn max_length(target: &str) -> u32 {
    match target {
        "session_ops" => 600,
        _ => 8192,
    }
}

/// Targets whose input is a body of the service, so that captured bodies are inputs too.
const BODIES: [&str; 7] = [
    "script",
    "script_boa",
    "xml",
    "xml_quick",
    "content",
    "json",
    "sync",
];

/// The folders that a run takes its inputs from; libFuzzer writes new ones to the first.
fn inputs(workspace: &Workspace, target: &str) -> anyhow::Result<Vec<PathBuf>> {
    let grown = workspace.root.join("fuzz/grown").join(target);
    std::fs::create_dir_all(&grown)
        .with_context(|| format!("cannot create {}", grown.display()))?;
    let mut folders = vec![grown];
    folders.extend(folder_or_file(workspace, "corpus", target, ""));
    if let Some(captured) = std::env::var_os("WX_CORPUS")
        && BODIES.contains(&target)
    {
        folders.push(captured.into());
    }
    Ok(folders)
}

/// What belongs to a target. A comparison with a peer uses what belongs to the grammar
/// that it compares: `script_boa` has the inputs of `script`.
fn folder_or_file(
    workspace: &Workspace,
    folder: &str,
    target: &str,
    suffix: &str,
) -> Option<PathBuf> {
    let folder = workspace.root.join("fuzz").join(folder);
    let grammar = target.split('_').next().unwrap_or(target);
    [target, grammar]
        .map(|name| folder.join(format!("{name}{suffix}")))
        .into_iter()
        .find(|path| path.exists())
}

fn cargo_fuzz(workspace: &Workspace) -> Command {
    let mut command = rustup();
    command.current_dir(&workspace.root);
    command.args(["run", "nightly", "cargo", "fuzz"]);
    command
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn targets_that_are_said_to_read_bodies_exist() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/fuzz_targets");
        for target in BODIES {
            assert!(
                folder.join(target).with_extension("rs").is_file(),
                "{target}"
            );
        }
    }
}
