//! The senders that a content in a room names in front of its text.

/// What begins the path of a location's picture. Behind it no account's name
/// stands but that of a place.
pub(crate) const PICTURE: &str = "/cgi-bin/mmwebwx-bin/webwxgetpubliclinkimg";
/// What ends a prefix.
const END: &str = ":<br/>";
const ROOM_SUFFIX: &str = "@chatroom";

/// A content of a room, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Prefixes<'a> {
    /// The user name of the member who wrote it.
    pub sender: Option<&'a str>,
    /// A second prefix behind the first, such as the sender's real id
    /// (`@hash:<br/>wxid_…:<br/>`). It is still part of [`body`](Self::body),
    /// since a member may have typed a word, a colon and a line break;
    /// [`message::Context::prefixes`](crate::message::Context::prefixes) knows
    /// when to take it off.
    pub second_sender: Option<&'a str>,
    /// The room's own id (`123@chatroom:<br/>`), which template messages have
    /// in place of a sender.
    pub room: Option<&'a str>,
    /// The content behind the first prefix.
    pub body: &'a str,
}

/// Splits off what stands in front of a content.
///
/// Nothing is split off unless the peer is a `room`: a place that was shared in
/// a private chat looks just like a prefix. Own messages have none as a rule,
/// nor have those of type 10000, so with these a caller should pass `false`.
#[must_use]
pub fn split_prefixes(content: &str, room: bool) -> Prefixes<'_> {
    let mut prefixes = Prefixes {
        sender: None,
        second_sender: None,
        room: None,
        body: content,
    };
    if !room {
        return prefixes;
    }
    if let Some((sender, body)) = sender(content) {
        prefixes.sender = Some(sender);
        prefixes.second_sender = self::sender(body).map(|(second, _)| second);
        prefixes.body = body;
    } else if let Some((room, body)) = room_id(content) {
        prefixes.room = Some(room);
        prefixes.body = body;
    }
    prefixes
}

/// The sender that a content of a `room` names, and the content behind it; see
/// [`split_prefixes`].
#[must_use]
pub fn split_sender(content: &str, room: bool) -> (Option<&str>, &str) {
    let prefixes = split_prefixes(content, room);
    (prefixes.sender, prefixes.body)
}

/// `@` and letters and digits, or the name of a special account.
fn sender(content: &str) -> Option<(&str, &str)> {
    let (name, body) = match content.strip_prefix('@') {
        Some(hash) => run(hash, |byte| byte.is_ascii_alphanumeric())
            .and_then(|length| content.split_at_checked(1 + length))?,
        None => {
            run(content, is_account_byte).and_then(|length| content.split_at_checked(length))?
        }
    };
    let body = body.strip_prefix(END)?;
    let is_place = !name.starts_with('@') && body.starts_with(PICTURE);
    (!is_place).then_some((name, body))
}

fn room_id(content: &str) -> Option<(&str, &str)> {
    let length = run(content, is_account_byte)?;
    let (name, body) = content.split_at_checked(length + ROOM_SUFFIX.len())?;
    name.ends_with(ROOM_SUFFIX)
        .then(|| Some((name, body.strip_prefix(END)?)))?
}

/// The length of the run of such bytes at the start, unless there is none.
fn run(text: &str, is_part: impl Fn(&u8) -> bool) -> Option<usize> {
    let length = text.bytes().take_while(is_part).count();
    (length > 0).then_some(length)
}

const fn is_account_byte(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}
