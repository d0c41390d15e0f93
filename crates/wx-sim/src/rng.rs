//! The generator behind every invented value.
//!
//! SplitMix64: a few lines, the same on every platform and in every release,
//! so that a seed written into a bug report stays worth something.

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

#[derive(Clone, Debug)]
pub(crate) struct Rng(u64);

impl Rng {
    /// A stream of its own for one purpose, named by `parts`.
    ///
    /// What is drawn from it does not depend on what else was drawn, so that
    /// a new feature does not change the names of all contacts.
    pub(crate) fn derive(seed: u64, parts: &[&str]) -> Self {
        let mut state = mix(seed ^ GOLDEN);
        for part in parts {
            for byte in part.bytes() {
                state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
            }
            state = mix(state.wrapping_add(GOLDEN));
        }
        Self(state)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// A stream of its own for one draw, which depends on `salt` as well.
    pub(crate) fn salted(&mut self, salt: u64) -> Self {
        Self(mix(self.next() ^ mix(salt)))
    }

    /// A number below `bound`; 0 when `bound` is 0.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next().checked_rem(bound).unwrap_or(0)
    }

    /// A number in `low..high`.
    pub(crate) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low))
    }

    /// True once in `n` draws on average.
    pub(crate) fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// One of `choices`; the default when there are none.
    pub(crate) fn pick<T: Copy + Default>(&mut self, choices: &[T]) -> T {
        let index = usize::try_from(self.below(choices.len() as u64)).unwrap_or(0);
        choices.get(index).copied().unwrap_or_default()
    }

    /// `len` lower-case hex digits.
    pub(crate) fn hex(&mut self, len: usize) -> String {
        self.text(b"0123456789abcdef", len)
    }

    /// `len` decimal digits, the first of them not 0.
    pub(crate) fn digits(&mut self, len: usize) -> String {
        let mut text = self.text(b"123456789", len.min(1));
        text.push_str(&self.text(b"0123456789", len.saturating_sub(1)));
        text
    }

    /// `len` characters of the standard base64 alphabet.
    pub(crate) fn base64(&mut self, len: usize) -> String {
        self.text(
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
            len,
        )
    }

    /// `len` characters of the URL-safe base64 alphabet.
    pub(crate) fn base64_url(&mut self, len: usize) -> String {
        self.text(
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
            len,
        )
    }

    /// `len` lower-case letters and digits.
    pub(crate) fn word(&mut self, len: usize) -> String {
        self.text(b"abcdefghijklmnopqrstuvwxyz0123456789", len)
    }

    fn text(&mut self, alphabet: &[u8], len: usize) -> String {
        (0..len).map(|_| char::from(self.pick(alphabet))).collect()
    }
}

const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::Rng;

    /// The first outputs for state 0 are published with the algorithm.
    #[test]
    fn matches_the_published_sequence() {
        let mut rng = Rng(0);
        assert_eq!(rng.next(), 0xe220_a839_7b1d_cdaf);
        assert_eq!(rng.next(), 0x6e78_9e6a_a1b9_65f4);
    }

    #[test]
    fn streams_differ_by_name_and_by_where_a_part_ends() {
        let mut ab = Rng::derive(7, &["a", "b"]);
        let mut joined = Rng::derive(7, &["ab"]);
        assert_ne!(ab.next(), joined.next());
    }
}
