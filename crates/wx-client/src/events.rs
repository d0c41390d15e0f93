//! Events on the application's side, and their acknowledgement.

use std::ops::Deref;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use futures_core::Stream;
use tokio::sync::{mpsc, watch};
use wx_proto::{Event, EventId, EventKind, State};

/// The events of a session, in order.
///
/// Taking the next event acknowledges the message before it, unless its
/// [`Delivery`] was [acknowledged](Delivery::ack) or
/// [deferred](Delivery::defer). What is not acknowledged comes again after a
/// restart. While the application takes nothing, the client stops polling, and
/// the server keeps the mail. The same goes for a stream that was dropped: the
/// client runs commands as before, and whatever comes waits for the next start.
#[derive(Debug)]
pub struct Events {
    events: mpsc::Receiver<Event>,
    state: watch::Receiver<State>,
    /// None after the last event.
    acks: Option<Acks>,
}

impl Events {
    pub(crate) fn new(
        events: mpsc::Receiver<Event>,
        acks: mpsc::UnboundedSender<Verdict>,
        state: watch::Receiver<State>,
    ) -> Self {
        let acks = Acks {
            acks,
            implied: Arc::default(),
        };
        Self {
            events,
            state,
            acks: Some(acks),
        }
    }

    /// The next event; `None` once the session is over and everything was
    /// delivered, and as soon as the client was stopped: what was not delivered
    /// by then comes again.
    ///
    /// Cancel safe: an event is taken only when it is returned. The message
    /// before it counts as handled from the first poll on.
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
        // A client that was stopped takes no acknowledgements any more.
        let stopped = matches!(*this.state.borrow(), State::Closed {});
        let event = match this.events.poll_recv(cx) {
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
    /// Its handler failed, for this reason. Boxed: the channel has room for
    /// many verdicts from the start, and this one is rare.
    Failed(Box<(Event, String)>),
}

/// The way of a verdict to the driver, which waits for it for as long as there
/// is one of these.
#[derive(Clone, Debug)]
struct Acks {
    acks: mpsc::UnboundedSender<Verdict>,
    /// The message that taking the next event acknowledges.
    implied: Arc<Mutex<Option<EventId>>>,
}

impl Acks {
    fn implied(&self) -> std::sync::MutexGuard<'_, Option<EventId>> {
        self.implied.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&self, id: EventId) {
        // A driver that has stopped keeps nothing; the message comes again.
        let _ = self.acks.send(Verdict::Handled(id));
    }

    fn fail(&self, event: Event, why: String) {
        let _ = self.acks.send(Verdict::Failed(Box::new((event, why))));
    }

    /// The application takes an acknowledgement into its own hands.
    fn claim(&self, id: EventId) {
        let mut implied = self.implied();
        if *implied == Some(id) {
            *implied = None;
        }
    }
}

/// An event, and the say over its acknowledgement.
#[derive(Debug)]
pub struct Delivery {
    event: Event,
    acks: Acks,
}

impl Delivery {
    /// What happened.
    #[must_use]
    pub fn kind(&self) -> &EventKind {
        &self.event.kind
    }

    /// What happened; the acknowledgement stays as it is.
    #[must_use]
    pub fn into_kind(self) -> EventKind {
        self.event.kind
    }

    /// It is handled: it must not come again. It does all the same if the
    /// client has stopped meanwhile.
    pub fn ack(self) {
        self.acks.claim(self.event.id);
        self.acks.send(self.event.id);
    }

    /// It could not be handled, for this reason. It is delivered again after a
    /// second, then after two more; the third failure counts as handled, and a
    /// warning of the kind `parked` says so. Messages behind it do not wait.
    pub fn fail(self, why: impl Into<String>) {
        self.acks.claim(self.event.id);
        self.acks.fail(self.event, why.into());
    }

    /// It will be handled later, perhaps elsewhere and after others. Events
    /// that go unacknowledged hold up the polling when there are many of them.
    pub fn defer(self) -> (EventKind, AckGuard) {
        self.acks.claim(self.event.id);
        let guard = AckGuard {
            id: self.event.id,
            acks: self.acks,
        };
        (self.event.kind, guard)
    }
}

impl Deref for Delivery {
    type Target = EventKind;

    fn deref(&self) -> &EventKind {
        &self.event.kind
    }
}

/// A deferred acknowledgement. Dropped, it is not given: the message comes
/// again after a restart.
#[derive(Debug)]
#[must_use = "a message that is not acknowledged comes again"]
pub struct AckGuard {
    id: EventId,
    acks: Acks,
}

impl AckGuard {
    /// The message is handled: it must not come again. It does all the same if
    /// the client has stopped meanwhile; at the end of a session the client
    /// waits for this, or for the guard to be dropped.
    pub fn ack(self) {
        self.acks.send(self.id);
    }

    /// The message, which is given back, could not be handled: see
    /// [`Delivery::fail`].
    pub fn fail(self, message: EventKind, why: impl Into<String>) {
        let event = Event::again(self.id, message);
        self.acks.fail(event, why.into());
    }
}
