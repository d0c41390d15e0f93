//! The loop between the core and the world. It decides nothing: what to send,
//! to store and to tell, and when, is the session's to say.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::{AbortHandle, Abortable, Aborted, BoxFuture};
use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::sync::{mpsc, oneshot, watch};
use wx_proto::{
    Command, CommandId, Done, Event, EventId, Input, RequestId, Roster, Session, State, Transmit,
};
use wx_transport::Jar;

use crate::client::Overview;
use crate::clock::Clock;
use crate::error::Error;
use crate::exchange::Lanes;
use crate::keeper::{Keeper, Kept};

/// What handles and event streams ask of the driver.
#[derive(Debug)]
pub(crate) enum Ask {
    /// Run a command, and say what came of it.
    Run(Command, oneshot::Sender<Result<Done, Error>>),
    /// A message is handled.
    Ack(EventId),
    /// The contacts as they are.
    Roster(oneshot::Sender<Arc<Roster>>),
    /// What is known of the account.
    Overview(oneshot::Sender<Overview>),
    /// Stop cleanly, without logging out.
    Close,
}

/// What the loop woke up for.
enum Turn {
    Exchanged(Result<Input, Aborted>),
    Kept(Kept),
    Asked(Option<Ask>),
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
    pub(crate) events: mpsc::Sender<Event>,
    pub(crate) state: watch::Sender<State>,
    pub(crate) wires: Wires,
}

/// Work that is under way.
#[derive(Default)]
pub(crate) struct Wires {
    exchanges: FuturesUnordered<Exchange>,
    aborts: HashMap<RequestId, AbortHandle>,
    commands: HashMap<CommandId, oneshot::Sender<Result<Done, Error>>>,
    roster: Option<(u64, Arc<Roster>)>,
    closing: bool,
    /// Nobody listens any more.
    deaf: bool,
    /// All handles are gone.
    orphaned: bool,
}

impl Driver {
    /// Runs until the session is over or was stopped, everything is stored,
    /// and the application has taken and acknowledged what there was.
    pub(crate) async fn run(mut self) {
        loop {
            self.drain();
            if self.is_done() {
                break;
            }
            let now = self.clock.now();
            let deadline = self.session.deadline();
            let has_event = self.session.has_event() && !self.wires.closing;
            let turn = tokio::select! {
                Some(input) = self.wires.exchanges.next() => Turn::Exchanged(input),
                kept = self.keeper.next(now) => Turn::Kept(kept),
                ask = self.asks.recv(), if !self.wires.orphaned => Turn::Asked(ask),
                permit = self.events.reserve(), if has_event && !self.wires.deaf => match permit {
                    Ok(permit) => {
                        if let Some(event) = self.session.poll_event(now) {
                            permit.send(event);
                        }
                        Turn::Told
                    }
                    Err(_) => Turn::Deaf,
                },
                () = self.clock.sleep_until(deadline) => Turn::Due,
            };
            match turn {
                Turn::Exchanged(Ok(input)) => self.handle(input),
                Turn::Exchanged(Err(_aborted)) => {}
                Turn::Kept(kept) => self.kept(kept),
                Turn::Asked(Some(ask)) => self.ask(ask),
                Turn::Asked(None) => {
                    // Nobody is left to tell or to ask anything.
                    self.wires.orphaned = true;
                    self.session.close(self.clock.now());
                }
                Turn::Told => {}
                Turn::Deaf => self.wires.deaf = true,
                Turn::Due => self.handle(Input::Timeout),
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
            Kept::Fenced => self.handle(Input::Fenced),
            Kept::Nothing => {}
        }
    }

    fn ask(&mut self, ask: Ask) {
        let now = self.clock.now();
        match ask {
            Ask::Run(command, answer) => match self.session.command(now, command) {
                Ok(id) => {
                    self.wires.commands.insert(id, answer);
                }
                Err(rejected) => {
                    let _ = answer.send(Err(rejected.into()));
                }
            },
            Ask::Ack(event) => self.session.ack(now, event),
            Ask::Roster(answer) => {
                let _ = answer.send(self.roster());
            }
            Ask::Overview(answer) => {
                let _ = answer.send(Overview::of(self.session.saved()));
            }
            Ask::Close => {
                self.wires.closing = true;
                self.session.close(now);
            }
        }
    }

    /// A copy of the contacts, shared by all who ask until they change.
    fn roster(&mut self) -> Arc<Roster> {
        let version = self.session.roster_version();
        match &self.wires.roster {
            Some((known, roster)) if *known == version => Arc::clone(roster),
            _ => {
                let roster = Arc::new(self.session.roster().clone());
                self.wires.roster = Some((version, Arc::clone(&roster)));
                roster
            }
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
    }

    fn is_done(&self) -> bool {
        // Whoever only asks things asks them of a session that is over, too.
        let heard = self.wires.closing
            || self.wires.orphaned
            || (!self.attached
                && (self.wires.deaf
                    || (!self.session.has_event() && self.session.unacknowledged() == 0)));
        self.session.is_idle() && self.keeper.is_idle() && heard
    }
}
