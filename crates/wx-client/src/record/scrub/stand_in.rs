//! Stand-ins for words: a word of the same length and the same kinds of
//! characters, and always the same one for the same word.
//!
//! The stand-in is drawn from a hash of the word under a key that is random for
//! each trace, is stored nowhere, and is gone with the recorder. So whoever has
//! the trace cannot guess words and compare.

use std::hash::{BuildHasher, RandomState};

/// From here on a number is replaced by a smaller one, so that it still fits
/// where it stood.
const LONG_NUMBER: usize = 9;

/// The stand-ins of one trace.
#[derive(Default)]
pub(super) struct StandIns {
    key: RandomState,
}

impl StandIns {
    /// Writes what stands for a word of letters, digits and underscores.
    pub(super) fn of(&self, word: &str) -> Vec<char> {
        let mut draw = Draw {
            key: &self.key,
            word,
            at: 0,
            left: 0,
            bits: 0,
        };
        if word.bytes().all(|b| b.is_ascii_digit()) {
            return number(word, &mut draw);
        }
        let hex = |letters: std::ops::RangeInclusive<u8>| {
            word.bytes()
                .all(|b| b.is_ascii_digit() || letters.contains(&b))
        };
        let letters = if hex(b'a'..=b'f') || hex(b'A'..=b'F') {
            6
        } else {
            26
        };
        word.chars()
            .map(|c| match c {
                '0'..='9' => draw.from('0', 10),
                'a'..='z' => draw.from('a', letters),
                'A'..='Z' => draw.from('A', letters),
                '_' => '_',
                // Others keep the length of their form: Greek, Han, and the
                // rarer Han.
                _ => match c.len_utf8() {
                    ..=2 => draw.from('\u{3b1}', 17),
                    3 => draw.from('\u{4e00}', 0x5000),
                    _ => draw.from('\u{20000}', 0xa000),
                },
            })
            .collect()
    }
}

fn number(digits: &str, draw: &mut Draw<'_>) -> Vec<char> {
    // Flags are nobody's number.
    if matches!(digits, "0" | "1" | "2") {
        return digits.chars().collect();
    }
    let mut is_smaller = digits.len() < LONG_NUMBER;
    let next = |(at, c): (usize, char)| match (at, c) {
        (0, '0') => '0',
        (0, _) if is_smaller => draw.from('1', 9),
        (0, _) => c,
        _ if is_smaller => draw.from('0', 10),
        (_, '0') => '0',
        _ => {
            is_smaller = true;
            draw.from('0', u32::from(c) - u32::from('0'))
        }
    };
    digits.chars().enumerate().map(next).collect()
}

/// Numbers that a word determines.
struct Draw<'a> {
    key: &'a RandomState,
    word: &'a str,
    at: u32,
    left: u32,
    bits: u64,
}

impl Draw<'_> {
    /// One of the `count` characters from `first` on.
    fn from(&mut self, first: char, count: u32) -> char {
        if self.left == 0 {
            self.bits = self.key.hash_one((self.word, self.at));
            self.at += 1;
            self.left = 4;
        }
        self.left -= 1;
        let bits = u32::try_from(self.bits & 0xffff).unwrap_or_default();
        self.bits >>= 16;
        char::from_u32(u32::from(first) + bits % count.max(1)).unwrap_or(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(stand_ins: &StandIns, word: &str) -> String {
        stand_ins.of(word).into_iter().collect()
    }

    #[test]
    fn a_stand_in_is_always_the_same_and_of_the_same_make() {
        let stand_ins = StandIns::default();
        for word in ["Crypt9x_Q", "张三丰", "0f3a99bc01de77aa", "πλ", "𠀋𠀌"] {
            let other = of(&stand_ins, word);
            assert_ne!(other, word);
            assert_eq!(other, of(&stand_ins, word));
            assert_eq!(other.len(), word.len());
            let kinds = |text: &str| -> Vec<_> {
                text.chars()
                    .map(|c| {
                        (
                            c.is_ascii_digit(),
                            c.is_ascii_uppercase(),
                            c == '_',
                            c.len_utf8(),
                        )
                    })
                    .collect()
            };
            assert_eq!(kinds(&other), kinds(word));
        }
        let hex = of(&stand_ins, "0f3a99bc01de77aa");
        assert!(hex.bytes().all(|b| b.is_ascii_hexdigit()), "{hex}");
        // Another trace has other stand-ins.
        assert_ne!(hex, of(&StandIns::default(), "0f3a99bc01de77aa"));
    }

    #[test]
    fn a_number_stays_one_and_fits_where_it_stood() {
        let stand_ins = StandIns::default();
        for number in [
            "2799942121",
            "9223372036854775807",
            "18446744073709551615",
            "1000000001",
        ] {
            let other = of(&stand_ins, number);
            assert_ne!(other, number);
            let (old, new): (u128, u128) = (number.parse().unwrap(), other.parse().unwrap());
            assert!(new < old && other.len() == number.len(), "{other}");
        }
        for number in ["10000", "307"] {
            let other = of(&stand_ins, number);
            assert!(
                !other.starts_with('0') && other.len() == number.len(),
                "{other}"
            );
        }
        assert_eq!(of(&stand_ins, "0"), "0");
    }
}
