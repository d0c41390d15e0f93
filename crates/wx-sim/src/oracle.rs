//! What a test may know for certain: which requests arrived, which messages
//! were taken from the client, and which the client is to receive.

use serde_json::Value;

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
    /// The body as sent.
    pub body: bytes::Bytes,
    /// Whether a fault struck it.
    pub fault: bool,
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

/// Any other operation that the service took from a client.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Op {
    /// The account that asked for it.
    pub account: usize,
    /// The endpoint that took it, such as `webwxstatusnotify`.
    pub endpoint: String,
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
    pub(crate) ops: Vec<Op>,
}
