//! `cargo xtask ci`: what every change must pass, fastest answer first.

use crate::steps::Steps;
use crate::tidy;
use crate::workspace::{Workspace, cargo};

/// Folders with a workspace of their own, checked for format only: their
/// dependencies are too heavy, or need a nightly compiler.
pub(crate) const SATELLITES: [&str; 2] = ["fuzz", "benches"];

pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    Steps::run(|steps| steps_of(workspace, steps))
}

/// The steps by themselves, for [`crate::full`] to go on from.
pub(crate) fn steps_of(workspace: &Workspace, steps: &mut Steps) -> anyhow::Result<()> {
    steps.command(
        "format",
        cargo()
            .current_dir(&workspace.root)
            .args(["fmt", "--all", "--check"]),
    )?;
    for satellite in SATELLITES {
        let manifest = workspace.root.join(satellite).join("Cargo.toml");
        if manifest.exists() {
            steps.command(
                &format!("format of {satellite}"),
                cargo()
                    .current_dir(workspace.root.join(satellite))
                    .args(["fmt", "--check"]),
            )?;
        }
    }
    steps.command(
        "clippy",
        cargo().current_dir(&workspace.root).args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--all-features",
            "--",
            "-D",
            "warnings",
        ]),
    )?;
    steps.command(
        "rustdoc",
        cargo()
            .current_dir(&workspace.root)
            .env("RUSTDOCFLAGS", "-D warnings")
            .args(["doc", "--workspace", "--no-deps", "--all-features"]),
    )?;
    steps.call("tidy", "cargo xtask tidy", || {
        tidy::run(workspace, tidy::Detail::Offences)
    })?;
    // Properties draw the same inputs at every run, so that a change is judged
    // by itself; `full` and a plain `cargo test` draw new ones. The World runs
    // more of its seeds here than there.
    steps.command(
        "tests",
        cargo()
            .current_dir(&workspace.root)
            .env("PROPTEST_RNG_SEED", "1")
            .env("WX_WORLD_SEEDS", "1000")
            .args(["test", "--workspace"]),
    )
}
