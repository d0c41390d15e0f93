//! What a line of the service is about.

use serde::{Deserialize, Serialize};
use wx_wire::message::About as Wire;

/// What a notice of the service is about. Its wording is known in Chinese and
/// English, the languages that accounts can be set to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum About {
    /// Somebody joined a group.
    Joined,
    /// Somebody was removed from a group.
    Removed,
    /// A group was renamed.
    Renamed,
    /// A group has a new owner.
    NewOwner,
    /// Somebody was nudged.
    Tickle,
    /// A red packet was sent, received or opened.
    RedPacket,
    /// A friendship began.
    FriendAdded,
    /// A friendship is over, or a message was refused.
    NotAFriend,
    /// The sharing of a place ended.
    LocationSharing,
    /// A message was taken back.
    Revoked,
}

impl About {
    pub(super) const fn of(about: Wire) -> Option<Self> {
        Some(match about {
            Wire::Joined => Self::Joined,
            Wire::Removed => Self::Removed,
            Wire::Renamed => Self::Renamed,
            Wire::NewOwner => Self::NewOwner,
            Wire::Tickle => Self::Tickle,
            Wire::RedPacket => Self::RedPacket,
            Wire::FriendAdded => Self::FriendAdded,
            Wire::NotAFriend => Self::NotAFriend,
            Wire::LocationSharing => Self::LocationSharing,
            Wire::Revoked => Self::Revoked,
            _ => return None,
        })
    }
}
