//! Handlers that stop when a newer message takes the place of theirs.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt as _;
use tokio::sync::watch;
use wx_proto::{EventId, Message};
use wx_wire::id::UserName;

use super::layer::Handler;
use super::reply::Reply;

#[cfg(test)]
mod tests;

/// How many places are remembered in which a message failed.
const REMEMBERED: usize = 256;

/// The newest messages in hand for a handler: one for each chat and sender.
#[derive(Clone, Debug, Default)]
pub(super) struct Latest(Arc<Mutex<Places>>);

#[derive(Debug, Default)]
struct Places {
    newest: HashMap<Place, watch::Sender<EventId>>,
    /// Where a message failed, the latest last. It comes again, perhaps after newer
    /// ones have been handled, so the newest of these places outlasts its handler.
    failed: VecDeque<Place>,
}

/// The chat, and who wrote there: in a group, nobody interrupts the answer to
/// somebody else.
type Place = (UserName, UserName);

impl Latest {
    /// A message has arrived, and supersedes the older ones in its place. One that
    /// failed and comes again is as old as it was.
    pub(super) fn arrived(&self, id: EventId, message: &Message) -> Turn {
        let place = (message.chat.id.clone(), message.sender.id.clone());
        let mut places = self.places();
        let newest = places
            .newest
            .entry(place.clone())
            .or_insert_with(|| watch::Sender::new(id));
        newest.send_if_modified(|newest| {
            let is_newer = id > *newest;
            *newest = id.max(*newest);
            is_newer
        });
        let newest = newest.subscribe();
        Turn {
            latest: self.clone(),
            place,
            id,
            newest,
            comes_again: true,
        }
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Places {
    fn failed_in(&mut self, place: &Place) {
        self.failed.retain(|known| known != place);
        self.failed.push_back(place.clone());
        if self.failed.len() > REMEMBERED
            && let Some(oldest) = self.failed.pop_front()
            && let Some(newest) = self.newest.get(&oldest)
            && newest.is_closed()
        {
            self.newest.remove(&oldest);
        }
    }
}

/// A message in hand, and whether it is still the newest.
pub(super) struct Turn {
    latest: Latest,
    place: Place,
    id: EventId,
    newest: watch::Receiver<EventId>,
    /// Unless it is handled.
    comes_again: bool,
}

impl Turn {
    pub(super) fn is_superseded(&self) -> bool {
        *self.newest.borrow() > self.id
    }

    /// The message will not come again.
    pub(super) fn handled(&mut self) {
        self.comes_again = false;
    }

    /// The handler, dropped where it waits when a newer message arrives.
    pub(super) fn limit<S: 'static>(&self, handler: Handler<S>) -> Handler<S> {
        let (id, newest) = (self.id, self.newest.clone());
        Arc::new(move |ctx| {
            let mut newest = newest.clone();
            let key = ctx.message().key.clone();
            let handling = handler(ctx);
            async move {
                tokio::select! {
                    biased;
                    Ok(_) = newest.wait_for(|newest| *newest > id) => {
                        tracing::debug!(key, "a newer message has ended the handler");
                        Ok(Reply::none())
                    }
                    answer = handling => answer,
                }
            }
            .boxed()
        })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut places = self.latest.places();
        if self.comes_again {
            places.failed_in(&self.place);
        }
        if !self.is_superseded() && !places.failed.contains(&self.place) {
            places.newest.remove(&self.place);
        }
    }
}
