//! Events and contacts as lines for people. Everything that comes from others
//! is escaped.

use jiff::Zoned;
use serde::Serialize;
use wx_client::event::{Cause, How, MemberName};
use wx_client::id::UserName;
use wx_client::message::{Body, Message};
use wx_client::saved::Stretch;
use wx_client::{Contact, EventKind, Roster, Sent};

use crate::error::Candidate;
use crate::terminal::{escape, escape_lines};

mod time;

/// A text with the present time in front of it, unless there is none.
#[must_use]
pub(crate) fn at_present(text: &str) -> String {
    let now = Zoned::now();
    match text {
        "" => String::new(),
        text => format!("{} {text}", time::moment(now.timestamp().as_second(), &now)),
    }
}

/// A message with its time in front of it.
#[must_use]
pub(crate) fn timed_message(message: &Message) -> String {
    let time = time::moment(message.time, &Zoned::now());
    format!("{time} {}", self::message(message))
}

/// Since when a session has held, and for how long.
#[must_use]
pub(crate) fn since(unix: u64, now: &Zoned) -> String {
    let present = u64::try_from(now.timestamp().as_second()).unwrap_or_default();
    let held = time::length(present.saturating_sub(unix));
    format!("since {}, for {held}", moment(unix, now))
}

fn moment(unix: u64, now: &Zoned) -> String {
    time::moment(i64::try_from(unix).unwrap_or_default(), now)
}

/// A session that is over: from when, for how long, and what ended it.
#[must_use]
pub(crate) fn stretch(stretch: &Stretch, until: u64, now: &Zoned) -> String {
    let (since, cause) = (moment(stretch.since, now), stretch.cause.map(cause));
    let held = time::length(until.saturating_sub(stretch.since));
    match cause {
        Some(cause) => format!("{since}, for {held}: {cause}"),
        None => format!("{since}, for {held}"),
    }
}

/// An event as a line; empty for what is not worth one.
#[must_use]
pub(crate) fn event(event: &EventKind) -> String {
    match event {
        EventKind::Qr { url, .. } => format!("scan with the phone: {url}"),
        EventKind::Scanned { .. } => "scanned; confirm on the phone".to_owned(),
        EventKind::Confirmed {} => "confirmed".to_owned(),
        EventKind::QrExpired {} => "the code has expired".to_owned(),
        EventKind::Cancelled {} => "cancelled on the phone".to_owned(),
        EventKind::PushLogin { .. } => "confirm the login on the phone".to_owned(),
        EventKind::Online {
            account, host, how, ..
        } => {
            let nick = escape(&account.nick_name);
            let how = match how {
                How::Saved => "saved session",
                How::Push => "confirmed on the phone",
                How::Qr => "by scan",
                _ => "by other means",
            };
            format!("online as {nick} at {host} ({how})")
        }
        EventKind::ContactsLoaded {
            contacts, groups, ..
        } => {
            format!("{contacts} contacts, {groups} groups")
        }
        EventKind::Message(message) => self::message(message),
        EventKind::Contact {
            change, contact, ..
        } => {
            format!("contact {}: {}", word(change), name(contact))
        }
        EventKind::Members {
            group,
            joined,
            left,
            ..
        } => members(&escape(group.as_str()), joined, left),
        EventKind::Offline {
            reason,
            retry_in_ms,
            ..
        } => format!(
            "offline: {}; next try in {:.1} s",
            escape(reason),
            seconds(*retry_in_ms)
        ),
        EventKind::BackOnline { after_ms, .. } => {
            format!("back online after {:.1} s", seconds(*after_ms))
        }
        EventKind::Throttled { for_ms, .. } => {
            format!("the server asks for a pause of {:.0} s", seconds(*for_ms))
        }
        EventKind::Warning { message, .. } => format!("warning: {}", escape(message)),
        EventKind::LoggedOut {
            cause: Cause::Own, ..
        } => "logged out".to_owned(),
        EventKind::LoggedOut { message, ret, .. } => {
            format!("the session is over: {} (code {ret})", escape(message))
        }
        _ => String::new(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a few digits are shown")]
fn seconds(millis: u64) -> f64 {
    millis as f64 / 1000.0
}

/// The word that stands for a value in JSON: of an enum without fields.
#[must_use]
pub(crate) fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// What ended a session, in running text.
#[must_use]
pub(crate) fn cause(cause: Cause) -> &'static str {
    match cause {
        Cause::LoggedOutOnPhone => "ended on the phone",
        Cause::OtherLogin => "ended by another login",
        Cause::Cookie => "its cookies are no longer accepted",
        Cause::Own => "logged out",
        _ => "refused by the server",
    }
}

/// Those whom a name fits, each with what tells them from the others.
#[must_use]
pub(crate) fn candidates(candidates: &[Candidate]) -> String {
    let each = candidates.iter().map(|candidate| match candidate {
        Candidate::Contact(contact) => {
            let nick = &contact.nick_name;
            format!("{} ({} {nick})", contact.id, word(&contact.kind))
        }
        Candidate::Member(member) => format!("{} (member {})", member.id, member.nick_name),
    });
    each.collect::<Vec<_>>().join(", ")
}

/// Who came into a group and who left it.
#[must_use]
pub(crate) fn members(group: &str, joined: &[MemberName], left: &[MemberName]) -> String {
    let names = |members: &[MemberName]| {
        let names = members
            .iter()
            .map(|member| escape(member.name.as_deref().unwrap_or("?")).into_owned());
        names.collect::<Vec<_>>().join(", ")
    };
    format!(
        "group {group}: joined [{}], left [{}]",
        names(joined),
        names(left)
    )
}

/// What a chat or a person is called: what is an id for one login alone means
/// nothing to people.
#[must_use]
pub(crate) fn chat(id: &UserName, roster: Option<&Roster>) -> String {
    let is_lasting = !id.as_str().starts_with('@');
    let name = roster
        .filter(|_| !is_lasting)
        .and_then(|roster| roster.name(id));
    escape(name.as_deref().unwrap_or(id.as_str())).into_owned()
}

/// A message that was sent.
#[must_use]
pub(crate) fn sent(sent: &Sent, roster: Option<&Roster>) -> String {
    format!("sent to {} as {}", chat(&sent.to, roster), sent.msg_id)
}

/// A message as a line or, if its text has several, as these. All but the first
/// are indented: a text cannot look like another message.
#[must_use]
pub(crate) fn message(message: &Message) -> String {
    let chat = message.chat.name.as_deref();
    let chat = escape(chat.unwrap_or(message.chat.id.as_str()));
    let sender = message.sender.name.as_deref();
    let sender = escape(sender.unwrap_or(message.sender.id.as_str()));
    let head = if message.from_me {
        format!("me → {chat}")
    } else if message.chat.id == message.sender.id {
        sender.into_owned()
    } else {
        format!("{sender} in {chat}")
    };
    format!("{head}: {}", body(&message.body).replace('\n', "\n    "))
}

fn body(body: &Body) -> String {
    let of = |kind: &str, text: &str| {
        let text = text.trim();
        if text.is_empty() {
            format!("[{kind}]")
        } else {
            format!("[{kind}] {}", escape_lines(text))
        }
    };
    match body {
        Body::Text { text, .. } => escape_lines(text).into_owned(),
        Body::System { text, .. } => of("system", text),
        Body::Call { text, .. } => of("call", text),
        Body::Image { .. } => of("image", ""),
        Body::Emoticon { .. } => of("emoticon", ""),
        Body::Voice { length_ms, .. } => {
            of("voice", &format!("{:.1} s", *length_ms as f64 / 1000.0))
        }
        Body::Video { length_s, .. } => of("video", &format!("{length_s} s")),
        Body::File { file_name, .. } => of("file", file_name),
        Body::Link { title, url, .. } => of("link", &format!("{title} {url}")),
        Body::App { title, url, .. } => of("app", &format!("{title} {url}")),
        Body::Music { title, url, .. } => of("music", &format!("{title} {url}")),
        Body::MiniProgram { title, .. } => of("mini program", title),
        Body::Quote { text, quoted, .. } => match quoted {
            Some(quoted) if !quoted.text.is_empty() => {
                of("reply", &format!("{text}\n> {}", quoted.text))
            }
            _ => of("reply", text),
        },
        Body::Merged { title, items, .. } => {
            of("chat history", &format!("{title} ({})", items.len()))
        }
        Body::Transfer { amount, memo, .. } => of("transfer", &format!("{amount} {memo}")),
        Body::RedPacket { amount, memo, .. } => of("red packet", &format!("{amount} {memo}")),
        Body::PossibleFriend { nick_name, .. } => of("possible friend", nick_name),
        Body::Revoked {
            notice, original, ..
        } => match original {
            Some(original) => {
                let original = self::body(&original.body);
                of("recall", &format!("{notice}\n> {original}"))
            }
            None => of("recall", notice),
        },
        Body::Card { nick_name, .. } => of("card", nick_name),
        Body::FriendRequest {
            nick_name, text, ..
        } => of("friend request", &format!("{nick_name}: {text}")),
        Body::Location { label, .. } => of("location", label),
        Body::Unknown { msg_type, .. } => of(&format!("message of type {msg_type}"), ""),
        _ => of("message", ""),
    }
}

/// The name to show for a contact.
#[must_use]
pub(crate) fn name(contact: &Contact) -> String {
    escape(contact.name().unwrap_or(contact.id.as_str())).into_owned()
}

#[cfg(test)]
mod tests;
