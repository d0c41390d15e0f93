//! What is handed out as a package: each builds by itself, with each of its
//! features alone, and can be packed.

use crate::steps::Steps;
use crate::workspace::{Package, Workspace, cargo};

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
            let mut command = cargo();
            command
                .current_dir(&workspace.root)
                .args(["check", "--no-default-features"])
                .args(["--package", &package.name])
                .args(features.iter().flat_map(|feature| ["--features", feature]));
            steps.command(&title, &mut command)?;
        }
    }
    // What is not committed yet is packed too: this is run before a commit.
    let mut command = cargo();
    command
        .current_dir(&workspace.root)
        .args(["package", "--allow-dirty"])
        .args((workspace.published()).flat_map(|package| ["--package", &package.name]));
    steps.command("packages", &mut command)
}

/// No feature, and each by itself. `default` is a set of others.
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
