//! What of a session outlives its process: a value that is folded from
//! append-only records.
//!
//! The session changes its durable state only by writing a [`Record`] and
//! applying it, so a store that has the records has the state. A store may
//! replace the records so far by a [`Saved`] at any time.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use wx_wire::Credentials;
use wx_wire::id::{ClientMsgId, MsgId, UserName};
use wx_wire::secret::{DataTicket, Skey};
use wx_wire::sync_key::SyncKey;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::command::IdempotencyKey;
use crate::event::{Cause, How};
use crate::identity::{Identified, Identities};
use crate::outbox::{Entry, Fate};
use crate::recent::RecentIds;

/// Number of a record within a session's life in one process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordSeq(pub(crate) u64);

/// A change of the durable state, to be appended to a store.
///
/// Answer with [`Input::Persisted`](crate::Input::Persisted) once it would
/// survive a crash of the process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Record {
    /// Named in the answer. Not stored.
    #[serde(skip)]
    pub seq: RecordSeq,
    /// The change itself.
    pub change: Change,
    /// The cookie jar at this moment, where it changed. The driver fills it in:
    /// the keys of a record are worth nothing without the cookies that came
    /// with them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jar: Option<JarSnapshot>,
}

/// A cookie jar as its library writes it; opaque here, secret, and wiped from
/// memory when dropped.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JarSnapshot(pub(crate) String);

impl JarSnapshot {
    /// Takes the text over.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, cookies and all.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl Drop for JarSnapshot {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl ZeroizeOnDrop for JarSnapshot {}

impl std::fmt::Debug for JarSnapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(wx_wire::secret::REDACTED)
    }
}

/// A change of the durable state. What is rare and large is boxed, as there is a
/// record for every message that is handled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Change {
    /// A login was completed.
    Online(Box<Login>),
    /// The session's key was replaced.
    Skey {
        /// The new one.
        skey: Skey,
    },
    /// The cookie `webwx_data_ticket` was replaced.
    DataTicket {
        /// The new one.
        data_ticket: DataTicket,
    },
    /// The application has handled a message that lies beyond the position.
    Handled {
        /// The message.
        msg_id: MsgId,
    },
    /// A message's handler failed.
    Failed {
        /// Of which message.
        msg_id: MsgId,
        /// How often it has failed, this time included. A total, because a
        /// snapshot may already contain a record that is appended after it. Old
        /// records lack it, and count as one more failure.
        #[serde(default)]
        times: u32,
    },
    /// Everything before this position is handled.
    Position(Position),
    /// People and groups were identified over logins.
    Identified {
        /// Who, in the order in which to apply them.
        people: Vec<Identified>,
    },
    /// A message was accepted for sending. Nothing of it goes out before this
    /// is stored.
    SendAccepted(Box<Entry>),
    /// What became of it.
    SendEnded {
        /// Which.
        client_msg_id: ClientMsgId,
        /// What became of it.
        fate: Fate,
        /// When, in Unix milliseconds, where this client saw it happen.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_ms: Option<u64>,
    },
    /// The session ended.
    Ended {
        /// Who or what ended it.
        cause: Cause,
        /// Unix time in seconds.
        at: u64,
        /// When the session had begun, in Unix seconds. A logout recorded
        /// beside the owner is folded in after all of the owner's records, and
        /// must not end a later login. Old records lack it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<u64>,
    },
}

/// What a completed login leaves to be kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Login {
    /// The keys it yielded.
    pub credentials: Credentials,
    /// The cookie of that name.
    pub data_ticket: DataTicket,
    /// Oneself in this login.
    pub account: Account,
    /// How it came about.
    pub how: How,
    /// Where the stream of changes starts; for a continued session, where it
    /// was.
    pub position: Position,
    /// Unix time in seconds.
    pub at: u64,
    /// From how many members on people are invited into a group instead of
    /// added. Old records lack it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invite_start: Option<i64>,
}

impl Change {
    /// True for records of the outbox, which every process of an account
    /// writes. All others are written only by the one that polls.
    #[must_use]
    pub const fn is_outbox(&self) -> bool {
        matches!(self, Self::SendAccepted(_) | Self::SendEnded { .. })
    }
}

/// Oneself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Account {
    /// The name in this login.
    pub user_name: UserName,
    /// Decoded.
    pub nick_name: String,
    /// The account's number, as text: it exceeds what some readers of JSON
    /// can hold.
    pub uin: String,
}

/// A place in an account's stream of changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Position {
    /// What webwxsync is asked with.
    pub sync_key: SyncKey,
    /// What synccheck is asked with, once the server gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sync_check_key: Option<SyncKey>,
}

impl Position {
    /// The key that synccheck is asked with.
    pub(crate) fn check_key(&self) -> &SyncKey {
        self.sync_check_key.as_ref().unwrap_or(&self.sync_key)
    }
}

/// A stretch of being logged in, for the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Stretch {
    /// Unix time in seconds.
    pub since: u64,
    /// Unix time in seconds; none while it lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<u64>,
    /// Why it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
}

/// How often the handler of a message in hand has failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Failing {
    msg_id: MsgId,
    times: u32,
}

/// For how many messages handler failures are counted.
const MAX_FAILING: usize = 1024;
/// How many stretches are kept.
const MAX_STRETCHES: usize = 100;

/// Everything of a session that outlives its process.
///
/// It holds the account's keys. Debug shows none of them; serialising does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Saved {
    /// The keys, from the last login on.
    pub credentials: Option<Credentials>,
    /// The cookie of that name.
    pub data_ticket: DataTicket,
    /// Oneself at the last login.
    pub account: Option<Account>,
    /// The cookies that belong to the keys.
    pub jar: Option<JarSnapshot>,
    /// Everything before it is handled.
    pub position: Position,
    /// When sessions began and ended, oldest first.
    pub stretches: Vec<Stretch>,
    pub(crate) invite_start: Option<i64>,
    pub(crate) handled: RecentIds,
    /// How often the handlers of messages in hand have failed.
    pub(crate) failing: Vec<Failing>,
    pub(crate) identities: Identities,
    pub(crate) outbox: BTreeMap<ClientMsgId, Entry>,
}

impl Saved {
    /// Nothing was ever saved.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// True if there is a session that was not seen to end.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.credentials.is_some() && self.stretches.last().is_some_and(|s| s.until.is_none())
    }

    /// Folds a record in. Records must come in the order they were written.
    pub fn apply(&mut self, record: Record) {
        if let Some(jar) = record.jar {
            self.jar = Some(jar);
        }
        self.fold(&record.change);
    }

    /// Folds in a change whose record the caller keeps.
    pub(crate) fn fold(&mut self, change: &Change) {
        match change {
            Change::Online(login) => self.log_in(login),
            Change::Skey { skey } => {
                if let Some(credentials) = &mut self.credentials {
                    credentials.skey.clone_from(skey);
                }
            }
            Change::DataTicket { data_ticket } => self.data_ticket.clone_from(data_ticket),
            Change::Handled { msg_id } => {
                self.failing.retain(|failing| failing.msg_id != *msg_id);
                self.handled.insert(msg_id);
            }
            Change::Failed { msg_id, times } => self.fail(msg_id, *times),
            Change::Position(position) => {
                self.position.clone_from(position);
                self.handled.trim();
            }
            Change::Identified { people } => {
                for identified in people {
                    self.identities.apply(identified.clone());
                }
                if people.len() > 1 {
                    self.identities.shrink();
                }
            }
            Change::SendAccepted(entry) => self.accept(entry),
            Change::SendEnded {
                client_msg_id,
                fate,
                at_ms,
            } => self.end_send(client_msg_id, fate, *at_ms),
            Change::Ended { cause, at, since } => {
                let open = |s: &&mut Stretch| {
                    s.until.is_none() && since.map_or(s.since < *at, |since| s.since == since)
                };
                if let Some(last) = self.stretches.last_mut().filter(open) {
                    last.until = Some(*at);
                    last.cause = Some(*cause);
                }
            }
        }
    }

    fn log_in(&mut self, login: &Login) {
        let Login {
            credentials,
            data_ticket,
            account,
            how,
            position,
            at,
            invite_start,
        } = login.clone();
        let before = self.account.as_ref().map(|before| &before.user_name);
        if before != Some(&account.user_name) {
            self.identities.new_login();
        }
        self.credentials = Some(credentials);
        self.data_ticket = data_ticket;
        self.account = Some(account);
        self.position = position;
        self.invite_start = invite_start;
        if how != How::Saved || !self.is_live() {
            self.begin(at);
        }
    }

    fn fail(&mut self, msg_id: &MsgId, times: u32) {
        let times = match times {
            0 => self.failures(msg_id).saturating_add(1),
            told => told,
        };
        let known = self.failing.iter_mut().find(|f| f.msg_id == *msg_id);
        match known {
            Some(failing) => failing.times = failing.times.max(times),
            None => self.failing.push(Failing {
                msg_id: msg_id.clone(),
                times,
            }),
        }
        let surplus = self.failing.len().saturating_sub(MAX_FAILING);
        self.failing.drain(..surplus);
    }

    /// How often the handler of a message has failed.
    pub(crate) fn failures(&self, msg_id: &MsgId) -> u32 {
        let known = self.failing.iter().find(|f| f.msg_id == *msg_id);
        known.map_or(0, |failing| failing.times)
    }

    fn begin(&mut self, at: u64) {
        // A record that the snapshot already contains may be folded in again.
        let again = |last: &Stretch| last.since == at && last.until.is_none();
        if self.stretches.last().is_some_and(again) {
            return;
        }
        // A stretch that was not seen to end is over at the next login.
        if let Some(last) = self.stretches.last_mut() {
            last.until.get_or_insert(at);
        }
        self.stretches.reserve_exact(1);
        self.stretches.push(Stretch {
            since: at,
            until: None,
            cause: None,
        });
        let surplus = self.stretches.len().saturating_sub(MAX_STRETCHES);
        self.stretches.drain(..surplus);
    }

    fn accept(&mut self, entry: &Entry) {
        crate::outbox::forget_old(&mut self.outbox, entry.accepted_ms);
        self.outbox
            .insert(entry.client_msg_id.clone(), entry.clone());
    }

    fn end_send(&mut self, client_msg_id: &ClientMsgId, fate: &Fate, at_ms: Option<u64>) {
        let entry = self.outbox.get_mut(client_msg_id);
        // When the polling process got the answer to its own send, the
        // application needs to hear no more of the message. A send of unknown
        // fate is resolved by its echo, and one of another process is news:
        // both go to the application, and count as handled once it has handled
        // them. Records of other processes are folded in last, so an entry that
        // is missing here is one of theirs.
        let answered = (entry.as_ref()).is_some_and(|entry| !entry.is_unknown() && !entry.attached);
        if let Fate::Sent { msg_id } = fate
            && answered
        {
            self.handled.insert(msg_id);
        }
        if let Some(entry) = entry {
            entry.sent_ms = at_ms.or(entry.sent_ms);
            entry.fate = fate.clone();
        }
    }

    /// The message that was accepted with this key, if it is still remembered.
    pub(crate) fn keyed(&self, key: &IdempotencyKey) -> Option<&Entry> {
        self.outbox
            .values()
            .find(|entry| entry.key.as_ref() == Some(key))
    }
}
