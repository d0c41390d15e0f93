//! Cuts a long text into messages, never inside what people see as one
//! character.

use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

/// How long a piece of a text may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TextLimit {
    /// Bytes in UTF-8.
    Bytes(usize),
    /// Characters, that is Unicode scalar values.
    Chars(usize),
}

impl TextLimit {
    /// The length of the longest beginning of a text that keeps to the limit.
    fn end(self, text: &str) -> usize {
        match self {
            Self::Bytes(bytes) => text.floor_char_boundary(bytes),
            Self::Chars(chars) => text
                .char_indices()
                .nth(chars)
                .map_or(text.len(), |(at, _)| at),
        }
    }
}

/// Cuts a text into pieces that keep to a limit: after a line break if there is
/// one in the second half of what fits, or else after a blank there, or else
/// between two graphemes. Together, the pieces are the text.
///
/// A grapheme that is longer than the limit is a piece of its own, because
/// cutting it would change what it is.
///
/// ```
/// use wx_proto::{TextLimit, split_text};
///
/// let pieces: Vec<&str> = split_text("to be or not to be", TextLimit::Bytes(8)).collect();
/// assert_eq!(pieces, ["to be ", "or not ", "to be"]);
/// let family = "👨‍👩‍👧";
/// assert_eq!(split_text(family, TextLimit::Chars(2)).collect::<Vec<_>>(), [family]);
/// ```
pub fn split_text(text: &str, limit: TextLimit) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (piece, behind) = rest.split_at_checked(piece(rest, limit))?;
        rest = behind;
        (!piece.is_empty()).then_some(piece)
    })
}

/// The length of the first piece.
fn piece(text: &str, limit: TextLimit) -> usize {
    let end = limit.end(text);
    if end == text.len() {
        return end;
    }
    let end = boundary(text, end);
    let fitting = text.get(..end).unwrap_or_default();
    let behind = |is_end: fn(char) -> bool| {
        let (at, c) = fitting.char_indices().rfind(|(_, c)| is_end(*c))?;
        let cut = at + c.len_utf8();
        (cut > end / 2 && is_boundary(text, cut)).then_some(cut)
    };
    let cut = behind(|c| c == '\n')
        .or_else(|| behind(char::is_whitespace))
        .unwrap_or(end);
    if cut > 0 {
        return cut;
    }
    text.graphemes(true).next().map_or(0, str::len)
}

/// The last grapheme boundary that is not after `at`.
fn boundary(text: &str, at: usize) -> usize {
    if is_boundary(text, at) {
        return at;
    }
    let mut cursor = GraphemeCursor::new(at, text.len(), true);
    cursor
        .prev_boundary(text, 0)
        .ok()
        .flatten()
        .unwrap_or_default()
}

fn is_boundary(text: &str, at: usize) -> bool {
    let mut cursor = GraphemeCursor::new(at, text.len(), true);
    cursor.is_boundary(text, 0).unwrap_or(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pieces(text: &str, limit: TextLimit) -> Vec<&str> {
        split_text(text, limit).collect()
    }

    #[test]
    fn a_short_text_is_one_piece_and_none_is_none() {
        assert_eq!(pieces("abc", TextLimit::Bytes(3)), ["abc"]);
        assert!(pieces("", TextLimit::Bytes(3)).is_empty());
    }

    #[test]
    fn lines_are_kept_whole_before_words() {
        let text = "one two\nthree four";
        assert_eq!(
            pieces(text, TextLimit::Chars(12)),
            ["one two\n", "three four"]
        );
        // After a line that is short compared to the limit, it does not cut.
        assert_eq!(
            pieces("a\nbcdefgh ijklmn", TextLimit::Chars(12)),
            ["a\nbcdefgh ", "ijklmn"]
        );
    }

    #[test]
    fn characters_and_bytes_are_different_limits() {
        assert_eq!(pieces("你好世界", TextLimit::Bytes(6)), ["你好", "世界"]);
        assert_eq!(pieces("你好世界", TextLimit::Chars(3)), ["你好世", "界"]);
    }

    #[test]
    fn graphemes_are_whole_though_they_exceed_the_limit() {
        let flag = "🇨🇳";
        assert_eq!(pieces("🇨🇳🇨🇳a", TextLimit::Bytes(7)), [flag, flag, "a"]);
        assert_eq!(pieces("🇨🇳🇨🇳a", TextLimit::Chars(0)), [flag, flag, "a"]);
    }

    proptest! {
        #[test]
        fn pieces_are_whole_graphemes_within_the_limit_and_make_up_the_text(
            text in "(?s)[a \n你👍🏽👨‍👩‍👧🇨🇳é\u{301}\r]{0,60}",
            limit in 0..20usize,
            in_bytes: bool,
        ) {
            let limit = if in_bytes { TextLimit::Bytes(limit) } else { TextLimit::Chars(limit) };
            let pieces = pieces(&text, limit);
            prop_assert_eq!(pieces.concat(), text.as_str());
            let graphemes = |text: &str| text.graphemes(true).map(str::to_owned).collect::<Vec<_>>();
            let of_pieces: Vec<String> = pieces.iter().flat_map(|piece| graphemes(piece)).collect();
            prop_assert_eq!(of_pieces, graphemes(&text));
            for piece in pieces {
                let fits = match limit {
                    TextLimit::Bytes(bytes) => piece.len() <= bytes,
                    TextLimit::Chars(chars) => piece.chars().count() <= chars,
                };
                prop_assert!(fits || graphemes(piece).len() == 1);
            }
        }
    }
}
