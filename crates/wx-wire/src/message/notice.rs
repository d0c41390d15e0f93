//! Lines that the service puts into a chat (protocol: MsgType 10000), and what
//! they are about. Their language is that of the account.

use std::borrow::Cow;

/// A line of the service.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Notice<'a> {
    /// What it says, without links.
    pub text: Cow<'a, str>,
    /// What it is about, if that was recognised.
    pub about: Option<About>,
}

impl<'a> Notice<'a> {
    /// Reads a line whose spans, line breaks and entities are undone.
    pub(super) fn read(text: Cow<'a, str>) -> Self {
        let text = match text {
            Cow::Borrowed(text) => without_links(text),
            Cow::Owned(text) => Cow::Owned(without_links(&text).into_owned()),
        };
        let about = About::of(&text);
        Self { text, about }
    }

    /// The same without a borrow.
    #[must_use]
    pub fn into_owned(self) -> Notice<'static> {
        Notice {
            text: Cow::Owned(self.text.into_owned()),
            about: self.about,
        }
    }
}

/// What a line of the service is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum About {
    /// Somebody came into a group.
    Joined,
    /// Somebody was taken out of a group.
    Removed,
    /// A group has another name.
    Renamed,
    /// A group has another owner.
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

/// What a line holds, all of the pieces in turn. The first that fits counts.
const LINES: &[(&[&str], About)] = &[
    (&["拍了拍"], About::Tickle),
    (&["tickled"], About::Tickle),
    (&["修改群名为"], About::Renamed),
    (&["changed the group name to"], About::Renamed),
    (&["加入了群聊"], About::Joined),
    (&["加入群聊"], About::Joined),
    (&["joined the group chat"], About::Joined),
    (&["invited", "to the group chat"], About::Joined),
    (&["移出了群聊"], About::Removed),
    (&["移出群聊"], About::Removed),
    (&["removed", "from the group chat"], About::Removed),
    (&["成为新群主"], About::NewOwner),
    (&["已成为群主"], About::NewOwner),
    (&["new group owner"], About::NewOwner),
    (&["红包"], About::RedPacket),
    (&["Red Packet"], About::RedPacket),
    (&["red packet"], About::RedPacket),
    (&["现在可以开始聊天了"], About::FriendAdded),
    (&["以上是打招呼的内容"], About::FriendAdded),
    (&["as your WeChat contact"], About::FriendAdded),
    (&["开启了朋友验证"], About::NotAFriend),
    (&["被对方拒收"], About::NotAFriend),
    (&["位置共享已经结束"], About::LocationSharing),
    (&["撤回了一条消息"], About::Revoked),
    (&["recalled a message"], About::Revoked),
];

impl About {
    /// What a line is about.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        LINES.iter().find_map(|(pieces, about)| {
            let rest = pieces
                .iter()
                .try_fold(text, |rest, piece| Some(rest.split_once(piece)?.1));
            rest.map(|_| *about)
        })
    }

    /// A word for it, in small letters with `_`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Joined => "joined",
            Self::Removed => "removed",
            Self::Renamed => "renamed",
            Self::NewOwner => "new_owner",
            Self::Tickle => "tickle",
            Self::RedPacket => "red_packet",
            Self::FriendAdded => "friend_added",
            Self::NotAFriend => "not_a_friend",
            Self::LocationSharing => "location_sharing",
            Self::Revoked => "revoked",
        }
    }
}

/// The links that lines hold: how each begins, and what ends it. Everything
/// else that looks like markup is part of somebody's name.
const LINKS: &[(&str, Option<&str>)] = &[
    ("<a href=\"weixin://", Some("</a>")),
    ("<a href='weixin://", Some("</a>")),
    ("<_wc_custom_link_", Some("</_wc_custom_link_>")),
    ("<img src=\"SystemMessages_", None),
];

/// Keeps the text of links and drops their tags.
fn without_links(text: &str) -> Cow<'_, str> {
    let mut kept: Option<String> = None;
    let mut rest = text;
    while let Some((before, inside, after)) = next_link(rest) {
        let kept = kept.get_or_insert_default();
        kept.push_str(before);
        kept.push_str(inside);
        rest = after;
    }
    match kept {
        None => Cow::Borrowed(text),
        Some(mut kept) => {
            kept.push_str(rest);
            Cow::Owned(kept)
        }
    }
}

/// What stands before the first link of a text, inside of it, and behind.
fn next_link(text: &str) -> Option<(&str, &str, &str)> {
    let starts = memchr::memchr_iter(b'<', text.as_bytes());
    for (before, markup) in starts.filter_map(|at| text.split_at_checked(at)) {
        let Some((_, end)) = LINKS.iter().find(|(start, _)| markup.starts_with(start)) else {
            continue;
        };
        let (_, behind) = markup.split_once('>')?;
        return match end {
            Some(end) => behind
                .split_once(end)
                .map(|(inside, after)| (before, inside, after)),
            None => Some((before, "", behind)),
        };
    }
    None
}
