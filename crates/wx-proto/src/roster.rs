//! The contacts of an account, as far as the server has told.
//!
//! Names are decoded here, once: what an application sees is what people see.
//! User names are those of one login. A roster of an older login is worthless,
//! and is replaced.
//!
//! Most of it is the members of groups. They are kept packed, each person once:
//! 200,000 memberships take at most some 20 MB.

use serde::{Deserialize, Serialize};
use wx_wire::contact as wire;
use wx_wire::id::UserName;

mod cards;
mod contact;
mod groups;
mod member;
mod people;
mod resolve;
mod statistics;
#[cfg(test)]
mod tests;

pub use contact::{Contact, ContactKind};
pub use member::Member;
pub use resolve::Unresolved;
pub use statistics::Statistics;

pub use crate::text::Name;

use crate::event::{ContactChange, MemberName};
use crate::message::decoded_name;
use cards::{Card, Cards};
use groups::{Groups, Replaced};

/// How many contacts are kept: ten times as many as an account may have.
pub const MAX_CONTACTS: usize = 100_000;
/// How many members of a group are kept: ten times as many as there may be
/// (protocol: limits).
pub const MAX_MEMBERS: usize = 5_000;

/// What an update changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Merged {
    pub(crate) change: Option<ContactChange>,
    /// Its list of members has changed.
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roster {
    own: UserName,
    contacts: Cards,
    members: Groups,
}

impl Roster {
    pub(crate) fn new(own: UserName) -> Self {
        Self {
            own,
            ..Self::default()
        }
    }

    /// The login that its names belong to: our own user name.
    #[must_use]
    pub fn own(&self) -> &UserName {
        &self.own
    }

    /// Everybody, by user name.
    pub fn contacts(&self) -> impl Iterator<Item = Contact> {
        self.contacts.iter().map(|(id, card)| card.contact(id))
    }

    /// How many contacts there are.
    #[must_use]
    pub fn contact_count(&self) -> usize {
        self.contacts.len()
    }

    /// One of them.
    #[must_use]
    pub fn contact(&self, id: &UserName) -> Option<Contact> {
        self.contacts.contact(id)
    }

    /// True for a contact.
    pub(crate) fn knows(&self, id: &UserName) -> bool {
        self.contacts.get(id).is_some()
    }

    /// The known members of a group in the server's order, including our own
    /// account.
    #[must_use]
    pub fn members(&self, group: &UserName) -> Vec<Member> {
        self.members.members(group).collect()
    }

    /// One member of a group, if known.
    #[must_use]
    pub fn member(&self, group: &UserName, id: &UserName) -> Option<Member> {
        self.members.find(group, id)
    }

    /// How many members of a group are known.
    #[must_use]
    pub fn member_count(&self, group: &UserName) -> usize {
        self.members.len(group)
    }

    /// The contacts of a kind, by user name.
    pub fn of_kind(&self, kind: ContactKind) -> impl Iterator<Item = Contact> {
        let of_kind = self
            .contacts
            .iter()
            .filter(move |(_, card)| card.kind == kind);
        of_kind.map(|(id, card)| card.contact(id))
    }

    /// The contacts whose remark, nick name or alias contains a text, ignoring
    /// case, by user name.
    ///
    /// To find the one contact that a person means, see
    /// [`resolve`](Self::resolve).
    pub fn find(&self, text: &str) -> impl Iterator<Item = Contact> {
        let text = text.to_lowercase();
        let found = self.contacts.iter().filter(move |(_, card)| {
            [card.remark(), card.nick_name(), card.alias()]
                .iter()
                .any(|name| name.to_lowercase().contains(&text))
        });
        found.map(|(id, card)| card.contact(id))
    }

    /// What kind of contact an id stands for.
    #[must_use]
    pub fn kind(&self, id: &UserName) -> ContactKind {
        self.kind_of(id, self.contacts.get(id))
    }

    fn kind_of(&self, id: &UserName, card: Option<&Card>) -> ContactKind {
        if *id == self.own {
            ContactKind::Own
        } else if let Some(card) = card {
            card.kind
        } else if id.is_room() {
            ContactKind::Group
        } else if id.is_special() {
            ContactKind::Special
        } else {
            ContactKind::Unknown
        }
    }

    /// The user name of a contact, which shares its text.
    pub(crate) fn known_name(&self, name: &str) -> Option<UserName> {
        self.contacts.name(name).cloned()
    }

    /// The name to show for a chat.
    #[must_use]
    pub fn name(&self, id: &UserName) -> Option<Name> {
        self.name_of(id, self.contacts.get(id))
    }

    fn name_of(&self, id: &UserName, card: Option<&Card>) -> Option<Name> {
        if let Some(name) = card.and_then(Card::name) {
            return Some(name.into());
        }
        // A group without a topic is named after its first members.
        let names: Vec<String> = self
            .members
            .members(id)
            .filter(|member| member.id != self.own)
            .filter_map(|member| member.name().map(str::to_owned))
            .take(10)
            .collect();
        (!names.is_empty()).then(|| names.join(", ").into())
    }

    /// What a chat is, and the name to show for it.
    pub(crate) fn chat(&self, id: &UserName) -> (ContactKind, Option<Name>) {
        let card = self.contacts.get(id);
        (self.kind_of(id, card), self.name_of(id, card))
    }

    /// The name to show for a member of a group: our own remark, or else the
    /// name in the group, or else the nick name.
    #[must_use]
    pub fn member_name(&self, group: &UserName, id: &UserName) -> Option<Name> {
        let card = self.contacts.get(id);
        let remark = card.map(Card::remark).filter(|remark| !remark.is_empty());
        remark
            .or_else(|| self.members.names(group, id).next())
            .or_else(|| card.and_then(Card::name))
            .map(Name::new)
    }

    /// The name by which the others in a group know a member: the one in the
    /// group, or else the nick name.
    pub(crate) fn public_name(&self, group: &UserName, id: &UserName) -> Option<String> {
        let member = self.members.find(group, id)?;
        let nick_name = || self.contacts.get(id).map(Card::nick_name);
        let name = member.name().or_else(nick_name);
        name.filter(|name| !name.is_empty()).map(str::to_owned)
    }

    /// The names by which our own account may be mentioned in a group.
    pub(crate) fn own_names(&self, group: &UserName) -> impl Iterator<Item = &str> {
        let card = self.contacts.get(&self.own);
        self.members
            .names(group, &self.own)
            .chain(card.map(Card::nick_name))
            .filter(|name| !name.is_empty())
    }

    /// Takes over what the server said about somebody.
    pub(crate) fn merge(&mut self, from: &wire::Contact) -> Merged {
        if from.user_name.is_empty() {
            return Merged::default();
        }
        let id = &from.user_name;
        let is_full = self.contacts.len() >= MAX_CONTACTS && *id != self.own;
        let known = self.contact(id);
        if is_full && known.is_none() {
            tracing::debug!(%id, "more contacts than are kept");
            return Merged::default();
        }
        let mut contact = known.unwrap_or_else(|| Contact::new(id.clone()));
        contact.overlay(from);
        if *id == self.own {
            contact.kind = ContactKind::Own;
        }
        let mut merged = Merged::default();
        if let Some(list) = from.member_list.as_ref().filter(|list| !list.is_empty()) {
            let Replaced {
                count,
                changed,
                joined,
                left,
            } = self
                .members
                .replace(id, list.iter().take(MAX_MEMBERS).map(decoded));
            contact.member_count = Some(count);
            merged.members = changed;
            (merged.joined, merged.left) = (joined, left);
        } else if contact.kind == ContactKind::Group && contact.member_count.is_none() {
            contact.member_count = from
                .member_count
                .and_then(|count| usize::try_from(count).ok())
                .filter(|count| *count > 0);
        }
        merged.change = match self.contacts.insert(&contact) {
            None => Some(ContactChange::Added),
            Some(old) if self.contacts.get(id) != Some(&old) => Some(ContactChange::Updated),
            Some(_) => None,
        };
        merged
    }

    /// Sets a remark. True if that changed the contact.
    pub(crate) fn set_remark(&mut self, id: &UserName, remark: String) -> bool {
        match self.contact(id) {
            Some(contact) if contact.remark != remark => {
                self.contacts.insert(&Contact { remark, ..contact });
                true
            }
            _ => false,
        }
    }

    /// Gives back the room for more contacts and members: most have come.
    pub(crate) fn shrink(&mut self) {
        self.contacts.shrink();
        self.members.shrink();
    }

    /// Drops a contact, and a group with its members.
    pub(crate) fn remove(&mut self, id: &UserName) -> Option<Contact> {
        self.members.remove(id);
        self.contacts.remove(id)
    }

    /// True for a group that the server still lists although our account has
    /// left it: its members are known, and we are not among them.
    pub(crate) fn is_shadow(&self, group: &UserName) -> bool {
        self.member_count(group) > 0 && self.members.find(group, &self.own).is_none()
    }

    /// True for a group of which the server has named at least one member.
    pub(crate) fn is_detailed(&self, group: &UserName) -> bool {
        self.members.is_named(group)
    }
}

fn decoded(from: &wire::Member) -> Member {
    Member {
        id: from.user_name.clone(),
        nick_name: decoded_name(&from.nick_name),
        display_name: decoded_name(&from.display_name),
    }
}
