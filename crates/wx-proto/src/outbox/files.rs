//! What the end of an upload, or its cancelling, means for the messages.

use super::outgoing::Waiting;
use super::parcel::Parcel;
use super::uploads::{Ended, Lost, Reason};
use super::{Fate, Outbox};
use crate::command::{CommandError, CommandId};
use crate::context::{Context, Reply};
use crate::event::CloseReason;
use crate::io::RequestId;
use crate::time::Now;

impl Outbox {
    /// The answer to a piece, or the failure to get one. Returns the server's
    /// verdict if that ends the session.
    pub(crate) fn upload_reply(
        &mut self,
        id: RequestId,
        reply: Reply,
        cx: &mut Context,
        now: Now,
    ) -> Option<CloseReason> {
        let (ended, over) = self.uploads.reply(id, reply, cx, now);
        if let Some(ended) = ended {
            self.file_ended(ended, cx, now);
        }
        over
    }

    /// Something of a piece went out.
    pub(crate) fn upload_moved(&mut self, id: RequestId, at: u64, cx: &Context, now: Now) {
        self.uploads.moved(id, at, cx, now);
    }

    pub(super) fn file_ended(&mut self, ended: Ended, cx: &mut Context, now: Now) {
        let client_msg_id = match ended.reason {
            Reason::Command(command) => return Ended::complete(command, ended.result, cx),
            Reason::Message(client_msg_id) => client_msg_id,
        };
        let Some(waiting) = self.waiting.remove(&client_msg_id) else {
            return;
        };
        match ended.result {
            Ok(uploaded) => self.enqueue(waiting, Parcel::Uploaded(uploaded), cx, now),
            Err(Lost::Failed { reason }) => waiting.finish(cx, Fate::not_sent(reason), None),
            Err(Lost::Refused {
                ret,
                message,
                pause,
            }) => {
                if let Some(pause) = pause {
                    self.not_before = self.not_before.max(now.mono + pause);
                }
                waiting.finish(cx, Fate::Refused { ret, message }, pause);
            }
        }
    }

    /// Gives up an upload and the message that waits for it. If other commands
    /// wait for the same message, because they named its key, the upload goes
    /// on with the file of one of them.
    pub(super) fn cancel_upload(&mut self, cx: &mut Context, command: CommandId, now: Now) -> bool {
        if self.uploads.cancel(&Reason::Command(command), cx) {
            cx.complete(command, Err(CommandError::Cancelled {}));
            return true;
        }
        let has = |waiting: &&mut Waiting| waiting.commands.contains(&command);
        let Some(waiting) = self.waiting.values_mut().find(has) else {
            return false;
        };
        let number = waiting.client_msg_id.clone();
        let mut others = waiting.commands.iter().filter(|other| **other != command);
        if let Some(other) = others.next().copied() {
            waiting.commands.retain(|waiting| *waiting != command);
            (self.uploads).hand_over(&Reason::Message(number), other, cx, now);
            cx.complete(command, Err(CommandError::Cancelled {}));
            return true;
        }
        if let Some(waiting) = self.waiting.remove(&number) {
            self.uploads.cancel(&Reason::Message(number), cx);
            waiting.finish(cx, Fate::not_sent("cancelled"), None);
        }
        true
    }

    /// Ends all uploads, and the messages that wait for them.
    pub(super) fn stop_uploads(&mut self, cx: &mut Context, words: &str) {
        for ended in self.uploads.stop(words) {
            if let Reason::Command(command) = ended.reason {
                Ended::complete(command, ended.result, cx);
            }
        }
        for waiting in std::mem::take(&mut self.waiting).into_values() {
            waiting.finish(cx, Fate::not_sent(words), None);
        }
    }
}
