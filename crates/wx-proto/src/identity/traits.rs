//! What somebody can be recognised by without their user name, and how well two
//! such descriptions fit.

use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use crate::fields::Fields;
use crate::message::fnv1a;
use crate::roster::{Contact, ContactKind, Roster};

/// A fit that suffices, if no other comes near.
pub(super) const ENOUGH: i32 = 5;
/// By how much a fit must exceed all others.
pub(super) const MARGIN: i32 = 2;
/// A fit from which on two may be the same.
pub(super) const PLAUSIBLE: i32 = 2;

/// How many members' names represent a group.
const SKETCH: usize = 32;

/// What is known of somebody that may last across logins. Whoever changes all
/// of it between two logins counts as somebody else.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Facts", into = "Facts")]
#[non_exhaustive]
pub struct Traits {
    class: Class,
    /// The [`Facts`], packed.
    facts: Fields,
}

const ALIAS: u8 = 0;
const REMARK: u8 = 1;
const NICK_NAME: u8 = 2;
const AVATAR: u8 = 3;
const PLACE: u8 = 4;
/// Four bytes for each.
const MEMBERS: u8 = 5;

/// Traits as they are stored.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Facts {
    class: Class,
    #[serde(skip_serializing_if = "SmolStr::is_empty")]
    alias: SmolStr,
    #[serde(skip_serializing_if = "SmolStr::is_empty")]
    remark: SmolStr,
    /// The topic of a group.
    #[serde(skip_serializing_if = "SmolStr::is_empty")]
    nick_name: SmolStr,
    /// The number of the avatar, which changes when the picture does.
    #[serde(skip_serializing_if = "SmolStr::is_empty")]
    avatar: SmolStr,
    /// Sex, province and city.
    #[serde(skip_serializing_if = "SmolStr::is_empty")]
    place: SmolStr,
    /// Of a group, the smallest hashes of its members' nick names: two groups
    /// overlap about as much as their hashes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    members: Vec<u32>,
}

impl From<Facts> for Traits {
    fn from(facts: Facts) -> Self {
        let members = facts.members.iter().flat_map(|hash| hash.to_le_bytes());
        let members: Vec<u8> = members.collect();
        Self {
            class: facts.class,
            facts: Fields::of(&[
                (ALIAS, facts.alias.as_bytes()),
                (REMARK, facts.remark.as_bytes()),
                (NICK_NAME, facts.nick_name.as_bytes()),
                (AVATAR, facts.avatar.as_bytes()),
                (PLACE, facts.place.as_bytes()),
                (MEMBERS, &members),
            ]),
        }
    }
}

impl From<Traits> for Facts {
    fn from(traits: Traits) -> Self {
        let text = |tag| SmolStr::new(traits.facts.text(tag));
        Self {
            class: traits.class,
            alias: text(ALIAS),
            remark: text(REMARK),
            nick_name: text(NICK_NAME),
            avatar: text(AVATAR),
            place: text(PLACE),
            members: traits.members().collect(),
        }
    }
}

/// Only contacts of the same class can be the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Class {
    #[default]
    Person,
    Official,
    Group,
}

impl Traits {
    /// The traits of a contact; `None` if it needs no key, or its details have
    /// not come yet.
    pub(super) fn of(roster: &Roster, contact: &Contact) -> Option<Self> {
        let class = match contact.kind {
            ContactKind::Friend => Class::Person,
            ContactKind::Official => Class::Official,
            ContactKind::Group if roster.is_detailed(&contact.id) => Class::Group,
            _ => return None,
        };
        let place = if contact.province.is_empty() {
            SmolStr::default()
        } else {
            let sex = contact.sex.unwrap_or_default();
            format_smolstr!("{sex}/{}/{}", contact.province, contact.city)
        };
        let facts = Facts {
            class,
            alias: SmolStr::new(&contact.alias),
            remark: SmolStr::new(&contact.remark),
            nick_name: SmolStr::new(&contact.nick_name),
            avatar: SmolStr::new(avatar_number(&contact.avatar)),
            place,
            members: match class {
                Class::Group => sketch(roster, contact),
                Class::Person | Class::Official => Vec::new(),
            },
        };
        Some(facts.into())
    }

    fn members(&self) -> impl Iterator<Item = u32> {
        let (hashes, _) = self.facts.bytes(MEMBERS).as_chunks();
        hashes.iter().map(|hash| u32::from_le_bytes(*hash))
    }

    /// How well two fit. A fact counts the more, the fewer people share it.
    pub(super) fn fit(&self, other: &Self) -> i32 {
        if self.class != other.class {
            return 0;
        }
        let fact = |tag, same, different| {
            let (mine, theirs) = (self.facts.bytes(tag), other.facts.bytes(tag));
            if mine.is_empty() || theirs.is_empty() {
                0
            } else if mine == theirs {
                same
            } else {
                different
            }
        };
        let name = match self.class {
            Class::Group => 3,
            Class::Person | Class::Official => 2,
        };
        let members: Vec<u32> = self.members().collect();
        let others: Vec<u32> = other.members().collect();
        fact(ALIAS, 8, -4)
            + fact(REMARK, 4, -3)
            + fact(AVATAR, 4, 0)
            + fact(NICK_NAME, name, -1)
            + fact(PLACE, 1, -1)
            + overlap(&members, &others)
    }

    /// The marks by which to look up candidates: whoever fits at all shares
    /// one.
    pub(super) fn marks(&self) -> impl Iterator<Item = Mark<'_>> {
        let texts = [ALIAS, REMARK, NICK_NAME, AVATAR].map(|tag| (tag, self.facts.text(tag)));
        texts
            .into_iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(tag, text)| Mark::Text(tag, text))
            .chain(self.members().map(Mark::Member))
    }
}

/// A fact to look up others by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark<'a> {
    Text(u8, &'a str),
    Member(u32),
}

/// The value of `seq` in an avatar's path; 0 stands for no picture.
fn avatar_number(path: &str) -> &str {
    let query = path.split_once('?').map_or("", |(_, query)| query);
    let value = query.split('&').find_map(|pair| pair.strip_prefix("seq="));
    value.filter(|value| *value != "0").unwrap_or_default()
}

fn sketch(roster: &Roster, group: &Contact) -> Vec<u32> {
    let mut hashes: Vec<u32> = roster
        .members(&group.id)
        .iter()
        .filter(|member| member.id != *roster.own() && !member.nick_name.is_empty())
        .map(|member| {
            let [a, b, c, d, ..] = fnv1a(member.nick_name.as_bytes()).to_le_bytes();
            u32::from_le_bytes([a, b, c, d])
        })
        .collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes.truncate(SKETCH);
    hashes
}

/// What the overlap of two groups' members counts. The smallest hashes of both
/// together are a fair sample of all their members.
fn overlap(mine: &[u32], theirs: &[u32]) -> i32 {
    let mut sample: Vec<u32> = mine.iter().chain(theirs).copied().collect();
    sample.sort_unstable();
    sample.dedup();
    sample.truncate(SKETCH);
    let in_both = |hash: &&u32| mine.contains(hash) && theirs.contains(hash);
    let (common, all) = (sample.iter().filter(in_both).count(), sample.len());
    let several = mine.len() >= 3 && theirs.len() >= 3;
    if all >= 5 && common * 10 >= all * 9 {
        5
    } else if common * 2 >= all && common > 0 {
        if several { 3 } else { 2 }
    } else if several && common * 5 < all {
        -4
    } else {
        0
    }
}
