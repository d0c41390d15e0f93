//! `cargo xtask bench` and `cargo xtask counts`: what `benches/` measures.
//!
//! A machine that does other things as well says little about seconds. `bench`
//! times both sides of a comparison in turn; `counts` counts instructions,
//! which are nearly the same at every run.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use crate::workspace::{Workspace, cargo, output};

/// How many per cent of instructions a hot path may gain over the merge base.
const LIMIT: &str = "ir=5%";
/// What `counts` compares with when nothing else is said.
pub(crate) const DEFAULT_BASE: &str = "main";

/// Times the cases whose names begin with one of `beginnings`, or all.
pub(crate) fn run(workspace: &Workspace, beginnings: &[&str]) -> anyhow::Result<()> {
    let mut command = bench_cargo(&workspace.root, &workspace.target);
    command.args(["run", "--release", "--quiet", "--bin", "ratios", "--"]);
    passes(command.args(beginnings)).context("not all targets are reached")
}

/// Counts the instructions of the hot paths at the commit that this branch has
/// in common with `with`, and here, and compares.
pub(crate) fn counts(workspace: &Workspace, with: &str) -> anyhow::Result<()> {
    let base = output(git(&workspace.root).args(["merge-base", "HEAD", with]))?;
    let base = base.trim();
    let tree = Checkout::of(workspace, base)?;
    let results = workspace.target.join("counts");
    if results.exists() {
        std::fs::remove_dir_all(&results)?;
    }
    let counting = |root: &Path| {
        let mut command = bench_cargo(root, &workspace.target);
        command
            .args(["bench", "--quiet", "--bench", "counts", "--"])
            .env("GUNGRAUN_HOME", &results)
            .env("GUNGRAUN_RUNNER", runner(workspace)?);
        anyhow::Ok(command)
    };
    if tree.path.join("benches/benches/counts.rs").exists() {
        println!("==> {base}, the merge base with {with}");
        passes(counting(&tree.path)?.arg("--save-baseline=base"))?;
    } else {
        println!("==> {base} counts nothing yet: there is nothing to compare with");
        return passes(&mut counting(&workspace.root)?);
    }
    println!("==> this tree; a path fails that takes 5 % more");
    let mut here = counting(&workspace.root)?;
    here.arg("--baseline=base")
        .arg(format!("--callgrind-limits={LIMIT}"));
    passes(&mut here).context("a hot path takes more instructions than before")
}

/// The runner of the version that `benches/Cargo.lock` names, installed below
/// the target folder at the first use.
fn runner(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let lock = crate::workspace::read_manifest(&workspace.root.join("benches/Cargo.lock"))?;
    let packages = lock.get("package").and_then(toml::Value::as_array);
    let version = (packages.into_iter().flatten())
        .filter(|package| package.get("name").and_then(toml::Value::as_str) == Some("gungraun"))
        .find_map(|package| package.get("version")?.as_str())
        .context("benches/Cargo.lock has no gungraun")?;
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
        passes(&mut install)?;
    }
    Ok(runner)
}

/// Another commit's files, for as long as this lives.
struct Checkout<'w> {
    workspace: &'w Workspace,
    path: PathBuf,
}

impl<'w> Checkout<'w> {
    fn of(workspace: &'w Workspace, commit: &str) -> anyhow::Result<Self> {
        let path = workspace.target.join("merge-base");
        let checkout = Self { workspace, path };
        // One that a run before left behind.
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

/// Cargo in the folder of benchmarks below `root`. What it builds goes where
/// everything goes.
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

fn passes(command: &mut Command) -> anyhow::Result<()> {
    let status = command
        .status()
        .with_context(|| format!("cannot start {}", command.get_program().display()))?;
    if !status.success() {
        bail!("{command:?}: {status}");
    }
    Ok(())
}
