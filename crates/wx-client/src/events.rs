//! Events on the application's side, and their acknowledgement.

use std::ops::Deref;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use futures_core::Stream;
use tokio::sync::mpsc;
use wx_proto::{Event, EventId, EventKind};

use crate::driver::Ask;

/// The events of a session, in order.
///
/// Taking the next event acknowledges the message before it, unless its
/// [`Delivery`] was [acknowledged](Delivery::ack) or
/// [deferred](Delivery::defer). What is not acknowledged comes again after a
/// restart. While the application takes nothing, the client stops polling, and
/// the server keeps the mail.
#[derive(Debug)]
pub struct Events {
    events: mpsc::Receiver<Event>,
    acks: Acks,
}

impl Events {
    pub(crate) fn new(events: mpsc::Receiver<Event>, asks: mpsc::UnboundedSender<Ask>) -> Self {
        Self {
            events,
            acks: Acks {
                asks,
                implied: Arc::default(),
            },
        }
    }

    /// The next event; `None` once the session is over or was stopped, and
    /// everything was delivered.
    ///
    /// Cancel safe: an event is taken only when it is returned. The message
    /// before it counts as handled from the call on.
    pub async fn next(&mut self) -> Option<Delivery> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl Stream for Events {
    type Item = Delivery;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Delivery>> {
        if let Some(id) = self.acks.lock().take() {
            self.acks.send(id);
        }
        self.events.poll_recv(cx).map(|event| {
            event.map(|event| {
                if matches!(event.kind, EventKind::Message(_)) {
                    *self.acks.lock() = Some(event.id);
                }
                Delivery {
                    event,
                    acks: self.acks.clone(),
                }
            })
        })
    }
}

/// The way of an acknowledgement to the driver.
#[derive(Clone, Debug)]
struct Acks {
    asks: mpsc::UnboundedSender<Ask>,
    /// The message that taking the next event acknowledges.
    implied: Arc<Mutex<Option<EventId>>>,
}

impl Acks {
    fn lock(&self) -> std::sync::MutexGuard<'_, Option<EventId>> {
        self.implied.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&self, id: EventId) {
        // A driver that has stopped keeps nothing; the message comes again.
        let _ = self.asks.send(Ask::Ack(id));
    }

    /// The application takes an acknowledgement into its own hands.
    fn claim(&self, id: EventId) {
        let mut implied = self.lock();
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

    /// It is handled: it must not come again.
    pub fn ack(self) {
        self.acks.claim(self.event.id);
        self.acks.send(self.event.id);
    }

    /// It will be handled later, perhaps elsewhere and after others. Events
    /// that go unacknowledged hold up the polling when there are many of them.
    #[must_use]
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
    /// The message is handled: it must not come again.
    pub fn ack(self) {
        self.acks.send(self.id);
    }
}
