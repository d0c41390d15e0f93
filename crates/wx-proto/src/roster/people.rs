//! Everybody who is in a group, once: packed names in a table with stable
//! places, so that a group can list its members by place.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;
use wx_wire::id::UserName;

use crate::message::fnv1a;

/// Place of a person in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PersonId(u32);

/// A user name at half its size, if it is `@` and 32 or 64 hex digits.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Packed {
    Short([u8; 16]),
    Long([u8; 32]),
    /// Any other name, for example a special account's. The text is kept beside
    /// the table, because such names are few.
    Other,
}

impl Packed {
    fn of(id: &UserName) -> Self {
        if let Some(bytes) = digits(id) {
            Self::Short(bytes)
        } else if let Some(bytes) = digits(id) {
            Self::Long(bytes)
        } else {
            Self::Other
        }
    }

    /// Part of a hash of the name `id`.
    fn hash(&self, id: &UserName) -> u32 {
        let [a, b, c, d, ..] = match self {
            Self::Short(bytes) => mixed(bytes),
            Self::Long(bytes) => mixed(bytes),
            Self::Other => fnv1a(id.as_str().as_bytes()),
        }
        .to_be_bytes();
        u32::from_be_bytes([a, b, c, d])
    }
}

/// A hash of words, whose upper half is the better one.
fn mixed(bytes: &[u8]) -> u64 {
    let (words, _) = bytes.as_chunks::<8>();
    words.iter().fold(0, |hash: u64, word| {
        (hash.rotate_left(29) ^ u64::from_be_bytes(*word)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    })
}

#[derive(Clone, Debug)]
struct Person {
    nick_name: SmolStr,
    /// How many groups list the person; 0 marks a free place.
    groups: u32,
    id: Packed,
}

/// Everybody who is in a group, once.
#[derive(Clone, Debug, Default)]
pub(super) struct People {
    places: Vec<Person>,
    free: Vec<PersonId>,
    /// Part of a hash of each name, and its place.
    index: BTreeSet<(u32, PersonId)>,
    others: BTreeMap<PersonId, UserName>,
}

impl People {
    pub(super) fn find(&self, id: &UserName) -> Option<PersonId> {
        self.find_packed(id, &Packed::of(id))
    }

    fn find_packed(&self, id: &UserName, packed: &Packed) -> Option<PersonId> {
        let hash = packed.hash(id);
        self.index
            .range((hash, PersonId(0))..=(hash, PersonId(u32::MAX)))
            .map(|(_, place)| *place)
            .find(|place| self.is(*place, id, packed))
    }

    /// Counts a person into one more group. Returns their place.
    pub(super) fn enter(&mut self, id: &UserName) -> Option<PersonId> {
        let packed = Packed::of(id);
        if let Some(place) = self.find_packed(id, &packed) {
            let person = self.person_mut(place)?;
            person.groups = person.groups.saturating_add(1);
            return Some(place);
        }
        let is_other = packed == Packed::Other;
        let hash = packed.hash(id);
        let person = Person {
            nick_name: SmolStr::default(),
            groups: 1,
            id: packed,
        };
        let place = if let Some(place) = self.free.pop() {
            *self.person_mut(place)? = person;
            place
        } else {
            let place = PersonId(u32::try_from(self.places.len()).ok()?);
            if self.places.len() == self.places.capacity() {
                // Doubling could leave half of a large table empty.
                self.places.reserve_exact(self.places.len() / 8 + 16);
            }
            self.places.push(person);
            place
        };
        self.index.insert((hash, place));
        if is_other {
            self.others.insert(place, id.clone());
        }
        Some(place)
    }

    /// Counts a person out of a group.
    pub(super) fn leave(&mut self, place: PersonId) {
        let id = self.id(place);
        let Some(person) = self.person_mut(place) else {
            return;
        };
        person.groups = person.groups.saturating_sub(1);
        if person.groups == 0 {
            person.nick_name = SmolStr::default();
            let hash = person.id.hash(&id);
            self.index.remove(&(hash, place));
            self.others.remove(&place);
            self.free.push(place);
        }
    }

    pub(super) fn id(&self, place: PersonId) -> UserName {
        match self.person(place).map(|person| &person.id) {
            Some(Packed::Short(bytes)) => unpack(bytes),
            Some(Packed::Long(bytes)) => unpack(bytes),
            Some(Packed::Other) => self.others.get(&place).cloned().unwrap_or_default(),
            None => UserName::default(),
        }
    }

    pub(super) fn nick_name(&self, place: PersonId) -> &str {
        self.person(place).map_or("", |person| &person.nick_name)
    }

    pub(super) fn rename(&mut self, place: PersonId, nick_name: &str) {
        if let Some(person) = self.person_mut(place)
            && person.nick_name != nick_name
        {
            person.nick_name = nick_name.into();
        }
    }

    pub(super) fn shrink(&mut self) {
        self.places.shrink_to_fit();
        self.free.shrink_to_fit();
        self.index = std::mem::take(&mut self.index).into_iter().collect();
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.index.len()
    }

    fn person(&self, place: PersonId) -> Option<&Person> {
        self.places.get(usize::try_from(place.0).ok()?)
    }

    fn person_mut(&mut self, place: PersonId) -> Option<&mut Person> {
        self.places.get_mut(usize::try_from(place.0).ok()?)
    }

    fn is(&self, place: PersonId, id: &UserName, packed: &Packed) -> bool {
        let person = self.person(place);
        person.is_some_and(|person| person.id == *packed)
            && (*packed != Packed::Other || self.others.get(&place) == Some(id))
    }
}

/// The bytes of a name that is `@` and twice as many lower-case hex digits.
fn digits<const LENGTH: usize>(id: &UserName) -> Option<[u8; LENGTH]> {
    let digits = id.as_str().strip_prefix('@')?.as_bytes();
    if digits.len() != 2 * LENGTH {
        return None;
    }
    let mut bytes = [0; LENGTH];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        for digit in pair {
            let value = match digit {
                b'0'..=b'9' => digit - b'0',
                b'a'..=b'f' => digit - b'a' + 10,
                _ => return None,
            };
            *byte = (*byte << 4) | value;
        }
    }
    Some(bytes)
}

fn unpack(bytes: &[u8]) -> UserName {
    let mut text = String::with_capacity(1 + 2 * bytes.len());
    text.push('@');
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(u32::from(digit), 16));
        }
    }
    UserName::from(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_form_come_back_as_they_were() {
        let hex32 = "0123456789abcdef0123456789abcdef";
        let mut people = People::default();
        for name in [
            format!("@{hex32}"),
            format!("@{hex32}{hex32}"),
            format!("@{}", hex32.to_uppercase()),
            format!("@{}", &hex32[1..]),
            format!("@@{hex32}"),
            "weixin".to_owned(),
            "wxid_é".to_owned(),
        ] {
            let id = UserName::from(name.as_str());
            let place = people.enter(&id).unwrap();
            assert_eq!(people.id(place), id);
            assert_eq!(people.find(&id), Some(place));
        }
    }

    #[test]
    fn a_place_is_free_when_the_last_group_is_left() {
        let (ann, bob) = (UserName::from("@ann"), UserName::from("@bob"));
        let mut people = People::default();
        let place = people.enter(&ann).unwrap();
        assert_eq!(people.enter(&ann), Some(place));
        people.rename(place, "Ann");
        people.leave(place);
        assert_eq!(people.nick_name(place), "Ann");
        people.leave(place);
        assert_eq!(people.find(&ann), None);
        assert_eq!(people.enter(&bob), Some(place), "the place is used again");
        assert_eq!(people.nick_name(place), "");
        assert_eq!(people.id(place), bob);
    }
}
