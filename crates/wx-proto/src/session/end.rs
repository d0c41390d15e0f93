//! The ends of a session: over, stopped by the application, or frozen because
//! another owner has taken the account over.

use super::{Phase, Role, Session};
use crate::command::CommandError;
use crate::context::Purpose;
use crate::event::{Cause, CloseReason, EventKind, WarningKind};
use crate::outbox;
use crate::state::State;
use crate::time::Now;

impl Session {
    /// The session, or the login, is over.
    pub(super) fn end(&mut self, reason: CloseReason, now: Now) {
        tracing::info!(cause = ?reason.cause, ret = reason.ret.0, "the session is over");
        // An attached session ends the account's session only by its own
        // logout, and a failed login ends none.
        let ends = match self.phase {
            Phase::Online(_) => true,
            Phase::Attached => reason.cause == Cause::Own,
            Phase::Login(_) | Phase::Done => false,
        };
        let error = CommandError::Ended {
            reason: reason.clone(),
        };
        self.stop(&reason.message, &error);
        if ends {
            self.cx.record_end(reason.cause, now);
        }
        self.cx.event(EventKind::LoggedOut {
            cause: reason.cause,
            ret: reason.ret,
            message: reason.message.clone(),
        });
        self.cx.set_state(State::Ended { reason });
    }

    /// Another owner has taken the account over. This one sends and stores
    /// nothing more, and does not log out.
    pub(super) fn freeze(&mut self) {
        if matches!(self.cx.state(), State::Frozen {}) {
            return;
        }
        let words = "another process has taken over the account; this one sends nothing more";
        self.stop(words, &CommandError::stopped(words));
        outbox::settle_all(&mut self.cx, None);
        self.parking.end();
        self.cx.warn(WarningKind::Fenced, words);
        self.cx.set_state(State::Frozen {});
    }

    /// An owner offers its records again later. An attached session has nothing
    /// to wait for: its commands end at once, and their callers can repeat
    /// them.
    pub(super) fn store_failed(&mut self, now: Now, message: &str) {
        let cx = &mut self.cx;
        let words = format!("the account cannot be saved: {message}");
        if self.role == Role::Attached {
            let error = CommandError::NotStored {
                reason: words.clone(),
            };
            self.outbox.give_up(&mut self.cx, &error);
            self.stop(&words, &error);
            self.cx.journal.give_up();
            self.cx.set_state(State::Closed {});
            return;
        }
        cx.journal.failed(now.mono, &mut cx.rng);
        cx.warn(WarningKind::Disk, words);
    }

    /// Stops cleanly, without logging out: no more polls, no more messages.
    /// What is in flight is waited for, until [`is_idle`](Self::is_idle).
    pub fn close(&mut self) {
        if matches!(self.phase, Phase::Done) {
            return;
        }
        let words = "the client was stopped";
        self.stop(words, &CommandError::stopped(words));
        self.parking.end();
        self.cx.set_state(State::Closed {});
    }

    /// Drops everything except messages in flight, whose fate still matters,
    /// and ends the commands that waited.
    fn stop(&mut self, words: &str, error: &CommandError) {
        self.phase = Phase::Done;
        self.outbox.stop(&mut self.cx, words);
        self.downloads.end(error, &mut self.cx);
        self.contacts.end(error, &mut self.cx);
        self.cx
            .abort(|purpose| !matches!(purpose, Purpose::Send(..)), error);
    }

    /// True once a session that is over, stopped or frozen waits for nothing:
    /// no answer, no record to be stored or read, and no message that is due
    /// again because its handler failed.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        let frozen = matches!(self.cx.state(), State::Frozen {});
        matches!(self.phase, Phase::Done)
            && self.cx.requests.is_empty()
            && self.cx.doubts.is_empty()
            && self.parking.deadline().is_none()
            && (frozen || self.cx.journal.is_flushed())
    }
}
