//! A member of a group, as it is returned and stored.

use serde::{Deserialize, Serialize};
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
    /// The name to show: the one in the group, or else the nick name.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        [&self.display_name, &self.nick_name]
            .into_iter()
            .find(|name| !name.is_empty())
            .map(String::as_str)
    }

    pub(super) fn named(&self) -> MemberName {
        MemberName {
            id: self.id.clone(),
            name: self.name().map(str::to_owned),
        }
    }
}
