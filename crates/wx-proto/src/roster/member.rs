//! The members of a group.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use wx_wire::contact as wire;
use wx_wire::content::{EmojiTable, decode_name};
use wx_wire::id::UserName;

use crate::event::MemberName;

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
    pub(super) fn name(&self) -> Option<&str> {
        [&self.display_name, &self.nick_name]
            .into_iter()
            .find(|name| !name.is_empty())
            .map(String::as_str)
    }

    fn named(&self) -> MemberName {
        MemberName {
            id: self.id.clone(),
            name: self.name().map(str::to_owned),
        }
    }
}

/// A new list of members beside the one before.
#[derive(Debug)]
pub(super) struct Replaced {
    pub(super) members: Vec<Member>,
    pub(super) joined: Vec<MemberName>,
    pub(super) left: Vec<MemberName>,
}

/// Takes a list over, keeping names that it leaves out.
pub(super) fn replace(old: &[Member], list: &[wire::Member]) -> Replaced {
    let decode = |text: &str| decode_name(text, EmojiTable::AsIs).into_owned();
    let mut gone: BTreeMap<&UserName, &Member> =
        old.iter().map(|member| (&member.id, member)).collect();
    let mut listed = BTreeSet::new();
    let mut replaced = Replaced {
        members: Vec::with_capacity(list.len()),
        joined: Vec::new(),
        left: Vec::new(),
    };
    for from in list.iter().filter(|from| !from.user_name.is_empty()) {
        if !listed.insert(&from.user_name) {
            continue;
        }
        let mut member = Member {
            id: from.user_name.clone(),
            nick_name: decode(&from.nick_name),
            display_name: decode(&from.display_name),
        };
        match gone.remove(&from.user_name) {
            // An update names members without their names.
            Some(known) if member.nick_name.is_empty() => {
                member.nick_name.clone_from(&known.nick_name);
                if member.display_name.is_empty() {
                    member.display_name.clone_from(&known.display_name);
                }
            }
            Some(_) => {}
            None => replaced.joined.push(member.named()),
        }
        replaced.members.push(member);
    }
    // The first list is no news.
    if old.is_empty() {
        replaced.joined.clear();
    }
    replaced.left = gone.into_values().map(Member::named).collect();
    replaced
}
