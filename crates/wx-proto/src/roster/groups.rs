//! The members of all groups, packed: the places of its members in a table of
//! people, and the names that some have in the group.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smol_str::SmolStr;
use wx_wire::id::UserName;

use super::member::Member;
use super::people::{People, PersonId};
use crate::event::MemberName;

/// The members of all groups.
#[derive(Clone, Debug, Default)]
pub(super) struct Groups {
    people: People,
    /// Boxed, because many of the places in a tree are empty.
    groups: BTreeMap<UserName, Box<Group>>,
}

#[derive(Clone, Debug, Default)]
struct Group {
    members: Box<[PersonId]>,
    /// Names in this group, by person.
    names: Box<[(PersonId, SmolStr)]>,
    /// A list of this group has named somebody, so the names of its members are
    /// not only known from other groups.
    named: bool,
}

impl Group {
    fn name(&self, person: PersonId) -> &str {
        let at = self
            .names
            .binary_search_by_key(&person, |(person, _)| *person);
        at.ok()
            .and_then(|at| self.names.get(at))
            .map_or("", |(_, name)| name)
    }
}

/// What a new list of members changed.
#[derive(Debug, Default)]
pub(super) struct Replaced {
    /// How many there are.
    pub(super) count: usize,
    pub(super) changed: bool,
    pub(super) joined: Vec<MemberName>,
    pub(super) left: Vec<MemberName>,
}

impl Groups {
    /// The members of a group in the server's order.
    pub(super) fn members(&self, group: &UserName) -> impl Iterator<Item = Member> {
        self.groups.get(group).into_iter().flat_map(|group| {
            let member = |person: &PersonId| self.member(group, *person);
            group.members.iter().map(member)
        })
    }

    pub(super) fn len(&self, group: &UserName) -> usize {
        self.groups
            .get(group)
            .map_or(0, |group| group.members.len())
    }

    /// One member of a group.
    pub(super) fn find(&self, group: &UserName, id: &UserName) -> Option<Member> {
        let group = self.groups.get(group)?;
        let person = self.people.find(id)?;
        group
            .members
            .contains(&person)
            .then(|| self.member(group, person))
    }

    /// The names of a member in the group and everywhere else, where there are
    /// any.
    pub(super) fn names(&self, group: &UserName, id: &UserName) -> impl Iterator<Item = &str> {
        let known = self.groups.get(group).zip(self.people.find(id));
        known
            .filter(|(group, person)| group.members.contains(person))
            .map(|(group, person)| [group.name(person), self.people.nick_name(person)])
            .into_iter()
            .flatten()
            .filter(|name| !name.is_empty())
    }

    /// True if a list of the group has named somebody.
    pub(super) fn is_named(&self, group: &UserName) -> bool {
        self.groups.get(group).is_some_and(|group| group.named)
    }

    fn member(&self, group: &Group, person: PersonId) -> Member {
        Member {
            id: self.people.id(person),
            nick_name: self.people.nick_name(person).to_owned(),
            display_name: group.name(person).to_owned(),
        }
    }

    /// Takes over a list of members, keeping names that it leaves out. With the
    /// first list of a group, nobody counts as having joined.
    pub(super) fn replace(
        &mut self,
        id: &UserName,
        list: impl IntoIterator<Item = Member>,
    ) -> Replaced {
        let old = self.groups.remove(id);
        let is_first = old.is_none();
        let old = old.unwrap_or_default();
        let mut gone: BTreeSet<PersonId> = old.members.iter().copied().collect();
        let mut listed = BTreeSet::new();
        let mut members = Vec::new();
        let mut names = Vec::new();
        let mut named = old.named;
        let mut renamed = false;
        let mut replaced = Replaced::default();
        for member in list {
            if member.id.is_empty() {
                continue;
            }
            let known = self.people.find(&member.id);
            if known.is_some_and(|person| !listed.insert(person)) {
                continue;
            }
            let Some(person) = self.people.enter(&member.id) else {
                continue;
            };
            listed.insert(person);
            members.push(person);
            // An update may list members without their names.
            let nameless = member.nick_name.is_empty();
            let name = if nameless && member.display_name.is_empty() {
                old.name(person).into()
            } else {
                SmolStr::from(member.display_name.as_str())
            };
            if !nameless {
                named = true;
                renamed |= self.people.nick_name(person) != member.nick_name;
                self.people.rename(person, &member.nick_name);
            }
            if !gone.remove(&person) && !is_first {
                let member = Member {
                    nick_name: self.people.nick_name(person).to_owned(),
                    ..member
                };
                replaced.joined.push(member.named());
            }
            if !name.is_empty() {
                names.push((person, name));
            }
        }
        names.sort_unstable_by_key(|(person, _)| *person);
        let new = Box::new(Group {
            members: members.into(),
            names: names.into(),
            named,
        });
        replaced.count = new.members.len();
        replaced.changed = renamed || new.members != old.members || new.names != old.names;
        let left = old.members.iter().filter(|person| gone.contains(person));
        replaced.left = left
            .map(|person| self.member(&old, *person).named())
            .collect();
        for person in &old.members {
            self.people.leave(*person);
        }
        if !new.members.is_empty() {
            self.groups.insert(id.clone(), new);
        }
        replaced
    }

    pub(super) fn shrink(&mut self) {
        self.people.shrink();
    }

    /// How many people are in any group.
    #[cfg(test)]
    pub(super) fn people_known(&self) -> usize {
        self.people.len()
    }

    /// Drops a group, and the people who are in no other group.
    pub(super) fn remove(&mut self, id: &UserName) {
        if let Some(group) = self.groups.remove(id) {
            for person in &group.members {
                self.people.leave(*person);
            }
        }
    }
}

/// Equal if they have the same members, whatever places these have.
impl PartialEq for Groups {
    fn eq(&self, other: &Self) -> bool {
        self.groups.len() == other.groups.len()
            && self
                .groups
                .keys()
                .all(|id| other.groups.contains_key(id) && self.members(id).eq(other.members(id)))
    }
}

impl Eq for Groups {}

impl Serialize for Groups {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Members<'a>(&'a Groups, &'a UserName);
        impl Serialize for Members<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_seq(self.0.members(self.1))
            }
        }
        serializer.collect_map(self.groups.keys().map(|id| (id, Members(self, id))))
    }
}

impl<'de> Deserialize<'de> for Groups {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// Reads one group at a time: unpacked, all of them together would take
        /// several times as much memory.
        struct Packing(Groups);
        impl<'de> Visitor<'de> for Packing {
            type Value = Groups;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of groups")
            }

            fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Groups, A::Error> {
                while let Some((id, members)) = map.next_entry::<UserName, Vec<Member>>()? {
                    self.0.replace(&id, members);
                }
                self.0.shrink();
                Ok(self.0)
            }
        }
        deserializer.deserialize_map(Packing(Self::default()))
    }
}
