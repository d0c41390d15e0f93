//! Which of our crates may use which: the layers of the design.

use crate::tidy::Offence;
use crate::workspace::{Kind, Package, Workspace};

enum Uses {
    Only(&'static [&'static str]),
    Any,
}

/// Every member, and the members it may depend on.
const LAYERS: [(&str, Uses); 10] = [
    ("wx-wire", Uses::Only(&[])),
    ("wx-proto", Uses::Only(&["wx-wire"])),
    ("wx-transport", Uses::Only(&[])),
    (
        "wx-client",
        Uses::Only(&["wx-wire", "wx-proto", "wx-transport"]),
    ),
    ("wx-sim", Uses::Only(&[])),
    (
        "wx-cli",
        Uses::Only(&["wx-client", "wx-proto", "wx-wire", "wx-sim"]),
    ),
    ("wx-bench", Uses::Any),
    ("wx-examples", Uses::Any),
    ("wx-fuzz", Uses::Any),
    ("xtask", Uses::Any),
];

pub(super) fn check(workspace: &Workspace) -> Vec<Offence> {
    let members: Vec<&str> = workspace
        .packages
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    workspace
        .packages
        .iter()
        .flat_map(|package| check_package(workspace, package, &members))
        .collect()
}

fn check_package(workspace: &Workspace, package: &Package, members: &[&str]) -> Vec<Offence> {
    let manifest = workspace.relative(&package.manifest_path);
    let Some((_, uses)) = LAYERS.iter().find(|(name, _)| *name == package.name) else {
        return vec![Offence::of_file(
            &manifest,
            format!("{} has no layer", package.name),
            "add the crate to the table in xtask/src/tidy/layers.rs and to ARCHITECTURE.md",
        )];
    };
    let ours = package
        .dependencies
        .iter()
        .filter(|dependency| members.contains(&dependency.name.as_str()));
    ours.filter_map(|dependency| match (dependency.kind, uses) {
        // A version would make `cargo package` look for a crate that is
        // published later than this one.
        (Some(Kind::Dev), _) => (dependency.req != "*").then(|| {
            Offence::of_file(
                &manifest,
                format!("the dev-dependency {} has a version", dependency.name),
                "write it as { path = \"../…\" } and nothing else",
            )
        }),
        (_, Uses::Only(allowed)) => (!allowed.contains(&dependency.name.as_str())).then(|| {
            Offence::of_file(
                &manifest,
                format!("{} may not use {}", package.name, dependency.name),
                "move the code to the layer that may, or make it a dev-dependency",
            )
        }),
        (_, Uses::Any) => None,
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A workspace of wx-wire, wx-proto and `package`, which depends on
    /// `dependency`.
    fn offences(package: &str, dependency: &str) -> Vec<String> {
        let json = format!(
            r#"{{"workspace_root": "/r", "target_directory": "/r/target", "packages": [
                {{"name": "wx-wire", "manifest_path": "/r/a/Cargo.toml", "dependencies": []}},
                {{"name": "wx-proto", "manifest_path": "/r/b/Cargo.toml", "dependencies": []}},
                {{"name": "{package}", "manifest_path": "/r/c/Cargo.toml",
                  "dependencies": [{dependency}]}}]}}"#
        );
        let workspace: Workspace = serde_json::from_str(&json).unwrap();
        check(&workspace)
            .into_iter()
            .map(|offence| format!("{}: {}", offence.file.display(), offence.what))
            .collect()
    }

    #[test]
    fn an_edge_of_the_table_is_fine() {
        let edge = r#"{"name": "wx-proto", "req": "^0.1.0", "kind": null}"#;
        assert_eq!(offences("wx-client", edge), [""; 0]);
    }

    #[test]
    fn an_edge_outside_the_table_fires() {
        let edge = r#"{"name": "wx-wire", "req": "^0.1.0", "kind": null}"#;
        assert_eq!(
            offences("wx-sim", edge),
            ["c/Cargo.toml: wx-sim may not use wx-wire"]
        );
    }

    #[test]
    fn a_build_dependency_is_an_edge() {
        let edge = r#"{"name": "wx-proto", "req": "^0.1.0", "kind": "build"}"#;
        assert_eq!(
            offences("wx-transport", edge),
            ["c/Cargo.toml: wx-transport may not use wx-proto"]
        );
    }

    #[test]
    fn a_dev_dependency_is_exempt_when_it_has_no_version() {
        let edge = r#"{"name": "wx-proto", "req": "*", "kind": "dev"}"#;
        assert_eq!(offences("wx-sim", edge), [""; 0]);
    }

    #[test]
    fn a_dev_dependency_with_a_version_fires() {
        let edge = r#"{"name": "wx-proto", "req": "^0.1.0", "kind": "dev"}"#;
        assert_eq!(
            offences("wx-sim", edge),
            ["c/Cargo.toml: the dev-dependency wx-proto has a version"]
        );
    }

    #[test]
    fn crates_of_others_are_no_edges() {
        let edge = r#"{"name": "serde", "req": "^1", "kind": "dev"}"#;
        assert_eq!(offences("wx-sim", edge), [""; 0]);
    }

    #[test]
    fn a_crate_without_a_layer_fires() {
        assert_eq!(
            offences("wx-gateway", ""),
            ["c/Cargo.toml: wx-gateway has no layer"]
        );
    }
}
