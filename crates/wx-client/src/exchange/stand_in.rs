//! A service without sockets. With it, a whole client runs in tokio's paused time:
//! there is nothing that the clock could overtake.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt};
use http::Response;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};
use wx_proto::{Body, Request};
use wx_sim::{AccountSpec, Config, Now, Push, Reply, RequestId, Service};
use wx_transport::Jar;

use super::{Exchanged, answer};
use crate::clock;

/// The simulated service, in the place of a network with it.
#[derive(Clone, Debug)]
pub(crate) struct StandIn(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    origin: Instant,
    /// The Unix time of that, in milliseconds. It is the machine's, by which the jar
    /// judges whether cookies have expired.
    start_ms: u64,
    desk: Mutex<Desk>,
    /// Something has happened to the service.
    news: Notify,
}

#[derive(Debug)]
struct Desk {
    service: Service,
    /// How many requests there were.
    asked: u64,
    /// Replies that nobody has fetched yet.
    replies: HashMap<RequestId, Reply>,
}

/// A request that waits for its reply. Dropping it closes the connection.
struct Asked {
    service: StandIn,
    id: RequestId,
}

impl StandIn {
    /// A service with one account, whose phone confirms at once.
    pub(crate) fn new() -> Self {
        let accounts = [AccountSpec::new(6, 2, 4, 1)];
        Self(Arc::new(Inner {
            origin: Instant::now(),
            start_ms: clock::unix_ms(),
            desk: Mutex::new(Desk {
                service: Service::new(Config::instant_login(), &accounts, 1),
                asked: 0,
                replies: HashMap::new(),
            }),
            news: Notify::new(),
        }))
    }

    /// Somebody writes.
    pub(crate) fn push(&self, message: &Push) {
        let pushed = self.act(|desk, now| desk.service.push(now, message));
        pushed.expect("a message");
    }

    /// The texts that the service took, each with the second, from the service's
    /// beginning, at which it was sent.
    pub(crate) fn sent(&self) -> Vec<(u64, String)> {
        let start_ms = self.0.start_ms;
        self.act(|desk, _| {
            let log = desk.service.log().iter();
            let at = log.filter(|logged| logged.path.ends_with("webwxsendmsg"));
            let at = at.map(|logged| (logged.unix_ms - start_ms) / 1000);
            let texts = desk.service.sent().iter().map(|sent| sent.content.clone());
            at.zip(texts).collect()
        })
    }

    pub(super) fn exchange(&self, jar: &Jar, request: Request) -> BoxFuture<'static, Exchanged> {
        let (service, jar) = (self.clone(), jar.clone());
        let exchange = async move {
            let Body::Whole(body) = request.body else {
                panic!("no files are sent here");
            };
            let mut http = http::Request::from_parts(request.head, body);
            jar.apply(&mut http);
            let uri = http.uri().clone();
            let response = service.ask(http).response().await;
            Exchanged::of(answer(request.id, &uri, &jar, Ok(response)))
        };
        exchange.boxed()
    }

    fn ask(&self, request: http::Request<Bytes>) -> Asked {
        let id = self.act(|desk, now| {
            desk.asked += 1;
            let id = RequestId(desk.asked);
            desk.service.handle(now, id, request);
            id
        });
        let service = self.clone();
        Asked { service, id }
    }

    /// Does something, and tells everybody who waits.
    fn act<T>(&self, act: impl FnOnce(&mut Desk, Now) -> T) -> T {
        let done = act(&mut self.desk(), self.now());
        self.0.news.notify_waiters();
        done
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.0.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Now {
        let since = self.0.origin.elapsed().as_millis();
        Now::from_unix_ms(self.0.start_ms).plus_ms(u64::try_from(since).unwrap_or(u64::MAX))
    }
}

impl Asked {
    async fn response(self) -> Response<Bytes> {
        loop {
            let news = self.service.0.news.notified();
            let next = {
                let mut desk = self.service.desk();
                desk.collect(self.service.now());
                match desk.replies.remove(&self.id) {
                    Some(Reply::Response(response)) => return response,
                    Some(other) => panic!("no faults are ordered here: {other:?}"),
                    None => desk.service.deadline(),
                }
            };
            let Inner {
                origin, start_ms, ..
            } = *self.service.0;
            let after = next.map(|at| Duration::from_millis(at.unix_ms.saturating_sub(start_ms)));
            tokio::select! {
                () = news => {}
                () = sleep_until(origin + after.unwrap_or_default()), if after.is_some() => {
                    self.service.0.news.notify_waiters();
                }
            }
        }
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        self.service.desk().service.cancel(self.id);
    }
}

impl Desk {
    fn collect(&mut self, now: Now) {
        while let Some((id, reply)) = self.service.poll_reply(now) {
            self.replies.insert(id, reply);
        }
    }
}
