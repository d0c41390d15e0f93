//! Which of our crates may use which: the layers of the design.

use std::path::Path;

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
        Uses::Only(&["wx-wire", "wx-proto", "wx-client", "wx-sim"]),
    ),
    ("wx-bench", Uses::Any),
    ("wx-examples", Uses::Any),
    ("wx-fuzz", Uses::Any),
    ("xtask", Uses::Any),
];

/// The page that shows the table to people.
const PAGE: &str = "ARCHITECTURE.md";

pub(super) fn check(workspace: &Workspace) -> Vec<Offence> {
    let members: Vec<&str> = workspace
        .packages
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    let mut offences = check_table(&members);
    let packages = workspace.packages.iter();
    offences.extend(packages.flat_map(|package| check_package(workspace, package, &members)));
    offences
}

pub(super) fn check_page(file: &Path, text: &str) -> Vec<Offence> {
    if file != Path::new(PAGE) {
        return Vec::new();
    }
    let rows = LAYERS.iter().filter(|(name, uses)| {
        let (begin, end) = (format!("| [`{name}`]("), format!("| {} |", shown(uses)));
        let mut lines = text.lines();
        !lines.any(|line| line.starts_with(&begin) && line.ends_with(&end))
    });
    rows.map(|(name, uses)| {
        Offence::of_file(
            file,
            format!("the map does not say that {name} may use: {}", shown(uses)),
            "keep the map and the table in xtask/src/tidy/layers.rs the same",
        )
    })
    .collect()
}

/// The last cell of a row of the page.
fn shown(uses: &Uses) -> String {
    match uses {
        Uses::Any => "any".to_owned(),
        Uses::Only([]) => "–".to_owned(),
        Uses::Only(names) => names.join(", ").replace("wx-", ""),
    }
}

/// A row without a crate would be forgotten, and would allow whatever takes its name later.
fn check_table(members: &[&str]) -> Vec<Offence> {
    let rows = LAYERS.iter().map(|(name, _)| name);
    rows.filter(|name| !members.contains(name))
        .map(|name| {
            Offence::of_file(
                Path::new("xtask/src/tidy/layers.rs"),
                format!("there is no crate {name}"),
                "remove its row from the table",
            )
        })
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
        let members = ["wx-wire", "wx-proto", package];
        let packages = workspace.packages.iter();
        packages
            .flat_map(|package| check_package(&workspace, package, &members))
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
    fn the_page_shows_the_same_table() {
        let rows = LAYERS.iter().map(|(name, uses)| {
            let cell = shown(uses);
            format!("| [`{name}`](crates/{name}) | does | knows | {cell} |\n")
        });
        let text: String = rows.collect();
        let page = Path::new(PAGE);
        assert_eq!(check_page(page, &text), []);
        assert_eq!(check_page(Path::new("README.md"), ""), []);
        let other = text.replace("| wire, proto, transport |", "| wire |");
        let offences = check_page(page, &other);
        assert_eq!(offences.len(), 1, "{offences:?}");
        assert_eq!(
            offences[0].what,
            "the map does not say that wx-client may use: wire, proto, transport"
        );
    }

    #[test]
    fn a_row_without_a_crate_fires() {
        let mut members: Vec<&str> = LAYERS.iter().map(|(name, _)| *name).collect();
        assert_eq!(check_table(&members), []);
        members.retain(|name| *name != "wx-sim");
        let offences = check_table(&members);
        assert_eq!(offences.len(), 1, "{offences:?}");
        assert_eq!(offences[0].what, "there is no crate wx-sim");
    }

    #[test]
    fn a_crate_without_a_layer_fires() {
        assert_eq!(
            offences("wx-gateway", ""),
            ["c/Cargo.toml: wx-gateway has no layer"]
        );
    }
}
