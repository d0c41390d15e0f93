//! The facts in a body as one flat JSON object, for people and for tests.
//!
//! Keys are the wire's own words in small letters; values are decoded text and
//! numbers, `null` where the body has none. Everything comes out of the crate's
//! decoders, so that what is shown here is what a client makes of a body.
//!
//! **The facts hold secrets**: keys and tickets are shown as they are.
//!
//! ```
//! use serde_json::json;
//!
//! let body = br#"window.synccheck={retcode:"0",selector:"2"}"#;
//! let facts = wx_wire::facts::of("synccheck", &json!({}), body)?;
//! assert_eq!(facts["selector"], "2");
//! # Ok::<(), wx_wire::facts::Error>(())
//! ```

mod account;
mod app;
mod content;
mod login;
mod presence;
mod sends;
mod sync;

use serde_json::{Map, Value, json};

use crate::{
    DecodeError,
    code::{AppMsgType, MsgType},
    endpoint::BaseResponse,
    message::Context,
};

/// A flat JSON object.
pub type Facts = Map<String, Value>;

/// A body has no facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no kind of that name; see [`kinds`].
    #[error("no kind of body has that name")]
    UnknownKind,
    /// The body does not follow its grammar.
    #[error("{endpoint}: expected {expected} at byte {offset}")]
    #[non_exhaustive]
    Decode {
        /// The endpoint that gives such bodies, or the kind.
        endpoint: &'static str,
        /// What a body of this kind has at that place.
        expected: &'static str,
        /// Offset in bytes from the start of the body.
        offset: usize,
    },
}

impl From<DecodeError> for Error {
    fn from(error: DecodeError) -> Self {
        Self::Decode {
            endpoint: error.endpoint.name(),
            expected: error.expected,
            offset: error.offset,
        }
    }
}

/// How a kind of body is read.
type Read = fn(&Value, &[u8]) -> Result<Facts, Error>;

/// The kinds of body, but `mangled`, which stands for all of them.
const BODIES: &[(&str, Read)] = &[
    ("jslogin", login::jslogin),
    ("login-poll", login::login_poll),
    ("newloginpage", login::newloginpage),
    ("synccheck", login::synccheck),
    ("init", account::init),
    ("contact", account::contact),
    ("batchcontact", account::batchcontact),
    ("sync", sync::sync),
    ("sendmsg", sends::sendmsg),
    ("statusnotify", sends::statusnotify),
    ("upload", sends::upload),
    ("other-json", sends::other_json),
];

/// The kinds of message content, and what is assumed where the context does not
/// say it.
const CONTENTS: &[(&str, MsgType, AppMsgType)] = &[
    ("msg-content/text", MsgType::TEXT, AppMsgType(0)),
    ("msg-content/group-text", MsgType::TEXT, AppMsgType(0)),
    ("msg-content/emoji-text", MsgType::TEXT, AppMsgType(0)),
    ("msg-content/image", MsgType::IMAGE, AppMsgType(0)),
    ("msg-content/voice", MsgType::VOICE, AppMsgType(0)),
    ("msg-content/video", MsgType::VIDEO, AppMsgType(0)),
    ("msg-content/emoticon", MsgType::EMOTICON, AppMsgType(0)),
    ("msg-content/card", MsgType::CARD, AppMsgType(0)),
    (
        "msg-content/friend-request",
        MsgType::FRIEND_REQUEST,
        AppMsgType(0),
    ),
    (LOCATION, MsgType::TEXT, AppMsgType(0)),
    ("msg-content/app-link", MsgType::APP, AppMsgType::LINK),
    ("msg-content/app-file", MsgType::APP, AppMsgType::FILE),
    ("msg-content/app-music", MsgType::APP, AppMsgType::MUSIC),
    (
        "msg-content/app-miniprogram",
        MsgType::APP,
        AppMsgType::MINI_PROGRAM,
    ),
    ("msg-content/app-quote", MsgType::APP, AppMsgType::QUOTE),
    ("msg-content/app-merged", MsgType::APP, AppMsgType::MERGED),
    (
        "msg-content/app-transfer",
        MsgType::APP,
        AppMsgType::TRANSFER,
    ),
    (
        "msg-content/app-redpacket",
        MsgType::APP,
        AppMsgType::RED_PACKET,
    ),
    (
        "msg-content/sysmsg-revoke",
        MsgType::SYSTEM_XML,
        AppMsgType(0),
    ),
    (
        "msg-content/sysmsg-other",
        MsgType::SYSTEM_XML,
        AppMsgType(0),
    ),
    ("msg-content/system-10000", MsgType::SYSTEM, AppMsgType(0)),
    (
        "msg-content/status-notify",
        MsgType::STATUS_NOTIFY,
        AppMsgType(0),
    ),
    ("msg-content/voip", MsgType::VOIP, AppMsgType(0)),
];

const LOCATION: &str = "msg-content/location";
const MANGLED: &str = "mangled";

/// The names of all kinds.
pub fn kinds() -> impl Iterator<Item = String> {
    let bodies = BODIES.iter().map(|(name, _)| (*name).to_owned());
    let contents = CONTENTS.iter().map(|(name, ..)| (*name).to_owned());
    bodies.chain(contents).chain([MANGLED.to_owned()])
}

/// The facts in a body of a kind.
///
/// `context` is an object of what is known from around the body: of a content
/// the members of its message (`MsgType`, `AppMsgType`, `SubMsgType`, `Url`,
/// `OriContent`) and `room`, whether the peer is one; with `other-json` the
/// `endpoint`, or `object`. Members may be missing.
///
/// The kind `mangled` tries all kinds and tells which could read the body.
///
/// # Errors
///
/// No kind has that name, or the body does not follow its grammar.
pub fn of(kind: &str, context: &Value, body: &[u8]) -> Result<Facts, Error> {
    if kind == MANGLED {
        return mangled(context, body);
    }
    if let Some((_, read)) = BODIES.iter().find(|(name, _)| *name == kind) {
        return read(context, body);
    }
    let (name, msg_type, app_msg_type) = CONTENTS
        .iter()
        .find(|(name, ..)| *name == kind)
        .ok_or(Error::UnknownKind)?;
    let mut context = content_context(context, *msg_type, *app_msg_type);
    if *name == LOCATION && context.sub_msg_type == 0 {
        context.sub_msg_type = Context::SUB_LOCATION;
    }
    Ok(content::facts(&context, text(name, body)?))
}

/// Tries all kinds of body. Any content can be read as text, which says
/// nothing, so contents count only if they are read as XML.
fn mangled(context: &Value, body: &[u8]) -> Result<Facts, Error> {
    let mut readable = Vec::new();
    let mut furthest = Error::UnknownKind;
    for (name, read) in BODIES {
        match read(context, body) {
            Ok(_) => readable.push((*name).to_owned()),
            Err(error) if error.offset() >= furthest.offset() => furthest = error,
            Err(_) => {}
        }
    }
    for (name, msg_type, app_msg_type) in CONTENTS {
        let context = content_context(context, *msg_type, *app_msg_type);
        let context = Context {
            msg_type: *msg_type,
            ..context
        };
        if content::is_readable(&context, text(name, body)?) {
            readable.push((*name).to_owned());
        }
    }
    if readable.is_empty() {
        return Err(furthest);
    }
    Ok(object(json!({ "readable_as": readable })))
}

impl Error {
    /// How far a decoder came.
    const fn offset(&self) -> usize {
        match self {
            Self::UnknownKind => 0,
            Self::Decode { offset, .. } => *offset,
        }
    }
}

fn content_context(context: &Value, msg_type: MsgType, app_msg_type: AppMsgType) -> Context<'_> {
    let number = |key: &str| {
        let value = context.get(key)?;
        value
            .as_i64()
            .or_else(|| value.as_str()?.trim().parse().ok())
    };
    let text = |key: &str| context.get(key).and_then(Value::as_str).unwrap_or_default();
    let truth = |key: &str| {
        context
            .get(key)
            .and_then(Value::as_bool)
            .unwrap_or_default()
    };
    let mut read = Context::new(number("MsgType").map_or(msg_type, MsgType));
    read.app_msg_type = number("AppMsgType").map_or(app_msg_type, AppMsgType);
    read.sub_msg_type = number("SubMsgType").unwrap_or_default();
    read.room = truth("room");
    read.own = truth("own");
    read.url = text("Url");
    read.ori_content = text("OriContent");
    read
}

fn text<'a>(kind: &'static str, body: &'a [u8]) -> Result<&'a str, Error> {
    str::from_utf8(body).map_err(|error| Error::Decode {
        endpoint: kind,
        expected: crate::json::UTF8,
        offset: error.valid_up_to(),
    })
}

/// The members of what `json!` made of braces.
fn object(value: Value) -> Facts {
    match value {
        Value::Object(facts) => facts,
        _ => Facts::new(),
    }
}

/// The server's verdict and what comes with it.
fn answer(base: &BaseResponse, facts: Value) -> Facts {
    let mut facts = object(facts);
    facts.insert("ret".to_owned(), json!(base.ret));
    facts.insert("err_msg".to_owned(), json!(base.err_msg));
    facts
}

/// Whether a body is empty. The service sends such bodies in place of a script,
/// of XML and of JSON, so their facts are null.
fn is_empty(body: &[u8]) -> bool {
    body.trim_ascii().is_empty()
}

/// The facts of an empty body: that it is empty, and `keys` without values.
fn empty(keys: &[&str]) -> Facts {
    let mut facts: Facts = keys
        .iter()
        .map(|key| ((*key).to_owned(), Value::Null))
        .collect();
    facts.insert("empty".to_owned(), json!(true));
    facts
}

/// The endpoint that a context names, without its query.
fn endpoint_of(context: &Value) -> Option<&str> {
    let endpoint = context.get("endpoint")?.as_str()?;
    endpoint.split(['?', ' ']).next()
}
