//! Text from strangers, made safe to print.
//!
//! A name or a message may hold escape sequences that command the terminal,
//! marks that reverse the order of what follows, or characters that are not
//! seen at all. All of them are shown as `\u{202e}`, say; everything that is
//! meant to be seen is left as it is.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthChar;

const ZERO_WIDTH_JOINER: char = '\u{200d}';
const BLACK_FLAG: char = '\u{1f3f4}';
const CANCEL_TAG: char = '\u{e007f}';

/// Makes `text` safe to print within a line: a newline is shown as `⏎`.
///
/// The result holds no control character, no bidi control, no line or
/// paragraph separator, and no invisible character but those that belong to an
/// emoji or choose the variant of the character before them.
#[must_use]
pub fn escape(text: &str) -> Cow<'_, str> {
    escape_with(text, "⏎")
}

/// Like [`escape`], but leaves newlines in place, for text of several lines.
#[must_use]
pub fn escape_lines(text: &str) -> Cow<'_, str> {
    escape_with(text, "\n")
}

fn escape_with<'a>(text: &'a str, newline: &str) -> Cow<'a, str> {
    let plain = |c: char| !c.is_control() && !is_invisible(c);
    if text.chars().all(plain) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    // No cluster holds a newline beside other characters, except "\r\n".
    for cluster in text.graphemes(true) {
        if matches!(cluster, "\n" | "\r\n") {
            safe.push_str(newline);
        } else if is_flag_of_tags(cluster) {
            safe.push_str(cluster);
        } else {
            push_cluster(cluster, &mut safe);
        }
    }
    if safe == text {
        return Cow::Borrowed(text);
    }
    Cow::Owned(safe)
}

fn push_cluster(cluster: &str, safe: &mut String) {
    let mut before = None;
    // Behind something that is shown by its number the cluster is another one:
    // a joiner has nothing left to join.
    let mut whole = true;
    let mut rest = cluster.chars();
    while let Some(c) = rest.next() {
        let keep = match c {
            // Only what it joins puts something visible behind it in the same
            // cluster.
            ZERO_WIDTH_JOINER => {
                whole && before.is_some() && rest.clone().next().is_some_and(is_visible)
            }
            c if is_variation_selector(c) => before.is_some_and(is_visible),
            c => !c.is_control() && !is_invisible(c),
        };
        if keep {
            safe.push(c);
            before = Some(c);
        } else {
            safe.extend(c.escape_unicode());
            before = None;
            whole = false;
        }
    }
}

fn is_visible(c: char) -> bool {
    c.width().is_some_and(|width| width > 0) && !is_invisible(c)
}

/// Whether the cluster is the flag of a region, spelt by invisible letters: a
/// black flag, up to six of them, and an end mark (UTS #51, ED-14a).
fn is_flag_of_tags(cluster: &str) -> bool {
    let is_letter = |c| ('\u{e0061}'..='\u{e007a}').contains(&c);
    cluster
        .strip_prefix(BLACK_FLAG)
        .and_then(|tags| tags.strip_suffix(CANCEL_TAG))
        .is_some_and(|tags| (3..=6).contains(&tags.chars().count()) && tags.chars().all(is_letter))
}

fn is_variation_selector(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' | '\u{180b}'..='\u{180d}' | '\u{180f}')
}

/// Whether `c` takes no room, or none that is seen, or moves what is around it:
/// format characters, fillers and line separators, beside the control
/// characters that Rust knows (Unicode: `Default_Ignorable_Code_Point`,
/// `Bidi_Control`, general categories `Cf`, `Zl` and `Zp`).
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}'                        // soft hyphen
        | '\u{34f}'                     // combining grapheme joiner
        | '\u{61c}'                     // Arabic letter mark
        | '\u{115f}'..='\u{1160}'       // Hangul fillers
        | '\u{17b4}'..='\u{17b5}'       // Khmer inherent vowels
        | '\u{180b}'..='\u{180f}'       // Mongolian selectors and separator
        | '\u{200b}'..='\u{200f}'       // zero-width space to right-to-left mark
        | '\u{2028}'..='\u{202e}'       // separators, embeddings and overrides
        | '\u{2060}'..='\u{206f}'       // word joiner, isolates, deprecated ones
        | '\u{3164}'                    // Hangul filler
        | '\u{fe00}'..='\u{fe0f}'       // variation selectors
        | '\u{feff}'                    // byte order mark
        | '\u{ffa0}'                    // halfwidth Hangul filler
        | '\u{fff0}'..='\u{fffb}'       // reserved; interlinear annotation
        | '\u{1bca0}'..='\u{1bca3}'     // shorthand controls
        | '\u{1d173}'..='\u{1d17a}'     // musical controls
        | '\u{e0000}'..='\u{e0fff}'     // tags, more variation selectors
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_meant_to_be_seen_is_left_alone() {
        for text in [
            "",
            "plain \\ text",
            "微信网页版 ｶﾅ 한국어 हिन्दी عربي",
            "e\u{301} combining",
            "🐱 ❤\u{fe0f} 1\u{fe0f}\u{20e3} 👍🏽 🇨🇳",
            // A family, a woman at a computer, a heart on fire.
            "👨\u{200d}👩\u{200d}👧 👩🏽\u{200d}💻 ❤\u{fe0f}\u{200d}🔥",
            // The flag of Scotland.
            "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
            // A variant of an ideograph, as in Japanese names.
            "葛\u{e0100}城",
            // The private use area, where old emoji live.
            "\u{e415}",
        ] {
            assert!(
                matches!(escape(text), Cow::Borrowed(same) if same == text),
                "{text}"
            );
        }
    }

    #[test]
    fn what_commands_a_terminal_is_shown() {
        assert_eq!(escape("\x1b[2J\x07\x7f"), "\\u{1b}[2J\\u{7}\\u{7f}");
        assert_eq!(escape("\u{9b}31m\tred"), "\\u{9b}31m\\u{9}red");
    }

    #[test]
    fn what_reorders_or_hides_is_shown() {
        assert_eq!(escape("exe\u{202e}gpj"), "exe\\u{202e}gpj");
        assert_eq!(escape("\u{2067}a\u{2069}"), "\\u{2067}a\\u{2069}");
        assert_eq!(
            escape("a\u{200b}b\u{feff}c\u{ad}d"),
            "a\\u{200b}b\\u{feff}c\\u{ad}d"
        );
        assert_eq!(escape("\u{3164}"), "\\u{3164}");
        assert_eq!(escape("a\u{2028}b"), "a\\u{2028}b");
    }

    #[test]
    fn a_joiner_that_joins_nothing_is_shown() {
        assert_eq!(escape("a\u{200d}b"), "a\\u{200d}b");
        assert_eq!(escape("🐱\u{200d}"), "🐱\\u{200d}");
        assert_eq!(escape("\u{200d}🐱"), "\\u{200d}🐱");
        assert_eq!(escape("a\u{200d}\u{301}"), "a\\u{200d}\u{301}");
        assert_eq!(
            escape("🐱\u{fe0f}\u{fe0f}\u{200d}🐱"),
            "🐱\u{fe0f}\\u{fe0f}\\u{200d}🐱"
        );
    }

    #[test]
    fn selectors_and_tags_cannot_carry_hidden_text() {
        assert_eq!(escape("a\u{fe00}\u{fe01}"), "a\u{fe00}\\u{fe01}");
        assert_eq!(escape("\u{fe0f}"), "\\u{fe0f}");
        assert_eq!(escape("a\u{e0068}\u{e0069}"), "a\\u{e0068}\\u{e0069}");
        assert_eq!(escape("🏴\u{e0068}"), "🏴\\u{e0068}");
        // Seven letters are no region.
        let letters = "\u{e0061}".repeat(7);
        assert!(!escape(&format!("🏴{letters}\u{e007f}")).contains('\u{e0061}'));
    }

    #[test]
    fn newlines_are_shown_or_kept() {
        assert_eq!(escape("a\nb\r\nc\rd"), "a⏎b⏎c\\u{d}d");
        assert_eq!(escape_lines("a\nb\r\nc\rd"), "a\nb\nc\\u{d}d");
    }

    /// Written from Unicode's list of bidi controls, and the two separators,
    /// not from the code above.
    const MOVING: [char; 14] = [
        '\u{61c}', '\u{200e}', '\u{200f}', '\u{2028}', '\u{2029}', '\u{202a}', '\u{202b}',
        '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}',
    ];

    fn text() -> impl Strategy<Value = String> {
        let odd = prop::sample::select(
            "\x1b\r\n\t\u{85}\u{9b}\u{200b}\u{200c}\u{200d}\u{200e}\u{202e}\u{2028}\u{2069}\u{61c}\
             \u{fe0f}\u{feff}\u{e0067}\u{e007f}👨👩🏴🏽a文\u{301}"
                .chars()
                .collect::<Vec<_>>(),
        );
        prop::collection::vec(prop_oneof![3 => odd, 1 => any::<char>()], 0..24)
            .prop_map(|chars| chars.into_iter().collect())
    }

    #[test]
    fn a_joiner_behind_something_escaped_is_escaped_too() {
        // Found by the property below.
        let text = "👨\u{200c}🏽\u{200d}👨";
        assert_eq!(escape(text), "👨\\u{200c}🏽\\u{200d}👨");
    }

    proptest! {
        #[test]
        fn nothing_dangerous_is_left(text in text()) {
            for c in escape(&text).chars() {
                prop_assert!(!c.is_control() && !MOVING.contains(&c), "{c:?}");
            }
        }

        #[test]
        fn only_newlines_are_left_beside(text in text()) {
            for c in escape_lines(&text).chars() {
                prop_assert!(c == '\n' || !c.is_control(), "{c:?}");
                prop_assert!(!MOVING.contains(&c), "{c:?}");
            }
        }

        #[test]
        fn safe_text_is_stable(text in text()) {
            let once = escape(&text).into_owned();
            prop_assert_eq!(escape(&once), once.as_str());
        }
    }
}
