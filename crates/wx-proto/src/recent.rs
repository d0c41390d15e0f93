//! The bounded set of messages that were handled: a message that is in it is
//! not delivered again.

use std::collections::{HashSet, VecDeque};
use std::hash::{BuildHasherDefault, Hasher};

use serde::{Deserialize, Serialize};
use wx_wire::id::MsgId;

/// How many are kept when the position moves. The server normally repeats only
/// what lies beyond the position; the rest guards against other repeats.
pub(crate) const CAPACITY: usize = 2048;
/// How many are kept if the position never moves.
const MAX: usize = 32 * CAPACITY;

/// Numbers are stored as numbers: a busy account's set takes 30 KB instead of
/// 200.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
enum Key {
    Number(u64),
    Text(Box<str>),
}

impl Key {
    fn of(id: &MsgId) -> Self {
        match id.as_str().parse() {
            // "007" and "+7" are not the number 7 to the server.
            Ok(number) if !id.as_str().starts_with(['0', '+']) => Self::Number(number),
            _ => Self::Text(id.as_str().into()),
        }
    }
}

/// The most recent message ids, oldest out first.
///
/// Nothing is forgotten between two calls of [`trim`](Self::trim), up to a high
/// limit: everything beyond the stored position comes again after a crash.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Key>", into = "Vec<Key>")]
pub(crate) struct RecentIds {
    order: VecDeque<Key>,
    /// Only asked whether it contains a key; its order is never seen.
    set: HashSet<Key, BuildHasherDefault<Mixer>>,
}

/// A quick hash, the same in every process. It need not resist attackers: only
/// the server chooses the numbers.
#[derive(Default)]
struct Mixer(u64);

impl Hasher for Mixer {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0 ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 ^= self.0 >> 32;
    }

    // Called for the discriminant, which need not be hashed.
    fn write_isize(&mut self, _: isize) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

impl RecentIds {
    /// Adds an id. True if it is new.
    pub(crate) fn insert(&mut self, id: &MsgId) -> bool {
        self.push(Key::of(id))
    }

    fn push(&mut self, key: Key) -> bool {
        let is_new = self.set.insert(key.clone());
        if is_new {
            self.order.push_back(key);
            self.shorten(MAX);
        }
        is_new
    }

    /// The position has moved: forgets the oldest ids beyond the capacity.
    pub(crate) fn trim(&mut self) {
        self.shorten(CAPACITY);
    }

    fn shorten(&mut self, length: usize) {
        while self.order.len() > length {
            if let Some(oldest) = self.order.pop_front() {
                self.set.remove(&oldest);
            }
        }
    }
}

impl From<Vec<Key>> for RecentIds {
    fn from(keys: Vec<Key>) -> Self {
        let mut ids = Self::default();
        for key in keys {
            ids.push(key);
        }
        ids
    }
}

impl From<RecentIds> for Vec<Key> {
    fn from(ids: RecentIds) -> Self {
        ids.order.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(ids: &RecentIds, id: &str) -> bool {
        ids.set.contains(&Key::of(&MsgId::from(id)))
    }

    #[test]
    fn forgets_the_oldest_only() {
        let mut ids = RecentIds::default();
        for number in 0..=CAPACITY {
            assert!(ids.insert(&MsgId::from(format!("{}", 9_000_000 + number))));
        }
        assert!(contains(&ids, "9000000"), "nothing before trim");
        ids.trim();
        assert!(!contains(&ids, "9000000"));
        assert!(contains(&ids, "9000001"));
        assert!(!ids.insert(&MsgId::from("9000001")));
    }

    #[test]
    fn tells_texts_from_numbers() {
        let mut ids = RecentIds::default();
        ids.insert(&MsgId::from("007"));
        assert!(contains(&ids, "007"));
        assert!(!contains(&ids, "7"));
    }
}
