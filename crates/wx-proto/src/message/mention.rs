//! Mentions in a text, as far as they can be seen there: a name behind an `@`,
//! followed by the blank that phones put there (U+2005), another blank, or the
//! end. The service has no other sign of them (protocol: content decoding).

use std::borrow::Cow;

use wx_wire::content::EmojiTable;

use crate::command::{Rejected, SendText};
use crate::roster::Roster;

/// What ends a mention that a phone or this client writes.
const END: char = '\u{2005}';

/// How phones name everybody in a group, by their language.
const EVERYBODY: [&str; 4] = ["所有人", "all", "All", "everyone"];

/// The text to send: with everybody named in front whom it mentions but does
/// not name.
pub(crate) fn with_names(roster: &Roster, send: &SendText) -> Result<String, Rejected> {
    let mut text = String::new();
    for id in &send.mentions {
        let name = roster.public_name(&send.to, id);
        let name = name.ok_or_else(|| Rejected::NoMember {
            id: id.clone(),
            to: send.to.clone(),
        })?;
        if !names_one(&send.text, [&*name]) {
            text.push('@');
            text.push_str(&name);
            text.push(END);
        }
    }
    text.push_str(&send.text);
    Ok(text)
}

/// True if a text mentions somebody by one of these names.
pub(super) fn names_one<'n>(text: &str, names: impl IntoIterator<Item = &'n str>) -> bool {
    let text = comparable(text);
    names.into_iter().any(|name| {
        let name = comparable(name);
        // Phones leave out the blanks around a name.
        has(&text, &name) || has(&text, name.trim())
    })
}

/// True if a text mentions everybody.
pub(super) fn names_all(text: &str) -> bool {
    EVERYBODY.iter().any(|name| has(text, name))
}

/// Names may contain blanks and `@` themselves, so every `@` may begin one.
fn has(text: &str, name: &str) -> bool {
    !name.is_empty()
        && text.match_indices('@').any(|(at, _)| {
            text.get(at + 1..)
                .and_then(|rest| rest.strip_prefix(name))
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
        })
}

/// The service writes the same name in several ways: with and without variation
/// selectors, and some faces with either of two code points. This makes them
/// equal.
fn comparable(text: &str) -> Cow<'_, str> {
    let same = |c| match c {
        '\u{fe0e}' | '\u{fe0f}' => None,
        // People type a plain blank for these.
        '\u{a0}' | '\u{2005}' => Some(' '),
        c => Some(EmojiTable::Repaired.read(c)),
    };
    if text.is_ascii() || text.chars().all(|c| same(c) == Some(c)) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter_map(same).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str, name: &str) -> bool {
        names_one(text, [name])
    }

    #[test]
    fn a_mention_ends_with_a_blank_or_the_text() {
        assert!(one("@Ada\u{2005}hi", "Ada"));
        assert!(one("look, @Ada", "Ada"));
        assert!(one("@Bob @Ada hi", "Ada"));
        assert!(one("@Ada\nhi", "Ada"));
        assert!(!one("@Adam hi", "Ada"));
        assert!(!one("Ada hi", "Ada"));
        assert!(!one("@ hi", ""));
    }

    #[test]
    fn names_may_hold_blanks_and_at_signs() {
        assert!(one("@Ada Lovelace\u{2005}hi", "Ada Lovelace"));
        assert!(one("@a@b c\u{2005}hi", "a@b c"));
        assert!(one("me@x.example @@_@\u{2005}hi", "@_@"));
        assert!(one("@Ada\u{2005}hi", "Ada "));
        assert!(!one("@Ada\u{2005}hi", "Ada Lovelace"));
    }

    #[test]
    fn faces_are_the_same_in_each_of_their_forms() {
        // What the service makes of a grinning face, and of a heart.
        assert!(one("@x\u{1f601}\u{2005}", "x\u{1f63c}"));
        assert!(one("@x\u{2764}\u{fe0f}\u{2005}", "x\u{2764}"));
        assert!(!one("@x\u{1f601}\u{2005}", "x\u{1f602}"));
    }

    #[test]
    fn everybody_is_named_in_two_languages() {
        assert!(names_all("@所有人 今晚开会"));
        assert!(names_all("hello @all"));
        assert!(names_all("@All\u{2005}hello"));
        assert!(!names_all("所有人"));
        assert!(!names_all("@allen hello"));
    }
}
