//! A session with an optional recorder, which sees everything that the driver
//! tells the session.

use std::ops::Deref;

use wx_proto::Now;
use wx_proto::event::WarningKind;
use wx_proto::trace::Happening;
use wx_proto::{
    Command, CommandId, Completion, Event, EventId, Input, Record, Rejected, Session, Transmit,
};

use super::Recorder;

/// A session that may be recorded. Methods that change nothing are those of the
/// session itself.
pub(crate) struct Core {
    session: Session,
    recorder: Option<Recorder>,
    /// The last moment that was passed to the session.
    now: Now,
}

impl Core {
    pub(crate) const fn new(session: Session, recorder: Option<Recorder>, now: Now) -> Self {
        Self {
            session,
            recorder,
            now,
        }
    }

    fn record(&mut self, now: Now, happening: impl FnOnce() -> Happening) {
        self.now = now;
        if let Some(recorder) = &self.recorder {
            recorder.step(happening().at(now));
        }
    }

    pub(crate) fn handle(&mut self, now: Now, input: Input) {
        self.now = now;
        if let Some(recorder) = &self.recorder {
            recorder.step(Happening::input(&self.session, &input).at(now));
        }
        self.session.handle(now, input);
    }

    pub(crate) fn command(&mut self, now: Now, command: Command) -> Result<CommandId, Rejected> {
        let copy = self.recorder.is_some().then(|| command.clone());
        let answer = self.session.command(now, command);
        if let Some(command) = copy {
            self.record(now, || Happening::asked(command, &answer));
        }
        answer
    }

    pub(crate) fn ack(&mut self, now: Now, event: EventId) {
        self.record(now, || Happening::acked(event));
        self.session.ack(now, event);
    }

    pub(crate) fn fail(&mut self, now: Now, event: Event, why: &str) {
        self.record(now, || Happening::not_handled(&event, why));
        self.session.fail(now, event, why);
    }

    pub(crate) fn warn(&mut self, kind: WarningKind, message: String) {
        let copy = || Happening::Warned {
            kind,
            message: message.clone(),
        };
        self.record(self.now, copy);
        self.session.warn(kind, message);
    }

    pub(crate) fn close(&mut self, now: Now) {
        self.record(now, || Happening::Closed {});
        self.session.close();
    }

    pub(crate) fn poll_event(&mut self, now: Now) -> Option<Event> {
        let event = self.session.poll_event(now)?;
        self.record(now, || Happening::taken(&event));
        Some(event)
    }

    pub(crate) fn poll_transmit(&mut self) -> Option<Transmit> {
        let transmit = self.session.poll_transmit()?;
        if let Transmit::Send(request) = &transmit {
            self.record(self.now, || Happening::sent(request));
        }
        Some(transmit)
    }

    pub(crate) fn poll_completion(&mut self) -> Option<Completion> {
        self.session.poll_completion()
    }

    pub(crate) fn poll_others(&mut self) -> bool {
        let asks = self.session.poll_others();
        if asks {
            self.record(self.now, || Happening::AskedOthers {});
        }
        asks
    }

    /// Writes the rest of the recording.
    pub(crate) fn end_recording(&mut self) {
        self.recorder = None;
    }

    /// Not recorded: taking records does not determine what a session does.
    pub(crate) fn poll_persist(&mut self) -> Option<Record> {
        self.session.poll_persist()
    }
}

impl Deref for Core {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.session
    }
}
