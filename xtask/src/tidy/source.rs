//! A Rust file as a flat list of tokens with their lines.
//!
//! Rules look at tokens, so that they do not take a word in a comment or in a string
//! for code.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};

/// A parsed file.
pub(super) struct Source<'a> {
    text: &'a str,
    tokens: Vec<Token>,
}

/// A token: an identifier, a literal, one punctuation character, or one half
/// of a pair of brackets. Doc comments are left out.
pub(super) struct Token {
    pub(super) text: String,
    lines: RangeInclusive<usize>,
    /// Whether it belongs to a `#[cfg(test)] mod … { … }`.
    pub(super) in_test_module: bool,
}

impl Token {
    fn new(text: impl Into<String>, span: Span) -> Self {
        Self {
            text: text.into(),
            lines: span.start().line..=span.end().line,
            in_test_module: false,
        }
    }

    /// The line it starts on, counted from 1.
    pub(super) fn line(&self) -> usize {
        *self.lines.start()
    }
}

impl<'a> Source<'a> {
    /// Splits `text` into tokens. The error is the line at which this fails.
    pub(super) fn parse(text: &'a str) -> Result<Self, usize> {
        let stream: TokenStream = text
            .parse()
            .map_err(|error: proc_macro2::LexError| error.span().start().line)?;
        let mut tokens = Vec::new();
        flatten(stream, text, &mut tokens);
        mark_test_modules(&mut tokens);
        Ok(Self { text, tokens })
    }

    pub(super) fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// How many lines hold code: not blank, not comment, and not within a
    /// `#[cfg(test)]` module.
    pub(super) fn code_lines(&self) -> usize {
        let covered: BTreeSet<usize> = self
            .tokens
            .iter()
            .filter(|token| !token.in_test_module)
            .flat_map(|token| token.lines.clone())
            .collect();
        // A literal may contain blank lines.
        self.text
            .lines()
            .zip(1..)
            .filter(|(line, number)| covered.contains(number) && !line.trim().is_empty())
            .count()
    }
}

fn flatten(stream: TokenStream, text: &str, tokens: &mut Vec<Token>) {
    for tree in stream {
        let span = tree.span();
        // The lexer turns a doc comment into an attribute. The span of each of its tokens
        // is the comment.
        let written = text.get(span.byte_range()).unwrap_or_default();
        if written.starts_with("//") || written.starts_with("/*") {
            continue;
        }
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                tokens.push(Token::new(open, group.span_open()));
                flatten(group.stream(), text, tokens);
                tokens.push(Token::new(close, group.span_close()));
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {
                tokens.push(Token::new(tree.to_string(), span));
            }
        }
    }
}

fn mark_test_modules(tokens: &mut [Token]) {
    let mut start = 0;
    while let Some(rest) = tokens.get(start..).filter(|rest| !rest.is_empty()) {
        match test_module_len(rest) {
            Some(len) => {
                for token in tokens.iter_mut().skip(start).take(len) {
                    token.in_test_module = true;
                }
                start += len;
            }
            None => start += 1,
        }
    }
}

/// How many tokens the test module has that `tokens` begins with, from `#[cfg(test)]` to the
/// closing brace.
fn test_module_len(tokens: &[Token]) -> Option<usize> {
    let mut at = starts_with(tokens, &["#", "[", "cfg", "(", "test", ")", "]"])?;
    while starts_with(tokens.get(at..)?, &["#", "["]).is_some() {
        at += 1;
        at += bracketed_len(tokens.get(at..)?)?;
    }
    if starts_with(tokens.get(at..)?, &["pub"]).is_some() {
        at += 1;
        if starts_with(tokens.get(at..)?, &["("]).is_some() {
            at += bracketed_len(tokens.get(at..)?)?;
        }
    }
    at += starts_with(tokens.get(at..)?, &["mod"])?;
    at += 1;
    starts_with(tokens.get(at..)?, &["{"])?;
    Some(at + bracketed_len(tokens.get(at..)?)?)
}

/// The number of `words`, if `tokens` begins with them.
pub(super) fn starts_with(tokens: &[Token], words: &[&str]) -> Option<usize> {
    let same = tokens.len() >= words.len()
        && tokens
            .iter()
            .zip(words)
            .all(|(token, word)| token.text == *word);
    same.then_some(words.len())
}

/// How many tokens there are from the bracket that `tokens` begins with to the one that
/// closes it.
pub(super) fn bracketed_len(tokens: &[Token]) -> Option<usize> {
    let mut depth = 0_usize;
    for (token, count) in tokens.iter().zip(1..) {
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return Some(count);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code_lines(text: &str) -> usize {
        Source::parse(text).unwrap().code_lines()
    }

    #[test]
    fn blank_lines_and_comments_do_not_count() {
        let text = "\
//! File.

/* a block
   /* nested */
   of four
*/
/// Doc.
/** Block
    doc. */
fn f() {
    // Only words.
    g(); // code before a comment

}
";
        assert_eq!(code_lines(text), 3);
    }

    #[test]
    fn comment_marks_in_strings_are_code() {
        let text = "const A: &str = \"// no comment\";\nconst B: &str = r#\"/*\"#;\nfn f() {}\n";
        assert_eq!(code_lines(text), 3);
    }

    #[test]
    fn lines_of_a_long_string_count_but_for_blank_ones() {
        assert_eq!(code_lines("const A: &str = \"one\n\nthree\";\n"), 2);
    }

    #[test]
    fn a_written_doc_attribute_is_code() {
        assert_eq!(code_lines("#[doc = \"x\"]\nfn f() {}\n"), 2);
    }

    #[test]
    fn test_modules_do_not_count() {
        let text = "\
fn f() {}
#[cfg(test)]
#[expect(dead_code)]
pub(crate) mod tests {
    fn g() {
        h();
    }
}
fn i() {}
";
        assert_eq!(code_lines(text), 2);
    }

    #[test]
    fn other_test_items_count() {
        assert_eq!(code_lines("#[cfg(test)]\nfn f() {}\n"), 2);
        assert_eq!(code_lines("#[cfg(test)]\nmod tests;\n"), 2);
        assert_eq!(code_lines("#[cfg(not(test))]\nmod m {\n}\n"), 3);
    }

    #[test]
    fn lifetimes_and_quotes_do_not_confuse_the_lexer() {
        assert_eq!(
            code_lines("fn f<'a>(_: &'a [char]) { ['\"', '\\'']; }\n// x\n"),
            1
        );
    }

    #[test]
    fn an_error_has_a_line() {
        assert_eq!(Source::parse("fn f() {}\n}\n").err(), Some(2));
    }
}
