//! The contacts of an account, as far as the server has told.
//!
//! Names are decoded here, once: what an application sees is what people see.
//! User names are those of one login; a roster of an older login is worth
//! nothing and is replaced.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use wx_wire::contact::{self as wire, VERIFY_FLAG_BRAND, contact_flag};
use wx_wire::content::{EmojiTable, decode_name};
use wx_wire::id::UserName;

mod resolve;

pub use resolve::Ambiguous;

use crate::event::{ContactChange, MemberName};

/// What a contact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ContactKind {
    /// A person in the address book.
    Friend,
    /// A group.
    Group,
    /// A public account.
    Official,
    /// An account of the service itself.
    Special,
    /// Oneself.
    #[serde(rename = "self")]
    Own,
    /// Somebody else, for example a member of a group.
    Unknown,
}

/// Accounts that keep their names over logins (protocol: special accounts).
const SPECIAL: [&str; 30] = [
    "blogapp",
    "blogappweixin",
    "brandsessionholder",
    "facebookapp",
    "feedsapp",
    "filehelper",
    "floatbottle",
    "fmessage",
    "gh_22b87fa7cb3c",
    "lbsapp",
    "masssendapp",
    "medianote",
    "meishiapp",
    "newsapp",
    "notification_messages",
    "officialaccounts",
    "qmessage",
    "qqfriend",
    "qqmail",
    "qqsync",
    "readerapp",
    "shakeapp",
    "tmessage",
    "userexperience_alarm",
    "voip",
    "weibo",
    "weixin",
    "weixinreminder",
    "wxid_novlwrv3lqwv11",
    "wxitil",
];

/// True for an account of the service itself, whose name is the same at every
/// login.
#[must_use]
pub fn is_special(name: &UserName) -> bool {
    SPECIAL.contains(&name.as_str())
        || ["@qqim", "@lbsroom", "@talkroom"]
            .iter()
            .any(|ending| name.as_str().ends_with(ending))
}

/// A person, a public account or a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Contact {
    /// The name in this login.
    pub id: UserName,
    /// What it is.
    pub kind: ContactKind,
    /// The name that its owner chose; of a group its topic.
    pub nick_name: String,
    /// The name that the user gave to it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remark: String,
    /// The id that people search by; mostly empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub alias: String,
    /// Province in its owner's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub province: String,
    /// City in its owner's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub city: String,
    /// The line under a profile's name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub signature: String,
    /// 1 male, 2 female.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<i64>,
    /// Starred.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub starred: bool,
    /// Its notifications are off.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub muted: bool,
    /// Pinned to the top.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pinned: bool,
    /// Of a group: how many members it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member_count: Option<usize>,
    /// Of a group: whether it is one's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<bool>,
    /// Of a group: who owns it, where the server said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<UserName>,
    /// Path of the avatar on the base host.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub avatar: String,
    /// Of a group: the key that requests about its members carry.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub encry_chat_room_id: String,
}

impl Contact {
    fn new(id: UserName) -> Self {
        Self {
            id,
            kind: ContactKind::Unknown,
            nick_name: String::new(),
            remark: String::new(),
            alias: String::new(),
            province: String::new(),
            city: String::new(),
            signature: String::new(),
            sex: None,
            starred: false,
            muted: false,
            pinned: false,
            member_count: None,
            own: None,
            owner: None,
            avatar: String::new(),
            encry_chat_room_id: String::new(),
        }
    }

    /// The name to show: the remark, else the nick name, if there is either.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        [&self.remark, &self.nick_name]
            .into_iter()
            .find(|name| !name.is_empty())
            .map(String::as_str)
    }

    /// Overlays what the server sent. Names are never cleared by an empty one;
    /// a remark is, for that is how the server tells of it.
    fn overlay(&mut self, from: &wire::Contact) {
        let name = |text: &str| decode_name(text, EmojiTable::AsIs).into_owned();
        let set = |field: &mut String, value: &Option<String>| {
            if let Some(value) = value {
                *field = name(value);
            }
        };
        if from.nick_name.as_ref().is_some_and(|text| !text.is_empty()) {
            set(&mut self.nick_name, &from.nick_name);
        }
        set(&mut self.remark, &from.remark_name);
        set(&mut self.alias, &from.alias);
        set(&mut self.province, &from.province);
        set(&mut self.city, &from.city);
        set(&mut self.signature, &from.signature);
        if let Some(path) = from.head_img_url.as_ref().filter(|path| !path.is_empty()) {
            self.avatar.clone_from(path);
        }
        let room_id = from.encry_chat_room_id.as_deref().unwrap_or_default();
        if room_id.starts_with('@') {
            room_id.clone_into(&mut self.encry_chat_room_id);
        }
        if let Some(sex) = from.sex {
            self.sex = (sex != 0).then_some(sex);
        }
        if let Some(star) = from.star_friend {
            self.starred = star != 0;
        }
        if let Some(own) = from.is_owner {
            self.own = Some(own != 0);
        }
        if let Some(owner) = from.chat_room_owner.as_ref().filter(|o| !o.is_empty()) {
            self.owner = Some(owner.clone());
        }
        self.overlay_flags(from);
    }

    fn overlay_flags(&mut self, from: &wire::Contact) {
        let flag = |bit| from.contact_flag.map(|flags| flags & bit != 0);
        let room = self.id.is_room();
        if let Some(pinned) = flag(contact_flag::PINNED) {
            self.pinned = pinned;
        }
        if room {
            if let Some(statues) = from.statues {
                self.muted = statues == 0;
            }
        } else if let Some(muted) = flag(contact_flag::NOTIFY_OFF) {
            self.muted = muted;
        }
        let official = from.verify_flag.map(|flags| flags & VERIFY_FLAG_BRAND != 0);
        self.kind = if room {
            ContactKind::Group
        } else if is_special(&self.id) {
            ContactKind::Special
        } else if official == Some(true) {
            ContactKind::Official
        } else {
            match flag(contact_flag::CONTACT) {
                Some(true) => ContactKind::Friend,
                Some(false) => ContactKind::Unknown,
                None => self.kind,
            }
        };
    }
}

/// A member of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Member {
    /// The name in this login.
    pub id: UserName,
    /// The name that its owner chose.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub nick_name: String,
    /// The name in this group.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub display_name: String,
}

impl Member {
    fn name(&self) -> Option<&str> {
        [&self.display_name, &self.nick_name]
            .into_iter()
            .find(|name| !name.is_empty())
            .map(String::as_str)
    }
}

/// What an update changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Merged {
    pub(crate) change: Option<ContactChange>,
    pub(crate) joined: Vec<MemberName>,
    pub(crate) left: Vec<MemberName>,
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
    ///
    /// `named` tells whether its member lists name people: those of webwxinit
    /// and of updates do not always.
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
            (merged.joined, merged.left) = self.merge_members(id, list);
            contact.member_count = Some(list.len());
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

    /// Replaces a group's members, keeping names that the list leaves out.
    fn merge_members(
        &mut self,
        group: &UserName,
        list: &[wire::Member],
    ) -> (Vec<MemberName>, Vec<MemberName>) {
        let decode = |text: &str| decode_name(text, EmojiTable::AsIs).into_owned();
        let old: BTreeMap<UserName, Member> = self
            .members
            .remove(group)
            .unwrap_or_default()
            .into_iter()
            .map(|member| (member.id.clone(), member))
            .collect();
        let mut gone = old.clone();
        let mut joined = Vec::new();
        let members: Vec<Member> = list
            .iter()
            .filter(|member| !member.user_name.is_empty())
            .map(|member| {
                let mut fresh = Member {
                    id: member.user_name.clone(),
                    nick_name: decode(&member.nick_name),
                    display_name: decode(&member.display_name),
                };
                gone.remove(&fresh.id);
                match old.get(&fresh.id) {
                    Some(known) if fresh.nick_name.is_empty() => fresh = known.clone(),
                    Some(_) => {}
                    None => joined.push(named(&fresh)),
                }
                fresh
            })
            .collect();
        self.members.insert(group.clone(), members);
        // The first list is no news.
        if old.is_empty() {
            return Default::default();
        }
        (joined, gone.values().map(named).collect())
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

fn named(member: &Member) -> MemberName {
    MemberName {
        id: member.id.clone(),
        name: member.name().map(str::to_owned),
    }
}
