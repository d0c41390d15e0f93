//! Messages from others, or from the account's own phone.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Burst, ControlError, PushAll, account, account_mut, find};
use crate::account::contact::ContactId;
use crate::message;
use crate::now::Now;
use crate::service::{Route, Service};

/// A message to push: the control call `push`.
///
/// ```
/// use wx_sim::Push;
///
/// let push = Push::text("hello").from("friend:3").to("group:0");
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Push {
    /// What it is.
    pub kind: PushKind,
    /// Who writes it: a contact by any of its names. A group means a member
    /// of it (`sender`, or the first beside the account). Left out: friend:0,
    /// for a friend request stranger:0.
    pub from: Option<String>,
    /// To whom: `self`, a group, or, from `self`, anybody.
    #[serde(default = "own")]
    pub to: String,
    /// Who in the group writes it.
    pub sender: Option<String>,
    /// What it says; the form depends on the kind.
    #[serde(default)]
    pub content: Value,
    /// In which account.
    #[serde(default)]
    pub account: usize,
}

/// The kinds of messages. A string as content sets what is named first.
///
/// Those with a file have one drawn from the seed, which the download
/// endpoints serve; `bytes_base64` is a file to take in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PushKind {
    /// The text.
    Text,
    /// `width`, `height`, `length`, `bytes_base64`.
    Image,
    /// `length_ms`, `bytes_base64`.
    Voice,
    /// `length_s`, `bytes_base64`.
    Video,
    /// `md5`, `width`, `height`, `store`, `bytes_base64`.
    Emoticon,
    /// `name`, `size`, `bytes_base64`.
    File,
    /// `title`, `des`, `url`.
    Link,
    /// `amount`, `memo`.
    Transfer,
    /// `contact`: whose card.
    Card,
    /// `label`, `x`, `y`.
    Location,
    /// `msg_id`: the message; left out, the newest of its writer in the chat.
    Revoke,
    /// `text`: the greeting.
    FriendRequest,
    /// The text.
    System,
    /// `code`, `names`: the chats.
    StatusNotify,
    /// Members of the AddMsgList item as they are to be; a string is `Content`.
    Raw,
}

impl PushKind {
    /// All kinds that stand for themselves, in the order of `push_all`.
    pub const ALL: [Self; 15] = [
        Self::Text,
        Self::Image,
        Self::Voice,
        Self::Video,
        Self::Emoticon,
        Self::File,
        Self::Link,
        Self::Transfer,
        Self::Card,
        Self::Location,
        Self::Revoke,
        Self::FriendRequest,
        Self::System,
        Self::StatusNotify,
        Self::Raw,
    ];
}

impl Push {
    /// A message of a kind with its default content, from friend:0 to oneself.
    #[must_use]
    pub fn new(kind: PushKind) -> Self {
        Self {
            kind,
            from: None,
            to: own(),
            sender: None,
            content: Value::Null,
            account: 0,
        }
    }

    /// A text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::new(PushKind::Text).content(Value::String(text.into()))
    }

    /// Sets [`from`](Self::from).
    #[must_use]
    pub fn from(self, from: impl Into<String>) -> Self {
        Self {
            from: Some(from.into()),
            ..self
        }
    }

    /// Sets [`to`](Self::to).
    #[must_use]
    pub fn to(self, to: impl Into<String>) -> Self {
        Self {
            to: to.into(),
            ..self
        }
    }

    /// Sets [`content`](Self::content).
    #[must_use]
    pub fn content(self, content: Value) -> Self {
        Self { content, ..self }
    }

    /// Sets [`account`](Self::account).
    #[must_use]
    pub fn account(self, account: usize) -> Self {
        Self { account, ..self }
    }
}

impl Service {
    /// Pushes a message and returns its MsgId.
    ///
    /// # Errors
    ///
    /// When a contact or the account does not exist, or the content does not
    /// fit the kind. Nothing is pushed then.
    pub fn push(&mut self, now: Now, message: &Push) -> Result<u64, ControlError> {
        self.advance(now);
        push(self, message)
    }
}

pub(super) fn push(service: &mut Service, push: &Push) -> Result<u64, ControlError> {
    let index = push.account;
    let route = route(service, push)?;
    let now = service.now;
    let account = account_mut(service, index)?;
    if push.kind == PushKind::StatusNotify {
        let (code, names) = message::status_notify(account, &push.content)?;
        let msg_id = service.notify_status(index, code, names);
        return msg_id.ok_or(ControlError::NoAccount(index));
    }
    let msg_id = account.new_msg_id(now);
    let (route, item) = message::compose(account, push.kind, route, msg_id, &push.content)?;
    service.deliver_as(index, msg_id, route, item);
    Ok(msg_id)
}

/// What a push answers: the id, and the digest of a file that goes with it.
pub(super) fn told(service: &Service, account: usize, msg_id: u64) -> Value {
    let account = service.accounts.get(account);
    let message = account.and_then(|account| account.message(msg_id));
    match message.and_then(|message| message.item.media.as_ref()) {
        Some(media) => json!({"MsgId": msg_id.to_string(), "md5": media.md5}),
        None => json!({"MsgId": msg_id.to_string()}),
    }
}

pub(super) fn push_all(service: &mut Service, all: &PushAll) -> Result<Value, ControlError> {
    let mut msg_ids = Vec::new();
    for kind in PushKind::ALL {
        let one = Push {
            // A request comes from somebody who is no friend yet.
            from: all.from.clone().filter(|_| kind != PushKind::FriendRequest),
            ..Push::new(kind).account(all.account)
        };
        msg_ids.push(push(service, &one)?.to_string());
    }
    Ok(json!({"MsgIds": msg_ids}))
}

/// More messages than any test fetches; far more would fill the memory.
const MOST_AT_ONCE: usize = 1_000_000;

/// Numbered texts: `message 1`, `message 2` …
pub(super) fn burst(service: &mut Service, burst: &Burst) -> Result<Value, ControlError> {
    let account = burst.account;
    if burst.count > MOST_AT_ONCE {
        return Err(ControlError::Body {
            call: "burst".to_owned(),
            reason: format!("count: at most {MOST_AT_ONCE}"),
        });
    }
    let senders = match &burst.from {
        Some(from) => vec![find(service, account, from)?],
        None => (0..5)
            .map_while(|n| find(service, account, &format!("friend:{n}")).ok())
            .collect(),
    };
    let me = find(service, account, "self")?;
    if let Some(page_size) = burst.page_size {
        service.config.page_size = page_size;
    }
    for (number, from) in (1..=burst.count).zip(senders.into_iter().cycle()) {
        let item = message::text(&format!("message {number}"));
        let route = Route {
            from,
            to: me,
            sender: None,
        };
        service.deliver(account, route, item);
    }
    Ok(json!({"count": burst.count}))
}

/// From and To as the account sees them: what others write to a group comes
/// from the group, with the writer as a prefix.
fn route(service: &Service, push: &Push) -> Result<Route, ControlError> {
    let index = push.account;
    let default = match push.kind {
        PushKind::FriendRequest => "stranger:0",
        _ => "friend:0",
    };
    let from = find(service, index, push.from.as_deref().unwrap_or(default))?;
    let to = find(service, index, &push.to)?;
    let account = account(service, index)?;
    let me = account.me();
    if from == me {
        return Ok(Route {
            from,
            to,
            sender: None,
        });
    }
    let (group, writer) = if account.contact(from).is_group() {
        let others = account
            .contact(from)
            .members
            .iter()
            .map(|member| member.contact);
        let writer = match &push.sender {
            Some(name) => Some(find(service, index, name)?),
            None => others.clone().find(|contact| *contact != me),
        };
        (from, writer)
    } else if account.contact(to).is_group() {
        (to, Some(from))
    } else {
        return Ok(Route {
            from,
            to: me,
            sender: None,
        });
    };
    let member = writer.filter(|writer: &ContactId| account.member(group, *writer).is_some());
    let Some(member) = member else {
        let member = push.sender.clone().or_else(|| push.from.clone());
        let member = member.unwrap_or_else(|| default.to_owned());
        return Err(ControlError::not_in_group(account, group, member));
    };
    Ok(Route {
        from: group,
        to: me,
        sender: Some(member),
    })
}

fn own() -> String {
    "self".to_owned()
}
