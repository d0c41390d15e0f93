//! A page and its translation have headings of the same levels in the same order, and
//! the same commands and code. Comments in the code are translated.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd};

use crate::tidy::Offence;

const REMEDY: &str = "change a page and its translation together";

/// The language of code blocks that hold prose, which is translated too.
const PROSE: &str = "text";

/// The outlines of pages and translations, as far as they were seen.
#[derive(Default)]
pub(super) struct Translations {
    outlines: BTreeMap<PathBuf, Outline>,
}

#[derive(Default)]
struct Outline {
    headings: Vec<HeadingLevel>,
    blocks: Vec<String>,
}

/// Where the translation of a page has to be, if the page needs one.
fn translation_of(page: &Path) -> Option<PathBuf> {
    if page == Path::new("README.md") {
        return Some("README.zh-CN.md".into());
    }
    let name = page.file_name()?;
    let is_book =
        page == Path::new("docs/introduction.md") || page.parent()? == Path::new("docs/guide");
    is_book.then(|| Path::new("docs/zh").join(name))
}

/// Whether a file is in the place of a translation.
fn is_translation(file: &Path) -> bool {
    file == Path::new("README.zh-CN.md") || file.starts_with("docs/zh")
}

impl Translations {
    /// Reads the file, if it is a page with a translation or a translation.
    pub(super) fn note(&mut self, file: &Path, text: &str) {
        if translation_of(file).is_some() || is_translation(file) {
            self.outlines.insert(file.to_owned(), Outline::of(text));
        }
    }

    pub(super) fn check(&self) -> Vec<Offence> {
        let mut offences = Vec::new();
        let mut translated = Vec::new();
        for (page, original) in &self.outlines {
            let Some(file) = translation_of(page) else {
                continue;
            };
            match self.outlines.get(&file) {
                Some(translation) => offences.extend(compare(page, original, &file, translation)),
                None => offences.push(Offence::of_file(page, "it has no translation", REMEDY)),
            }
            translated.push(file);
        }
        let alone = self
            .outlines
            .keys()
            .filter(|file| is_translation(file) && !translated.contains(file));
        offences.extend(alone.map(|file| Offence::of_file(file, "it translates no page", REMEDY)));
        offences
    }
}

fn compare(
    page: &Path,
    original: &Outline,
    file: &Path,
    translation: &Outline,
) -> impl Iterator<Item = Offence> {
    let heading = first_difference(&original.headings, &translation.headings).map(|at| {
        format!(
            "heading {} does not have the level that it has in {}",
            at + 1,
            page.display()
        )
    });
    let block = first_difference(&original.blocks, &translation.blocks).map(|at| {
        let shown = original.blocks.get(at).or(translation.blocks.get(at));
        let first_line = shown.and_then(|block| block.lines().nth(1));
        format!(
            "code block {} differs from that of {}: {}",
            at + 1,
            page.display(),
            first_line.unwrap_or_default()
        )
    });
    let all = heading.into_iter().chain(block);
    all.map(|what| Offence::of_file(file, what, REMEDY))
}

impl Outline {
    fn of(text: &str) -> Self {
        let mut outline = Self::default();
        let mut open: Option<String> = None;
        for event in Parser::new(text) {
            match event {
                Event::Start(Tag::Heading { level, .. }) => outline.headings.push(level),
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                    let language = info.split([',', ' ']).next().unwrap_or_default();
                    open = (language != PROSE).then(|| format!("{info}\n"));
                }
                Event::Text(code) => {
                    if let Some(block) = &mut open {
                        block.push_str(&code);
                    }
                }
                Event::End(TagEnd::CodeBlock) => {
                    outline
                        .blocks
                        .extend(open.take().as_deref().map(uncommented));
                }
                _ => {}
            }
        }
        outline
    }
}

/// A block, whose first line is its language, without comments and empty lines.
fn uncommented(block: &str) -> String {
    let mark = match block.split([',', ' ', '\n']).next() {
        Some("rust" | "go") => "//",
        _ => "#",
    };
    let code = block.lines().map(|line| {
        let before = line.match_indices(mark).map(|(at, _)| line.split_at(at).0);
        // Within a word it is none: that of an address, say.
        let mut comments = before.filter(|code| !code.ends_with(|c: char| !c.is_whitespace()));
        comments.next().unwrap_or(line).trim_end()
    });
    let code = code.filter(|line| !line.is_empty());
    code.map(|line| format!("{line}\n")).collect()
}

/// The index at which two lists first differ; one that ends earlier differs there.
fn first_difference<T: PartialEq>(a: &[T], b: &[T]) -> Option<usize> {
    (0..a.len().max(b.len())).find(|&at| a.get(at) != b.get(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offences(files: &[(&str, &str)]) -> Vec<String> {
        let mut translations = Translations::default();
        for (file, text) in files {
            translations.note(Path::new(file), text);
        }
        let offences = translations.check().into_iter();
        offences
            .map(|offence| format!("{}: {}", offence.file.display(), offence.what))
            .collect()
    }

    fn compare(original: &str, translation: &str) -> Vec<String> {
        offences(&[("README.md", original), ("README.zh-CN.md", translation)])
    }

    #[test]
    fn a_faithful_translation_passes() {
        let english = "# Title\nText.\n## Use\n```sh\ncargo test\n```\n```text\nout\n```\n";
        let chinese = "# 标题\n正文。\n## 用法\n```sh\ncargo test\n```\n```text\n输出\n```\n";
        assert_eq!(compare(english, chinese), [""; 0]);
    }

    #[test]
    fn a_missing_heading_fires() {
        assert_eq!(
            compare("# A\n## B\n### C\n", "# 甲\n## 乙\n"),
            ["README.zh-CN.md: heading 3 does not have the level that it has in README.md"]
        );
    }

    #[test]
    fn another_command_fires() {
        assert_eq!(
            compare(
                "```console\n$ wx demo\n```\n",
                "```console\n$ wx login\n```\n"
            ),
            ["README.zh-CN.md: code block 1 differs from that of README.md: $ wx demo"]
        );
    }

    #[test]
    fn comments_are_translated_and_the_code_around_them_is_not() {
        let english = "```console\nwx login   # scan\n```\n\
                       ```rust\n/// Two\n/// lines.\nlet a = \"https://a\"; // why\n```\n";
        let chinese = "```console\nwx login   # 扫码\n```\n\
                       ```rust\n/// 一行。\nlet a = \"https://a\"; // 原因\n```\n";
        assert_eq!(compare(english, chinese), [""; 0]);
        for (code, other) in [("wx login", "wx logout"), ("https://a", "https://b")] {
            let [offence] = &compare(english, &chinese.replace(code, other))[..] else {
                panic!("{other} passes for {code}");
            };
            assert!(offence.contains("differs"), "{offence}");
        }
    }

    #[test]
    fn a_comment_in_a_block_is_no_heading() {
        assert_eq!(compare("```sh\n# x\n```\n", "```sh\n# x\n```\n"), [""; 0]);
    }

    #[test]
    fn each_page_of_the_guide_has_a_translation_and_no_other_has() {
        assert_eq!(
            offences(&[
                ("docs/introduction.md", "# A\n"),
                ("docs/guide/media.md", "# M\n"),
                ("docs/zh/introduction.md", "# 甲\n"),
                ("docs/zh/old.md", "# 旧\n"),
                ("docs/sim.md", "# S\n"),
            ]),
            [
                "docs/guide/media.md: it has no translation",
                "docs/zh/old.md: it translates no page"
            ]
        );
    }
}
