//! Changes of contacts and groups, and their outcomes.

use serde::{Deserialize, Serialize};
use wx_wire::id::UserName;

use crate::message::FriendTicket;

/// A step towards a contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "befriend", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Befriend {
    /// Accept somebody's request.
    Accept {
        /// The user name, from the request.
        user_name: UserName,
        /// The ticket, from the request.
        ticket: FriendTicket,
    },
    /// Ask somebody.
    Ask {
        /// The person: a member of a group, or somebody on a card.
        user_name: UserName,
        /// The text that they read.
        text: String,
    },
    /// Follow a public account.
    Follow {
        /// The public account.
        user_name: UserName,
    },
}

/// A change of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
#[non_exhaustive]
pub enum GroupChange {
    /// Its name.
    Rename {
        /// Up to [`MAX_NAME`] characters.
        topic: String,
    },
    /// Add people. In a small group they are members at once, in a large one
    /// they get an invitation and must accept it.
    Add {
        /// Whom.
        members: Vec<UserName>,
    },
    /// Remove people. Only the owner can do that.
    Remove {
        /// Whom.
        members: Vec<UserName>,
    },
    /// Leave the group.
    Quit {},
}

/// How many characters a remark or a group's name may have: the official page
/// cuts off the rest (protocol: limits).
pub const MAX_NAME: usize = 18;

/// How people are taken into a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Joining {
    /// They are members.
    Added,
    /// They were invited, and must accept.
    Invited,
}

/// The outcome of adding somebody to a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MemberOutcome {
    /// The person.
    pub id: UserName,
    /// 0 for success, 3 if they have blocked you, 4 if they have deleted you
    /// (protocol: MemberStatus).
    pub status: i64,
}
