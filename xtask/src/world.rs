//! `cargo xtask world`: runs the World of wx-sim's tests, whole or with a
//! promise broken on purpose.

use std::process::Command;

use anyhow::bail;

use crate::workspace::{Workspace, cargo};

/// How many worlds run when nothing else is said.
const SEEDS: u64 = 1000;
/// Within how many a break is to be seen.
const SEEDS_OF_A_BREAK: u64 = 300;
/// The test that runs the worlds, and the one that breaks all promises in turn.
const KEEPS: &str = "keep_every_promise";
const SEES: &str = "every_break_is_seen";

/// What to run.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct World {
    /// One world alone, with its trace.
    seed: Option<u64>,
    /// So many worlds.
    seeds: Option<u64>,
    /// Which promise to break; `all` for each in turn.
    breaks: Option<String>,
}

impl World {
    pub(crate) fn parse(args: &[&str]) -> anyhow::Result<Self> {
        let mut world = Self::default();
        for pair in args.chunks(2) {
            match *pair {
                ["--seed", text] => world.seed = Some(text.parse()?),
                ["--seeds", text] => world.seeds = Some(text.parse()?),
                ["--break", name] => world.breaks = Some(name.to_owned()),
                _ => bail!("world does not know `{}`", pair.join(" ")),
            }
        }
        if world.seed.is_some() && world.seeds.is_some() {
            bail!("give --seed or --seeds, not both");
        }
        if world.breaks.as_deref() == Some("all") && world.seed.or(world.seeds).is_some() {
            bail!("--break all runs {SEEDS_OF_A_BREAK} worlds for each break");
        }
        Ok(world)
    }

    /// The command that runs it. A broken promise needs a build of its own,
    /// which does not get into the way of others.
    pub(crate) fn command(&self, workspace: &Workspace) -> Command {
        let mut command = cargo();
        command
            .current_dir(&workspace.root)
            .args(["test", "--quiet", "--release", "--package", "wx-sim"])
            .args(["--test", "world"]);
        if let Some(name) = &self.breaks {
            command
                .env("RUSTFLAGS", "--cfg wx_sabotage")
                .arg("--target-dir")
                .arg(workspace.target.join("sabotage"));
            if name != "all" {
                command.env("WX_WORLD_BREAK", name);
            }
        }
        let few = self.breaks.as_ref().map_or(SEEDS, |_| SEEDS_OF_A_BREAK);
        match self.seed {
            Some(seed) => command.env("WX_WORLD_SEED", seed.to_string()),
            None => command.env("WX_WORLD_SEEDS", self.seeds.unwrap_or(few).to_string()),
        };
        let test = match self.breaks.as_deref() {
            Some("all") => SEES,
            _ => KEEPS,
        };
        command.args(["--", "--nocapture", test]);
        command
    }
}

pub(crate) fn run(workspace: &Workspace, args: &[&str]) -> anyhow::Result<()> {
    let status = World::parse(args)?.command(workspace).status()?;
    if !status.success() {
        bail!("a promise was broken, see above");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_in_any_order() {
        let world = World::parse(&["--break", "two-polls", "--seeds", "7"]).unwrap();
        assert_eq!(world.seeds, Some(7));
        assert_eq!(world.breaks.as_deref(), Some("two-polls"));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for args in [
            &["--seed"][..],
            &["--seed", "x"],
            &["--seed", "1", "--seeds", "2"],
            &["--break", "all", "--seeds", "2"],
            &["--sed", "1"],
        ] {
            assert!(World::parse(args).is_err(), "{args:?}");
        }
    }
}
