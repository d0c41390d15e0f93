//! `cargo xtask tidy`: the house rules that no compiler checks.
//!
//! Each rule is a function from text to a list of [`Offence`]s, so that its tests
//! need neither a checkout nor cargo.

mod book;
mod closure;
mod code_words;
mod codes;
mod features;
mod layers;
mod links;
mod manifests;
mod packages;
mod paths;
mod rust_files;
mod source;
mod translations;

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::bail;

use crate::workspace::Workspace;
use source::Source;

/// A broken rule: where, what, and what to do about it.
#[derive(Debug, PartialEq, Eq)]
struct Offence {
    file: PathBuf,
    /// Counted from 1; absent when the whole file is meant.
    line: Option<usize>,
    what: String,
    remedy: &'static str,
}

impl Offence {
    fn of_file(file: &Path, what: impl Into<String>, remedy: &'static str) -> Self {
        Self {
            file: file.to_owned(),
            line: None,
            what: what.into(),
            remedy,
        }
    }

    fn at(file: &Path, line: usize, what: impl Into<String>, remedy: &'static str) -> Self {
        Self {
            line: Some(line),
            ..Self::of_file(file, what, remedy)
        }
    }
}

impl fmt::Display for Offence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}\n    remedy: {}", self.what, self.remedy)
    }
}

/// Applies every rule to the checkout; any offence makes this an error. With `verbose`,
/// the files above the size to aim at are listed too.
pub(crate) fn run(workspace: &Workspace, verbose: bool) -> anyhow::Result<()> {
    let mut offences = layers::check(workspace);
    offences.extend(manifests::check(workspace)?);
    offences.extend(packages::check(workspace));
    offences.extend(closure::check(workspace)?);

    let mut book = book::Book::default();
    let mut translations = translations::Translations::default();
    let mut anchors = links::Anchors::default();
    let mut codes = codes::Codes::default();
    let mut features = features::Features::default();
    let mut large = Vec::new();
    for file in workspace.files()? {
        let bytes = std::fs::read(workspace.root.join(&file))?;
        let Ok(text) = String::from_utf8(bytes) else {
            continue;
        };
        offences.extend(paths::check(&file, &text));
        match file.extension().and_then(|extension| extension.to_str()) {
            Some("rs") => {
                book.note_rust(&file, &text);
                codes.note_rust(&file, &text);
                features.note_rust(&file, &text);
                let size = check_rust(&file, &text, &mut offences);
                large.extend(size.map(|lines| (lines, file)));
            }
            Some("md") => {
                let exists = |link: &Path| workspace.root.join(link).exists();
                offences.extend(links::check(&file, &text, exists));
                offences.extend(layers::check_page(&file, &text));
                anchors.note(&file, &text);
                book.note_markdown(&file, &text);
                codes.note_markdown(&file, &text);
                translations.note(&file, &text);
                features.note_markdown(&file, &text);
            }
            _ => {}
        }
    }
    offences.extend(anchors.check());
    offences.extend(book.check());
    offences.extend(codes.check());
    offences.extend(translations.check());
    offences.extend(features.check());

    if verbose {
        report_sizes(large);
    }
    for offence in &offences {
        println!("{offence}");
    }
    match offences.len() {
        0 => Ok(()),
        1 => bail!("1 house rule is broken, see above"),
        count => bail!("{count} house rules are broken, see above"),
    }
}

/// Applies the rules for Rust files; the answer is the count of code lines
/// when it is above the size to aim at.
fn check_rust(file: &Path, text: &str, offences: &mut Vec<Offence>) -> Option<usize> {
    offences.extend(rust_files::check_shape(file, text));
    match Source::parse(text) {
        Ok(source) => {
            offences.extend(rust_files::check_size(file, &source));
            offences.extend(code_words::check(file, &source));
            offences.extend(code_words::check_doc_tests(file, text));
            Some(source.code_lines()).filter(|&lines| lines > rust_files::AIM)
        }
        Err(line) => {
            offences.push(Offence::at(
                file,
                line,
                "this is not valid Rust",
                "make the file valid Rust, or give it another extension",
            ));
            None
        }
    }
}

fn report_sizes(mut large: Vec<(usize, PathBuf)>) {
    large.sort_by(|a, b| b.cmp(a));
    for (lines, file) in large {
        println!("{lines:4} code lines  {}", file.display());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offence_names_file_line_and_remedy() {
        let offence = Offence::at(Path::new("a/b.rs"), 7, "a sleep", "use virtual time");
        assert_eq!(
            offence.to_string(),
            "a/b.rs:7: a sleep\n    remedy: use virtual time"
        );
    }

    #[test]
    fn a_file_that_is_no_rust_is_an_offence() {
        let mut offences = Vec::new();
        let size = check_rust(Path::new("x.rs"), "//! X.\nfn f() {\n", &mut offences);
        assert_eq!(size, None);
        assert_eq!(offences.len(), 1, "{offences:?}");
    }

    #[test]
    fn a_large_file_is_measured() {
        let text = format!("//! X.\n{}", "fn f() {}\n".repeat(251));
        let mut offences = Vec::new();
        let size = check_rust(Path::new("x.rs"), &text, &mut offences);
        assert_eq!(size, Some(251));
        assert_eq!(offences, []);
    }
}
