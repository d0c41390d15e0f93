//! What cargo and git say about this checkout: packages, edges, files; and what
//! is built from it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;
use serde::Deserialize;

use crate::command::{cargo, output, run};

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

    /// Cargo, started in the root.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = cargo();
        command.current_dir(&self.root);
        command
    }

    /// Builds the command `wx` with debug assertions, and returns its path.
    pub(crate) fn build_wx(&self) -> anyhow::Result<PathBuf> {
        run(self
            .cargo()
            .args(["build", "--quiet", "--package", "wx-cli"]))?;
        Ok(self.built("debug", "wx"))
    }

    /// Where cargo puts the program `name`.
    pub(crate) fn built(&self, profile_folder: &str, name: &str) -> PathBuf {
        self.target.join(profile_folder).join(name)
    }

    /// A folder below the target folder, emptied if an earlier run left it.
    pub(crate) fn empty_folder(&self, path: impl AsRef<Path>) -> anyhow::Result<PathBuf> {
        let folder = self.target.join(path);
        if folder.exists() {
            std::fs::remove_dir_all(&folder)
                .with_context(|| format!("cannot remove {}", folder.display()))?;
        }
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
        Ok(folder)
    }
}

pub(crate) fn read_manifest(path: &Path) -> anyhow::Result<toml::Table> {
    let shown = || format!("cannot read {}", path.display());
    std::fs::read_to_string(path)
        .with_context(shown)?
        .parse()
        .with_context(shown)
}

/// `workspace.package.rust-version` of the root manifest.
pub(crate) fn rust_version(manifest: &toml::Table) -> anyhow::Result<&str> {
    manifest
        .get("workspace")
        .and_then(|table| table.get("package")?.get("rust-version")?.as_str())
        .context("the root manifest has no workspace.package.rust-version")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_promised_version_is_read_from_the_root_manifest() {
        let manifest: toml::Table = "[workspace.package]\nrust-version = \"1.80\""
            .parse()
            .unwrap();
        assert_eq!(rust_version(&manifest).unwrap(), "1.80");
        assert!(rust_version(&toml::Table::new()).is_err());
    }
}
