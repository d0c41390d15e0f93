//! Telling one's own messages in the stream of changes from those that the
//! phone or another process has sent.

use wx_wire::id::{MsgId, UserName};

use super::{Entry, Fate};
use crate::context::Context;
use crate::message::{Body, Message, fnv1a};
use crate::saved::Change;

/// How far the server's clock may be off.
const SKEW: i64 = 10 * 60;
/// How long after its acceptance a message may have been sent. A later one of
/// the same text is another one.
const SENT_WITHIN: i64 = 60 * 60;

/// A text in the stream that oneself has sent, from wherever.
#[derive(Clone, Debug)]
pub(crate) struct Echo {
    pub(super) digest: u64,
    pub(super) msg_id: MsgId,
    /// Unix time in seconds.
    time: i64,
}

impl Echo {
    pub(crate) fn of(message: &Message) -> Option<Self> {
        let Body::Text { text, .. } = &message.body else {
            return None;
        };
        (message.from_me && !message.msg_id.is_empty()).then(|| Self {
            digest: digest(&message.chat.id, text),
            msg_id: message.msg_id.clone(),
            time: message.time,
        })
    }

    /// If a message of unknown fate looks like this one, it was sent.
    pub(super) fn confirm(&self, cx: &mut Context) {
        let unknown = cx
            .journal
            .saved()
            .outbox
            .values()
            .find(|entry| self.may_be(entry))
            .map(|entry| entry.client_msg_id.clone());
        if let Some(client_msg_id) = unknown {
            let fate = Fate::Sent {
                msg_id: self.msg_id.clone(),
            };
            cx.journal.write(Change::SendEnded {
                client_msg_id,
                fate,
            });
        }
    }

    fn may_be(&self, entry: &Entry) -> bool {
        let accepted = i64::try_from(entry.accepted_ms / 1000).unwrap_or(i64::MAX);
        entry.digest == self.digest
            && entry.is_unknown()
            && self.time >= accepted.saturating_sub(SKEW)
            && self.time <= accepted.saturating_add(SENT_WITHIN)
    }
}

/// What messages of the same receiver and text have in common.
pub(super) fn digest(to: &UserName, text: &str) -> u64 {
    fnv1a(format!("{to}\0{text}").as_bytes())
}
