//! The one service behind all connections.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::Request;
use serde_json::Value;
use tokio::sync::{oneshot, watch};

use crate::control::ControlError;
use crate::now::Now;
use crate::reply::Reply;
use crate::service::{RequestId, Service};

pub(super) struct Shared {
    core: Mutex<Core>,
    /// Changes whenever something has happened to the service.
    news: watch::Sender<()>,
}

struct Core {
    service: Service,
    waiting: HashMap<RequestId, oneshot::Sender<Reply>>,
    requests: u64,
}

/// A request that the service has; when dropped unanswered, it is cancelled.
pub(super) struct Ticket<'a> {
    shared: &'a Shared,
    id: RequestId,
    reply: oneshot::Receiver<Reply>,
}

impl Shared {
    pub(super) fn new(service: Service) -> Self {
        let core = Core {
            service,
            waiting: HashMap::new(),
            requests: 0,
        };
        let (news, _) = watch::channel(());
        Self {
            core: Mutex::new(core),
            news,
        }
    }

    /// Runs `act` on the service at the present time, hands out the replies
    /// that come of it, and tells everybody who waits for news.
    pub(super) fn act<T>(&self, act: impl FnOnce(&mut Service, Now) -> T) -> T {
        let result = self.ask(act);
        self.news.send_replace(());
        result
    }

    /// The same without telling anybody: a waiter that looks at the service on
    /// every piece of news must not cause news itself.
    fn ask<T>(&self, act: impl FnOnce(&mut Service, Now) -> T) -> T {
        let now = clock();
        let mut core = self.lock();
        let result = act(&mut core.service, now);
        while let Some((id, reply)) = core.service.poll_reply(now) {
            if let Some(waiting) = core.waiting.remove(&id) {
                // The client may have gone away meanwhile.
                let _ = waiting.send(reply);
            }
        }
        result
    }

    pub(super) fn submit(&self, request: Request<Bytes>) -> Ticket<'_> {
        let (sender, reply) = oneshot::channel();
        let id = {
            let mut core = self.lock();
            core.requests += 1;
            let id = RequestId(core.requests);
            core.waiting.insert(id, sender);
            id
        };
        let ticket = Ticket {
            shared: self,
            id,
            reply,
        };
        self.act(|service, now| service.handle(now, id, request));
        ticket
    }

    pub(super) async fn control(&self, call: &str, body: &Value) -> Result<Value, ControlError> {
        if call != "wait_session" {
            return self.act(|service, now| service.control(now, call, body));
        }
        let polls = self.look_until(|service, now| {
            let answer = service.control(now, call, body);
            let polls = |answer: &Value| answer.get("polling") == Some(&Value::Bool(true));
            let done = answer.as_ref().map_or(true, polls);
            (answer, done)
        });
        match body.get("timeout_ms").and_then(Value::as_u64) {
            None => polls.await,
            Some(ms) => match tokio::time::timeout(Duration::from_millis(ms), polls).await {
                Ok(answer) => answer,
                Err(_) => self.ask(|service, now| service.control(now, call, body)),
            },
        }
    }

    /// Looks at the service, and again after every call to it, until the look
    /// says that it was the last one or the service is over.
    pub(super) async fn look_until<T>(
        &self,
        mut look: impl FnMut(&mut Service, Now) -> (T, bool),
    ) -> T {
        let mut news = self.news();
        loop {
            news.mark_unchanged();
            let (seen, done) = self.ask(&mut look);
            if done || self.is_over() || news.changed().await.is_err() {
                return seen;
            }
        }
    }

    pub(super) fn news(&self) -> watch::Receiver<()> {
        self.news.subscribe()
    }

    pub(super) fn is_over(&self) -> bool {
        self.lock().service.is_over()
    }

    pub(super) fn wants_gzip(&self) -> bool {
        self.lock().service.config().gzip
    }

    /// How long until the service wants to be called.
    pub(super) fn until_deadline(&self) -> Option<Duration> {
        let deadline = self.lock().service.deadline()?;
        let ms = deadline.unix_ms.saturating_sub(clock().unix_ms);
        Some(Duration::from_millis(ms))
    }

    /// Each step on the service is complete before it can panic.
    fn lock(&self) -> MutexGuard<'_, Core> {
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

impl Ticket<'_> {
    /// The reply; `None` when the service dropped the request.
    pub(super) async fn reply(mut self) -> Option<Reply> {
        (&mut self.reply).await.ok()
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        let mut core = self.shared.lock();
        if core.waiting.remove(&self.id).is_some() {
            core.service.cancel(self.id);
            drop(core);
            self.shared.news.send_replace(());
        }
    }
}

fn clock() -> Now {
    let since_epoch = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Now::from_unix_ms(u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX))
}
