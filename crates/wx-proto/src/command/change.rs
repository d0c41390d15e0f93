//! What can be changed of contacts and groups, and what comes of it.

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
        /// Whose: as the request names them.
        user_name: UserName,
        /// The request's.
        ticket: FriendTicket,
    },
    /// Ask somebody.
    Ask {
        /// Whom: a member of a group, somebody on a card.
        user_name: UserName,
        /// What they read.
        text: String,
    },
    /// Follow a public account.
    Follow {
        /// The public account.
        user_name: UserName,
    },
}

/// What is changed of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
#[non_exhaustive]
pub enum GroupChange {
    /// Its name.
    Rename {
        /// Up to [`MAX_NAME`] characters.
        topic: String,
    },
    /// People come in: at once in a small group, by an invitation that they
    /// must accept in a large one.
    Add {
        /// Whom.
        members: Vec<UserName>,
    },
    /// People go; for the owner only.
    Remove {
        /// Whom.
        members: Vec<UserName>,
    },
    /// Oneself goes.
    Quit {},
}

/// How many characters a remark or a group's name may have: the official page
/// cuts what is longer (protocol: limits).
pub const MAX_NAME: usize = 18;

/// How people came into a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Joining {
    /// They are in it.
    Added,
    /// They were asked, and must accept.
    Invited,
}

/// What came of asking somebody into a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MemberOutcome {
    /// The person.
    pub id: UserName,
    /// 0: all went well; 3: they have blocked you; 4: they have deleted you
    /// (protocol: MemberStatus).
    pub status: i64,
}
