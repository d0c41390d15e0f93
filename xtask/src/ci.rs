//! `cargo xtask ci`: what every change must pass, the fastest checks first.

use crate::steps::Steps;
use crate::tidy;
use crate::workspace::Workspace;

/// Folders with a workspace of their own. `ci` only checks their format: they need a
/// nightly compiler, or dependencies that take long to build.
pub(crate) const SATELLITES: [&str; 2] = ["fuzz", "benches"];

pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    Steps::run(|steps| steps_of(workspace, steps))
}

/// The steps by themselves, for [`crate::full`] to go on from.
pub(crate) fn steps_of(workspace: &Workspace, steps: &mut Steps) -> anyhow::Result<()> {
    steps.command(
        "format",
        workspace.cargo().args(["fmt", "--all", "--check"]),
    )?;
    for satellite in SATELLITES {
        steps.command(
            &format!("format of {satellite}"),
            workspace
                .cargo()
                .current_dir(workspace.root.join(satellite))
                .args(["fmt", "--check"]),
        )?;
    }
    steps.command(
        "clippy",
        workspace.cargo().args([
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
        workspace.cargo().env("RUSTDOCFLAGS", "-D warnings").args([
            "doc",
            "--workspace",
            "--no-deps",
            "--all-features",
        ]),
    )?;
    steps.call("tidy", "cargo xtask tidy", || tidy::run(workspace, false))?;
    // The property tests draw the same inputs at every run, so that only the change
    // decides whether they pass; `full` and a plain `cargo test` draw new ones. The
    // World runs more seeds here than in a plain `cargo test`.
    steps.command(
        "tests",
        workspace
            .cargo()
            .env("PROPTEST_RNG_SEED", "1")
            .env("WX_WORLD_SEEDS", "1000")
            .args(["test", "--workspace"]),
    )
}
