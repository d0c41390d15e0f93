//! The loop between the core and the world. It decides nothing: the session
//! says what to send, to store and to report, and when.

use std::collections::HashMap;
use std::future::{pending, poll_fn};
use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_channel::mpsc::{SendError, Sender, UnboundedReceiver};
use futures_util::future::{AbortHandle, Abortable, Aborted, BoxFuture, FutureExt};
use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::sync::{mpsc, watch};
use wx_proto::event::WarningKind;
use wx_proto::{
    Body, CommandId, Event, Input, Instant, Now, Request, RequestId, Roster, State, Transmit,
};
use wx_transport::Jar;

use crate::clock::Clock;
use crate::error::{Error, ErrorKind};
use crate::events::Verdict;
use crate::exchange::{Exchanged, Lanes, Reports};
use crate::keeper::{Keeper, Kept};
use crate::record::Core;
use crate::transfer::Freight;

mod asks;
mod place;
#[cfg(test)]
mod suspended;

pub(crate) use asks::{Answer, Ask, Asks};
pub(crate) use place::Place;

/// How the driver ended: an error if not everything could be stored.
pub(crate) type End = OnceLock<Result<(), (ErrorKind, String)>>;

/// What the loop woke up for.
enum Turn {
    Exchanged(Result<Exchanged, Aborted>),
    Moved(RequestId, u64),
    Worked,
    Kept(Kept),
    Asked(Option<Box<Ask>>),
    Judged(Option<Verdict>),
    Told,
    Deaf,
    Due,
}

type Exchange = Abortable<BoxFuture<'static, Exchanged>>;

pub(crate) struct Driver {
    pub(crate) session: Core,
    /// Runs commands only.
    pub(crate) attached: bool,
    pub(crate) clock: Clock,
    pub(crate) lanes: Lanes,
    pub(crate) jar: Jar,
    pub(crate) keeper: Keeper,
    pub(crate) asks: mpsc::UnboundedReceiver<Box<Ask>>,
    pub(crate) acks: UnboundedReceiver<Verdict>,
    /// None once nobody listens any more, or there is nothing more to tell.
    pub(crate) events: Option<Sender<Box<Event>>>,
    pub(crate) state: watch::Sender<State>,
    pub(crate) end: Arc<End>,
    pub(crate) wires: Wires,
}

/// Work that is under way.
pub(crate) struct Wires {
    exchanges: FuturesUnordered<Exchange>,
    aborts: HashMap<RequestId, AbortHandle>,
    commands: HashMap<CommandId, Answer>,
    /// The files of the commands that have one.
    freights: HashMap<CommandId, Freight>,
    /// What is to be done around the commands of transfers.
    works: FuturesUnordered<BoxFuture<'static, ()>>,
    /// How far files are. Made for the first of them.
    moves: Option<Moves>,
    roster: Option<(u64, Arc<Roster>)>,
    /// All handles are gone.
    unasked: bool,
    /// The event stream is gone, and so are all deliveries and guards from it.
    unacked: bool,
    /// Set once it is to stop: when to stop waiting for anything.
    give_up: Option<Instant>,
    /// For how long the machine had been suspended when the connections were
    /// last believed to be good.
    suspended: Duration,
}

struct Moves {
    reports: Reports,
    moves: mpsc::UnboundedReceiver<(RequestId, u64)>,
}

impl Default for Moves {
    fn default() -> Self {
        let (reports, moves) = mpsc::unbounded_channel();
        Self { reports, moves }
    }
}

impl Default for Wires {
    fn default() -> Self {
        Self {
            exchanges: FuturesUnordered::new(),
            aborts: HashMap::new(),
            commands: HashMap::new(),
            freights: HashMap::new(),
            works: FuturesUnordered::new(),
            moves: None,
            roster: None,
            unasked: false,
            unacked: false,
            give_up: None,
            suspended: Duration::ZERO,
        }
    }
}

impl Driver {
    /// Runs until the session is over or was stopped, everything is stored,
    /// and the application has taken and acknowledged what there was.
    ///
    /// Boxed, because a future keeps room for its arguments as well as for what
    /// it does with them.
    pub(crate) async fn run(mut self: Box<Self>) {
        let mut alarm = pin!(self.clock.alarm());
        loop {
            let now = self.clock.now();
            self.trust_no_stale_connection();
            self.drain(now);
            let late = self.wires.give_up.is_some_and(|at| at <= now.mono);
            if late || self.is_done() {
                return self.finish();
            }
            let deadline = self.session.deadline().map(|deadline| deadline.at);
            let due = [deadline, self.keeper.due(), self.wires.give_up];
            let due = due.into_iter().flatten().min();
            let tells = self.session.has_event() && self.wires.give_up.is_none();
            let turn = tokio::select! {
                Some(end) = self.wires.exchanges.next() => Turn::Exchanged(end),
                Some((id, at)) = moved(self.wires.moves.as_mut()) => Turn::Moved(id, at),
                Some(()) = self.wires.works.next() => Turn::Worked,
                kept = self.keeper.next() => Turn::Kept(kept),
                ask = self.asks.recv(), if !self.wires.unasked => Turn::Asked(ask),
                ack = self.acks.next(), if !self.wires.unacked => Turn::Judged(ack),
                room = room(self.events.as_mut()), if tells => match room {
                    Ok(()) => Turn::Told,
                    Err(_) => Turn::Deaf,
                },
                () = self.clock.ring(alarm.as_mut(), now, due) => Turn::Due,
            };
            match turn {
                Turn::Exchanged(Ok(end)) => self.exchanged(end),
                Turn::Exchanged(Err(Aborted)) | Turn::Worked => {}
                Turn::Moved(id, at) => self.handle(Input::Progress { id, at }),
                Turn::Kept(kept) => self.kept(kept),
                Turn::Asked(Some(ask)) => self.ask(*ask),
                Turn::Asked(None) => self.wires.unasked = true,
                Turn::Judged(Some(verdict)) => self.judged(verdict),
                Turn::Judged(None) => self.wires.unacked = true,
                Turn::Told => self.tell(now),
                Turn::Deaf => self.events = None,
                Turn::Due => self.due(deadline),
            }
            if self.wires.unasked && self.wires.unacked {
                // Nobody is left to tell or to ask anything.
                self.stop();
            }
        }
    }

    /// A server does not wait for a suspended machine. A message must not go
    /// out on a connection that nobody reads: its fate would be unknown.
    fn trust_no_stale_connection(&mut self) {
        let suspended = self.clock.suspended();
        if suspended > self.wires.suspended {
            let by = suspended - self.wires.suspended;
            tracing::info!(?by, "the machine was suspended");
            self.wires.suspended = suspended;
            self.lanes.close_idle();
        }
    }

    fn exchanged(&mut self, end: Exchanged) {
        let Exchanged { at, input } = end;
        if let Input::Response { id, .. } | Input::Failed { id, .. } = &input {
            let id = *id;
            self.wires.aborts.remove(&id);
            if let Some(at) = at {
                self.handle(Input::Progress { id, at });
            }
        }
        self.handle(input);
    }

    fn handle(&mut self, input: Input) {
        self.session.handle(self.clock.now(), input);
    }

    /// Some deadline has passed: the session's, or one that the next turn of
    /// the loop looks at.
    fn due(&mut self, deadline: Option<Instant>) {
        // What has come counts before what is overdue: it may be this process
        // that is late, after it stood still.
        while let Some(Some(end)) = self.wires.exchanges.next().now_or_never() {
            if let Ok(end) = end {
                self.exchanged(end);
            }
        }
        let now = self.clock.now();
        if deadline.is_some_and(|at| at <= now.mono) {
            self.session.handle(now, Input::Timeout);
        }
    }

    /// Delivers as many events as there is room for, because a turn of the loop
    /// costs more than a message.
    fn tell(&mut self, now: Now) {
        while let Some(Ok(())) = room(self.events.as_mut()).now_or_never()
            && let Some(event) = self.session.poll_event(now)
            && let Some(events) = &mut self.events
        {
            // If nobody takes events any more, the message comes again.
            let _ = events.start_send(Box::new(event));
        }
    }

    /// Takes a verdict, and those that have come with it.
    fn judged(&mut self, verdict: Verdict) {
        let now = self.clock.now();
        let mut next = Some(verdict);
        while let Some(verdict) = next {
            match verdict {
                Verdict::Handled(event) => self.session.ack(now, event),
                Verdict::Failed(failed) => {
                    let (event, why) = *failed;
                    self.session.fail(now, event, &why);
                }
            }
            next = self.acks.try_recv().ok();
        }
    }

    fn kept(&mut self, kept: Kept) {
        match kept {
            Kept::Records(seq) => self.handle(Input::Persisted(seq)),
            Kept::Failed(message) => self.handle(Input::StoreFailed { message }),
            Kept::Trouble(message) => self.session.warn(WarningKind::Disk, message),
            Kept::Others(records) => self.handle(Input::Others(records)),
            Kept::Fenced => self.handle(Input::Fenced),
            Kept::Nothing => {}
        }
    }

    /// Does what the session wants done, until it wants nothing.
    fn drain(&mut self, now: Now) {
        while let Some(transmit) = self.session.poll_transmit() {
            match transmit {
                Transmit::Send(request) => {
                    let (handle, registration) = AbortHandle::new_pair();
                    self.wires.aborts.insert(request.id, handle);
                    let freight = self.freight(&request);
                    let exchange = self.lanes.exchange(&self.jar, request, freight);
                    self.wires
                        .exchanges
                        .push(Abortable::new(exchange, registration));
                }
                Transmit::Abort(id) => {
                    if let Some(handle) = self.wires.aborts.remove(&id) {
                        handle.abort();
                    }
                }
            }
        }
        while let Some(completion) = self.session.poll_completion() {
            let freight = self.wires.freights.remove(&completion.command);
            let explain = |error| match freight {
                Some(freight) => freight.job.explain(error),
                None => error,
            };
            if let Some(answer) = self.wires.commands.remove(&completion.command) {
                // Whoever asked may have stopped waiting.
                let _ = answer.send(completion.result.map_err(Error::from).map_err(explain));
            }
        }
        let over = self.session.is_idle();
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

    /// What a request's bytes belong to, if they are a file's, and where to
    /// report how far they are.
    fn freight(&mut self, request: &Request) -> Option<(Freight, Reports)> {
        let command = match (&request.body, &request.sink) {
            (Body::Piece { source, .. }, _) => *source,
            (Body::Whole(_), Some(sink)) => sink.command,
            (Body::Whole(_), None) => return None,
        };
        let freight = self.wires.freights.get(&command)?.clone();
        let moves = self.wires.moves.get_or_insert_default();
        Some((freight, moves.reports.clone()))
    }

    fn is_stored(&self) -> bool {
        self.session.is_idle() && self.keeper.is_idle()
    }

    fn is_done(&self) -> bool {
        // An attached client may go on asking when its session is over.
        let heard = !self.attached
            && self.events.is_none()
            && (self.wires.unacked || self.session.unacknowledged() == 0);
        let wanted = self.wires.give_up.is_none() && !heard;
        !wanted && self.is_stored() && self.wires.works.is_empty()
    }
}

impl Drop for Driver {
    /// A driver that is dropped has stopped as well.
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

/// The next report of how far a file is.
async fn moved(moves: Option<&mut Moves>) -> Option<(RequestId, u64)> {
    match moves {
        Some(moves) => moves.moves.recv().await,
        None => pending().await,
    }
}

/// Room for one more event, as long as there may be any.
async fn room(events: Option<&mut Sender<Box<Event>>>) -> Result<(), SendError> {
    match events {
        Some(events) => poll_fn(|cx| events.poll_ready(cx)).await,
        None => pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size_of_output<A, F>(_: fn(A) -> F) -> usize {
        size_of::<F>()
    }

    /// Ten thousand of them do in a process of many accounts.
    #[test]
    fn a_session_at_rest_keeps_little() {
        assert!(size_of::<Driver>() <= 3072, "{}", size_of::<Driver>());
        let run = size_of_output(Driver::run);
        assert!(run <= 768, "{run}");
    }
}
