//! Script bodies: the few JavaScript assignments that the login endpoints and
//! the long poll answer with.
//!
//! A body such as `window.code=200; window.redirect_uri="https://…";` is read
//! as a list of assignments of literals and never evaluated. Expressions, calls
//! and everything else of the language are refused.
//!
//! ```
//! let script = wx_wire::script::parse(br#"window.synccheck={retcode:"0",selector:"2"}"#)?;
//! let selector = script.value("window.synccheck.selector").and_then(|v| v.as_i64());
//! assert_eq!(selector, Some(2));
//! # Ok::<(), wx_wire::GrammarError>(())
//! ```

pub(crate) mod fault;
mod grammar;
mod text;

use std::{borrow::Cow, fmt};

use crate::GrammarError;

/// How deep objects and arrays may be nested.
pub const MAX_DEPTH: usize = 16;

/// The global object in front of its members, which may be left out.
const GLOBAL: &str = "window.";

/// Reads a script body.
///
/// An empty body is a script without statements: the service answers so when
/// there is nothing to say (protocol: login). The values borrow from `body`
/// wherever they hold no escapes.
///
/// # Errors
///
/// The body is not UTF-8, or is not a list of assignments of literals.
pub fn parse(body: &[u8]) -> Result<Script<'_>, GrammarError> {
    let text =
        str::from_utf8(body).map_err(|error| GrammarError::new("UTF-8", error.valid_up_to()))?;
    let statements = fault::located(text, grammar::script(text))?;
    Ok(Script { statements })
}

/// The assignments of one body, in their order.
///
/// Its `Debug` form shows paths and the shapes of values, never their content,
/// because a body may hold tickets.
#[derive(Clone, PartialEq, Eq)]
pub struct Script<'a> {
    statements: Vec<Statement<'a>>,
}

impl<'a> Script<'a> {
    /// What `path` holds after all statements: the last assignment wins.
    ///
    /// Segments are separated by dots and may go on into object literals. As
    /// in a browser, `window.code` and `code` name the same variable.
    #[must_use]
    pub fn value(&self, path: &str) -> Option<&Value<'a>> {
        let wanted = without_global(path);
        let (statement, members) = self.statements.iter().rev().find_map(|statement| {
            let members = wanted.strip_prefix(statement.name())?;
            Some((statement, members)).filter(|_| members.is_empty() || members.starts_with('.'))
        })?;
        let Some(members) = members.strip_prefix('.') else {
            return Some(&statement.value);
        };
        members
            .split('.')
            .try_fold(&statement.value, |value, name| value.member(name))
    }

    /// Whether the body assigns nothing.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }
}

impl fmt::Debug for Script<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(
                self.statements
                    .iter()
                    .map(|statement| (&statement.path, &statement.value)),
            )
            .finish()
    }
}

/// One assignment.
#[derive(Clone, PartialEq, Eq)]
struct Statement<'a> {
    /// Names joined by dots, without the blanks that may stand around these.
    path: Cow<'a, str>,
    /// How many bytes of it name the global object.
    global: usize,
    value: Value<'a>,
}

impl<'a> Statement<'a> {
    fn new(path: Cow<'a, str>, value: Value<'a>) -> Self {
        let global = path.len() - without_global(&path).len();
        Self {
            path,
            global,
            value,
        }
    }

    fn name(&self) -> &str {
        self.path.get(self.global..).unwrap_or_default()
    }
}

/// The path without the global object, which is a member of itself.
fn without_global(mut path: &str) -> &str {
    while let Some(rest) = path.strip_prefix(GLOBAL) {
        path = rest;
    }
    path
}

/// A literal.
///
/// Its `Debug` form shows the shape only, because a value may be a ticket.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// `null`.
    Null,
    /// `undefined`.
    Undefined,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number that fits.
    Integer(i64),
    /// Any other number, as it is written.
    Number(&'a str),
    /// A string without its quotes, escapes undone; a lone surrogate becomes
    /// U+FFFD.
    Text(Cow<'a, str>),
    /// An array.
    Array(Vec<Self>),
    /// An object's members in their order, doubled keys included.
    Object(Vec<(Cow<'a, str>, Self)>),
}

impl<'a> Value<'a> {
    /// The text of a string, or a number that is kept as text.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(text) => Some(text),
            _ => None,
        }
    }

    /// The whole number that this is or, for a string, spells; blanks around
    /// it do not matter.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// The member of an object; of doubled keys the last one counts.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Value<'a>> {
        match self {
            Self::Object(members) => members
                .iter()
                .rev()
                .find_map(|(key, value)| (key == name).then_some(value)),
            _ => None,
        }
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Undefined => f.write_str("undefined"),
            Self::Bool(_) => f.write_str("bool"),
            Self::Integer(_) => f.write_str("integer"),
            Self::Number(text) => write!(f, "number of {} bytes", text.len()),
            Self::Text(text) => write!(f, "text of {} bytes", text.len()),
            Self::Array(values) => f.debug_list().entries(values).finish(),
            Self::Object(members) => f
                .debug_map()
                .entries(members.iter().map(|(key, value)| (key, value)))
                .finish(),
        }
    }
}
