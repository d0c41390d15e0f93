//! A small XML reader for the login's answer and for message contents.
//!
//! It reads elements, attributes, text, CDATA, the five entities of XML and
//! numeric references; it skips comments, declarations and processing
//! instructions; it refuses document types, so that nothing can expand. It is
//! more tolerant than XML where the service is: several roots, no blank between
//! attributes, `&` as it stands. Depth, nodes and attributes are bounded.
//!
//! ```
//! let document = wx_wire::xml::parse("<error><ret>0</ret><skey>@crypt_1</skey></error>")?;
//! let ret = document.root().child("ret").map(|ret| ret.text());
//! assert_eq!(ret.as_deref(), Some("0"));
//! # Ok::<(), wx_wire::GrammarError>(())
//! ```

mod build;
pub(crate) mod escape;
mod grammar;
mod strict;

use std::{borrow::Cow, fmt, iter};

use crate::GrammarError;

/// How many elements may be open at once.
pub const MAX_DEPTH: usize = 128;
/// How many elements and pieces of text a document may have.
pub const MAX_NODES: usize = 1 << 17;
/// How many attributes one element may have.
pub const MAX_ATTRIBUTES: usize = 256;

/// Reads a document of one root element or more, with nothing but white space,
/// comments and the like around them.
///
/// # Errors
///
/// The text is not such a document, or exceeds one of the bounds.
pub fn parse(text: &str) -> Result<Document<'_>, GrammarError> {
    build::document(text, build::Manner::Tolerant)
}

/// Reads a document like [`parse`], but passes over text around its roots.
///
/// # Errors
///
/// As for [`parse`].
pub fn fragment(text: &str) -> Result<Document<'_>, GrammarError> {
    build::document(text, build::Manner::Fragment)
}

/// Reads a document as a reader without any tolerance does: one root, blanks
/// between attributes, none of them twice, and every `&` and `<` in its place.
///
/// What this refuses may still be a content that [`parse`] makes sense of.
///
/// # Errors
///
/// As for [`parse`], and whenever the text is not well-formed XML.
pub fn strict(text: &str) -> Result<Document<'_>, GrammarError> {
    build::document(text, build::Manner::Strict)
}

/// One or more elements.
///
/// Nodes lie in one vector in the order of the text, each with the index behind
/// its last descendant, so that a document costs two allocations plus one for
/// each text that had to be changed.
pub struct Document<'a> {
    nodes: Vec<Node<'a>>,
    attributes: Vec<Attribute<'a>>,
}

struct Node<'a> {
    content: Content<'a>,
    /// The index behind the node and all that is inside it.
    end: usize,
}

enum Content<'a> {
    Element {
        name: &'a str,
        /// Where its attributes begin, and the index behind them.
        attributes: (usize, usize),
    },
    Text(Cow<'a, str>),
}

struct Attribute<'a> {
    name: &'a str,
    value: Cow<'a, str>,
}

impl Document<'_> {
    /// The first root element.
    #[must_use]
    pub const fn root(&self) -> Element<'_> {
        // The builder gives out no document without a root, and puts no text
        // outside of one.
        Element {
            document: self,
            index: 0,
        }
    }

    /// All root elements.
    pub fn roots(&self) -> impl Iterator<Item = Element<'_>> {
        self.siblings(0, self.nodes.len())
            .filter_map(|(index, node)| self.element(index, node))
    }

    /// The nodes from `first` on that are not inside one another.
    fn siblings(&self, first: usize, end: usize) -> impl Iterator<Item = (usize, &Node<'_>)> {
        let mut next = first;
        iter::from_fn(move || {
            let index = next;
            let node = self.nodes.get(index).filter(|_| index < end)?;
            next = node.end;
            Some((index, node))
        })
    }

    const fn element(&self, index: usize, node: &Node<'_>) -> Option<Element<'_>> {
        match node.content {
            Content::Element { .. } => Some(Element {
                document: self,
                index,
            }),
            Content::Text(_) => None,
        }
    }
}

impl fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.roots()).finish()
    }
}

/// An element of a document.
///
/// Its `Debug` form shows names only, because contents may be secret.
#[derive(Clone, Copy)]
pub struct Element<'d> {
    document: &'d Document<'d>,
    index: usize,
}

impl<'d> Element<'d> {
    /// The name of its tag, as written.
    #[must_use]
    pub fn name(&self) -> &'d str {
        self.parts().0
    }

    /// The value of an attribute, entities undone.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&'d str> {
        self.attributes()
            .find_map(|(other, value)| (other == name).then_some(value))
    }

    /// The names and values of its attributes in their order, doubled ones
    /// included.
    pub fn attributes(&self) -> impl Iterator<Item = (&'d str, &'d str)> + use<'d> {
        let (_, attributes) = self.parts();
        attributes
            .iter()
            .map(|attribute| (attribute.name, &*attribute.value))
    }

    /// The elements directly inside it.
    pub fn children(&self) -> impl Iterator<Item = Element<'d>> + use<'d> {
        let document = self.document;
        self.inside()
            .filter_map(move |(index, node)| document.element(index, node))
    }

    /// All elements inside it, at any depth, in the order of the text.
    pub fn descendants(&self) -> impl Iterator<Item = Element<'d>> + use<'d> {
        let document = self.document;
        let end = self.node().map_or(0, |node| node.end);
        (self.index + 1..end)
            .filter_map(move |index| document.element(index, document.nodes.get(index)?))
    }

    /// The first element of that name directly inside it.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<Element<'d>> {
        self.children().find(|child| child.name() == name)
    }

    /// The element that is reached by going to the first child of each name in
    /// turn.
    #[must_use]
    pub fn descend(&self, path: &[&str]) -> Option<Element<'d>> {
        path.iter()
            .try_fold(*self, |element, name| element.child(name))
    }

    /// Its own text and CDATA joined, without that of its children. Entities
    /// of the text are undone once; white space is kept.
    #[must_use]
    pub fn text(&self) -> Cow<'d, str> {
        let mut pieces = self.inside().filter_map(|(_, node)| match &node.content {
            Content::Text(text) => Some(&**text),
            Content::Element { .. } => None,
        });
        let Some(first) = pieces.next() else {
            return Cow::Borrowed("");
        };
        pieces.fold(Cow::Borrowed(first), |text, piece| text + piece)
    }

    fn inside(&self) -> impl Iterator<Item = (usize, &'d Node<'d>)> + use<'d> {
        let end = self.node().map_or(0, |node| node.end);
        self.document.siblings(self.index + 1, end)
    }

    fn parts(&self) -> (&'d str, &'d [Attribute<'d>]) {
        match self.node().map(|node| &node.content) {
            Some(Content::Element {
                name,
                attributes: (start, end),
            }) => {
                let attributes = self.document.attributes.get(*start..*end);
                (name, attributes.unwrap_or_default())
            }
            Some(Content::Text(_)) | None => ("", &[]),
        }
    }

    fn node(&self) -> Option<&'d Node<'d>> {
        self.document.nodes.get(self.index)
    }
}

impl fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let attributes: Vec<&str> = self.attributes().map(|(name, _)| name).collect();
        f.debug_struct("Element")
            .field("name", &self.name())
            .field("attributes", &attributes)
            .field("children", &self.children().count())
            .finish()
    }
}
