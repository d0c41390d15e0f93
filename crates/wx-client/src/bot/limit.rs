//! A limit on how often a person is served.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_core::future::BoxFuture;
use futures_util::FutureExt as _;
use tokio::time::Instant;
use wx_wire::id::UserName;

use super::context::Context;
use super::layer::{Layer, Next};
use super::reply::{Answer, Reply};

/// No limit is for longer, so that its times do not overflow.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3600);

/// Limits how many messages of each person in each chat are served within a
/// time. Messages beyond the limit count as handled.
///
/// A bucket of that many messages refills evenly over the time: first a burst is
/// served, then a steady pace. A message whose handler fails does not count,
/// since it comes again. Only people who wrote within the time are remembered.
#[derive(Clone, Debug)]
pub struct RateLimit {
    messages: u32,
    per: Duration,
    notice: Option<Arc<str>>,
    seen: Arc<Mutex<HashMap<Who, Bucket>>>,
}

/// The chat, and who writes in it.
type Who = (UserName, UserName);

#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// When it is full again.
    full_at: Instant,
    /// Whether the person was told of being over the limit.
    told: bool,
}

impl RateLimit {
    /// At most this many messages, but at least 1, within this time, but at most a
    /// year.
    #[must_use]
    pub fn new(messages: u32, per: Duration) -> Self {
        Self {
            messages: messages.max(1),
            per: per.min(LONGEST),
            notice: None,
            seen: Arc::default(),
        }
    }

    /// Sets the answer to the first message over the limit. Further ones get no
    /// answer until a message is served again.
    #[must_use]
    pub fn notice(mut self, text: impl Into<String>) -> Self {
        self.notice = Some(text.into().into());
        self
    }

    /// Takes a message out of the bucket, or says what to answer.
    fn admit(&self, who: &Who, now: Instant) -> Result<(), Reply> {
        let each = self.each();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.retain(|_, bucket| bucket.full_at > now);
        let bucket = seen.entry(who.clone()).or_insert(Bucket {
            full_at: now,
            told: false,
        });
        if bucket.full_at + each > now + self.per {
            let is_first = !std::mem::replace(&mut bucket.told, true);
            let notice = self.notice.as_deref().filter(|_| is_first);
            return Err(notice.map_or_else(Reply::none, Reply::text));
        }
        bucket.full_at += each;
        bucket.told = false;
        Ok(())
    }

    /// Puts a message back.
    fn give_back(&self, who: &Who) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bucket) = seen.get_mut(who) {
            bucket.full_at -= self.each();
        }
    }

    /// How long it takes until there is room for one more.
    fn each(&self) -> Duration {
        self.per / self.messages
    }
}

impl<S: Send + Sync + 'static> Layer<S> for RateLimit {
    fn call(&self, ctx: Context<S>, next: Next<S>) -> BoxFuture<'static, Answer> {
        let message = ctx.message();
        let who = (message.chat.id.clone(), message.sender.id.clone());
        if let Err(reply) = self.admit(&who, Instant::now()) {
            tracing::debug!(key = message.key, "over the limit");
            return std::future::ready(Ok(reply)).boxed();
        }
        let limit = self.clone();
        async move {
            let answer = next.run(ctx).await;
            if answer.is_err() {
                limit.give_back(&who);
            }
            answer
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn who(name: &str) -> Who {
        ("@@group".into(), name.into())
    }

    #[test]
    fn a_burst_is_served_and_then_a_pace_for_each_person() {
        let limit = RateLimit::new(3, 30 * SECOND).notice("slowly");
        let (ann, bob) = (who("@ann"), who("@bob"));
        let now = Instant::now();
        for _ in 0..3 {
            assert_eq!(limit.admit(&ann, now), Ok(()));
        }
        assert_eq!(limit.admit(&ann, now), Err(Reply::text("slowly")));
        assert_eq!(limit.admit(&ann, now), Err(Reply::none()));
        assert_eq!(limit.admit(&bob, now), Ok(()));

        // Room for one more comes every ten seconds.
        assert_eq!(limit.admit(&ann, now + 9 * SECOND), Err(Reply::none()));
        let later = now + 10 * SECOND;
        assert_eq!(limit.admit(&ann, later), Ok(()));
        assert_eq!(limit.admit(&ann, later), Err(Reply::text("slowly")));
    }

    #[test]
    fn what_failed_does_not_count() {
        let limit = RateLimit::new(1, SECOND);
        let (ann, now) = (who("@ann"), Instant::now());
        assert_eq!(limit.admit(&ann, now), Ok(()));
        limit.give_back(&ann);
        assert_eq!(limit.admit(&ann, now), Ok(()));
        assert_eq!(limit.admit(&ann, now), Err(Reply::none()));
    }

    #[test]
    fn a_limit_for_ever_lasts_a_year() {
        let limit = RateLimit::new(1, Duration::MAX);
        let (ann, now) = (who("@ann"), Instant::now());
        assert_eq!(limit.admit(&ann, now), Ok(()));
        let day = 24 * 3600 * SECOND;
        assert_eq!(limit.admit(&ann, now + 364 * day), Err(Reply::none()));
        assert_eq!(limit.admit(&ann, now + 365 * day), Ok(()));
    }

    #[test]
    fn only_those_are_remembered_who_wrote_within_the_time() {
        let limit = RateLimit::new(5, SECOND);
        let now = Instant::now();
        for person in 0..100 {
            let _ = limit.admit(&who(&person.to_string()), now);
        }
        assert_eq!(limit.seen.lock().unwrap().len(), 100);
        let _ = limit.admit(&who("@ann"), now + SECOND);
        assert_eq!(limit.seen.lock().unwrap().len(), 1);
    }
}
