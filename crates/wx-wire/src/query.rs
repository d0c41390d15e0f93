//! Query strings and percent-encoding.

use std::{
    borrow::Cow,
    fmt::{self, Write as _},
};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What `encodeURIComponent` encodes, which the official page uses.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// Bytes that few queries exceed.
const USUAL: usize = 512;

/// A query string under construction.
///
/// Its `Debug` form shows the names only, because values may be secrets.
///
/// ```
/// use wx_wire::query::Query;
///
/// let query = Query::new().pair("sid", "a+b/c").pair("uin", "42");
/// assert_eq!(query.as_str(), "sid=a%2Bb%2Fc&uin=42");
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Query {
    text: String,
}

impl Query {
    /// An empty query.
    #[must_use]
    pub fn new() -> Self {
        Self {
            text: String::with_capacity(USUAL),
        }
    }

    /// Adds a pair, both parts encoded once.
    ///
    /// The value is what `Display` gives, so a secret must be exposed.
    #[must_use]
    pub fn pair(mut self, name: &str, value: impl fmt::Display) -> Self {
        if !self.text.is_empty() {
            self.text.push('&');
        }
        self.text.extend(utf8_percent_encode(name, COMPONENT));
        self.text.push('=');
        // Writing to a string cannot fail.
        let _ = write!(Encoder(&mut self.text), "{value}");
        self
    }

    /// Adds a pair whose value came encoded: its `%XX` stay as they are, and
    /// only what would spoil the query is encoded.
    #[must_use]
    pub fn encoded_pair(mut self, name: &str, value: &str) -> Self {
        self = self.pair(name, "");
        for (index, piece) in value.split('%').enumerate() {
            if index > 0 {
                let is_escape = piece
                    .as_bytes()
                    .get(..2)
                    .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
                self.text.push_str(if is_escape { "%" } else { "%25" });
            }
            self.text.extend(utf8_percent_encode(piece, COMPONENT));
        }
        self
    }

    /// The query without a leading `?`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The query without a leading `?`.
    #[must_use]
    pub fn into_string(self) -> String {
        self.text
    }
}

impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(pairs(&self.text).map(|(name, _)| name))
            .finish()
    }
}

/// Encodes what is written to it.
struct Encoder<'a>(&'a mut String);

impl fmt::Write for Encoder<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend(utf8_percent_encode(text, COMPONENT));
        Ok(())
    }
}

/// Percent-encodes a value of a query as `encodeURIComponent` does.
#[must_use]
pub fn encode(value: &str) -> Cow<'_, str> {
    utf8_percent_encode(value, COMPONENT).into()
}

/// Undoes percent-encoding once. A `+` is a plus, and what does not come out
/// as UTF-8 is left as it is.
#[must_use]
pub fn decode(text: &str) -> Cow<'_, str> {
    percent_decode_str(text)
        .decode_utf8()
        .unwrap_or(Cow::Borrowed(text))
}

/// The names of a query (without `?`) and their values, as written.
pub fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}
