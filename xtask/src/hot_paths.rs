//! `cargo xtask bench` and `cargo xtask counts`: the hot paths that `benches/`
//! measures.
//!
//! Seconds mean little on a machine that does other things as well. So `bench`
//! times both sides of a comparison in turn, and `counts` counts instructions,
//! which hardly differ from run to run.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use crate::command::{cargo, missing, output, run};
use crate::workspace::{Workspace, read_manifest};

/// By how much the instructions of a hot path may grow over the merge base.
const LIMIT: &str = "ir=5%";

/// Times the cases whose names begin with one of `beginnings`, or all.
pub(crate) fn time(workspace: &Workspace, beginnings: &[String]) -> anyhow::Result<()> {
    let mut command = bench_cargo(&workspace.root, &workspace.target);
    command.args(["run", "--release", "--quiet", "--bin", "ratios", "--"]);
    run(command.args(beginnings)).context("not every target is reached")
}

/// Counts the instructions of the hot paths here and at the merge base of this branch
/// and `branch`, and compares them.
pub(crate) fn count(workspace: &Workspace, branch: &str) -> anyhow::Result<()> {
    if let Some(why) = missing(&["valgrind"]) {
        bail!("{why}");
    }
    let base = output(git(&workspace.root).args(["merge-base", "HEAD", branch]))?;
    let base = base.trim();
    let tree = Checkout::of(workspace, base)?;
    let results = workspace.empty_folder("counts")?;
    let counting = |root: &Path| {
        let mut command = bench_cargo(root, &workspace.target);
        command
            .args(["bench", "--quiet", "--bench", "counts", "--"])
            .env("GUNGRAUN_HOME", &results)
            .env("GUNGRAUN_RUNNER", runner(workspace)?);
        anyhow::Ok(command)
    };
    if tree.path.join("benches/benches/counts.rs").exists() {
        println!("==> {base}, the merge base with {branch}");
        run(counting(&tree.path)?.arg("--save-baseline=base"))?;
    } else {
        println!("==> {base} has no counts yet: there is nothing to compare with");
        return run(&mut counting(&workspace.root)?);
    }
    println!("==> this tree, which fails where a path takes 5 % more");
    let mut here = counting(&workspace.root)?;
    here.arg("--baseline=base")
        .arg(format!("--callgrind-limits={LIMIT}"));
    run(&mut here).context("a hot path takes more instructions than before")
}

/// gungraun's runner, in the version that `benches/Cargo.lock` names. The first use
/// installs it below the target folder.
fn runner(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let lock = read_manifest(&workspace.root.join("benches/Cargo.lock"))?;
    let packages = lock.get("package").and_then(toml::Value::as_array);
    let version = (packages.into_iter().flatten())
        .filter(|package| package.get("name").and_then(toml::Value::as_str) == Some("gungraun"))
        .find_map(|package| package.get("version")?.as_str())
        .context("benches/Cargo.lock does not name gungraun")?;
    let root = workspace
        .target
        .join("tools")
        .join(format!("gungraun-{version}"));
    let runner = root.join("bin/gungraun-runner");
    if !runner.exists() {
        let mut install = cargo();
        install
            .args(["install", "--quiet", "--locked", "gungraun-runner"])
            .args(["--version", version, "--root"])
            .arg(&root)
            .env("CARGO_TARGET_DIR", workspace.target.join("tools/build"));
        run(&mut install)?;
    }
    Ok(runner)
}

/// The files of another commit, removed when this is dropped.
struct Checkout<'w> {
    workspace: &'w Workspace,
    path: PathBuf,
}

impl<'w> Checkout<'w> {
    fn of(workspace: &'w Workspace, commit: &str) -> anyhow::Result<Self> {
        let path = workspace.target.join("merge-base");
        let checkout = Self { workspace, path };
        // A run that was killed leaves its checkout behind.
        checkout.remove();
        let path = checkout.path.as_os_str();
        let mut add = git(&workspace.root);
        add.args(["worktree", "add", "--quiet", "--detach"]);
        output(add.arg(path).arg(commit))?;
        Ok(checkout)
    }

    fn remove(&self) {
        if self.path.exists() {
            let mut remove = git(&self.workspace.root);
            remove.args(["worktree", "remove", "--force"]);
            if let Err(error) = output(remove.arg(&self.path)) {
                eprintln!("{error:#}");
            }
        }
    }
}

impl Drop for Checkout<'_> {
    fn drop(&mut self) {
        self.remove();
    }
}

/// Cargo in the folder of benchmarks below `root`, building into `target`.
fn bench_cargo(root: &Path, target: &Path) -> Command {
    let mut command = cargo();
    command
        .current_dir(root.join("benches"))
        .env("CARGO_TARGET_DIR", target);
    command
}

fn git(root: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(root);
    command
}
