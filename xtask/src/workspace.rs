//! What cargo and git say about this checkout: packages, edges, files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use serde::Deserialize;

/// The workspace as `cargo metadata --no-deps` describes it.
#[derive(Debug, Deserialize)]
pub(crate) struct Workspace {
    /// The repository's root.
    #[serde(rename = "workspace_root")]
    pub(crate) root: PathBuf,
    /// Where builds go.
    #[serde(rename = "target_directory")]
    pub(crate) target: PathBuf,
    /// The members.
    pub(crate) packages: Vec<Package>,
}

/// A member of the workspace.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) manifest_path: PathBuf,
    /// The address of the repository, if the manifest names it.
    pub(crate) repository: Option<String>,
    pub(crate) description: Option<String>,
    /// An SPDX expression.
    pub(crate) license: Option<String>,
    #[serde(default)]
    pub(crate) keywords: Vec<String>,
    #[serde(default)]
    pub(crate) categories: Vec<String>,
    /// By name, with what each turns on.
    #[serde(default)]
    pub(crate) features: BTreeMap<String, Vec<String>>,
    /// What the manifest holds for other tools.
    #[serde(default)]
    pub(crate) metadata: serde_json::Value,
    /// The registries it may go to; absent for any, empty for none.
    publish: Option<Vec<String>>,
    pub(crate) dependencies: Vec<Dependency>,
}

/// An entry of a `[dependencies]` table.
#[derive(Debug, Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// The version wanted; `*` when the manifest names none.
    pub(crate) req: String,
    /// Which table it stands in: absent for `[dependencies]`.
    pub(crate) kind: Option<Kind>,
}

/// The table a dependency stands in, when it is not `[dependencies]`.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Dev,
    Build,
}

impl Workspace {
    pub(crate) fn load() -> anyhow::Result<Self> {
        let json = output(cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
        serde_json::from_str(&json).context("cannot read the answer of cargo metadata")
    }

    /// Every file of the repository that git knows or would add, relative to
    /// the root and sorted.
    pub(crate) fn files(&self) -> anyhow::Result<Vec<PathBuf>> {
        let listed = output(Command::new("git").current_dir(&self.root).args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ]))?;
        let mut files: Vec<PathBuf> = listed
            .split_terminator('\0')
            .map(PathBuf::from)
            // Git lists a file that was removed and is not committed as such yet.
            .filter(|file| self.root.join(file).is_file())
            .collect();
        files.sort();
        files.dedup();
        Ok(files)
    }

    /// The members that are handed out as packages.
    pub(crate) fn published(&self) -> impl Iterator<Item = &Package> {
        let packages = self.packages.iter();
        packages.filter(|package| package.publish.as_ref().is_none_or(|to| !to.is_empty()))
    }

    /// The address of the repository.
    pub(crate) fn repository(&self) -> anyhow::Result<&str> {
        let mut named = self.packages.iter().filter_map(|p| p.repository.as_deref());
        named.next().context("no manifest names the repository")
    }

    /// A path as shown to people: relative to the root.
    pub(crate) fn relative(&self, path: &Path) -> PathBuf {
        path.strip_prefix(&self.root).unwrap_or(path).to_owned()
    }

    /// The root manifest.
    pub(crate) fn manifest(&self) -> anyhow::Result<toml::Table> {
        read_manifest(&self.root.join("Cargo.toml"))
    }
}

pub(crate) fn read_manifest(path: &Path) -> anyhow::Result<toml::Table> {
    let shown = || format!("cannot read {}", path.display());
    std::fs::read_to_string(path)
        .with_context(shown)?
        .parse()
        .with_context(shown)
}

/// The cargo that runs this task.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// What `command` prints on its standard output; a failure is an error with
/// what it printed on the other.
pub(crate) fn output(command: &mut Command) -> anyhow::Result<String> {
    let output = command
        .output()
        .with_context(|| format!("cannot start {}", command.get_program().display()))?;
    if !output.status.success() {
        bail!(
            "{command:?}: {}\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
    }
    String::from_utf8(output.stdout).with_context(|| format!("{command:?} printed no UTF-8"))
}
