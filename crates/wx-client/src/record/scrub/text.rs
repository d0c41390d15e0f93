//! Scrubs texts and what may be in them: markup, addresses, names with their
//! prefixes. Words are replaced, and what is between them stays, so that a
//! scrubbed text is parsed the same way.

use wx_wire::id::UserName;

use super::Scrubber;
use super::glyph::{Glyph, glyphs};
use super::known::{
    ENDINGS, EXTENSIONS, MARKUP_NAMES, MARKUP_NUMBERS, MARKUP_TYPES, PATH_WORDS, PHRASES, PREFIXES,
    QUERY_NAMES, QUERY_VALUES, is_host,
};

/// Longer texts are read in pieces of up to this many bytes.
pub(super) const PIECE: usize = 256 * 1024;
/// No character that is written as an escape or an entity is expected to be longer.
const LONGEST: usize = 64;
/// The most digits of a number that steers the session.
const MAX_NUMBER: usize = 10;
/// The most digits of a port.
const MAX_PORT: usize = 5;
/// The most bytes of a parameter that steers the session.
const MAX_PARAMETER: usize = 12;

impl Scrubber {
    /// Writes a text with its words replaced. With `escapes`, it is the inside
    /// of a string of JSON or JavaScript.
    pub(super) fn text(&self, text: &str, escapes: bool, out: &mut String) {
        let mut rest = text;
        while !rest.is_empty() {
            let end = (PIECE.min(rest.len())..=rest.len())
                .find(|end| rest.is_char_boundary(*end))
                .unwrap_or(rest.len());
            let (piece, left) = rest.split_at(end);
            let mut read = glyphs(piece, escapes);
            let mut cut = end;
            // The piece may end inside a character; the next one reads it whole.
            while !left.is_empty() && end - cut < LONGEST && read.len() > 1 {
                cut -= read.pop().map_or(0, |glyph| glyph.raw.len());
            }
            self.run(&read, out);
            rest = rest.get(cut..).unwrap_or_default();
        }
    }

    /// Scrubs a text that is not part of a larger one.
    pub(super) fn plain(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        self.text(text, false, &mut out);
        out
    }

    fn run(&self, mut rest: &[Glyph<'_>], out: &mut String) {
        // The element whose text comes next.
        let mut inside: Option<String> = None;
        let mut before = None;
        let mut may_be_tag = true;
        while let Some(first) = rest.first() {
            let word = word_length(rest);
            let length = if starts_with(rest, "<![CDATA[") {
                raw(rest, 9, out)
            } else if first.c == '<' && may_be_tag && opens(rest) {
                match tag_length(rest) {
                    Some(length) => {
                        inside = self.tag(rest.get(..length).unwrap_or_default(), out);
                        length
                    }
                    None => {
                        may_be_tag = false;
                        raw(rest, 1, out)
                    }
                }
            } else if let Some(length) = address_length(rest) {
                self.address(rest.get(..length).unwrap_or_default(), out);
                length
            } else if let Some(length) = phrase_length(rest) {
                raw(rest, length, out)
            } else if word > 0 {
                let (of, after) = rest.split_at(word.min(rest.len()));
                let ends = after.first().is_none_or(|next| matches!(next.c, '<' | ']'));
                match inside.take() {
                    Some(name) if ends && steers(&name, of) => {
                        raw(of, word, out);
                    }
                    _ => self.word(before, of, after, out),
                }
                word
            } else {
                if !first.c.is_whitespace() {
                    inside = None;
                }
                raw(rest, 1, out)
            };
            let (taken, left) = rest.split_at(length.clamp(1, rest.len()));
            before = taken.last().map(|last| last.c);
            rest = left;
        }
    }

    /// Writes the stand-in of a word, or the word itself if it may stay between
    /// these neighbours.
    fn word(
        &self,
        before: Option<char>,
        word: &[Glyph<'_>],
        after: &[Glyph<'_>],
        out: &mut String,
    ) {
        let text = text_of(word);
        let next = after.first().map(|next| next.c);
        let name = text.to_ascii_lowercase();
        let stays = UserName::new(&text).is_special()
            || before == Some('@') && ENDINGS.contains(text.as_str())
            || before == Some('.') && EXTENSIONS.contains(name.as_str())
            // The beginning of keys that this program makes.
            || text == "k" && next == Some('-') && word_length(after.get(1..).unwrap_or_default()) == 16;
        if stays {
            raw(word, word.len(), out);
            return;
        }
        let prefix = PREFIXES.into_iter().find(|prefix| text.starts_with(prefix));
        let (kept, rest) = word.split_at(prefix.map_or(0, str::len).min(word.len()));
        raw(kept, kept.len(), out);
        self.replace(rest, out);
    }

    fn replace(&self, word: &[Glyph<'_>], out: &mut String) {
        let stand_in = self.stand_ins.of(&text_of(word));
        for (glyph, c) in word.iter().zip(stand_in) {
            glyph.write(c, out);
        }
    }

    /// Writes a tag, and returns the name of the element that it opens.
    fn tag(&self, tag: &[Glyph<'_>], out: &mut String) -> Option<String> {
        let mut rest = tag;
        let mut element = None;
        let mut attribute = String::new();
        while let Some(first) = rest.first() {
            let word = word_length(rest);
            let length = if word > 0 {
                let of = rest.get(..word).unwrap_or_default();
                let name = text_of(of);
                if MARKUP_NAMES.contains(name.as_str()) {
                    raw(of, word, out);
                } else {
                    self.replace(of, out);
                }
                element.get_or_insert_with(|| name.clone());
                attribute = name;
                word
            } else if let ('"' | '\'', Some(length)) = (first.c, quoted_length(rest)) {
                raw(rest, 1, out);
                let value = rest.get(1..length - 1).unwrap_or_default();
                self.attribute(&attribute, value, out);
                raw(rest.get(length - 1..).unwrap_or_default(), 1, out);
                length
            } else {
                raw(rest, 1, out)
            };
            rest = rest.get(length..).unwrap_or_default();
        }
        let second = tag.get(1).map(|glyph| glyph.c);
        let last = tag.len().checked_sub(2).and_then(|at| tag.get(at));
        let is_open = second != Some('/') && last.is_none_or(|last| last.c != '/');
        element.filter(|_| is_open)
    }

    fn attribute(&self, name: &str, value: &[Glyph<'_>], out: &mut String) {
        let text = text_of(value);
        let is_emoji = || {
            let code = text.strip_prefix("emoji emoji");
            code.is_some_and(|code| {
                code.len() <= MAX_NUMBER && code.bytes().all(|b| b.is_ascii_hexdigit())
            })
        };
        if name == "class" && is_emoji() || steers(name, value) {
            raw(value, value.len(), out);
        } else {
            self.run(value, out);
        }
    }

    /// Writes an address. Parameters that steer the session stay in the
    /// service's own addresses.
    fn address(&self, address: &[Glyph<'_>], out: &mut String) {
        let mut rest = address;
        let mut is_own = true;
        if address.first().is_some_and(|glyph| glyph.c != '/') {
            let host_from = position(address, &[':']) + "://".len();
            raw(address, host_from, out);
            rest = address.get(host_from..).unwrap_or_default();
            let (host, port) = rest.split_at(position(rest, &['/', '?', '#', ':']));
            is_own = is_host(&text_of(host));
            self.host(host, out);
            let (port, path) = port.split_at(position(port, &['/', '?', '#']));
            self.words(port, |word| word.len() <= MAX_PORT && is_number(word), out);
            rest = path;
        }
        let (path, query) = rest.split_at(position(rest, &['?', '#']));
        self.words(path, |word| PATH_WORDS.contains(word), out);
        let mut rest = query;
        while !rest.is_empty() {
            // The mark, the name, and what follows up to the next mark.
            raw(rest, 1, out);
            rest = rest.get(1..).unwrap_or_default();
            let (parameter, left) = rest.split_at(position(rest, &['&', '#']));
            self.parameter(parameter, is_own, out);
            rest = left;
        }
    }

    fn parameter(&self, parameter: &[Glyph<'_>], is_own: bool, out: &mut String) {
        let (name, value) = parameter.split_at(position(parameter, &['=']));
        self.words(name, |word| QUERY_NAMES.contains(word), out);
        let steers = is_own
            && QUERY_VALUES.contains(text_of(name).as_str())
            && value.len() <= MAX_PARAMETER + 1
            && value.iter().all(|glyph| glyph.c.is_ascii());
        if steers {
            raw(value, value.len(), out);
        } else {
            self.run(value, out);
        }
    }

    /// Writes a host. The service's own stay.
    fn host(&self, host: &[Glyph<'_>], out: &mut String) {
        if is_host(&text_of(host)) {
            raw(host, host.len(), out);
        } else {
            self.words(host, |_| false, out);
        }
    }

    /// Writes a host that stands alone.
    pub(super) fn host_name(&self, host: &str) -> String {
        let mut out = String::new();
        self.host(&glyphs(host, false), &mut out);
        out
    }

    /// Writes words, of which some stay.
    pub(super) fn words(&self, text: &[Glyph<'_>], stays: impl Fn(&str) -> bool, out: &mut String) {
        let mut rest = text;
        while !rest.is_empty() {
            let word = word_length(rest);
            let length = word.max(1);
            let of = rest.get(..length).unwrap_or_default();
            if word == 0 || stays(&text_of(of)) {
                raw(of, length, out);
            } else {
                self.replace(of, out);
            }
            rest = rest.get(length..).unwrap_or_default();
        }
    }
}

/// Writes some characters as they are, and returns their number.
fn raw(glyphs: &[Glyph<'_>], count: usize, out: &mut String) -> usize {
    for glyph in glyphs.iter().take(count) {
        out.push_str(glyph.raw);
    }
    count
}

fn text_of(glyphs: &[Glyph<'_>]) -> String {
    glyphs.iter().map(|glyph| glyph.c).collect()
}

fn starts_with(glyphs: &[Glyph<'_>], text: &str) -> bool {
    let mut glyphs = glyphs.iter();
    text.chars()
        .all(|c| glyphs.next().is_some_and(|glyph| glyph.c == c))
}

/// The length of the word at the start, which also ends before a phrase of the
/// service.
fn word_length(glyphs: &[Glyph<'_>]) -> usize {
    let ends = |at: &usize| {
        let rest = glyphs.get(*at..).unwrap_or_default();
        !rest.first().is_some_and(Glyph::is_word) || phrase_length(rest).is_some()
    };
    (0..glyphs.len()).find(ends).unwrap_or(glyphs.len())
}

fn phrase_length(glyphs: &[Glyph<'_>]) -> Option<usize> {
    if glyphs.first()?.c.is_ascii() {
        return None;
    }
    let phrase = PHRASES
        .into_iter()
        .find(|phrase| starts_with(glyphs, phrase))?;
    Some(phrase.chars().count())
}

fn position(glyphs: &[Glyph<'_>], marks: &[char]) -> usize {
    let at = glyphs.iter().position(|glyph| marks.contains(&glyph.c));
    at.unwrap_or(glyphs.len())
}

/// True if a `<` opens a tag.
fn opens(glyphs: &[Glyph<'_>]) -> bool {
    let next = glyphs.get(1).map(|next| next.c);
    next.is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?' | '_'))
}

fn tag_length(glyphs: &[Glyph<'_>]) -> Option<usize> {
    let mut quote = None;
    for (at, glyph) in glyphs.iter().enumerate() {
        match (quote, glyph.c) {
            (None, '>') => return Some(at + 1),
            (None, '"' | '\'') => quote = Some(glyph.c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    None
}

fn quoted_length(glyphs: &[Glyph<'_>]) -> Option<usize> {
    let quote = glyphs.first()?.c;
    let inner = glyphs.get(1..)?;
    Some(inner.iter().position(|glyph| glyph.c == quote)? + 2)
}

fn address_length(glyphs: &[Glyph<'_>]) -> Option<usize> {
    let starts = ["https://", "http://", "/cgi-bin/"];
    starts
        .into_iter()
        .find(|start| starts_with(glyphs, start))?;
    let ends = |glyph: &Glyph<'_>| {
        glyph.c.is_whitespace()
            || matches!(glyph.c, '"' | '\'' | '<' | '>' | '|' | ',' | ')' | '\\')
            || !glyph.c.is_ascii() && glyph.is_plain()
    };
    Some(glyphs.iter().position(ends).unwrap_or(glyphs.len()))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// True if the value of this element or attribute decides how a content is
/// parsed.
fn steers(name: &str, value: &[Glyph<'_>]) -> bool {
    let text = text_of(value);
    let is_short = value.len() <= MAX_NUMBER && is_number(&text);
    MARKUP_NUMBERS.contains(name) && is_short
        || name == "type" && MARKUP_TYPES.contains(text.as_str())
}
