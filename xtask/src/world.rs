//! `cargo xtask world`: runs the World of wx-sim's tests, whole or with a
//! promise broken on purpose.

use std::process::Command;

use anyhow::{Context, bail};
use clap::Args;

use crate::command;
use crate::workspace::Workspace;

/// How many worlds run unless the command line says otherwise.
const SEEDS: u64 = 1000;
/// Within how many worlds each break has to be noticed.
const SEEDS_OF_A_BREAK: u64 = 300;
/// The test that runs the worlds, and the one that breaks all promises in turn.
const KEEPS: &str = "keep_every_promise";
const SEES: &str = "every_break_is_seen";
/// The break that stands for each in turn.
const ALL: &str = "all";

/// What to run.
#[derive(Debug, Default, Args)]
pub(crate) struct World {
    /// Run one world, and show its trace
    #[arg(long, value_name = "N", conflicts_with = "seeds")]
    seed: Option<u64>,
    /// Run the worlds of the first N seeds: 1000, or 300 with --break
    #[arg(long, value_name = "N")]
    seeds: Option<u64>,
    /// Break a promise on purpose, so that the run has to fail; `all` breaks each in turn, and
    /// fails if one of them is not noticed. docs/testing.md lists the names
    #[arg(long = "break", value_name = "NAME")]
    breaks: Option<String>,
}

impl World {
    /// The worlds of the first `count` seeds.
    pub(crate) fn of_seeds(count: u64) -> Self {
        Self {
            seeds: Some(count),
            ..Self::default()
        }
    }

    /// Every promise broken in turn.
    pub(crate) fn with_every_break() -> Self {
        Self {
            breaks: Some(ALL.to_owned()),
            ..Self::default()
        }
    }

    /// The command that runs it. Breaks need another build, which gets a target folder of
    /// its own, so that the usual one stays as it is.
    pub(crate) fn command(&self, workspace: &Workspace) -> anyhow::Result<Command> {
        let breaks = self.breaks.as_deref();
        if breaks == Some(ALL) && self.seed.or(self.seeds).is_some() {
            bail!("--break all runs {SEEDS_OF_A_BREAK} worlds for each break: leave out the seeds");
        }
        let mut command = workspace.cargo();
        command
            .args([
                "test",
                "--quiet",
                "--profile",
                "fast",
                "--package",
                "wx-sim",
            ])
            .args(["--test", "world"]);
        if let Some(name) = breaks {
            command
                .env("RUSTFLAGS", "--cfg wx_sabotage")
                .arg("--target-dir")
                .arg(workspace.target.join("sabotage"));
            if name != ALL {
                command.env("WX_WORLD_BREAK", name);
            }
        }
        let few = breaks.map_or(SEEDS, |_| SEEDS_OF_A_BREAK);
        match self.seed {
            Some(seed) => command.env("WX_WORLD_SEED", seed.to_string()),
            None => command.env("WX_WORLD_SEEDS", self.seeds.unwrap_or(few).to_string()),
        };
        let test = if breaks == Some(ALL) { SEES } else { KEEPS };
        command.args(["--", "--nocapture", test]);
        Ok(command)
    }
}

pub(crate) fn run(workspace: &Workspace, world: &World) -> anyhow::Result<()> {
    command::run(&mut world.command(workspace)?).context("see above for the promise")
}
