//! Events and contacts as lines for people. Everything that comes from others
//! is escaped.

use wx_client::message::{Body, Message};
use wx_client::{Contact, EventKind};

use crate::terminal::{escape, escape_lines};

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
        EventKind::Online { account, host, how } => {
            let nick = escape(&account.nick_name);
            format!("online as {nick} at {host} ({how:?})")
                .replace("(Qr)", "(by scan)")
                .replace("(Push)", "(confirmed on the phone)")
                .replace("(Saved)", "(saved session)")
        }
        EventKind::ContactsLoaded { contacts, groups } => {
            format!("{contacts} contacts, {groups} groups")
        }
        EventKind::Message(message) => self::message(message),
        EventKind::Contact { change, contact } => {
            format!("contact {change:?}: {}", name(contact)).to_lowercase_prefix()
        }
        EventKind::Members {
            group,
            joined,
            left,
        } => {
            let names = |members: &[wx_client::event::MemberName]| {
                let names: Vec<_> = members
                    .iter()
                    .map(|member| escape(member.name.as_deref().unwrap_or("?")).into_owned())
                    .collect();
                names.join(", ")
            };
            format!(
                "group {group}: joined [{}], left [{}]",
                names(joined),
                names(left)
            )
        }
        EventKind::Offline {
            reason,
            retry_in_ms,
        } => format!(
            "offline: {}; next try in {:.1} s",
            escape(reason),
            seconds(*retry_in_ms)
        ),
        EventKind::BackOnline { after_ms } => {
            format!("back online after {:.1} s", seconds(*after_ms))
        }
        EventKind::Throttled { for_ms } => {
            format!("the server asks for a pause of {:.0} s", seconds(*for_ms))
        }
        EventKind::Warning { message, .. } => format!("warning: {}", escape(message)),
        EventKind::LoggedOut { message, ret, .. } if ret.is_ok() => {
            format!("logged out: {}", escape(message))
        }
        EventKind::LoggedOut { message, ret, .. } => {
            format!("logged out: {} (code {ret})", escape(message))
        }
        _ => String::new(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a few digits are shown")]
fn seconds(millis: u64) -> f64 {
    millis as f64 / 1000.0
}

/// Words of an enum in running text.
trait LowercasePrefix {
    fn to_lowercase_prefix(self) -> String;
}

impl LowercasePrefix for String {
    fn to_lowercase_prefix(self) -> String {
        match self.split_once(": ") {
            Some((prefix, rest)) => format!("{}: {rest}", prefix.to_lowercase()),
            None => self,
        }
    }
}

/// A message as a line or, if its text has several, as these.
fn message(message: &Message) -> String {
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
    format!("{head}: {}", body(&message.body))
}

fn body(body: &Body) -> String {
    let of = |kind: &str, text: &str| {
        if text.is_empty() {
            format!("[{kind}]")
        } else {
            format!("[{kind}] {}", escape_lines(text))
        }
    };
    match body {
        Body::Text { text, .. } => escape_lines(text).into_owned(),
        Body::System { text } => of("system", text),
        Body::Call { text } => of("call", text),
        Body::Image { .. } => of("image", ""),
        Body::Emoticon { .. } => of("emoticon", ""),
        Body::Voice { length_ms } => of("voice", &format!("{:.1} s", *length_ms as f64 / 1000.0)),
        Body::Video { length_s, .. } => of("video", &format!("{length_s} s")),
        Body::File { file_name, .. } => of("file", file_name),
        Body::Link { title, url, .. } => of("link", &format!("{title} {url}")),
        Body::App { title, url, .. } => of("app", &format!("{title} {url}")),
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
