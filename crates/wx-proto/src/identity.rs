//! Who is who across logins.
//!
//! User names change at every login. What stays is the real id (`wxid_…`,
//! `…@chatroom`), which the service tells only in status notifies, for the
//! chats that the phone shows (protocol: status notify). Whoever never appeared
//! in one gets a key of ours, which the next login assigns again by
//! [evidence](traits::Traits): the more evidence there is, and the fewer others
//! it fits, the better. Where it does not suffice, no key is assigned: a key
//! that stands for the wrong person is worse than none.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use wx_wire::id::UserName;

mod assign;
mod matching;
mod pairs;
mod traits;

pub(crate) use assign::{all, manual, one};
pub(crate) use pairs::pair;
pub use traits::Traits;

pub use crate::text::StableKey;

use crate::message::fnv1a;

/// How many people and groups are remembered, those of this login first.
const MAX_KNOWN: usize = 10_000;
/// How many former keys of one contact are remembered.
const MAX_FORMER: usize = 8;
/// What keys of ours begin with; 16 hex digits follow.
const GENERATED: &str = "k-";

/// Who somebody is across logins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "identity", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Standing {
    /// Somebody known.
    #[non_exhaustive]
    Known {
        /// The real id, or a key of ours.
        key: StableKey,
        /// Keys of ours that turned out to mean the same contact, oldest first.
        formerly: Vec<StableKey>,
    },
    /// Nobody can tell.
    #[non_exhaustive]
    Unknown {
        /// Keys of those it might be, the likeliest first.
        /// [`Command::Identify`](crate::Command::Identify) can choose one of
        /// them.
        candidates: Vec<StableKey>,
    },
}

/// How somebody was identified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Means {
    /// The service gave the real id.
    RealId,
    /// The evidence fits one contact, and no other.
    Evidence,
    /// The user said so.
    Manual,
}

/// Somebody was identified: a change of the durable state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Identified {
    /// The name in this login.
    pub id: UserName,
    /// The key across logins.
    pub key: StableKey,
    /// The evidence by which to recognise them again.
    pub traits: Traits,
    /// A key that turned out to mean the same contact, and is given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<StableKey>,
}

/// Everybody who is known across logins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub(crate) struct Identities {
    logins: u32,
    /// By key. Boxed, because many of the places in a tree are empty.
    known: BTreeMap<StableKey, Box<Known>>,
    /// The keys of everybody identified in this login, sorted by name. Most come
    /// in this order, so no tree is needed, which would take twice as much.
    bound: Vec<(UserName, StableKey)>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Known {
    /// Identified in this login: some name is bound to the key.
    #[serde(skip)]
    is_met: bool,
    /// Numbers of the first and the last login in which it was identified.
    since: u32,
    seen: u32,
    traits: Traits,
    #[serde(skip_serializing_if = "<[StableKey]>::is_empty")]
    formerly: Box<[StableKey]>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Stored {
    logins: u32,
    known: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    key: StableKey,
    /// The name in this login, once identified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<UserName>,
    #[serde(flatten)]
    known: Box<Known>,
}

impl From<Stored> for Identities {
    fn from(stored: Stored) -> Self {
        let mut identities = Self {
            logins: stored.logins,
            ..Self::default()
        };
        let mut bound = BTreeMap::new();
        for Entry { key, id, known } in stored.known {
            if identities.known.insert(key.clone(), known).is_some() {
                // Nobody wrote the same key twice.
                bound.retain(|_, other| *other != key);
            }
            bound.extend(id.map(|id| (id, key)));
        }
        for key in bound.values() {
            if let Some(known) = identities.known.get_mut(key) {
                known.is_met = true;
            }
        }
        identities.bound = bound.into_iter().collect();
        identities.shrink();
        identities
    }
}

impl From<Identities> for Stored {
    fn from(identities: Identities) -> Self {
        let bound = identities.bound.into_iter();
        let mut ids: BTreeMap<_, _> = bound.map(|(id, key)| (key, id)).collect();
        let entry = |(key, known)| Entry {
            id: ids.remove(&key),
            key,
            known,
        };
        Self {
            logins: identities.logins,
            known: identities.known.into_iter().map(entry).collect(),
        }
    }
}

impl Identities {
    /// The key of somebody identified in this login.
    pub(crate) fn key(&self, id: &UserName) -> Option<&StableKey> {
        let (_, key) = self.bound.get(self.place(id).ok()?)?;
        Some(key)
    }

    /// Starts a login with new user names.
    pub(crate) fn new_login(&mut self) {
        self.logins += 1;
        self.bound.clear();
        for known in self.known.values_mut() {
            known.is_met = false;
        }
    }

    /// Applies a record of somebody identified.
    pub(crate) fn apply(&mut self, identified: Identified) {
        let Identified {
            id,
            key,
            traits,
            was,
        } = identified;
        if let Ok(place) = self.place(&id) {
            let (_, before) = self.bound.remove(place);
            if let Some(known) = self.known.get_mut(&before) {
                known.is_met = false;
            }
        }
        for taken in [Some(&key), was.as_ref()].into_iter().flatten() {
            if self.known.get(taken).is_some_and(|known| known.is_met) {
                // Another name has it.
                self.bound.retain(|(_, bound)| bound != taken);
            }
        }
        let merged = was.as_ref().and_then(|was| self.known.remove(was));
        if !self.known.contains_key(&key) && !self.make_room() {
            return;
        }
        let logins = self.logins;
        let known = self.known.entry(key.clone()).or_insert_with(|| {
            Box::new(Known {
                since: logins,
                ..Known::default()
            })
        });
        let mut formerly = Vec::from(std::mem::take(&mut known.formerly));
        if let Some(merged) = merged {
            known.since = known.since.min(merged.since);
            formerly.extend(merged.formerly);
        }
        formerly.extend(was);
        let surplus = formerly.len().saturating_sub(MAX_FORMER);
        known.formerly = formerly.drain(surplus..).collect();
        known.seen = logins;
        known.traits = traits;
        known.is_met = true;
        let (Ok(place) | Err(place)) = self.place(&id);
        self.bound.insert(place, (id, key));
    }

    /// Where a name is among those that have a key, or would be.
    fn place(&self, id: &UserName) -> Result<usize, usize> {
        self.bound.binary_search_by(|(name, _)| name.cmp(id))
    }

    /// Gives back the room that a tree leaves for more in each of its nodes:
    /// most people come together.
    pub(crate) fn shrink(&mut self) {
        self.known = std::mem::take(&mut self.known).into_iter().collect();
        self.bound.shrink_to_fit();
    }

    /// If there is no room, forgets whoever was not seen for longest. False if
    /// all are of this login.
    fn make_room(&mut self) -> bool {
        if self.known.len() < MAX_KNOWN {
            return true;
        }
        let unseen = self.known.iter().filter(|(_, known)| !known.is_met);
        let oldest = unseen.min_by_key(|(_, known)| known.seen);
        let oldest = oldest.map(|(key, _)| key.clone());
        oldest.is_some_and(|key| self.known.remove(&key).is_some())
    }

    /// The key of somebody identified in this login, and what is known of them.
    fn known(&self, id: &UserName) -> Option<(&StableKey, &Known)> {
        let (key, known) = self.known.get_key_value(self.key(id)?)?;
        Some((key, known))
    }

    /// Everybody who is not identified in this login.
    fn unmet(&self) -> impl Iterator<Item = (&StableKey, &Traits)> {
        let unmet = self.known.iter().filter(|(_, known)| !known.is_met);
        unmet.map(|(key, known)| (key, &known.traits))
    }
}

/// A key for somebody who has none, made from their first user name, so that a
/// session resumed after a crash makes the same key.
fn generated(id: &UserName) -> StableKey {
    format!("{GENERATED}{:016x}", fnv1a(id.as_str().as_bytes())).into()
}

fn is_generated(key: &str) -> bool {
    let digits = key.strip_prefix(GENERATED).unwrap_or_default();
    digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn identified(id: u8, key: u8, was: Option<u8>) -> Identified {
        Identified {
            id: UserName::from(format!("@{id}")),
            key: format!("key{key}").into(),
            traits: Traits::default(),
            was: was
                .filter(|was| *was != key)
                .map(|was| format!("key{was}").into()),
        }
    }

    proptest! {
        #[test]
        fn a_name_has_one_key_and_a_key_one_name(
            steps in vec((0..6u8, 0..6u8, proptest::option::of(0..6u8), 0..12u8), 0..40)
        ) {
            let mut identities = Identities::default();
            for (id, key, was, login) in steps {
                if login == 0 {
                    identities.new_login();
                    prop_assert!(identities.bound.is_empty());
                }
                let identified = identified(id, key, was);
                identities.apply(identified.clone());
                prop_assert_eq!(identities.key(&identified.id), Some(&identified.key));
                if let Some(was) = &identified.was {
                    prop_assert!(!identities.known.contains_key(was.as_str()));
                }
                let mut bound: Vec<&StableKey> = identities.bound.iter().map(|(_, key)| key).collect();
                bound.sort();
                let met = identities.known.iter().filter(|(_, known)| known.is_met);
                prop_assert!(met.map(|(key, _)| key).eq(bound));
                let stored = serde_json::to_string(&identities).unwrap();
                prop_assert_eq!(&serde_json::from_str::<Identities>(&stored).unwrap(), &identities);
            }
        }
    }

    #[test]
    fn those_not_seen_for_longest_make_room() {
        let numbered = |number: usize| Identified {
            id: UserName::from(format!("@{number}")),
            key: format!("key{number}").into(),
            traits: Traits::default(),
            was: None,
        };
        let mut identities = Identities::default();
        (0..MAX_KNOWN).for_each(|number| identities.apply(numbered(number)));
        identities.apply(numbered(MAX_KNOWN));
        assert_eq!(identities.known.len(), MAX_KNOWN, "all are of this login");
        assert_eq!(identities.key(&numbered(MAX_KNOWN).id), None);
        identities.new_login();
        (1..MAX_KNOWN).for_each(|number| identities.apply(numbered(number)));
        identities.apply(numbered(MAX_KNOWN));
        assert_eq!(identities.known.len(), MAX_KNOWN);
        assert!(!identities.known.contains_key("key0"));
        assert!(
            identities
                .known
                .contains_key(format!("key{MAX_KNOWN}").as_str())
        );
    }

    #[test]
    fn of_names_and_keys_that_a_file_has_twice_the_last_count() {
        let twice = r#"{"logins":1,"known":[{"key":"a","id":"@1"},{"key":"b","id":"@1"},
            {"key":"c","id":"@2"},{"key":"c","id":"@3"}]}"#;
        let identities: Identities = serde_json::from_str(twice).unwrap();
        let key = |id: &str| identities.key(&id.into()).map(StableKey::as_str);
        assert_eq!(
            [key("@1"), key("@2"), key("@3")],
            [Some("b"), None, Some("c")]
        );
        assert!(!identities.known["a"].is_met);
        let stored = serde_json::to_string(&identities).unwrap();
        let again: Identities = serde_json::from_str(&stored).unwrap();
        assert_eq!(again, identities);
    }

    #[test]
    fn keys_of_ours_have_their_own_form() {
        assert!(is_generated(&generated(&UserName::from("@a"))));
        assert!(!is_generated("k-ann"));
        assert!(!is_generated("wxid_0123456789abcd"));
    }
}
