//! A pull reader of JSON text (RFC 8259): the caller asks for what it wants
//! next, and nothing else is built.
//!
//! A page of the service has some forty short members for each message, and a
//! general reader spends most of its time on the work around them. This one
//! looks at each byte about once.

use std::borrow::Cow;

use crate::scan::looked;

/// Where the text stopped being JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Bytes from the start of the text.
    pub(crate) at: usize,
}

/// One scalar of any type; lists and objects are skipped.
pub(crate) enum Scalar<'de> {
    Nothing,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text(Cow<'de, str>),
    Compound,
}

/// A place in a text. It stands in front of a value, or behind the last one.
pub(crate) struct Reader<'de> {
    pub(super) text: &'de str,
    pub(super) at: usize,
}

/// The members or items of a value that are still to be read.
pub(crate) struct Rest {
    close: u8,
    first: bool,
    /// Place of the field that is expected next.
    next: usize,
}

/// A field that a member may be for.
pub(crate) struct Known<F> {
    /// The member's name.
    pub(crate) name: &'static str,
    /// The name as it is written, with its quotes and the colon.
    pub(crate) written: &'static str,
    pub(crate) field: F,
}

impl Rest {
    const fn until(close: u8) -> Self {
        Self {
            close,
            first: true,
            next: 0,
        }
    }
}

impl<'de> Reader<'de> {
    pub(crate) const fn new(text: &'de str) -> Self {
        Self { text, at: 0 }
    }

    /// The byte that the next token begins with.
    pub(crate) fn peek(&mut self) -> Option<u8> {
        loop {
            match self.byte() {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                other => return other,
            }
        }
    }

    pub(super) fn byte(&self) -> Option<u8> {
        looked(1);
        self.text.as_bytes().get(self.at).copied()
    }

    pub(super) const fn fault<T>(&self) -> Result<T, Fault> {
        Err(Fault { at: self.at })
    }

    /// Passes a byte, if the next token begins with it.
    pub(super) fn pass(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Nothing may follow but white space.
    pub(crate) fn end(&mut self) -> Result<(), Fault> {
        match self.peek() {
            None => Ok(()),
            Some(_) => self.fault(),
        }
    }

    /// Goes into an object, if one stands here.
    pub(crate) fn object(&mut self) -> Option<Rest> {
        self.pass(b'{').then_some(Rest::until(b'}'))
    }

    /// Goes into a list, if one stands here.
    pub(crate) fn list(&mut self) -> Option<Rest> {
        self.pass(b'[').then_some(Rest::until(b']'))
    }

    /// Goes to the next item of a list, or behind it if there is none.
    pub(crate) fn item(&mut self, rest: &mut Rest) -> Result<bool, Fault> {
        let first = std::mem::replace(&mut rest.first, false);
        if first {
            return Ok(!self.pass(rest.close));
        }
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            Some(other) if other == rest.close => {
                self.at += 1;
                Ok(false)
            }
            _ => self.fault(),
        }
    }

    /// Goes to the next member of an object, and returns its field if it is a
    /// known one. After the last member, goes past the object.
    ///
    /// The service writes members in one order, so that what comes next is
    /// nearly always the field behind the one before.
    #[inline]
    pub(crate) fn member<F: Copy>(
        &mut self,
        rest: &mut Rest,
        fields: &[Known<F>],
    ) -> Result<Option<Option<F>>, Fault> {
        if !self.item(rest)? {
            return Ok(None);
        }
        if let Some(known) = fields.get(rest.next)
            && self.pass_over(known.written)
        {
            rest.next += 1;
            return Ok(Some(Some(known.field)));
        }
        let name = self.name()?;
        let at = fields.iter().position(|known| known.name == name);
        rest.next = at.map_or(rest.next, |at| at + 1);
        let known = at.and_then(|at| fields.get(at));
        Ok(Some(known.map(|known| known.field)))
    }

    /// Reads the name of a member, and passes over its colon.
    fn name(&mut self) -> Result<Cow<'de, str>, Fault> {
        if !self.pass(b'"') {
            return self.fault();
        }
        let name = self.string()?;
        if !self.pass(b':') {
            return self.fault();
        }
        Ok(name)
    }

    /// Reads the value with `read`, and returns its text along with the result.
    /// If `read` fails on a value that is valid JSON, the value is passed over.
    pub(crate) fn raw<T: Default>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<(&'de str, T), Fault> {
        self.peek();
        let start = self.at;
        let value = match read(self) {
            Ok(value) => value,
            Err(_) => {
                self.at = start;
                self.skip()?;
                T::default()
            }
        };
        Ok((self.text.get(start..self.at).unwrap_or_default(), value))
    }

    /// Passes over exactly this text. False if something else stands here.
    pub(crate) fn pass_over(&mut self, written: &str) -> bool {
        self.peek();
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        looked(written.len());
        let found = rest.starts_with(written.as_bytes());
        if found {
            self.at += written.len();
        }
        found
    }

    /// Reads a string, if one stands here.
    #[inline]
    pub(crate) fn text(&mut self) -> Result<Option<Cow<'de, str>>, Fault> {
        if self.pass(b'"') {
            self.string().map(Some)
        } else {
            Ok(None)
        }
    }

    /// Reads a value of any type.
    pub(crate) fn scalar(&mut self) -> Result<Scalar<'de>, Fault> {
        match self.peek() {
            Some(b'"') => {
                self.at += 1;
                self.string().map(Scalar::Text)
            }
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b'{' | b'[') => self.skip().map(|()| Scalar::Compound),
            _ => self.word(),
        }
    }

    /// Reads a whole number without a sign, of at most 19 digits as those of
    /// messages are, if one stands here.
    pub(crate) fn natural(&mut self) -> Option<u64> {
        self.peek();
        let rest = self.text.as_bytes().get(self.at..)?;
        let mut number = 0;
        for (at, byte) in rest.iter().take(20).enumerate() {
            looked(1);
            match byte {
                b'0'..=b'9' if at < 19 => number = number * 10 + u64::from(byte - b'0'),
                b',' | b'\n' | b'}' | b']' if at == 1 || (at > 1 && !rest.starts_with(b"0")) => {
                    self.at += at;
                    return Some(number);
                }
                _ => return None,
            }
        }
        None
    }

    pub(super) fn word(&mut self) -> Result<Scalar<'de>, Fault> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        for (word, value) in [
            ("null", Scalar::Nothing),
            ("true", Scalar::Bool(true)),
            ("false", Scalar::Bool(false)),
        ] {
            if rest.starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
            if !rest.is_empty() && word.starts_with(rest) {
                self.at = self.text.len();
            }
        }
        self.fault()
    }

    fn number(&mut self) -> Result<Scalar<'de>, Fault> {
        let start = self.at;
        let is_whole = self.skip_number()?;
        let text = self.text.get(start..self.at).unwrap_or_default();
        let whole = text.parse().ok().filter(|_| is_whole);
        let range = i128::from(i64::MIN)..=i128::from(u64::MAX);
        if let Some(number) = whole.filter(|number| range.contains(number)) {
            return Ok(Scalar::Int(number));
        }
        match text.parse() {
            Ok(number) if f64::is_finite(number) => Ok(Scalar::Float(number)),
            _ => Err(Fault { at: start }),
        }
    }

    /// Passes over a number. True if it is a whole one.
    pub(super) fn skip_number(&mut self) -> Result<bool, Fault> {
        self.at += usize::from(self.byte() == Some(b'-'));
        if self.byte() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        let mut is_whole = true;
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.digits()?;
            is_whole = false;
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.at += 1;
            self.at += usize::from(matches!(self.byte(), Some(b'+' | b'-')));
            self.digits()?;
            is_whole = false;
        }
        Ok(is_whole)
    }

    /// Passes over one digit or more.
    fn digits(&mut self) -> Result<(), Fault> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        looked(count + 1);
        self.at += count;
        if count == 0 { self.fault() } else { Ok(()) }
    }
}
