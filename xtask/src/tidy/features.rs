//! Every row of the table of features names tests, and they exist.

use std::collections::BTreeSet;
use std::path::Path;

use crate::tidy::Offence;

const TABLE: &str = "docs/features.md";
const REMEDY: &str = "name the test that shows it, as `crate::file::test`";

/// The tests and the table's rows, as far as they were seen.
#[derive(Default)]
pub(super) struct Features {
    /// `crate::file::test`.
    tests: BTreeSet<String>,
    /// Each row and the number of its line.
    rows: Vec<(usize, String)>,
    is_there: bool,
}

impl Features {
    pub(super) fn note_rust(&mut self, file: &Path, text: &str) {
        let Some((krate, stem)) = place(file) else {
            return;
        };
        let names = tests_of(text).map(|test| format!("{krate}::{stem}::{test}"));
        self.tests.extend(names);
    }

    pub(super) fn note_markdown(&mut self, file: &Path, text: &str) {
        if file != Path::new(TABLE) {
            return;
        }
        self.is_there = true;
        let lines = text.lines().enumerate();
        let rows = lines.filter(|(_, line)| line.starts_with('|') && !is_head(line));
        self.rows = rows.map(|(at, line)| (at + 1, line.to_owned())).collect();
    }

    pub(super) fn check(&self) -> Vec<Offence> {
        let table = Path::new(TABLE);
        if !self.is_there || self.rows.is_empty() {
            return vec![Offence::of_file(table, "the table is missing", REMEDY)];
        }
        let mut offences = Vec::new();
        for (line, row) in &self.rows {
            let named: Vec<&str> = row.split('`').filter(|span| is_test(span)).collect();
            if named.is_empty() {
                offences.push(Offence::at(table, *line, "the row names no test", REMEDY));
            }
            let missing = named.into_iter().filter(|name| !self.tests.contains(*name));
            offences.extend(missing.map(|name| {
                let what = format!("there is no test {name}");
                Offence::at(table, *line, what, REMEDY)
            }));
        }
        offences
    }
}

/// The crate that a file belongs to, and its stem.
fn place(file: &Path) -> Option<(&str, &str)> {
    let mut parts = file.iter().map(|part| part.to_str());
    let first = parts.next()??;
    let krate = match first {
        "crates" => parts.next()??,
        "examples" => "wx-examples",
        "xtask" => "xtask",
        _ => return None,
    };
    Some((krate, file.file_stem()?.to_str()?))
}

/// The names of the functions that have a test attribute.
fn tests_of(text: &str) -> impl Iterator<Item = &str> {
    let mut is_next = false;
    text.lines().filter_map(move |line| {
        let line = line.trim_start();
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_next = true;
            return None;
        }
        let signature = line.strip_prefix("async ").unwrap_or(line);
        let name = signature.strip_prefix("fn ")?.split('(').next()?;
        std::mem::take(&mut is_next).then_some(name)
    })
}

/// Whether a line is one of the two that every table begins with.
fn is_head(line: &str) -> bool {
    line.starts_with("| what") || line.starts_with("|-") || line.starts_with("| -")
}

/// Whether a code span names a test. Names of packages have hyphens, which paths in code
/// do not.
fn is_test(span: &str) -> bool {
    let mut parts = span.split("::");
    let is_package = |krate: &str| krate.contains('-') || krate == "xtask";
    parts.next().is_some_and(is_package) && parts.count() == 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(rust: &str, table: &str) -> Vec<String> {
        let mut features = Features::default();
        features.note_rust(Path::new("crates/wx-a/tests/cli/send.rs"), rust);
        features.note_markdown(Path::new(TABLE), table);
        let offences = features.check();
        offences.into_iter().map(|o| o.what).collect()
    }

    const RUST: &str = "#[test]\nfn sends() {}\n\n#[tokio::test(flavor = \"x\")]\nasync fn waits() {}\nfn helps() {}\n";

    #[test]
    fn a_row_with_a_test_that_exists_is_well() {
        let table =
            "| what | test |\n|---|---|\n| a | `wx-a::send::sends`, `wx-a::send::waits` |\n";
        assert_eq!(checked(RUST, table), [""; 0]);
    }

    #[test]
    fn rows_without_one_and_tests_that_are_none_are_named() {
        let table = "| what | test |\n|---|---|\n| a | `send` |\n| b | `wx-a::send::helps` |\n";
        assert_eq!(
            checked(RUST, table),
            [
                "the row names no test",
                "there is no test wx-a::send::helps"
            ]
        );
    }

    #[test]
    fn without_a_table_something_is_missing() {
        assert_eq!(checked(RUST, "# Features\n"), ["the table is missing"]);
    }
}
