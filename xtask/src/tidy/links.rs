//! Relative links in Markdown files lead to a file of the repository.

use std::path::{Component, Path, PathBuf};

use pulldown_cmark::{Event, Parser, Tag};

use crate::tidy::Offence;

/// `exists` answers for a path relative to the repository's root.
pub(super) fn check(file: &Path, text: &str, exists: impl Fn(&Path) -> bool) -> Vec<Offence> {
    Parser::new(text)
        .into_offset_iter()
        .filter_map(|(event, range)| match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                Some((dest_url, range))
            }
            _ => None,
        })
        .filter(|(link, _)| {
            path_of(link)
                .is_some_and(|path| !resolve(file, path).is_some_and(|target| exists(&target)))
        })
        .map(|(link, range)| {
            let line = text
                .get(..range.start)
                .unwrap_or_default()
                .matches('\n')
                .count()
                + 1;
            Offence::at(
                file,
                line,
                format!("the link {link} leads nowhere"),
                "name an existing file, relative to this one",
            )
        })
        .collect()
}

/// The path in a link, if the link is to a file of the repository.
fn path_of(link: &str) -> Option<&str> {
    let path = link.split(['#', '?']).next().unwrap_or_default();
    let has_scheme = path
        .split_once(':')
        .is_some_and(|(scheme, _)| scheme.chars().all(|c| c.is_ascii_alphanumeric()));
    (!path.is_empty() && !has_scheme && !path.starts_with("//")).then_some(path)
}

/// What `link` in `file` names, relative to the root; nothing when it leaves
/// the repository.
fn resolve(file: &Path, link: &str) -> Option<PathBuf> {
    let (mut target, link) = match link.strip_prefix('/') {
        Some(from_root) => (PathBuf::new(), from_root),
        None => (file.parent().unwrap_or(Path::new("")).to_owned(), link),
    };
    for part in Path::new(link).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                if !target.pop() {
                    return None;
                }
            }
            Component::Normal(name) => target.push(name),
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dead(file: &str, text: &str) -> Vec<(usize, String)> {
        let there = ["README.md", "docs", "docs/a.md", "docs/img/x.png"];
        check(Path::new(file), text, |path| {
            there.iter().any(|known| path == Path::new(known))
        })
        .into_iter()
        .map(|offence| (offence.line.unwrap(), offence.what))
        .collect()
    }

    #[test]
    fn links_to_files_of_the_repository_pass() {
        let text = "[a](docs/a.md) [d](docs/) [s](docs/a.md#part) ![x](/docs/img/x.png)\n";
        assert_eq!(dead("README.md", text), []);
        assert_eq!(dead("docs/a.md", "[up](../README.md) [i](./img/x.png)"), []);
    }

    #[test]
    fn other_links_are_not_looked_at() {
        let text = "[w](https://example.org/x.md) [m](mailto:a@example.org) [h](#part)\n";
        assert_eq!(dead("README.md", text), []);
    }

    #[test]
    fn links_in_code_are_no_links() {
        assert_eq!(
            dead("README.md", "`[a](no.md)`\n\n```\n[a](no.md)\n```\n"),
            []
        );
    }

    #[test]
    fn dead_links_fire_with_their_line() {
        let text = "# T\n\nSee [a](docs/b.md).\n\nAnd [r].\n\n[r]: c.md\n";
        assert_eq!(
            dead("README.md", text),
            [
                (3, "the link docs/b.md leads nowhere".to_owned()),
                (5, "the link c.md leads nowhere".to_owned())
            ]
        );
    }

    #[test]
    fn a_link_that_leaves_the_repository_is_dead() {
        assert_eq!(dead("docs/a.md", "[x](../../README.md)").len(), 1);
    }
}
