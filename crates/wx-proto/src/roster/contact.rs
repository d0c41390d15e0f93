//! A person, a public account or a group, as far as the server has told.

use serde::{Deserialize, Serialize};
use wx_wire::contact::{self as wire, VERIFY_FLAG_BRAND, contact_flag};
use wx_wire::id::UserName;

use crate::message::decoded_name;

/// What a contact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
    /// Our own account.
    #[serde(rename = "self")]
    Own,
    /// Somebody else, for example a member of a group.
    Unknown,
}

/// A person, a public account or a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Contact {
    /// The name in this login.
    pub id: UserName,
    /// What it is.
    pub kind: ContactKind,
    /// The name that its owner chose; the topic of a group.
    pub nick_name: String,
    /// The name that we gave it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remark: String,
    /// The id that people search by; usually empty.
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
    /// Of a group: whether we own it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<bool>,
    /// Of a group: who owns it, where the server said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<UserName>,
    /// Path of the avatar on the base host, without the session's key, which is
    /// secret.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub avatar: String,
    /// Of a group: the key that requests about its members carry.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub encry_chat_room_id: String,
}

impl Contact {
    pub(super) fn new(id: UserName) -> Self {
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

    /// The name to show: the remark, or else the nick name.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        [&self.remark, &self.nick_name]
            .into_iter()
            .find(|name| !name.is_empty())
            .map(String::as_str)
    }

    /// Overlays what the server sent. An empty nick name is ignored, but an
    /// empty remark counts: that is how the server says that it was removed.
    pub(super) fn overlay(&mut self, from: &wire::Contact) {
        let set = |field: &mut String, value: &Option<String>| {
            if let Some(value) = value {
                *field = decoded_name(value);
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
            self.avatar = without_key(path);
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
        if let Some(own) = from.is_owner.filter(|_| self.id.is_room()) {
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
        } else if self.id.is_special() {
            ContactKind::Special
        } else if official == Some(true) {
            ContactKind::Official
        } else {
            match flag(contact_flag::CONTACT) {
                // An update may leave out the flags.
                _ if official.is_none() && self.kind == ContactKind::Official => self.kind,
                Some(true) => ContactKind::Friend,
                Some(false) => ContactKind::Unknown,
                None => self.kind,
            }
        };
    }
}

/// A path without the value of its parameter `skey`, which is secret.
fn without_key(path: &str) -> String {
    let Some((path, query)) = path.split_once('?') else {
        return path.to_owned();
    };
    let pairs: Vec<&str> = query
        .split('&')
        .map(|pair| {
            if pair.starts_with("skey=") {
                "skey="
            } else {
                pair
            }
        })
        .collect();
    [path, "?", &pairs.join("&")].concat()
}
