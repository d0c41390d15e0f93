//! Counts contacts, and finds the friends that two accounts share.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Contact, ContactKind, Roster};

/// How many contacts there are of each kind, and what friends say about
/// themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Statistics {
    /// By what they are.
    pub kinds: BTreeMap<ContactKind, usize>,
    /// Friends who say that they are male.
    pub male: usize,
    /// Friends who say that they are female.
    pub female: usize,
    /// Friends by province, as they write it; those who tell none are left out.
    pub provinces: BTreeMap<String, usize>,
    /// Friends by city, as they write it; those who tell none are left out.
    pub cities: BTreeMap<String, usize>,
}

impl Roster {
    /// Counts the contacts.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        let mut counts = Statistics::default();
        for (_, card) in self.contacts.iter() {
            *counts.kinds.entry(card.kind).or_default() += 1;
        }
        for friend in self.of_kind(ContactKind::Friend) {
            match friend.sex {
                Some(1) => counts.male += 1,
                Some(2) => counts.female += 1,
                _ => {}
            }
            for (place, of) in [
                (friend.province, &mut counts.provinces),
                (friend.city, &mut counts.cities),
            ] {
                if !place.is_empty() {
                    *of.entry(place).or_default() += 1;
                }
            }
        }
        counts
    }

    /// The friends whom another account has too, as pairs of our contact and
    /// the other account's.
    ///
    /// User names differ between accounts, so friends are compared by nick
    /// name, sex, province and city. Two people who agree in all of them are
    /// taken for one, and people who agree within one account are left out.
    /// Sorted by nick name.
    #[must_use]
    pub fn mutual_friends(&self, other: &Self) -> Vec<(Contact, Contact)> {
        let mut theirs = by_traits(other);
        let ours = by_traits(self);
        ours.into_iter()
            .filter_map(|(traits, own)| Some((own?, theirs.remove(&traits)??)))
            .collect()
    }
}

/// Nick name, sex, province and city.
type Traits = (String, Option<i64>, String, String);

/// Friends by what they say about themselves; `None` where several say the
/// same.
fn by_traits(roster: &Roster) -> BTreeMap<Traits, Option<Contact>> {
    let mut found = BTreeMap::new();
    for friend in roster.of_kind(ContactKind::Friend) {
        let traits = (
            friend.nick_name.clone(),
            friend.sex,
            friend.province.clone(),
            friend.city.clone(),
        );
        found
            .entry(traits)
            .and_modify(|known| *known = None)
            .or_insert(Some(friend));
    }
    found.retain(|(nick_name, ..), _| !nick_name.is_empty());
    found
}
