//! Emoji spans: `<span class="emoji emoji1f604"></span>`.

use super::rewrite::Glyph;

const OPEN: &str = r#"<span class="emoji emoji"#;
const CLOSE: &str = r#""></span"#;

/// The code points that the service takes from an old table, and those that
/// were sent (protocol: emoji).
const REPAIRS: [(u32, char); 9] = [
    (0x1f63c, '\u{1f601}'),
    (0x1f639, '\u{1f602}'),
    (0x1f63a, '\u{1f603}'),
    (0x1f4ab, '\u{1f616}'),
    (0x1f64d, '\u{1f614}'),
    (0x1f63b, '\u{1f60d}'),
    (0x1f63d, '\u{1f618}'),
    (0x1f64e, '\u{1f621}'),
    (0x1f63f, '\u{1f622}'),
];

/// How the code points of emoji spans are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EmojiTable {
    /// As they stand. Nine faces then differ from what was sent.
    #[default]
    AsIs,
    /// With the nine faces mapped back to what was most likely sent. Real cat
    /// faces then become human ones.
    Repaired,
}

impl EmojiTable {
    /// What a code point of a span stands for.
    #[must_use]
    pub fn read(self, code_point: char) -> char {
        let repaired = || {
            let (_, sent) = REPAIRS
                .iter()
                .find(|(code, _)| *code == u32::from(code_point))?;
            Some(*sent)
        };
        match self {
            Self::AsIs => code_point,
            Self::Repaired => repaired().unwrap_or(code_point),
        }
    }
}

/// The emoji of the span that `markup` begins with, and what follows it.
///
/// The last `>` may be missing, as the service has been seen to lose it.
pub(super) fn span(markup: &str, table: EmojiTable) -> Option<(Glyph, &str)> {
    let body = markup.strip_prefix(OPEN)?;
    let length = body
        .bytes()
        .take(11)
        .take_while(u8::is_ascii_hexdigit)
        .count();
    let (digits, after) = body.split_at_checked(length)?;
    let after = after.strip_prefix(CLOSE)?;
    let emoji = emoji(digits, table)?;
    Some((emoji, after.strip_prefix('>').unwrap_or(after)))
}

fn emoji(digits: &str, table: EmojiTable) -> Option<Glyph> {
    let first_digits = match digits.len() {
        4 | 5 => return single(digits, table).map(Glyph::from),
        6 => 2,
        8 => 4,
        10 => 5,
        _ => return None,
    };
    let (first, second) = digits.split_at_checked(first_digits)?;
    Some(Glyph {
        first: character(first)?,
        second: Some(character(second)?),
    })
}

fn single(digits: &str, table: EmojiTable) -> Option<char> {
    Some(table.read(character(digits)?))
}

/// A character that cannot be taken for markup, now or by a later reader.
fn character(digits: &str) -> Option<char> {
    let c = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
    let harmless = !c.is_control() && !matches!(c, '<' | '>' | '&' | '"' | '\'');
    harmless.then_some(c)
}
