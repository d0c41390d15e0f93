//! No file names an absolute path of the machine that it was written on.

use std::path::Path;

use crate::tidy::Offence;

/// Folders at the root that hold home folders or builds.
const FOLDERS: [&str; 4] = ["home", "root", "work", "Users"];

/// The script that sets up the machine on which the checks run.
const EXEMPT: &str = ".ci/run";

pub(super) fn check(file: &Path, text: &str) -> Vec<Offence> {
    if file == Path::new(EXEMPT) {
        return Vec::new();
    }
    text.lines()
        .zip(1..)
        .filter_map(|(line, number)| {
            let folder = FOLDERS.iter().find(|folder| names(line, folder))?;
            Some(Offence::at(
                file,
                number,
                format!("an absolute path under /{folder}"),
                "use a path relative to the repository, or an environment variable",
            ))
        })
        .collect()
}

/// Whether `line` holds `/folder/` where a path can begin.
fn names(line: &str, folder: &str) -> bool {
    let needle = format!("/{folder}/");
    line.match_indices(&needle).any(|(at, _)| {
        let before = line.get(..at).unwrap_or_default();
        before.ends_with("file://")
            || !before.ends_with(|c: char| c.is_alphanumeric() || "._-~/}>*".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(file: &str, text: &str) -> Vec<usize> {
        check(Path::new(file), text)
            .into_iter()
            .filter_map(|offence| offence.line)
            .collect()
    }

    /// Joined at run time, because the rule reads this file as well.
    fn path(folder: &str) -> String {
        ["", folder, "me", "x"].join("/")
    }

    #[test]
    fn absolute_paths_fire() {
        for folder in FOLDERS {
            let path = path(folder);
            let text = format!("fine\ncd {path}\nlet p = \"{path}\";\nfile://{path}\n");
            assert_eq!(lines("a.md", &text), [2, 3, 4], "{folder}");
        }
    }

    #[test]
    fn parts_of_longer_paths_and_addresses_do_not() {
        let path = path("home");
        for text in [
            format!("https://example.org{path}"),
            format!("..{path}"),
            format!("~{path}"),
            format!("${{DIR}}{path}"),
            "/homes/me".to_owned(),
        ] {
            assert_eq!(lines("a.md", &text), [0; 0], "{text}");
        }
    }

    #[test]
    fn the_machines_own_script_may_name_them() {
        assert_eq!(lines(".ci/run", &path("work")), [0; 0]);
    }
}
