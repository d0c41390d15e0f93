//! A few values in one allocation, for records of which a session keeps
//! thousands, and most of which have few of the values that they may have.

/// Values by tag. One that is empty is left out.
///
/// Of each it holds the tag, the length in groups of seven bits, low ones
/// first, and the value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields(Box<[u8]>);

impl Fields {
    /// Packs values, whose tags ascend.
    pub(crate) fn of(values: &[(u8, &[u8])]) -> Self {
        let values = values.iter().filter(|(_, value)| !value.is_empty());
        let size = |value: &[u8]| 1 + lengths(value.len()).count() + value.len();
        let mut packed = Vec::with_capacity(values.clone().map(|(_, value)| size(value)).sum());
        for (tag, value) in values {
            packed.push(*tag);
            packed.extend(lengths(value.len()));
            packed.extend_from_slice(value);
        }
        Self(packed.into())
    }

    /// One value; empty if it was left out.
    pub(crate) fn bytes(&self, tag: u8) -> &[u8] {
        let mut values = Unpacking(&self.0);
        let found = values.find(|(other, _)| *other >= tag);
        found
            .filter(|(other, _)| *other == tag)
            .map_or(&[], |(_, value)| value)
    }

    /// One value that was a text.
    pub(crate) fn text(&self, tag: u8) -> &str {
        str::from_utf8(self.bytes(tag)).unwrap_or_default()
    }
}

/// The bytes of a length, all but the last with the high bit set.
fn lengths(length: usize) -> impl Iterator<Item = u8> {
    let mut rest = Some(length);
    std::iter::from_fn(move || {
        let [low, ..] = rest?.to_le_bytes();
        rest = rest.map(|rest| rest >> 7).filter(|rest| *rest > 0);
        let more = if rest.is_some() { 0x80 } else { 0 };
        Some(low & 0x7f | more)
    })
}

struct Unpacking<'a>(&'a [u8]);

impl<'a> Iterator for Unpacking<'a> {
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (tag, mut rest) = self.0.split_first()?;
        let mut length = 0;
        for shift in (0..usize::BITS).step_by(7) {
            let (byte, after) = rest.split_first()?;
            rest = after;
            length |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let (value, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((*tag, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_and_what_is_empty_takes_no_room() {
        let long = "é".repeat(100);
        let huge = vec![7; 20_000];
        let fields = Fields::of(&[(1, b"Ann"), (2, long.as_bytes()), (4, b""), (200, &huge)]);
        assert_eq!(fields.text(1), "Ann");
        assert_eq!(fields.text(2), long);
        assert_eq!(fields.bytes(200), huge);
        assert_eq!([fields.text(4), fields.text(3)], ["", ""]);
        // Tags, lengths of 1, 2 and 3 bytes, and the values.
        assert_eq!(
            fields.0.len(),
            (1 + 1 + 3) + (1 + 2 + 200) + (1 + 3 + 20_000)
        );
        assert!(Fields::of(&[(1, b"")]).0.is_empty());
    }
}
