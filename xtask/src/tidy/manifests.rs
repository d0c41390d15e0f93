//! What every member takes over from the workspace: its lints and the oldest
//! Rust it supports.

use std::path::Path;

use crate::full::rust_version;
use crate::tidy::Offence;
use crate::workspace::{Workspace, read_manifest};

pub(super) fn check(workspace: &Workspace) -> anyhow::Result<Vec<Offence>> {
    let root = workspace.manifest()?;
    let promised = rust_version(&root)?;
    let mut offences = Vec::new();
    for package in &workspace.packages {
        let manifest = read_manifest(&package.manifest_path)?;
        let path = workspace.relative(&package.manifest_path);
        offences.extend(check_manifest(&path, &manifest, promised));
    }
    Ok(offences)
}

fn check_manifest(path: &Path, manifest: &toml::Table, promised: &str) -> Vec<Offence> {
    let mut offences = Vec::new();
    let lints = manifest.get("lints").and_then(inherits);
    if lints != Some(true) {
        offences.push(Offence::of_file(
            path,
            "the workspace's lints are not inherited",
            "add [lints] with workspace = true",
        ));
    }
    let version = manifest
        .get("package")
        .and_then(|package| package.get("rust-version"));
    let same = version.is_some_and(|version| {
        inherits(version) == Some(true) || version.as_str() == Some(promised)
    });
    if !same {
        offences.push(Offence::of_file(
            path,
            format!("rust-version is not the workspace's, {promised}"),
            "write rust-version.workspace = true",
        ));
    }
    offences
}

fn inherits(value: &toml::Value) -> Option<bool> {
    value.get("workspace")?.as_bool()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offences(manifest: &str) -> Vec<String> {
        check_manifest(Path::new("Cargo.toml"), &manifest.parse().unwrap(), "1.95")
            .into_iter()
            .map(|offence| offence.what)
            .collect()
    }

    #[test]
    fn a_member_that_inherits_both_passes() {
        assert_eq!(
            offences("[package]\nrust-version.workspace = true\n[lints]\nworkspace = true"),
            [""; 0]
        );
    }

    #[test]
    fn lints_of_its_own_fire() {
        assert_eq!(
            offences("[package]\nrust-version = \"1.95\"\n[lints.rust]\nunsafe_code = \"warn\""),
            ["the workspace's lints are not inherited"]
        );
    }

    #[test]
    fn another_rust_version_or_none_fires() {
        let expected = ["rust-version is not the workspace's, 1.95"];
        assert_eq!(
            offences("[package]\nrust-version = \"1.96\"\n[lints]\nworkspace = true"),
            expected
        );
        assert_eq!(offences("[package]\n[lints]\nworkspace = true"), expected);
    }
}
