//! Messages of every kind, in the layout of captured ones.

pub(crate) mod app;
pub(crate) mod media;
mod raw;
pub(crate) mod social;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::account::Account;
use crate::account::contact::ContactId;
use crate::codes::{msg_type, notify_code};
use crate::control::{ControlError, PushKind};
use crate::escape;
use crate::feed::Item;
use crate::service::Route;

/// A message of a kind, and the way it takes: some kinds come from a special
/// account, or drop the sender's prefix.
pub(crate) fn compose(
    account: &mut Account,
    kind: PushKind,
    route: Route,
    msg_id: u64,
    content: &Value,
) -> Result<(Route, Item), ControlError> {
    let writer = route.sender.unwrap_or(route.from);
    let writer_id = account.contact(writer).real_id.clone();
    let no_prefix = Route {
        sender: None,
        ..route
    };
    let rng = &mut account.rng;
    Ok(match kind {
        PushKind::Text => (route, text(&details::<Text>(content, "text")?.text)),
        PushKind::System => (no_prefix, system(&details::<Text>(content, "text")?.text)),
        PushKind::Image => (route, media::image(rng, details(content, "width")?)?),
        PushKind::Voice => (
            route,
            media::voice(rng, &writer_id, details(content, "length_ms")?)?,
        ),
        PushKind::Video => (
            route,
            media::video(rng, &writer_id, details(content, "length_s")?)?,
        ),
        PushKind::Emoticon => (route, media::emoticon(rng, details(content, "md5")?)),
        PushKind::File => (
            route,
            app::file(rng, &writer_id, details(content, "name")?)?,
        ),
        PushKind::Link => (route, app::link(&writer_id, &details(content, "title")?)),
        PushKind::Transfer => (
            route,
            app::transfer(rng, &writer_id, &details(content, "amount")?),
        ),
        PushKind::Location => (route, media::location(msg_id, &details(content, "label")?)),
        PushKind::Card => (route, social::card(account, details(content, "contact")?)?),
        PushKind::Revoke => (
            route,
            social::revoke(account, route, &details(content, "msg_id")?)?,
        ),
        PushKind::FriendRequest => {
            let from = account.find("fmessage").unwrap_or(route.from);
            let item = social::friend_request(account, writer, &details(content, "text")?);
            (Route { from, ..no_prefix }, item)
        }
        PushKind::Raw => (no_prefix, raw::item(content)?),
        // Status notifies are composed by the service itself.
        PushKind::StatusNotify => (
            no_prefix,
            Item::new("status_notify", msg_type::STATUS_NOTIFY, String::new()),
        ),
    })
}

/// A text as somebody typed it.
pub(crate) fn text(text: &str) -> Item {
    Item::new("text", msg_type::TEXT, escape::text(text))
}

/// The code and the chats of a status notify.
pub(crate) fn status_notify(
    account: &Account,
    content: &Value,
) -> Result<(u32, Vec<ContactId>), ControlError> {
    let details: StatusNotify = details(content, "code")?;
    let contact = |name: &String| {
        account
            .find(name)
            .ok_or_else(|| ControlError::NoContact(name.clone()))
    };
    let names: Result<_, _> = details.names.iter().map(contact).collect();
    Ok((details.code, names?))
}

/// A system line, written by the service.
pub(crate) fn system(text: &str) -> Item {
    Item {
        status: 4,
        ..Item::new("system", msg_type::SYSTEM, escape::document(text))
    }
}

/// The content of a push: nothing, the member that is named `first`, or an
/// object of members.
fn details<T: DeserializeOwned>(content: &Value, first: &str) -> Result<T, ControlError> {
    let object = match content {
        Value::Null => json!({}),
        Value::Object(_) => content.clone(),
        value => json!({ first: value }),
    };
    serde_json::from_value(object).map_err(invalid)
}

fn invalid(error: impl ToString) -> ControlError {
    ControlError::Body {
        call: "push".to_owned(),
        reason: format!("content: {}", error.to_string()),
    }
}

fn too_much(name: &str, most: u64) -> ControlError {
    invalid(format!("{name}: at most {most}"))
}

/// A file that a test brings along, in base64.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Given(Bytes);

impl Given {
    /// What was given, or else what is drawn.
    fn or(given: Option<Self>, draw: impl FnOnce() -> Bytes) -> Bytes {
        given.map_or_else(draw, |Self(bytes)| bytes)
    }
}

impl TryFrom<String> for Given {
    type Error = base64::DecodeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        BASE64_STANDARD.decode(text).map(|bytes| Self(bytes.into()))
    }
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Text {
    text: String,
}

impl Default for Text {
    fn default() -> Self {
        let text = "你好".to_owned();
        Self { text }
    }
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct StatusNotify {
    code: u32,
    names: Vec<String>,
}

impl Default for StatusNotify {
    fn default() -> Self {
        Self {
            code: notify_code::ENTER_SESSION,
            names: vec!["filehelper".to_owned()],
        }
    }
}
