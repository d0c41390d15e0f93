//! `cargo xtask bench-e2e` and `bench-scale`: builds `wx-bench`, which measures, and
//! the clients that it measures, and starts it.

use std::path::PathBuf;
use std::process::Command;

use clap::Args;

use crate::command::run;
use crate::peers::{Peer, enclosure};
use crate::workspace::Workspace;

/// Options that are passed on.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Options of wx-bench: `cargo run -p wx-bench -- e2e --help` lists those of bench-e2e, and
    /// `scale --help` those of bench-scale
    #[arg(
        value_name = "OPTION",
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    pub(crate) passed_on: Vec<String>,
}

/// Other people's clients that are measured beside ours: the two that most bots were
/// written with.
const PEERS: [Peer; 2] = [Peer::Itchat, Peer::Wechat4u];

/// Measures bursts and echoes, beside peers where this machine can give them the
/// service's host names.
pub(crate) fn e2e(workspace: &Workspace, options: &Options) -> anyhow::Result<()> {
    let program = build(workspace, &[])?;
    run(workspace
        .cargo()
        .args(["build", "--release", "--package", "wx-cli"]))?;
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
    command.arg("--wx").arg(workspace.built("release", "wx"));
    run(command.args(&options.passed_on))
}

/// Measures many accounts in one process.
pub(crate) fn scale(workspace: &Workspace, options: &Options) -> anyhow::Result<()> {
    let program = build(workspace, &["--features", "mimalloc"])?;
    run(Command::new(program).arg("scale").args(&options.passed_on))
}

/// A peer as `wx-bench` wants it: its name, and the command that starts it. `wx-bench`
/// adds the certificate authority to trust.
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
    let mut command = workspace.cargo();
    command.args(["build", "--profile", "fast", "--package", "wx-bench"]);
    run(command.args(features))?;
    Ok(workspace.built("fast", "wx-bench"))
}
