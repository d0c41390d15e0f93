//! Giving up uploads, and handing their files over to other commands.

use super::{Ended, Lost, Reason, Step, Upload, Uploads};
use crate::command::CommandId;
use crate::context::Context;
use crate::time::Now;
use crate::transfer::Await;

impl Uploads {
    /// Gives up one upload. True if there was one.
    pub(in crate::outbox) fn cancel(&mut self, reason: &Reason, cx: &mut Context) -> bool {
        let found = self.all.iter().position(|u| u.wanted.reason == *reason);
        let Some(at) = found else {
            return false;
        };
        let upload = self.all.remove(at);
        if let Await::Answer(id) = upload.state {
            cx.requests.give_up(id);
        }
        true
    }

    /// Reads the file through another command from here on, because the first
    /// command's source may be gone with it. A piece in flight is therefore
    /// sent again.
    pub(in crate::outbox) fn hand_over(
        &mut self,
        reason: &Reason,
        to: CommandId,
        cx: &mut Context,
        now: Now,
    ) {
        let mut uploads = self.all.iter_mut();
        let Some(upload) = uploads.find(|u| u.wanted.reason == *reason) else {
            return;
        };
        if upload.wanted.source == to {
            return;
        }
        upload.wanted.source = to;
        if let (Await::Answer(id), Step::Piece(_)) = (upload.state, upload.step) {
            cx.requests.give_up(id);
            upload.launch(cx, now);
        }
    }

    /// Gives up all uploads. The caller aborts their requests.
    pub(in crate::outbox) fn stop(&mut self, words: &str) -> Vec<Ended> {
        let ended = std::mem::take(&mut self.all);
        let lost = |upload: Upload| {
            upload.lost(Lost::Failed {
                reason: words.to_owned(),
            })
        };
        ended.into_iter().map(lost).collect()
    }
}
