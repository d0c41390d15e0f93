//! The book is complete: its summary names each page once, and all Rust in it is
//! compiled.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag};

use crate::tidy::Offence;

const FOLDER: &str = "docs";
const GUIDE: &str = "docs/guide";
/// Its translation, which has the same code.
const TRANSLATION: &str = "docs/zh";
const SUMMARY: &str = "docs/SUMMARY.md";
/// The file that turns the pages of the guide into doctests.
const DOCTESTS: &str = "crates/wx-client/src/book.rs";

/// The pages and the links to them, as far as they were seen.
#[derive(Default)]
pub(super) struct Book {
    pages: Vec<PathBuf>,
    /// Pages with Rust in them, outside of the guide.
    stray: Vec<PathBuf>,
    /// How often the summary names a page.
    named: BTreeMap<PathBuf, usize>,
    doctests: String,
}

impl Book {
    pub(super) fn note_markdown(&mut self, file: &Path, text: &str) {
        if file == Path::new(SUMMARY) {
            for event in Parser::new(text) {
                if let Event::Start(Tag::Link { dest_url, .. }) = event {
                    let page = Path::new(FOLDER).join(&*dest_url);
                    *self.named.entry(page).or_default() += 1;
                }
            }
        } else if file.starts_with(FOLDER) {
            self.pages.push(file.to_owned());
            if !file.starts_with(GUIDE) && !file.starts_with(TRANSLATION) && has_rust(text) {
                self.stray.push(file.to_owned());
            }
        }
    }

    pub(super) fn note_rust(&mut self, file: &Path, text: &str) {
        if file == Path::new(DOCTESTS) {
            text.clone_into(&mut self.doctests);
        }
    }

    pub(super) fn check(&self) -> Vec<Offence> {
        let unnamed = self.pages.iter().filter_map(|page| {
            let times = self.named.get(page).copied().unwrap_or_default();
            let what = format!("the summary names it {times} times instead of once");
            let remedy = "list each page of docs once in docs/SUMMARY.md";
            (times != 1).then(|| Offence::of_file(page, what, remedy))
        });
        let uncompiled = self.pages.iter().filter_map(|page| {
            let name = page.strip_prefix(GUIDE).ok()?.to_str()?;
            let is_there = self.doctests.contains(&format!("{name:?}"));
            let what = "nothing compiles its snippets";
            let remedy = "add the page to crates/wx-client/src/book.rs";
            (!is_there).then(|| Offence::of_file(page, what, remedy))
        });
        let stray = self.stray.iter().map(|page| {
            let what = "nothing compiles its Rust";
            Offence::of_file(page, what, "move the snippet to the guide, and link to it")
        });
        unnamed.chain(uncompiled).chain(stray).collect()
    }
}

fn has_rust(text: &str) -> bool {
    Parser::new(text).any(|event| match event {
        Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => info.starts_with("rust"),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offences(summary: &str, pages: &[&str], doctests: &str) -> Vec<String> {
        let mut book = Book::default();
        book.note_markdown(Path::new(SUMMARY), summary);
        for page in pages {
            book.note_markdown(Path::new(page), "# A page\n");
        }
        book.note_rust(Path::new(DOCTESTS), doctests);
        let offences = book.check().into_iter();
        offences
            .map(|offence| format!("{}: {}", offence.file.display(), offence.what))
            .collect()
    }

    #[test]
    fn a_book_whose_pages_are_all_named_is_whole() {
        let summary = "- [A](guide/a.md)\n- [S](sim.md)\n";
        let pages = ["docs/guide/a.md", "docs/sim.md", "README.md"];
        assert_eq!(offences(summary, &pages, "a \"a.md\""), [""; 0]);
    }

    #[test]
    fn a_page_that_is_not_named_and_one_that_is_twice_fire() {
        let summary = "- [A](a.md)\n- [A](a.md)\n";
        assert_eq!(
            offences(summary, &["docs/a.md", "docs/b.md"], ""),
            [
                "docs/a.md: the summary names it 2 times instead of once",
                "docs/b.md: the summary names it 0 times instead of once"
            ]
        );
    }

    #[test]
    fn rust_outside_of_the_guide_fires() {
        let mut book = Book::default();
        let page = Path::new("docs/sim.md");
        book.note_markdown(Path::new(SUMMARY), "- [S](sim.md)\n");
        book.note_markdown(page, "```rust,no_run\nfn f() {}\n```\n");
        let offences = book.check();
        assert_eq!(offences[0].what, "nothing compiles its Rust");
        assert_eq!(offences.len(), 1);
    }

    #[test]
    fn a_page_of_the_guide_that_is_not_compiled_fires() {
        let summary = "- [A](guide/a.md)\n";
        assert_eq!(
            offences(summary, &["docs/guide/a.md"], "b \"b.md\""),
            ["docs/guide/a.md: nothing compiles its snippets"]
        );
    }
}
