//! `cargo xtask bench-e2e` and `bench-scale`: builds the program that measures,
//! and what it measures, and starts it.

use std::path::PathBuf;
use std::process::Command;

use anyhow::bail;

use crate::peers::{Peer, enclosure};
use crate::workspace::{Workspace, cargo};

/// The clients of others that are measured beside ours: the two that most bots
/// were written with.
const PEERS: [Peer; 2] = [Peer::Itchat, Peer::Wechat4u];

/// Bursts and echoes, side by side with peers where this machine can give them
/// the service's host names.
pub(crate) fn e2e(workspace: &Workspace, options: &[&str]) -> anyhow::Result<()> {
    let program = build(workspace, &[])?;
    run(cargo().current_dir(&workspace.root).args([
        "build",
        "--profile",
        "dist",
        "--package",
        "wx-cli",
    ]))?;
    let hosts = workspace.target.join("bench-hosts");
    enclosure::write_hosts(&hosts)?;
    let mut command = match enclosure::obstacle(&hosts) {
        None => {
            let mut command = enclosure::command(&hosts, program);
            command.args(["e2e", "--listen", enclosure::ADDRESS]);
            for peer in PEERS {
                command.args(["--peer", &measured(workspace, peer)?]);
            }
            command
        }
        Some(why) => {
            println!("without peers: {why}");
            let mut command = Command::new(program);
            command.arg("e2e");
            command
        }
    };
    command.arg("--wx").arg(built(workspace, "dist", "wx"));
    run(command.args(options))
}

/// Many accounts in one process.
pub(crate) fn scale(workspace: &Workspace, options: &[&str]) -> anyhow::Result<()> {
    let program = build(workspace, &["--features", "mimalloc"])?;
    run(Command::new(program).arg("scale").args(options))
}

/// A peer as the program that measures is told of it: its name and the command
/// that starts it. The authority to trust is that program's to add.
fn measured(workspace: &Workspace, peer: Peer) -> anyhow::Result<String> {
    let installed = peer.install(workspace)?;
    let script = match peer {
        Peer::Wechat4u => "xtask/peers/bench/wechat4u_bot.js",
        Peer::Itchat | Peer::ItchatUos | Peer::Wxpy => "xtask/peers/bench/itchat_bot.py",
    };
    let command = installed.command(&workspace.root.join(script), "".as_ref());
    let variables = command.get_envs().filter_map(|(name, value)| {
        let value = value.filter(|value| !value.is_empty())?;
        Some(format!("{}={}", name.display(), value.display()))
    });
    let program = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<String> = (std::iter::once("env".to_owned()))
        .chain(variables)
        .chain(program.map(|word| word.display().to_string()))
        .collect();
    Ok(format!("{}={}", peer.name(), words.join(" ")))
}

/// Builds the program that measures.
fn build(workspace: &Workspace, features: &[&str]) -> anyhow::Result<PathBuf> {
    let mut command = cargo();
    command.current_dir(&workspace.root);
    command.args(["build", "--release", "--package", "wx-bench"]);
    run(command.args(features))?;
    Ok(built(workspace, "release", "wx-bench"))
}

fn built(workspace: &Workspace, profile: &str, name: &str) -> PathBuf {
    workspace.target.join(profile).join(name)
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    let status = command.status()?;
    if !status.success() {
        bail!("{}: {status}", command.get_program().display());
    }
    Ok(())
}
