//! The shape of a Rust file: its size, its first line, its name.

use std::ffi::OsStr;
use std::path::{Component, Path};

use crate::tidy::Offence;
use crate::tidy::source::Source;

/// The most code lines that a file may have.
const LIMIT: usize = 400;

/// The most code lines that a file should have.
pub(super) const AIM: usize = 250;

/// Whether every line of the file is test code.
pub(super) fn is_test_file(file: &Path) -> bool {
    let in_folder = file
        .parent()
        .into_iter()
        .flat_map(Path::components)
        .any(|part| part == Component::Normal(OsStr::new("tests")));
    in_folder || file.file_name() == Some(OsStr::new("tests.rs"))
}

pub(super) fn check_size(file: &Path, source: &Source<'_>) -> Option<Offence> {
    let lines = source.code_lines();
    (lines > LIMIT).then(|| {
        Offence::of_file(
            file,
            format!("{lines} code lines; the limit is {LIMIT}"),
            "split the file by what it is about",
        )
    })
}

pub(super) fn check_shape(file: &Path, text: &str) -> Vec<Offence> {
    let mut offences = Vec::new();
    if !text.starts_with("//!") {
        offences.push(Offence::at(
            file,
            1,
            "the file does not open with //!",
            "say on the first line what the file is for",
        ));
    }
    // Cargo makes a test binary of each file directly in tests/, so code that tests share
    // is in a folder with a mod.rs.
    if file.file_name() == Some(OsStr::new("mod.rs")) && !is_test_file(file) {
        offences.push(Offence::of_file(
            file,
            "a module in a file named mod.rs",
            "name it after the module: foo.rs beside foo/",
        ));
    }
    offences
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size_of(lines: usize) -> Option<Offence> {
        let text = "fn f() {}\n".repeat(lines);
        check_size(Path::new("a.rs"), &Source::parse(&text).unwrap())
    }

    #[test]
    fn the_limit_is_400_lines() {
        assert_eq!(size_of(400), None);
        assert_eq!(
            size_of(401).unwrap().what,
            "401 code lines; the limit is 400"
        );
    }

    fn shape(file: &str, text: &str) -> Vec<String> {
        check_shape(Path::new(file), text)
            .into_iter()
            .map(|offence| offence.what)
            .collect()
    }

    #[test]
    fn a_file_opens_with_its_purpose() {
        assert_eq!(shape("src/a.rs", "//! Purpose.\n"), [""; 0]);
        for text in ["", "\n//! Late.\n", "// Not doc.\n", "fn f() {}\n"] {
            assert_eq!(shape("src/a.rs", text), ["the file does not open with //!"]);
        }
    }

    #[test]
    fn mod_rs_is_for_tests() {
        assert_eq!(shape("tests/support/mod.rs", "//! X."), [""; 0]);
        assert_eq!(
            shape("src/a/mod.rs", "//! X."),
            ["a module in a file named mod.rs"]
        );
    }

    #[test]
    fn test_files_are_told_by_their_place() {
        assert!(is_test_file(Path::new("crates/a/tests/b.rs")));
        assert!(is_test_file(Path::new("crates/a/tests/b/main.rs")));
        assert!(is_test_file(Path::new("crates/a/src/b/tests.rs")));
        assert!(!is_test_file(Path::new("crates/a/src/tests_of.rs")));
    }
}
