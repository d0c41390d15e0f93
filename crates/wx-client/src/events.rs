//! Events on the application's side, and their acknowledgement.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use futures_channel::mpsc::{Receiver, UnboundedSender};
use futures_core::Stream;
use futures_util::StreamExt;
use tokio::sync::watch;
use wx_proto::{Event, EventId, EventKind, State};

/// The events of a session, in order.
///
/// Taking the next event acknowledges the previous message, unless its [`Delivery`]
/// was [acknowledged](Delivery::ack) or [deferred](Delivery::defer). Messages that
/// are not acknowledged come again after a restart. While the application takes no
/// events, the client stops polling, and the server keeps the messages. The same
/// goes for a stream that was dropped: the client still runs commands, and whatever
/// arrives waits for the next start.
#[derive(Debug)]
pub struct Events {
    events: Receiver<Box<Event>>,
    state: watch::Receiver<State>,
    /// None after the last event.
    acks: Option<Acks>,
}

impl Events {
    pub(crate) fn new(
        events: Receiver<Box<Event>>,
        acks: UnboundedSender<Verdict>,
        state: watch::Receiver<State>,
    ) -> Self {
        let way = Way {
            acks,
            implied: Mutex::default(),
        };
        Self {
            events,
            state,
            acks: Some(Acks(Arc::new(way))),
        }
    }

    /// The next event. `None` when the session is over and everything was delivered,
    /// or as soon as the client was stopped; messages that were not delivered by then
    /// come again.
    ///
    /// Cancel safe: an event is taken only when it is returned. The previous message
    /// counts as handled from the first poll on.
    pub async fn next(&mut self) -> Option<Delivery> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl Stream for Events {
    type Item = Delivery;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Delivery>> {
        let this = &mut *self;
        let Some(acks) = &this.acks else {
            return Poll::Ready(None);
        };
        if let Some(id) = acks.implied().take() {
            acks.send(id);
        }
        // A stopped client no longer takes acknowledgements.
        let stopped = matches!(*this.state.borrow(), State::Closed {});
        let event = match this.events.poll_next_unpin(cx) {
            Poll::Ready(Some(event)) if !stopped => event,
            Poll::Pending if !stopped => return Poll::Pending,
            _ => {
                this.acks = None;
                return Poll::Ready(None);
            }
        };
        if matches!(event.kind, EventKind::Message(_)) {
            *acks.implied() = Some(event.id);
        }
        let acks = acks.clone();
        Poll::Ready(Some(Delivery { event, acks }))
    }
}

/// What became of a message in the application's hands.
#[derive(Debug)]
pub(crate) enum Verdict {
    Handled(EventId),
    /// Its handler failed, for this reason. Boxed, because it is large and rare.
    Failed(Box<(Event, String)>),
}

/// The channel for verdicts. The driver waits for them as long as any of these
/// exists.
#[derive(Clone, Debug)]
struct Acks(Arc<Way>);

#[derive(Debug)]
struct Way {
    acks: UnboundedSender<Verdict>,
    /// The message that taking the next event acknowledges.
    implied: Mutex<Option<EventId>>,
}

impl Acks {
    fn implied(&self) -> std::sync::MutexGuard<'_, Option<EventId>> {
        let implied = self.0.implied.lock();
        implied.unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&self, id: EventId) {
        // A driver that has stopped keeps nothing; the message comes again.
        let _ = self.0.acks.unbounded_send(Verdict::Handled(id));
    }

    fn fail(&self, event: Event, why: String) {
        let failed = Box::new((event, why));
        let _ = self.0.acks.unbounded_send(Verdict::Failed(failed));
    }

    /// The application acknowledges the message itself, instead of by taking
    /// the next.
    fn claim(&self, id: EventId) {
        let mut implied = self.implied();
        if *implied == Some(id) {
            *implied = None;
        }
    }
}

/// An event, and the right to acknowledge it.
#[derive(Debug)]
pub struct Delivery {
    event: Box<Event>,
    acks: Acks,
}

impl Delivery {
    /// What happened.
    #[must_use]
    pub fn kind(&self) -> &EventKind {
        &self.event.kind
    }

    /// What happened, without changing when it is acknowledged.
    #[must_use]
    pub fn into_kind(self) -> EventKind {
        self.event.kind
    }

    /// Says that the message is handled, and must not come again. It does come again
    /// if the client has stopped meanwhile.
    pub fn ack(self) {
        self.acks.claim(self.event.id);
        self.acks.send(self.event.id);
    }

    /// Says that the message could not be handled, and why. It is delivered again after
    /// one second, then after two more. After the third failure it counts as handled,
    /// and a warning of the kind `parked` says so. Messages behind it do not wait.
    pub fn fail(self, why: impl Into<String>) {
        self.acks.claim(self.event.id);
        self.acks.fail(*self.event, why.into());
    }

    /// Defers the acknowledgement: the message will be handled later, perhaps elsewhere
    /// and after others. Many unacknowledged events hold up the polling.
    pub fn defer(self) -> (EventKind, AckGuard) {
        self.acks.claim(self.event.id);
        let guard = AckGuard {
            id: self.event.id,
            acks: self.acks,
        };
        (self.event.kind, guard)
    }
}

/// A deferred acknowledgement. If it is dropped, the message is not acknowledged, and
/// comes again after a restart.
#[derive(Debug)]
#[must_use = "a message that is not acknowledged comes again"]
pub struct AckGuard {
    id: EventId,
    acks: Acks,
}

impl AckGuard {
    /// The number of its event, which is greater the later the event was first
    /// delivered.
    pub(crate) const fn id(&self) -> EventId {
        self.id
    }

    /// Says that the message is handled, and must not come again. It does come again
    /// if the client has stopped meanwhile. At the end of a session the client waits
    /// for this, or for the guard to be dropped.
    pub fn ack(self) {
        self.acks.send(self.id);
    }

    /// Gives the message back, since it could not be handled: see
    /// [`Delivery::fail`].
    pub fn fail(self, message: EventKind, why: impl Into<String>) {
        let event = Event::from_parts(self.id, message);
        self.acks.fail(event, why.into());
    }
}
