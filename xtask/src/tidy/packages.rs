//! A published package has what its page in the registry shows, the texts of its
//! licences, and all features in its documentation.

use std::path::Path;

use crate::tidy::Offence;
use crate::workspace::{Package, Workspace};

/// Files that have to be beside the manifest, where `cargo package` finds them.
const FILES: [&str; 3] = ["README.md", "LICENSE-MIT", "LICENSE-APACHE"];

pub(super) fn check(workspace: &Workspace) -> Vec<Offence> {
    let packages = workspace.published();
    packages
        .flat_map(|package| {
            let path = workspace.relative(&package.manifest_path);
            let folder = package.manifest_path.parent();
            let is_there = |file: &str| folder.is_some_and(|folder| folder.join(file).is_file());
            check_package(&path, package, is_there)
        })
        .collect()
}

fn check_package(path: &Path, package: &Package, is_there: impl Fn(&str) -> bool) -> Vec<Offence> {
    let texts = [
        ("description", package.description.is_none()),
        ("license", package.license.is_none()),
        ("repository", package.repository.is_none()),
        ("keywords", package.keywords.is_empty()),
        ("categories", package.categories.is_empty()),
    ];
    let missing = texts.into_iter().filter(|(_, is_missing)| *is_missing);
    let mut offences: Vec<Offence> = missing
        .map(|(key, _)| {
            let what = format!("a published package without {key}");
            Offence::of_file(path, what, "add it, or set publish = false")
        })
        .collect();
    let absent = FILES.into_iter().filter(|file| !is_there(file));
    offences.extend(absent.map(|file| {
        let what = format!("a published package without {file}");
        Offence::of_file(
            path,
            what,
            "put it beside the manifest; a licence may be a symbolic link",
        )
    }));
    let documented = package.metadata.pointer("/docs/rs/all-features");
    if !package.features.is_empty() && documented != Some(&true.into()) {
        offences.push(Offence::of_file(
            path,
            "docs.rs leaves out what is behind features",
            "set all-features = true under [package.metadata.docs.rs]",
        ));
    }
    offences
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offences(manifest: serde_json::Value, files: &[&str]) -> Vec<String> {
        let package: Package = serde_json::from_value(manifest).unwrap();
        check_package(Path::new("Cargo.toml"), &package, |file| {
            files.contains(&file)
        })
        .into_iter()
        .map(|offence| offence.what)
        .collect()
    }

    fn complete() -> serde_json::Value {
        serde_json::json!({
            "name": "a", "manifest_path": "a/Cargo.toml", "dependencies": [],
            "description": "A.", "license": "MIT", "repository": "https://example.org/a",
            "keywords": ["a"], "categories": ["b"],
            "features": {"x": []}, "metadata": {"docs": {"rs": {"all-features": true}}},
        })
    }

    #[test]
    fn a_complete_package_passes() {
        assert_eq!(offences(complete(), &FILES), [""; 0]);
    }

    #[test]
    fn each_missing_key_is_named() {
        for key in [
            "description",
            "license",
            "repository",
            "keywords",
            "categories",
        ] {
            let mut manifest = complete();
            manifest.as_object_mut().unwrap().remove(key);
            assert_eq!(
                offences(manifest, &FILES),
                [format!("a published package without {key}")]
            );
        }
    }

    #[test]
    fn a_package_without_the_text_of_a_licence_fires() {
        assert_eq!(
            offences(complete(), &["README.md", "LICENSE-MIT"]),
            ["a published package without LICENSE-APACHE"]
        );
    }

    #[test]
    fn features_that_docs_rs_leaves_out_fire() {
        let mut manifest = complete();
        manifest["metadata"] = serde_json::Value::Null;
        let fired = offences(manifest.clone(), &FILES);
        assert_eq!(fired, ["docs.rs leaves out what is behind features"]);
        manifest["features"] = serde_json::json!({});
        assert_eq!(offences(manifest, &FILES), [""; 0]);
    }
}
