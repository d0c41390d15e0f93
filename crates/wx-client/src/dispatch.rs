//! Handlers side by side: one at a time in a chat, several over all chats.
//!
//! ```text
//! events ──► one queue for each chat ──► handlers, `concurrency` at the most
//!    ▲              │                          │
//!    └──room────────┴──────done, failed────────┘
//! ```
//!
//! No more events are taken while `backlog` of them are queued or handled, so that a
//! slow handler slows down the polling instead of filling the memory.

use std::collections::{HashMap, VecDeque};
use std::num::NonZeroUsize;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use tokio::task::{Id, JoinError, JoinSet};
use wx_proto::{EventId, EventKind};
use wx_transport::Chain;
use wx_wire::id::UserName;

use crate::client::Client;
use crate::error::Error;
use crate::events::{AckGuard, Delivery, Events};

/// What a handler fails with: anything that can be shown.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Passes events to a handler: those of one chat one after another, in order; those of
/// different chats side by side. Events that are not messages have a queue of their
/// own.
///
/// A message counts as handled when its handler returns `Ok`. If the handler fails or
/// panics, that concerns only its message: the message is delivered again, and passed
/// over after the third failure; see [`Delivery::fail`](crate::Delivery::fail).
///
/// ```no_run
/// use std::sync::Arc;
/// use wx_client::{Client, Dispatcher, EventKind};
///
/// # async fn example(client: Client, events: wx_client::Events) -> Result<(), wx_client::Error> {
/// let bot = client.clone();
/// Dispatcher::new()
///     .run(client, events, tokio_signal(), move |event: Arc<EventKind>| {
///         let bot = bot.clone();
///         async move {
///             if let EventKind::Message(message) = &*event
///                 && let Some(text) = message.text_from_others()
///             {
///                 bot.reply(message, text).await?;
///             }
///             Ok(())
///         }
///     })
///     .await
/// # }
/// # async fn tokio_signal() {}
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use = "nothing is handled unless it runs"]
pub struct Dispatcher {
    concurrency: NonZeroUsize,
    backlog: NonZeroUsize,
}

impl Default for Dispatcher {
    fn default() -> Self {
        const SIXTEEN: NonZeroUsize = NonZeroUsize::new(16).unwrap();
        const MANY: NonZeroUsize = NonZeroUsize::new(256).unwrap();
        Self {
            concurrency: SIXTEEN,
            backlog: MANY,
        }
    }
}

impl Dispatcher {
    /// 16 handlers side by side, and 256 events in hand.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how many handlers run side by side at most.
    pub const fn concurrency(mut self, handlers: NonZeroUsize) -> Self {
        self.concurrency = handlers;
        self
    }

    /// Sets how many events can be queued or handled before no more are taken.
    pub const fn backlog(mut self, events: NonZeroUsize) -> Self {
        self.backlog = events;
        self
    }

    /// Handles events until the session is over or `stop` is ready. Events in hand are
    /// then handled to their end, and the client is [shut down](Client::shutdown).
    ///
    /// Handlers run as tasks on the current tokio runtime.
    ///
    /// Cancel safety: dropping the future aborts the handlers; their messages come
    /// again after a restart.
    ///
    /// # Errors
    /// As [`Client::stopped`].
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub async fn run<H, F>(
        self,
        client: Client,
        events: Events,
        stop: impl Future<Output = ()> + Send,
        handler: H,
    ) -> Result<(), Error>
    where
        H: Fn(Arc<EventKind>) -> F + Send,
        F: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        let handler = move |(), event| handler(event);
        self.run_in_turn(client, events, stop, |_, _| (), handler)
            .await
    }

    /// As [`run`](Self::run). Each event is shown to `arrived` when it is taken, before
    /// events in hand are handled; what that gives goes to its handler.
    pub(crate) async fn run_in_turn<T, A, H, F>(
        self,
        client: Client,
        mut events: Events,
        stop: impl Future<Output = ()> + Send,
        arrived: A,
        handler: H,
    ) -> Result<(), Error>
    where
        T: Send,
        A: Fn(EventId, &EventKind) -> T + Send,
        H: Fn(T, Arc<EventKind>) -> F + Send,
        F: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        let mut work = Work {
            queues: HashMap::new(),
            ready: VecDeque::new(),
            running: JoinSet::new(),
            chats: HashMap::new(),
            in_hand: 0,
        };
        let mut stop = std::pin::pin!(stop.fuse());
        let mut taking = true;
        while taking || work.in_hand > 0 {
            work.start(self.concurrency.get(), &handler);
            let has_room = work.in_hand < self.backlog.get();
            tokio::select! {
                () = &mut stop, if taking => taking = false,
                event = events.next(), if taking && has_room => match event {
                    Some(delivery) => work.take(delivery, &arrived),
                    None => taking = false,
                },
                Some(ended) = work.running.join_next_with_id() => work.ended(ended),
            }
        }
        // Dropping the stream acknowledges nothing, because every event has its
        // guard.
        drop(events);
        client.shutdown().await
    }
}

/// Whose events are handled one after another; `None` is the session's own.
type Lane = Option<UserName>;

/// An event, and the right to acknowledge it.
struct Piece {
    event: Arc<EventKind>,
    guard: AckGuard,
}

/// An event that waits for its handler.
struct Waiting<T> {
    piece: Piece,
    /// What was noted when it arrived; none if that panicked.
    note: Option<T>,
}

struct Work<T> {
    /// The waiting events of each lane; empty for a lane whose only event is
    /// being handled.
    queues: HashMap<Lane, VecDeque<Waiting<T>>>,
    /// Lanes with events and without a handler, in order.
    ready: VecDeque<Lane>,
    running: JoinSet<Result<(), Failure>>,
    chats: HashMap<Id, (Lane, Piece)>,
    /// Events that wait or are handled.
    in_hand: usize,
}

impl<T> Work<T> {
    fn take(&mut self, delivery: Delivery, arrived: impl Fn(EventId, &EventKind) -> T) {
        let (event, guard) = delivery.defer();
        let note = std::panic::catch_unwind(AssertUnwindSafe(|| arrived(guard.id(), &event)));
        let lane = match &event {
            EventKind::Message(message) => Some(message.chat.id.clone()),
            _ => None,
        };
        let piece = Piece {
            event: Arc::new(event),
            guard,
        };
        let waiting = Waiting {
            piece,
            note: note.ok(),
        };
        self.in_hand += 1;
        match self.queues.get_mut(&lane) {
            Some(queue) => queue.push_back(waiting),
            None => {
                self.queues.insert(lane.clone(), VecDeque::from([waiting]));
                self.ready.push_back(lane);
            }
        }
    }

    /// Starts handlers, as many as may run.
    fn start<H, F>(&mut self, concurrency: usize, handler: &H)
    where
        H: Fn(T, Arc<EventKind>) -> F,
        F: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        while self.running.len() < concurrency {
            let Some(lane) = self.ready.pop_front() else {
                return;
            };
            let waiting = self.queues.get_mut(&lane).and_then(VecDeque::pop_front);
            let Some(Waiting { piece, note }) = waiting else {
                continue;
            };
            let event = Arc::clone(&piece.event);
            // A handler may also panic before it returns its future.
            let begin = |note| std::panic::catch_unwind(AssertUnwindSafe(|| handler(note, event)));
            match note.and_then(|note| begin(note).ok()) {
                Some(handling) => {
                    let task = self.running.spawn(handling);
                    self.chats.insert(task.id(), (lane, piece));
                }
                None => self.done(lane, piece, Err(PANICKED.into())),
            }
        }
    }

    fn ended(&mut self, ended: Result<(Id, Result<(), Failure>), JoinError>) {
        let (id, result) = match ended {
            Ok((id, result)) => (id, result),
            Err(error) => (error.id(), Err(Failure::from(PANICKED))),
        };
        if let Some((lane, piece)) = self.chats.remove(&id) {
            self.done(lane, piece, result);
        }
    }

    fn done(&mut self, lane: Lane, piece: Piece, result: Result<(), Failure>) {
        self.in_hand -= 1;
        match result {
            Ok(()) => piece.guard.ack(),
            Err(error) => {
                let why = Chain(error.as_ref()).to_string();
                tracing::warn!(why, "a handler failed");
                let event = Arc::try_unwrap(piece.event);
                let event = event.unwrap_or_else(|shared| EventKind::clone(&shared));
                piece.guard.fail(event, why);
            }
        }
        if self.queues.get(&lane).is_some_and(VecDeque::is_empty) {
            self.queues.remove(&lane);
        } else {
            self.ready.push_back(lane);
        }
    }
}

const PANICKED: &str = "the handler panicked";
