//! The one source of chance in a world: everything is drawn from the seed.

/// Steele, Lea and Flood's SplitMix64, written out here so that no change of
/// the code under test changes what a seed stands for.
#[derive(Clone, Debug)]
pub(crate) struct Draw(u64);

impl Draw {
    /// A stream of its own for one purpose.
    pub(crate) fn new(seed: u64, purpose: &str) -> Self {
        let name = purpose.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let mut draw = Self(seed ^ name);
        draw.next();
        draw
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`; 0 if that is 0.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next().checked_rem(bound).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// The same for counts and indexes.
    pub(crate) fn count(&mut self, low: usize, high: usize) -> usize {
        usize::try_from(self.between(low as u64, high as u64)).unwrap_or(high)
    }

    /// True in so many of a thousand cases.
    pub(crate) fn odds(&mut self, permille: u64) -> bool {
        self.below(1000) < permille
    }

    /// One of some choices.
    pub(crate) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.count(0, choices.len() - 1)]
    }
}
