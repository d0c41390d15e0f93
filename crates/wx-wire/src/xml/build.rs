//! Assembles the tokens of a text into a document, without recursion.

use std::borrow::Cow;

use super::{
    Content, Document, MAX_ATTRIBUTES, MAX_DEPTH, MAX_NODES, Node,
    grammar::{self, Next, Token},
    strict,
};
use crate::{
    GrammarError,
    script::fault::{Parsed, fail, located},
};

/// How much is let pass.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// What the service is known to send.
    Tolerant,
    /// Text around the roots as well.
    Fragment,
    /// Well-formed XML and nothing else.
    Strict,
}

pub(super) fn document(text: &str, manner: Manner) -> Result<Document<'_>, GrammarError> {
    located(text, read(text, manner))
}

fn read(text: &str, manner: Manner) -> Parsed<'_, Document<'_>> {
    let mut builder = Builder {
        document: Document {
            // As many as the shortest contents have: growing to it takes time.
            nodes: Vec::with_capacity(24),
            attributes: Vec::new(),
        },
        open: Vec::with_capacity(8),
        manner,
    };
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    let start = rest.len();
    if manner == Manner::Strict {
        strict::characters(rest)?;
    }
    while !rest.is_empty() {
        let (after, token) = grammar::token(rest)?;
        if manner == Manner::Strict {
            strict::token(&token, rest, rest.len() == start)?;
        }
        rest = builder.take(token, rest, after)?.0;
    }
    if !builder.open.is_empty() {
        return fail("a closing tag", rest);
    }
    if builder.document.nodes.is_empty() {
        return fail("an element", rest);
    }
    Ok((rest, builder.document))
}

struct Builder<'a> {
    document: Document<'a>,
    /// The indices of the elements whose closing tags are to come.
    open: Vec<usize>,
    manner: Manner,
}

impl<'a> Builder<'a> {
    /// Takes the token that stands at `at` and is followed by `rest`.
    fn take(&mut self, token: Token<'a>, at: &'a str, rest: &'a str) -> Parsed<'a, ()> {
        match token {
            Token::Nothing => Ok((rest, ())),
            Token::Text(text) if !self.open.is_empty() => {
                self.text(grammar::unescape(text), at, rest)
            }
            Token::Cdata(text) if !self.open.is_empty() => self.text(Cow::Borrowed(text), at, rest),
            Token::Text(text) | Token::Cdata(text) => {
                let passed = self.manner == Manner::Fragment || text.trim().is_empty();
                if passed {
                    Ok((rest, ()))
                } else {
                    fail("an element", at)
                }
            }
            Token::Open(_)
                if self.manner == Manner::Strict
                    && self.open.is_empty()
                    && !self.document.nodes.is_empty() =>
            {
                fail("the end", at)
            }
            Token::Open(name) => self.element(name, at, rest),
            Token::Close(name) => match self.open.pop() {
                Some(index) if self.close(index, name) => Ok((rest, ())),
                Some(_) => fail("the closing tag of the open element", at),
                None => fail("an element", at),
            },
        }
    }

    fn text(&mut self, text: Cow<'a, str>, at: &'a str, rest: &'a str) -> Parsed<'a, ()> {
        self.push(Content::Text(text), at, rest)
    }

    fn element(&mut self, name: &'a str, at: &'a str, mut rest: &'a str) -> Parsed<'a, ()> {
        let start = self.document.attributes.len();
        loop {
            let (after, next) = grammar::next(rest)?;
            match next {
                Next::Attribute(_) if self.document.attributes.len() - start == MAX_ATTRIBUTES => {
                    return fail("fewer attributes", rest);
                }
                Next::Attribute(attribute) => {
                    if self.manner == Manner::Strict {
                        let earlier = self.document.attributes.get(start..).unwrap_or_default();
                        strict::attribute(&attribute, earlier, rest, after)?;
                    }
                    self.document.attributes.push(attribute);
                    rest = after;
                }
                Next::Content | Next::Nothing => {
                    let attributes = (start, self.document.attributes.len());
                    if matches!(next, Next::Content) {
                        if self.open.len() == MAX_DEPTH {
                            return fail("fewer nested elements", at);
                        }
                        self.open.push(self.document.nodes.len());
                    }
                    return self.push(Content::Element { name, attributes }, at, after);
                }
            }
        }
    }

    fn push(&mut self, content: Content<'a>, at: &'a str, rest: &'a str) -> Parsed<'a, ()> {
        let nodes = &mut self.document.nodes;
        if nodes.len() == MAX_NODES {
            return fail("fewer elements", at);
        }
        let end = nodes.len() + 1;
        nodes.push(Node { content, end });
        Ok((rest, ()))
    }

    /// Ends the element at `index`, if that is its name.
    fn close(&mut self, index: usize, name: &str) -> bool {
        let end = self.document.nodes.len();
        match self.document.nodes.get_mut(index) {
            Some(node) => {
                node.end = end;
                matches!(node.content, Content::Element { name: open, .. } if open == name)
            }
            None => false,
        }
    }
}
