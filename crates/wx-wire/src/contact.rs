//! Contacts and group members as webwxinit, webwxgetcontact,
//! webwxbatchgetcontact and webwxsync give them (protocol: contacts).

use crate::id::{Uin, UserName};
use crate::json::object;

object! {
    /// A person, a public account or a group.
    ///
    /// A member that the body left out, or gave as null, is `None`: an update
    /// in webwxsync has another subset than a contact list, and what it does
    /// not name must not be taken for cleared.
    #[non_exhaustive]
    pub struct Contact {
        /// 0 for everybody but oneself since 2017.
        pub uin: Option<Uin> = "Uin",
        /// The name in this login.
        pub user_name: UserName = "UserName",
        /// The name that its owner chose, with emoji spans and entities.
        pub nick_name: Option<String> = "NickName",
        /// Path of the avatar on the base host.
        pub head_img_url: Option<String> = "HeadImgUrl",
        /// Bits: see [`contact_flag`].
        pub contact_flag: Option<i64> = "ContactFlag",
        /// Number of members that the server names; never index by it.
        pub member_count: Option<i64> = "MemberCount",
        /// Members of a group, as far as the body lists them.
        pub member_list: Option<Vec<Member>> = "MemberList",
        /// The name that the user gave to it, with emoji spans and entities.
        pub remark_name: Option<String> = "RemarkName",
        /// 0 unknown, 1 male, 2 female.
        pub sex: Option<i64> = "Sex",
        /// The line under a profile's name.
        pub signature: Option<String> = "Signature",
        /// Bit 8: a public account.
        pub verify_flag: Option<i64> = "VerifyFlag",
        /// The owner of a group; 0 since 2017.
        pub owner_uin: Option<Uin> = "OwnerUin",
        /// The owner of a group, in updates only.
        pub chat_room_owner: Option<UserName> = "ChatRoomOwner",
        /// 1: starred.
        pub star_friend: Option<i64> = "StarFriend",
        /// Of a group: 0 is muted.
        pub statues: Option<i64> = "Statues",
        /// An opaque bit field over 2^31.
        pub attr_status: Option<i64> = "AttrStatus",
        /// Province in its owner's words.
        pub province: Option<String> = "Province",
        /// City in its owner's words.
        pub city: Option<String> = "City",
        /// The id that people search by; mostly empty.
        pub alias: Option<String> = "Alias",
        /// Bit 1: has an album.
        pub sns_flag: Option<i64> = "SnsFlag",
        /// The name in a group.
        pub display_name: Option<String> = "DisplayName",
        /// First letters of the real id: `gh_`, `wxid_`, `fil`.
        pub key_word: Option<String> = "KeyWord" | "Keyword",
        /// Key of a group, which requests about its members carry.
        pub encry_chat_room_id: Option<String> = "EncryChatRoomId",
        /// 1: one's own group. Missing before 2017.
        pub is_owner: Option<i64> = "IsOwner",
    }
}

impl Contact {
    /// News of somebody's name and picture alone.
    #[must_use]
    pub fn renamed(user_name: UserName, nick_name: String, head_img_url: String) -> Self {
        Self {
            user_name,
            nick_name: Some(nick_name),
            head_img_url: Some(head_img_url),
            ..Self::default()
        }
    }
}

/// Bits of [`Contact::contact_flag`].
pub mod contact_flag {
    /// In the address book.
    pub const CONTACT: i64 = 0x1;
    /// Has a chat.
    pub const CHAT: i64 = 0x2;
    /// Is a group.
    pub const CHATROOM: i64 = 0x4;
    /// Blacklisted.
    pub const BLACKLIST: i64 = 0x8;
    /// Starred.
    pub const FAVOURITE: i64 = 0x40;
    /// A person's notifications are off.
    pub const NOTIFY_OFF: i64 = 0x200;
    /// Pinned to the top.
    pub const PINNED: i64 = 0x800;
}

/// Bit of [`Contact::verify_flag`] that a public account has.
pub const VERIFY_FLAG_BRAND: i64 = 0x8;

object! {
    /// A member of a group.
    #[derive(Eq)]
    #[non_exhaustive]
    pub struct Member {
        /// 0 since 2017.
        pub uin: Uin = "Uin",
        /// The name in this login.
        pub user_name: UserName = "UserName",
        /// The name that its owner chose, with emoji spans and entities;
        /// empty in webwxinit.
        pub nick_name: String = "NickName",
        /// The name in this group, with emoji spans and entities.
        pub display_name: String = "DisplayName",
        /// An opaque bit field over 2^31.
        pub attr_status: i64 = "AttrStatus",
        /// In answers to group changes: 3 blacklisted you, 4 deleted you.
        pub member_status: i64 = "MemberStatus",
        /// First letters of the real id.
        pub key_word: String = "KeyWord",
    }
}
