//! A message under way in this process, and its end.

use std::time::Duration;

use wx_wire::code::Ret;
use wx_wire::id::{ClientMsgId, UserName};

use super::doubts::Doubt;
use super::parcel::Parcel;
use super::{Echo, Entry, Fate};
use crate::command::{CommandError, CommandId, Done};
use crate::context::Context;
use crate::event::EventId;
use crate::sabotage::breaks;
use crate::saved::{Change, RecordSeq};
use crate::time::Instant;

/// An accepted message whose file is not uploaded yet. Nothing of it has gone
/// out.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) commands: Vec<CommandId>,
    pub(super) to: UserName,
    /// What the stream shows it as, if it is known there by anything.
    pub(super) likeness: u64,
    pub(super) client_msg_id: ClientMsgId,
    pub(super) record: RecordSeq,
    /// When the caller wants it to have gone out; by default a while after the
    /// upload.
    pub(super) expires: Option<Instant>,
}

impl Waiting {
    /// Its parcel is ready.
    pub(super) fn into_outgoing(self, parcel: Parcel, expires: Instant) -> Outgoing {
        Outgoing {
            commands: self.commands,
            to: self.to,
            parcel,
            likeness: self.likeness,
            client_msg_id: self.client_msg_id,
            record: self.record,
            expires: self.expires.unwrap_or(expires),
            tries: 0,
            sent_ms: None,
            trouble: None,
            echoes: Vec::new(),
        }
    }

    /// It will never have one.
    pub(super) fn finish(self, cx: &mut Context, fate: Fate, retry_after: Option<Duration>) {
        cx.journal.write(Change::SendEnded {
            client_msg_id: self.client_msg_id.clone(),
            fate: fate.clone(),
            at_ms: None,
        });
        for command in self.commands {
            let result = outcome(&self.client_msg_id, &self.to, &fate, retry_after);
            cx.complete(command, result);
        }
    }
}

#[derive(Debug)]
pub(super) struct Outgoing {
    /// The commands that wait for it; several if its key was used again.
    pub(super) commands: Vec<CommandId>,
    pub(super) to: UserName,
    pub(super) parcel: Parcel,
    /// What the stream shows it as, if it is known there by anything.
    pub(super) likeness: u64,
    pub(super) client_msg_id: ClientMsgId,
    /// Nothing of it goes out before this is stored.
    pub(super) record: RecordSeq,
    pub(super) expires: Instant,
    pub(super) tries: u32,
    /// When the server took it.
    pub(super) sent_ms: Option<u64>,
    /// Why the last try did not reach the service.
    pub(super) trouble: Option<String>,
    /// Messages in the stream that look like this one, held meanwhile.
    pub(super) echoes: Vec<(EventId, Echo)>,
}

impl Outgoing {
    /// Why it has not gone out, for people, once its time is up.
    pub(super) fn overdue(&self) -> String {
        match &self.trouble {
            Some(trouble) => format!("it could not go out in time: {trouble}"),
            None => "it could not go out in time".to_owned(),
        }
    }

    /// Ends it. If the answer was lost but the stream shows a message like it,
    /// it first has to be found out whether that is this one.
    pub(super) fn finish(self, cx: &mut Context, fate: Fate, retry_after: Option<Duration>) {
        match fate {
            Fate::Unknown { reason } if self.echoes.iter().any(|(_, echo)| echo.is(&self)) => {
                let doubt = Doubt::Unanswered(Box::new(self), reason);
                cx.doubts.push(doubt);
            }
            fate => self.end(cx, fate, retry_after),
        }
    }

    /// Ends it in the durable state and for every command that waits for it.
    pub(super) fn end(mut self, cx: &mut Context, fate: Fate, retry_after: Option<Duration>) {
        if let Fate::Sent { msg_id } = &fate
            && !breaks!(cx.config, DeliverOwn)
        {
            cx.inbox.mark_seen(msg_id);
        }
        cx.journal.write(Change::SendEnded {
            client_msg_id: self.client_msg_id.clone(),
            fate: fate.clone(),
            at_ms: self.sent_ms,
        });
        self.settle_echoes(cx, &fate);
        for command in self.commands {
            let result = outcome(&self.client_msg_id, &self.to, &fate, retry_after);
            cx.complete(command, result);
        }
    }

    /// Drops the held message that is this one, and passes the others on.
    pub(super) fn settle_echoes(&mut self, cx: &mut Context, fate: &Fate) {
        for (event, echo) in std::mem::take(&mut self.echoes) {
            if matches!(fate, Fate::Sent { msg_id } if *msg_id == echo.msg_id) {
                cx.inbox.drop_held(event, &mut cx.journal);
            } else {
                echo.pass(event, cx);
            }
        }
    }
}

impl Entry {
    /// The result for a command that names its key again.
    pub(super) fn outcome(&self) -> Result<Done, CommandError> {
        outcome(&self.client_msg_id, &self.to, &self.fate, None)
    }
}

fn outcome(
    client_msg_id: &ClientMsgId,
    to: &UserName,
    fate: &Fate,
    retry_after: Option<Duration>,
) -> Result<Done, CommandError> {
    let client_msg_id = client_msg_id.clone();
    match fate.clone() {
        Fate::Sent { msg_id } => Ok(Done::Sent {
            msg_id,
            client_msg_id,
            to: to.clone(),
        }),
        Fate::Refused {
            ret: Ret::TOO_OFTEN,
            message,
        } => Err(CommandError::throttled(
            message,
            retry_after.unwrap_or_default(),
        )),
        Fate::Refused { ret, message } => Err(CommandError::Refused { ret, message }),
        Fate::NotSent { reason } => Err(CommandError::NotSent { reason }),
        Fate::Unknown { reason } => Err(CommandError::Unknown {
            client_msg_id,
            reason,
        }),
        Fate::Pending {} => Err(CommandError::Unknown {
            client_msg_id,
            reason: "another process is sending it, or ended while it was".to_owned(),
        }),
    }
}
