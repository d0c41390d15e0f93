//! Relative links in Markdown files lead to a file of the repository, and to one of
//! its headings if they name one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

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
            Offence::at(
                file,
                line_at(text, range.start),
                format!("the link {link} leads nowhere"),
                "link to an existing file, relative to this one",
            )
        })
        .collect()
}

/// The headings of Markdown files, and the links to headings.
#[derive(Default)]
pub(super) struct Anchors {
    headings: BTreeMap<PathBuf, BTreeSet<String>>,
    /// The file and the line of each link, and the file and the heading that it leads to.
    links: Vec<(PathBuf, usize, PathBuf, String)>,
}

impl Anchors {
    pub(super) fn note(&mut self, file: &Path, text: &str) {
        let headings = self.headings.entry(file.to_owned()).or_default();
        let mut open: Option<String> = None;
        for (event, range) in Parser::new(text).into_offset_iter() {
            match event {
                Event::Start(Tag::Heading { .. }) => open = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => {
                    headings.extend(open.take().map(|title| anchor(&title)));
                }
                Event::Text(words) | Event::Code(words) => {
                    if let Some(title) = &mut open {
                        title.push_str(&words);
                    }
                }
                Event::Start(Tag::Link { dest_url, .. }) => {
                    let Some((path, heading)) = dest_url.split_once('#') else {
                        continue;
                    };
                    let target = if path.is_empty() {
                        Some(file.to_owned())
                    } else {
                        path_of(path).and_then(|path| resolve(file, path))
                    };
                    if let Some(target) = target {
                        let line = line_at(text, range.start);
                        let link = (file.to_owned(), line, target, heading.to_owned());
                        self.links.push(link);
                    }
                }
                _ => {}
            }
        }
    }

    /// Finds links to headings that do not exist. Fragments of other files than Markdown
    /// are lines, and are not checked.
    pub(super) fn check(&self) -> Vec<Offence> {
        let dead = self
            .links
            .iter()
            .filter_map(|(file, line, target, heading)| {
                let headings = self.headings.get(target)?;
                let what = format!("{} has no heading #{heading}", target.display());
                let remedy = "write the heading in lower case, with hyphens for spaces";
                (!headings.contains(heading)).then(|| Offence::at(file, *line, what, remedy))
            });
        dead.collect()
    }
}

/// The fragment by which GitHub and mdBook link to a heading.
fn anchor(title: &str) -> String {
    let kept = title.trim().chars().filter_map(|c| match c {
        c if c.is_alphanumeric() || c == '_' || c == '-' => Some(c),
        c if c.is_whitespace() => Some('-'),
        _ => None,
    });
    kept.flat_map(char::to_lowercase).collect()
}

fn line_at(text: &str, offset: usize) -> usize {
    let before = text.get(..offset).unwrap_or_default();
    before.matches('\n').count() + 1
}

/// The path in a link, if the link is to a file of the repository.
fn path_of(link: &str) -> Option<&str> {
    let path = link.split(['#', '?']).next().unwrap_or_default();
    let has_scheme = path
        .split_once(':')
        .is_some_and(|(scheme, _)| scheme.chars().all(|c| c.is_ascii_alphanumeric()));
    (!path.is_empty() && !has_scheme && !path.starts_with("//")).then_some(path)
}

/// The path that `link` in `file` leads to, relative to the root; nothing if it leaves the
/// repository.
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
    fn links_to_headings_need_one() {
        let mut anchors = Anchors::default();
        anchors.note(
            Path::new("a.md"),
            "# The `Ret` codes, all\n\n[x](#the-ret-codes-all)\n[y](docs/b.md#群)\n[z](docs/b.md#b)\n",
        );
        anchors.note(
            Path::new("docs/b.md"),
            "# B\n\n## 群\n\n[x](../a.md#codes)\n",
        );
        let offences = anchors.check();
        let shown: Vec<String> = offences
            .iter()
            .map(|offence| offence.what.clone())
            .collect();
        assert_eq!(shown, ["a.md has no heading #codes"]);
        assert_eq!(offences[0].line, Some(5));
    }

    #[test]
    fn a_link_that_leaves_the_repository_is_dead() {
        assert_eq!(dead("docs/a.md", "[x](../../README.md)").len(), 1);
    }
}
