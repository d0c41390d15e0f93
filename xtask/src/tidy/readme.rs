//! The README and its translation say the same: the same headings in depth and
//! order, and the same commands and code.

use std::path::Path;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd};

use crate::tidy::Offence;

const ORIGINAL: &str = "README.md";
const TRANSLATION: &str = "README.zh-CN.md";

/// Languages of code blocks that are not translated.
const SHARED: [&str; 3] = ["console", "sh", "rust"];

/// The outlines of both, as far as they were seen.
#[derive(Default)]
pub(super) struct Pair {
    original: Option<Outline>,
    translation: Option<Outline>,
}

#[derive(Default)]
struct Outline {
    headings: Vec<HeadingLevel>,
    blocks: Vec<String>,
}

impl Pair {
    /// Takes the file in, if it is one of the two.
    pub(super) fn note(&mut self, file: &Path, text: &str) {
        if file == Path::new(ORIGINAL) {
            self.original = Some(Outline::of(text));
        } else if file == Path::new(TRANSLATION) {
            self.translation = Some(Outline::of(text));
        }
    }

    pub(super) fn check(&self) -> Vec<Offence> {
        let offence = |what: String| {
            Offence::of_file(
                Path::new(TRANSLATION),
                what,
                "change README.md and README.zh-CN.md together",
            )
        };
        let (original, translation) = match (&self.original, &self.translation) {
            (None, None) => return Vec::new(),
            (Some(original), Some(translation)) => (original, translation),
            (Some(_), None) => return vec![offence("the translation is missing".to_owned())],
            (None, Some(_)) => return vec![offence("the original is missing".to_owned())],
        };
        let mut offences = Vec::new();
        if let Some(at) = first_difference(&original.headings, &translation.headings) {
            offences.push(offence(format!(
                "heading {} is not of README.md's level",
                at + 1
            )));
        }
        if let Some(at) = first_difference(&original.blocks, &translation.blocks) {
            let shown = original.blocks.get(at).or(translation.blocks.get(at));
            let first_line = shown.and_then(|block| block.lines().nth(1));
            offences.push(offence(format!(
                "code block {} is not README.md's: {}",
                at + 1,
                first_line.unwrap_or_default()
            )));
        }
        offences
    }
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
                    open = SHARED.contains(&language).then(|| format!("{info}\n"));
                }
                Event::Text(code) => {
                    if let Some(block) = &mut open {
                        block.push_str(&code);
                    }
                }
                Event::End(TagEnd::CodeBlock) => outline.blocks.extend(open.take()),
                _ => {}
            }
        }
        outline
    }
}

/// Where two lists first differ, their lengths included.
fn first_difference<T: PartialEq>(a: &[T], b: &[T]) -> Option<usize> {
    (0..a.len().max(b.len())).find(|&at| a.get(at) != b.get(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compare(original: &str, translation: &str) -> Vec<String> {
        let mut pair = Pair::default();
        pair.note(Path::new("README.md"), original);
        pair.note(Path::new("README.zh-CN.md"), translation);
        pair.check()
            .into_iter()
            .map(|offence| offence.what)
            .collect()
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
            ["heading 3 is not of README.md's level"]
        );
    }

    #[test]
    fn another_command_fires() {
        assert_eq!(
            compare(
                "```console\n$ wx demo\n```\n",
                "```console\n$ wx login\n```\n"
            ),
            ["code block 1 is not README.md's: $ wx demo"]
        );
    }

    #[test]
    fn a_comment_in_a_block_is_no_heading() {
        assert_eq!(compare("```sh\n# x\n```\n", "```sh\n# x\n```\n"), [""; 0]);
    }

    #[test]
    fn a_missing_translation_fires() {
        let mut pair = Pair::default();
        pair.note(Path::new("README.md"), "# A\n");
        let offences = pair.check();
        assert_eq!(offences.first().unwrap().what, "the translation is missing");
    }

    #[test]
    fn other_files_are_not_compared() {
        let mut pair = Pair::default();
        pair.note(Path::new("docs/README.md"), "# A\n");
        assert_eq!(pair.check(), []);
    }
}
