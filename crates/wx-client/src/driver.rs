//! The loop between the core and the world. It decides nothing: what to send,
//! to store and to tell, and when, is the session's to say.

use std::collections::HashMap;
use std::future::pending;
use std::sync::{Arc, OnceLock};

use futures_util::future::{AbortHandle, Abortable, Aborted, BoxFuture};
use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::sync::{mpsc, oneshot, watch};
use wx_proto::event::WarningKind;
use wx_proto::{
    CommandId, Done, Event, EventId, Input, Instant, RequestId, Roster, Session, State, Transmit,
};
use wx_transport::Jar;

use crate::clock::Clock;
use crate::error::{Error, ErrorKind};
use crate::exchange::Lanes;
use crate::keeper::{Keeper, Kept};

mod asks;

pub(crate) use asks::Ask;

/// What became of the account in the end: why not all of it is stored, if so.
pub(crate) type End = OnceLock<Result<(), (ErrorKind, String)>>;

/// What the loop woke up for.
enum Turn {
    Exchanged(Result<Input, Aborted>),
    Kept(Kept),
    Asked(Option<Ask>),
    Acked(Option<EventId>),
    Told,
    Deaf,
    Due,
}

type Exchange = Abortable<BoxFuture<'static, Input>>;

pub(crate) struct Driver {
    pub(crate) session: Session,
    /// Runs commands only.
    pub(crate) attached: bool,
    pub(crate) clock: Clock,
    pub(crate) lanes: Lanes,
    pub(crate) jar: Jar,
    pub(crate) keeper: Keeper,
    pub(crate) asks: mpsc::UnboundedReceiver<Ask>,
    pub(crate) acks: mpsc::UnboundedReceiver<EventId>,
    /// None once nobody listens any more, or there is nothing more to tell.
    pub(crate) events: Option<mpsc::Sender<Event>>,
    pub(crate) state: watch::Sender<State>,
    pub(crate) end: Arc<End>,
    pub(crate) wires: Wires,
}

/// Work that is under way.
#[derive(Default)]
pub(crate) struct Wires {
    exchanges: FuturesUnordered<Exchange>,
    aborts: HashMap<RequestId, AbortHandle>,
    commands: HashMap<CommandId, oneshot::Sender<Result<Done, Error>>>,
    roster: Option<(u64, Arc<Roster>)>,
    /// All handles are gone.
    unasked: bool,
    /// The event stream is gone, and all that came of it.
    unacked: bool,
    /// Set once it is to stop: when to stop waiting for anything.
    give_up: Option<Instant>,
}

impl Driver {
    /// Runs until the session is over or was stopped, everything is stored,
    /// and the application has taken and acknowledged what there was.
    pub(crate) async fn run(mut self) {
        loop {
            self.drain();
            let now = self.clock.now();
            let late = self.wires.give_up.is_some_and(|at| at <= now.mono);
            if late || self.is_done() {
                return self.finish();
            }
            let due = self.session.deadline().map(|deadline| deadline.at);
            let due = due.into_iter().chain(self.wires.give_up).min();
            let tells = self.session.has_event() && self.wires.give_up.is_none();
            let turn = tokio::select! {
                Some(input) = self.wires.exchanges.next() => Turn::Exchanged(input),
                kept = self.keeper.next(now) => Turn::Kept(kept),
                ask = self.asks.recv(), if !self.wires.unasked => Turn::Asked(ask),
                ack = self.acks.recv(), if !self.wires.unacked => Turn::Acked(ack),
                permit = room(self.events.as_ref()), if tells => match permit {
                    Ok(permit) => {
                        if let Some(event) = self.session.poll_event(now) {
                            permit.send(event);
                        }
                        Turn::Told
                    }
                    Err(_) => Turn::Deaf,
                },
                () = self.clock.sleep_until(due) => Turn::Due,
            };
            match turn {
                Turn::Exchanged(Ok(input)) => self.handle(input),
                Turn::Exchanged(Err(_aborted)) => {}
                Turn::Kept(kept) => self.kept(kept),
                Turn::Asked(Some(ask)) => self.ask(ask),
                Turn::Asked(None) => self.wires.unasked = true,
                Turn::Acked(Some(event)) => self.session.ack(self.clock.now(), event),
                Turn::Acked(None) => self.wires.unacked = true,
                Turn::Told => {}
                Turn::Deaf => self.events = None,
                Turn::Due => self.handle(Input::Timeout),
            }
            if self.wires.unasked && self.wires.unacked {
                // Nobody is left to tell or to ask anything.
                self.stop();
            }
        }
    }

    fn handle(&mut self, input: Input) {
        if let Input::Response { id, .. } | Input::Failed { id, .. } = &input {
            self.wires.aborts.remove(id);
        }
        self.session.handle(self.clock.now(), input);
    }

    fn kept(&mut self, kept: Kept) {
        match kept {
            Kept::Records(seq) => self.handle(Input::Persisted(seq)),
            Kept::Failed(message) => self.handle(Input::StoreFailed { message }),
            Kept::Trouble(message) => self.session.warn(WarningKind::Disk, message),
            Kept::Fenced => self.handle(Input::Fenced),
            Kept::Nothing => {}
        }
    }

    /// Does what the session wants done, until it wants nothing.
    fn drain(&mut self) {
        while let Some(transmit) = self.session.poll_transmit() {
            match transmit {
                Transmit::Send(request) => {
                    let (handle, registration) = AbortHandle::new_pair();
                    self.wires.aborts.insert(request.id, handle);
                    let exchange = self.lanes.exchange(&self.jar, request);
                    let exchange =
                        Abortable::new(Box::pin(exchange) as BoxFuture<'_, _>, registration);
                    self.wires.exchanges.push(exchange);
                }
                Transmit::Abort(id) => {
                    if let Some(handle) = self.wires.aborts.remove(&id) {
                        handle.abort();
                    }
                }
            }
        }
        while let Some(completion) = self.session.poll_completion() {
            if let Some(answer) = self.wires.commands.remove(&completion.command) {
                // Whoever asked may have stopped waiting.
                let _ = answer.send(completion.result.map_err(Error::from));
            }
        }
        let over = self.session.is_idle();
        let now = self.clock.now();
        self.keeper.start(&mut self.session, &self.jar, now, over);
        self.state.send_if_modified(|state| {
            let changed = state != self.session.state();
            if changed {
                state.clone_from(self.session.state());
            }
            changed
        });
        if over && !self.session.has_event() {
            self.events = None;
        }
    }

    fn is_done(&self) -> bool {
        // Whoever only asks things asks them of a session that is over, too.
        let heard = !self.attached
            && self.events.is_none()
            && (self.wires.unacked || self.session.unacknowledged() == 0);
        let wanted = self.wires.give_up.is_none() && !heard;
        !wanted && self.session.is_idle() && self.keeper.is_idle()
    }
}

impl Drop for Driver {
    /// A runner that is dropped has stopped, too.
    fn drop(&mut self) {
        self.state.send_if_modified(|state| {
            let goes_on = matches!(
                state,
                State::LoggingIn { .. } | State::Online { .. } | State::Attached {}
            );
            if goes_on {
                *state = State::Closed {};
            }
            goes_on
        });
    }
}

/// Room for one more event, as long as there may be any.
async fn room(
    events: Option<&mpsc::Sender<Event>>,
) -> Result<mpsc::Permit<'_, Event>, mpsc::error::SendError<()>> {
    match events {
        Some(events) => events.reserve().await,
        None => pending().await,
    }
}
