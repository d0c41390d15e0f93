//! The contacts of an account, as far as the server has told.
//!
//! Names are decoded here, once: what an application sees is what people see.
//! User names are those of one login; a roster of an older login is worth
//! nothing and is replaced.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use wx_wire::contact as wire;
use wx_wire::id::UserName;

mod contact;
mod member;
mod resolve;

pub use contact::{Contact, ContactKind, is_special};
pub use member::Member;
pub use resolve::Ambiguous;

use crate::event::{ContactChange, MemberName};
use member::Replaced;

/// What an update changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Merged {
    pub(crate) change: Option<ContactChange>,
    /// Its list of members is not what it was.
    pub(crate) members: bool,
    pub(crate) joined: Vec<MemberName>,
    pub(crate) left: Vec<MemberName>,
}

impl Merged {
    pub(crate) const fn is_change(&self) -> bool {
        self.change.is_some() || self.members
    }
}

/// The contacts of an account.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Roster {
    own: UserName,
    contacts: BTreeMap<UserName, Contact>,
    members: BTreeMap<UserName, Vec<Member>>,
}

impl Roster {
    pub(crate) fn new(own: UserName) -> Self {
        Self {
            own,
            ..Self::default()
        }
    }

    /// The login that the names in it belong to: one's own user name.
    #[must_use]
    pub fn own(&self) -> &UserName {
        &self.own
    }

    /// Everybody, by user name.
    pub fn contacts(&self) -> impl Iterator<Item = &Contact> {
        self.contacts.values()
    }

    /// One of them.
    #[must_use]
    pub fn contact(&self, id: &UserName) -> Option<&Contact> {
        self.contacts.get(id)
    }

    /// The members of a group, as far as they are known; oneself among them.
    #[must_use]
    pub fn members(&self, group: &UserName) -> &[Member] {
        self.members.get(group).map_or(&[], Vec::as_slice)
    }

    /// What an id stands for.
    #[must_use]
    pub fn kind(&self, id: &UserName) -> ContactKind {
        if *id == self.own {
            ContactKind::Own
        } else if let Some(contact) = self.contacts.get(id) {
            contact.kind
        } else if id.is_room() {
            ContactKind::Group
        } else if is_special(id) {
            ContactKind::Special
        } else {
            ContactKind::Unknown
        }
    }

    /// The name to show for a chat.
    #[must_use]
    pub fn name(&self, id: &UserName) -> Option<String> {
        let contact = self.contacts.get(id);
        if let Some(name) = contact.and_then(Contact::name) {
            return Some(name.to_owned());
        }
        // A group without a topic goes by its first members.
        let names: Vec<&str> = self
            .members(id)
            .iter()
            .filter(|member| member.id != self.own)
            .filter_map(Member::name)
            .take(10)
            .collect();
        (!names.is_empty()).then(|| names.join(", "))
    }

    /// The name to show for a member of a group: the user's own remark, else
    /// the name in the group, else the nick name.
    #[must_use]
    pub fn member_name(&self, group: &UserName, id: &UserName) -> Option<String> {
        let contact = self.contacts.get(id);
        let remark = contact.map(|c| c.remark.as_str()).filter(|r| !r.is_empty());
        let member = || self.members(group).iter().find(|member| member.id == *id);
        remark
            .or_else(|| member().and_then(Member::name))
            .or_else(|| contact.and_then(Contact::name))
            .map(str::to_owned)
    }

    /// The names by which oneself may be mentioned in a group.
    pub(crate) fn own_names(&self, group: &UserName) -> impl Iterator<Item = &str> {
        let member = self.members(group).iter().find(|m| m.id == self.own);
        let contact = self.contacts.get(&self.own);
        member
            .map(|m| [m.display_name.as_str(), m.nick_name.as_str()])
            .into_iter()
            .flatten()
            .chain(contact.map(|c| c.nick_name.as_str()))
            .filter(|name| !name.is_empty())
    }

    /// Takes over what the server said about somebody.
    pub(crate) fn merge(&mut self, from: &wire::Contact) -> Merged {
        if from.user_name.is_empty() {
            return Merged::default();
        }
        let id = &from.user_name;
        let mut contact = self
            .contacts
            .get(id)
            .cloned()
            .unwrap_or_else(|| Contact::new(id.clone()));
        contact.overlay(from);
        if *id == self.own {
            contact.kind = ContactKind::Own;
        }
        let mut merged = Merged::default();
        if let Some(list) = from.member_list.as_ref().filter(|list| !list.is_empty()) {
            let old = self.members(id);
            let Replaced {
                members,
                joined,
                left,
            } = member::replace(old, list);
            contact.member_count = Some(members.len());
            merged.members = old != members.as_slice();
            (merged.joined, merged.left) = (joined, left);
            self.members.insert(id.clone(), members);
        } else if contact.kind == ContactKind::Group && contact.member_count.is_none() {
            contact.member_count = from
                .member_count
                .and_then(|count| usize::try_from(count).ok())
                .filter(|count| *count > 0);
        }
        merged.change = match self.contacts.insert(id.clone(), contact) {
            None => Some(ContactChange::Added),
            Some(old) if self.contacts.get(id) != Some(&old) => Some(ContactChange::Updated),
            Some(_) => None,
        };
        merged
    }

    /// Drops a contact, and a group with its members.
    pub(crate) fn remove(&mut self, id: &UserName) -> Option<Contact> {
        self.members.remove(id);
        self.contacts.remove(id)
    }

    /// True for a group that the server still lists though one has left it:
    /// its members are known, and oneself is none of them.
    pub(crate) fn is_shadow(&self, group: &UserName) -> bool {
        let members = self.members(group);
        !members.is_empty() && !members.iter().any(|member| member.id == self.own)
    }

    /// True for a group of which at least one member has a name.
    pub(crate) fn is_detailed(&self, group: &UserName) -> bool {
        self.members(group).iter().any(|m| !m.nick_name.is_empty())
    }
}
