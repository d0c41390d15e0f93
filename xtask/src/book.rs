//! `cargo xtask book`: the step of `mdbook build docs` that points links which
//! leave the book to the repository.
//!
//! mdBook hands over the context and the book as JSON on stdin, and takes the
//! book back on stdout.

use std::io::Read;
use std::path::{Component, Path, PathBuf};

use anyhow::Context;
use clap::Subcommand;
use pulldown_cmark::{Event, Parser, Tag};
use serde_json::Value;

/// Where the book's pages are in the repository.
const FOLDER: &str = "docs";

/// What mdBook asks before it hands over a book; the exit status is the answer.
#[derive(Debug, Subcommand)]
pub(crate) enum Question {
    /// Succeed, since links are changed for every renderer
    Supports {
        /// The renderer's name
        renderer: String,
    },
}

/// Reads a book from stdin, and prints it with its links changed.
pub(crate) fn run(repository: &str) -> anyhow::Result<()> {
    let mut input = String::new();
    std::io::stdin().read_to_string(&mut input)?;
    println!("{}", preprocess(&input, repository)?);
    Ok(())
}

fn preprocess(input: &str, repository: &str) -> anyhow::Result<Value> {
    let input: Value =
        serde_json::from_str(input).context("stdin does not hold the JSON that mdBook sends")?;
    let [_, book] = input.as_array().map(Vec::as_slice).unwrap_or_default() else {
        anyhow::bail!("mdBook sends a list of the context and the book");
    };
    let mut book = book.clone();
    visit(&mut book, repository);
    Ok(book)
}

/// Changes every chapter in a value, wherever it is.
fn visit(value: &mut Value, repository: &str) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| visit(item, repository)),
        Value::Object(members) => {
            let path = members.get("path").and_then(Value::as_str);
            let content = members.get("content").and_then(Value::as_str);
            if let (Some(path), Some(content)) = (path, content) {
                let changed = outward(Path::new(path), content, repository);
                members.insert("content".to_owned(), Value::String(changed));
            }
            members
                .values_mut()
                .for_each(|member| visit(member, repository));
        }
        _ => {}
    }
}

/// The text of a page, with its links out of the book pointed to the repository.
fn outward(page: &Path, text: &str, repository: &str) -> String {
    let folder = Path::new(FOLDER).join(page.parent().unwrap_or(Path::new("")));
    let mut changed = text.to_owned();
    let links: Vec<_> = Parser::new(text)
        .into_offset_iter()
        .filter_map(|(event, range)| match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                let target = outside(&folder, &dest_url)?;
                let at = text.get(range.clone())?.rfind(&*dest_url)?;
                let start = range.start + at;
                let address = format!("{repository}/blob/main/{target}");
                Some((start..start + dest_url.len(), address))
            }
            _ => None,
        })
        .collect();
    // From the end: a replacement moves everything behind it.
    for (range, address) in links.into_iter().rev() {
        changed.replace_range(range, &address);
    }
    changed
}

/// The path from the repository's root that a link leads to, if it leaves the book.
fn outside(folder: &Path, link: &str) -> Option<String> {
    let mut target = PathBuf::new();
    for part in folder.join(link).components() {
        match part {
            Component::Normal(name) => target.push(name),
            Component::ParentDir => {
                target.pop();
            }
            _ => {}
        }
    }
    let leaves = link.starts_with("../") && !target.starts_with(FOLDER);
    leaves.then(|| target.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book(path: &str, content: &str) -> String {
        serde_json::json!([{"root": "x"}, {"sections": [
            {"PartTitle": "Guide"},
            {"Chapter": {"name": "A", "path": "sim.md", "content": "none", "sub_items": [
                {"Chapter": {"name": "B", "path": path, "content": content, "sub_items": []}}
            ]}}
        ]}])
        .to_string()
    }

    fn content(path: &str, content: &str) -> String {
        let book = preprocess(&book(path, content), "https://example.org/wx").unwrap();
        let chapter = &book["sections"][1]["Chapter"]["sub_items"][0]["Chapter"];
        chapter["content"].as_str().unwrap().to_owned()
    }

    #[test]
    fn links_out_of_the_book_go_to_the_repository() {
        assert_eq!(
            content(
                "guide/a.md",
                "[x](../../README.md#top) and [../../b](../../b)"
            ),
            "[x](https://example.org/wx/blob/main/README.md#top) \
             and [../../b](https://example.org/wx/blob/main/b)"
        );
        assert_eq!(
            content("testing.md", "[o](../crates/x/tests/a.rs)"),
            "[o](https://example.org/wx/blob/main/crates/x/tests/a.rs)"
        );
    }

    #[test]
    fn links_within_the_book_and_to_the_web_stay() {
        let text = "[a](../sim.md) [b](media.md#x) [c](https://example.org/../d) `[e](../../f)`";
        assert_eq!(content("guide/a.md", text), text);
    }

    #[test]
    fn what_is_no_book_is_an_error() {
        assert!(preprocess("{}", "r").is_err());
        assert!(preprocess("[", "r").is_err());
    }
}
