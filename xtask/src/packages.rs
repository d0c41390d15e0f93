//! `cargo xtask packages`: each crate that is published builds without features and
//! with each of its features alone, and can be packed.

use crate::steps::Steps;
use crate::workspace::{Package, Workspace};

pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    Steps::run(|steps| steps_of(workspace, steps))
}

/// The steps by themselves, for [`crate::full`] to go on from.
pub(crate) fn steps_of(workspace: &Workspace, steps: &mut Steps) -> anyhow::Result<()> {
    for package in workspace.published() {
        for features in alone(package) {
            let title = match features {
                Some(feature) => format!("{} with {feature} alone", package.name),
                None => format!("{} without features", package.name),
            };
            let mut command = workspace.cargo();
            command
                .args(["check", "--no-default-features"])
                .args(["--package", &package.name])
                .args(features.iter().flat_map(|feature| ["--features", feature]));
            steps.command(&title, &mut command)?;
        }
    }
    // This runs before a commit, when files have changed.
    let mut command = workspace.cargo();
    command
        .args(["package", "--allow-dirty"])
        .args((workspace.published()).flat_map(|package| ["--package", &package.name]));
    steps.command("packages", &mut command)
}

/// No feature, then each by itself. `default` is left out: it is a set of the others.
fn alone(package: &Package) -> impl Iterator<Item = Option<&str>> {
    let features = package.features.keys().map(String::as_str);
    let named = features.filter(|&feature| feature != "default");
    std::iter::once(None).chain(named.map(Some))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_built_without_features_and_with_each() {
        let package: Package = serde_json::from_str(
            r#"{"name": "a", "manifest_path": "a/Cargo.toml", "dependencies": [],
                "features": {"default": ["x"], "x": [], "y": ["x"]}}"#,
        )
        .unwrap();
        let features: Vec<_> = alone(&package).collect();
        assert_eq!(features, [None, Some("x"), Some("y")]);
    }
}
