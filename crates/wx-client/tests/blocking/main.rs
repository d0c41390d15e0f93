//! A second driver for the core, without any async: the same core, two shells.
//!
//! [`wx_proto::Session`] decides everything: what to send, to store and to
//! tell, and when to look again. Whoever drives it only carries things to and
//! fro. The crate's own driver does so on tokio; this one has a thread for each
//! request in flight, a channel on which their answers come back, and a vector
//! for a store. That is all it takes to log in and to chat.
//!
//! The requests themselves, HTTP over TLS as far as it is needed here, are
//! `wire.rs`. One round of the driver is [`Blocking::drain`], which does what
//! the session wants done, and [`Blocking::wait`], which waits for an answer or
//! for the time.

#![cfg(test)]

use std::collections::HashMap;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::json;
use wx_proto::event::Cause;
use wx_proto::{
    Command, CommandError, CommandId, Config, Done, Event, EventKind, Input, Now, Record, Seed,
    SendText, Session, Transmit,
};
use wx_sim::{Options, Server};

mod wire;

use wire::Wire;

/// Far beyond what the test takes.
const AT_MOST: Duration = Duration::from_secs(60);

/// The driver.
struct Blocking {
    session: Session,
    origin: Instant,
    wire: Wire,
    answers: mpsc::Receiver<Input>,
    answer: mpsc::Sender<Input>,
    stored: Vec<Record>,
    ended: HashMap<CommandId, Result<Done, CommandError>>,
}

impl Blocking {
    fn new(wire: Wire) -> Self {
        let origin = Instant::now();
        let (answer, answers) = mpsc::channel();
        let session = Session::new(Arc::new(Config::default()), Seed(1), now(origin));
        let (stored, ended) = (Vec::new(), HashMap::new());
        Self {
            session,
            origin,
            wire,
            answers,
            answer,
            stored,
            ended,
        }
    }

    /// Does what the session wants done, until it wants nothing.
    fn drain(&mut self) {
        loop {
            if let Some(transmit) = self.session.poll_transmit() {
                match transmit {
                    Transmit::Send(request) => {
                        let (wire, answer) = (self.wire.clone(), self.answer.clone());
                        // The driver may have ended before its answer comes.
                        thread::spawn(move || answer.send(wire.carry(request)).ok());
                    }
                    Transmit::Abort(id) => self.wire.give_up(id),
                }
            } else if let Some(record) = self.session.poll_persist() {
                let stored = Input::Persisted(record.seq);
                self.stored.push(record);
                self.session.handle(now(self.origin), stored);
            } else if let Some(completion) = self.session.poll_completion() {
                self.ended.insert(completion.command, completion.result);
            } else {
                return;
            }
        }
    }

    /// Waits for an answer, or until the session wants to look again.
    fn wait(&mut self) {
        let now_is = now(self.origin).mono;
        let left = self
            .session
            .deadline()
            .map(|deadline| deadline.at.since(now_is));
        let left = left.unwrap_or(AT_MOST);
        assert!(self.origin.elapsed() < AT_MOST, "nothing comes of it");
        let input = self.answers.recv_timeout(left).unwrap_or(Input::Timeout);
        self.session.handle(now(self.origin), input);
    }

    /// Goes on until an event comes, and acknowledges it.
    fn event(&mut self) -> Event {
        loop {
            self.drain();
            if let Some(event) = self.session.poll_event(now(self.origin)) {
                self.session.ack(now(self.origin), event.id);
                return event;
            }
            self.wait();
        }
    }

    /// Goes on until a command has ended.
    fn run(&mut self, command: Command) -> Result<Done, CommandError> {
        let id = self.session.command(now(self.origin), command);
        let id = id.expect("a command that makes sense");
        loop {
            self.drain();
            if let Some(result) = self.ended.remove(&id) {
                return result;
            }
            self.wait();
        }
    }
}

fn now(origin: Instant) -> Now {
    let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Now {
        mono: wx_proto::Instant::new(origin.elapsed()),
        unix_ms: unix.as_millis().try_into().unwrap(),
    }
}

#[test]
fn the_core_needs_no_runtime() {
    // The service has one, as any other server may.
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut options = Options::default();
    options.config =
        serde_json::from_value(json!({"auto_scan_ms": null, "auto_confirm_ms": null})).unwrap();
    let server = runtime.block_on(Server::start(options)).unwrap();
    let call = |call: &str, body| {
        server
            .with(|service, now| service.control(now, call, &body))
            .unwrap()
    };
    let wire = Wire::to(server.address(), server.ca_pem());
    let mut driver = Blocking::new(wire);

    let text = loop {
        match driver.event().kind {
            EventKind::Qr { .. } => {
                call("login", json!({"action": "confirm"}));
            }
            EventKind::Online { .. } => {
                call("push", json!({"kind": "text", "content": "no async here?"}));
            }
            EventKind::Message(message) => break message.text().map(str::to_owned),
            _ => {}
        }
    };
    assert_eq!(text.as_deref(), Some("no async here?"));

    let send = Command::SendText(SendText::new("filehelper", "none at all"));
    let sent = driver.run(send).unwrap();
    assert!(matches!(sent, Done::Sent { .. }), "{sent:?}");
    let taken = server.with(|service, _| service.sent()[0].content.clone());
    assert_eq!(taken, "none at all");

    assert_eq!(driver.run(Command::Logout {}), Ok(Done::LoggedOut {}));
    let cause = loop {
        if let EventKind::LoggedOut { cause, .. } = driver.event().kind {
            break cause;
        }
    };
    assert_eq!(cause, Cause::Own);
    driver.drain();
    assert!(driver.session.is_idle() && !driver.stored.is_empty());
}
