//! What a test may know for certain: which requests arrived, which messages
//! were taken from the client, and which the client is to receive.

use bytes::Bytes;
use http::HeaderMap;
use serde_json::Value;

use crate::now::Now;
use crate::omission::Omitted;
use crate::request::Incoming;

mod secrets;

/// Bodies longer than this are not kept whole: uploads would fill the memory.
const LONG_BODY: usize = 64 * 1024;
/// What is kept of them.
const BODY_START: usize = 4 * 1024;

/// A request that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Logged {
    /// When, in Unix milliseconds.
    pub unix_ms: u64,
    /// The HTTP method.
    pub method: String,
    /// The host it was sent to.
    pub host: String,
    /// The path, without the query.
    pub path: String,
    /// The query as sent.
    pub query: String,
    /// The head.
    pub headers: HeaderMap,
    /// The body as sent, or the first 4 KiB of it when it is longer than
    /// 64 KiB.
    pub body: Bytes,
    /// How long the body was.
    pub body_len: usize,
    /// Whether a fault struck it.
    pub fault: bool,
}

impl Logged {
    pub(crate) fn new(request: &Incoming, now: Now, fault: bool) -> Self {
        let body_len = request.body.len();
        let body = if body_len > LONG_BODY {
            // A copy, so that the whole can be dropped.
            Bytes::copy_from_slice(request.body.get(..BODY_START).unwrap_or_default())
        } else {
            request.body.clone()
        };
        Self {
            unix_ms: now.unix_ms,
            method: request.method.to_string(),
            host: request.host.clone(),
            path: request.path.clone(),
            query: request.raw_query.clone(),
            headers: request.headers.clone(),
            body,
            body_len,
            fault,
        }
    }

    /// Whether [`body`](Self::body) is only the start of what was sent.
    #[must_use]
    pub fn body_is_cut(&self) -> bool {
        self.body.len() < self.body_len
    }
}

/// A message that the service took from a client.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sent {
    /// The account that sent it.
    pub account: usize,
    /// The endpoint that took it, such as `webwxsendmsg`.
    pub endpoint: String,
    /// The id it was given.
    pub msg_id: u64,
    /// When, in Unix milliseconds.
    pub unix_ms: u64,
    /// `ClientMsgId` as text.
    pub client_msg_id: String,
    /// `ToUserName`.
    pub to_user_name: String,
    /// The receiver's id that no login changes: wxid, room id, `filehelper`.
    pub to: String,
    /// `Content` as received.
    pub content: String,
    /// The whole `Msg` object as received.
    pub msg: Value,
}

/// A file that a client uploaded, or tried to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Upload {
    /// The account, unless the request belonged to no session.
    pub account: Option<usize>,
    /// The part `name`.
    pub name: String,
    /// The part `size`.
    pub size: u64,
    /// `FileMd5`; empty when it was left out.
    pub md5: String,
    /// The digest of what arrived; empty until all of it has.
    pub received_md5: String,
    /// How many pieces were taken, repeated ones not counted.
    pub pieces: u64,
    /// The id that the file was given; empty until it is whole.
    pub media_id: String,
    /// The part `mediatype`: `pic`, `video` or `doc`.
    pub media_type: String,
    /// `ToUserName`.
    pub to_user_name: String,
    /// When it began, in Unix milliseconds.
    pub unix_ms: u64,
    /// Why it was refused, which was the end of it.
    pub error: Option<String>,
    /// What arrived; empty until all of it has.
    pub bytes: Bytes,
}

/// Any other operation that the service took from a client.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Op {
    /// The account that asked for it.
    pub account: usize,
    /// The endpoint that took it, such as `webwxstatusnotify`.
    pub endpoint: String,
    /// `fun` in the query, which says what a call changes in a group.
    pub fun: Option<String>,
    /// When, in Unix milliseconds.
    pub unix_ms: u64,
    /// The request's body as JSON, or null.
    pub body: Value,
}

/// A message on its way to an account's client, or received by it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delivered<'a> {
    /// Its id, in `MsgId` and `NewMsgId`.
    pub msg_id: u64,
    /// `CreateTime`.
    pub unix_s: u64,
    /// The chat's id that no login changes.
    pub chat: &'a str,
    /// The chat's user name in the current login.
    pub chat_user_name: &'a str,
    /// Whether the account itself wrote it.
    pub from_me: bool,
    /// In a group, the writer's id that no login changes.
    pub sender: Option<&'a str>,
    /// Which kind it was pushed as: `text`, `status_notify` …
    pub kind: &'static str,
    /// `Content` on the wire, without the sender's prefix.
    pub content: &'a str,
}

/// Everything recorded since the start or the last reset.
#[derive(Debug, Default)]
pub(crate) struct Record {
    pub(crate) log: Vec<Logged>,
    pub(crate) sent: Vec<Sent>,
    pub(crate) uploads: Vec<Upload>,
    pub(crate) ops: Vec<Op>,
    pub(crate) omitted: Omitted,
}
