//! Every member inherits the workspace's lints and its oldest supported Rust. No crate
//! of ours may have `unsafe` code, including those with a workspace of their own.

use std::path::Path;

use crate::ci::SATELLITES;
use crate::tidy::Offence;
use crate::workspace::{Workspace, read_manifest, rust_version};

pub(super) fn check(workspace: &Workspace) -> anyhow::Result<Vec<Offence>> {
    let root = workspace.manifest()?;
    let promised = rust_version(&root)?;
    let root_lints = root.get("workspace").and_then(|table| table.get("lints"));
    let mut offences = Vec::from_iter(check_unsafe(Path::new("Cargo.toml"), root_lints));
    for satellite in SATELLITES {
        let path = Path::new(satellite).join("Cargo.toml");
        let manifest = read_manifest(&workspace.root.join(&path))?;
        offences.extend(check_unsafe(&path, manifest.get("lints")));
    }
    for package in &workspace.packages {
        let manifest = read_manifest(&package.manifest_path)?;
        let path = workspace.relative(&package.manifest_path);
        offences.extend(check_manifest(&path, &manifest, promised));
    }
    Ok(offences)
}

/// Checks that `lints` forbid unsafe code: what they only deny can be allowed again by an
/// attribute.
fn check_unsafe(path: &Path, lints: Option<&toml::Value>) -> Option<Offence> {
    let level = lints.and_then(|lints| lints.get("rust")?.get("unsafe_code"));
    if level.and_then(toml::Value::as_str) == Some("forbid") {
        return None;
    }
    Some(Offence::of_file(
        path,
        "unsafe code is not forbidden",
        "set unsafe_code = \"forbid\" under [lints.rust]",
    ))
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
    fn unsafe_code_that_may_be_allowed_again_fires() {
        let fires = |manifest: &str| {
            let manifest: toml::Table = manifest.parse().unwrap();
            check_unsafe(Path::new("Cargo.toml"), manifest.get("lints")).is_some()
        };
        assert!(!fires("[lints.rust]\nunsafe_code = \"forbid\""));
        assert!(fires("[lints.rust]\nunsafe_code = \"deny\""));
        assert!(fires("[lints.rust]\nmissing_docs = \"forbid\""));
        assert!(fires(""));
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
