//! What stands in front of the handlers.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use futures_core::future::BoxFuture;
use futures_util::FutureExt as _;
use tokio::time::Instant;
use wx_proto::Message;
use wx_proto::identity::StableKey;
use wx_transport::Chain;

use super::context::Context;
use super::reply::{Answer, Reply};

pub(super) type Handler<S> = Arc<dyn Fn(Context<S>) -> BoxFuture<'static, Answer> + Send + Sync>;

/// Something in front of the handlers. It sees every message that has a handler,
/// and its answer: it can pass the message on, answer it itself, change the
/// answer, or turn a failure into one.
///
/// An async function of a [`Context`] and a [`Next`] is a layer:
///
/// ```
/// use wx_client::bot::{Answer, Context, Next, Reply, Router};
///
/// /// Tells whoever asked that the handler failed.
/// async fn apologise(ctx: Context<()>, next: Next<()>) -> Answer {
///     next.run(ctx).await.or_else(|failure| Ok(Reply::text(format!("sorry: {failure}"))))
/// }
///
/// let router = Router::new(()).layer(apologise);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no layer for a bot with the state `{S}`",
    note = "a layer is an `async fn(Context<S>, Next<S>) -> Answer`, or has the trait `bot::Layer<S>`"
)]
pub trait Layer<S>: Send + Sync + 'static {
    /// Deals with a message; `next` passes it on to the next layer or the handler.
    fn call(&self, ctx: Context<S>, next: Next<S>) -> BoxFuture<'static, Answer>;
}

impl<S, L, F> Layer<S> for L
where
    L: Fn(Context<S>, Next<S>) -> F + Send + Sync + 'static,
    F: Future<Output = Answer> + Send + 'static,
{
    fn call(&self, ctx: Context<S>, next: Next<S>) -> BoxFuture<'static, Answer> {
        self(ctx, next).boxed()
    }
}

/// What lies behind a layer.
#[must_use = "the handler runs only if this does"]
pub struct Next<S> {
    layers: Arc<[Arc<dyn Layer<S>>]>,
    at: usize,
    handler: Handler<S>,
}

impl<S> fmt::Debug for Next<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Next").finish_non_exhaustive()
    }
}

impl<S: 'static> Next<S> {
    pub(super) const fn new(layers: Arc<[Arc<dyn Layer<S>>]>, handler: Handler<S>) -> Self {
        Self {
            layers,
            at: 0,
            handler,
        }
    }

    /// Passes the message on.
    ///
    /// Cancel safety: dropping the future stops the handler where it is.
    pub fn run(mut self, ctx: Context<S>) -> BoxFuture<'static, Answer> {
        match self.layers.get(self.at).map(Arc::clone) {
            Some(layer) => {
                self.at += 1;
                layer.call(ctx, self)
            }
            None => (self.handler)(ctx),
        }
    }
}

/// Logs a line for each message that has a handler: its key, its chat, how long
/// it took and how it ended, but not what it says.
#[derive(Clone, Copy, Debug, Default)]
pub struct Log;

impl<S: Send + Sync + 'static> Layer<S> for Log {
    fn call(&self, ctx: Context<S>, next: Next<S>) -> BoxFuture<'static, Answer> {
        async move {
            let begun = Instant::now();
            let answer = next.run(ctx.clone()).await;
            let message = ctx.message();
            let (key, chat) = (&message.key, &message.chat.id);
            let took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            match &answer {
                Ok(reply) => {
                    let replies = !reply.is_none();
                    tracing::info!(key, %chat, took_ms, replies, "handled");
                }
                Err(error) => {
                    let error = Chain(error.as_ref());
                    tracing::info!(key, %chat, took_ms, %error, "failed");
                }
            }
            answer
        }
        .boxed()
    }
}

/// Lets only some people or chats through; messages of anybody else count as
/// handled.
#[derive(Clone)]
pub struct Allow(Arc<dyn Fn(&Message) -> bool + Send + Sync>);

impl fmt::Debug for Allow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Allow").finish_non_exhaustive()
    }
}

impl Allow {
    /// Allows whoever has one of these [keys](wx_proto::message::Sender::key), and
    /// everybody in a chat that has one. Keys stay the same over logins;
    /// `wx listen --json` shows them.
    ///
    /// A nick name is not a key: anybody can take any name.
    pub fn keys<K: Into<StableKey>>(keys: impl IntoIterator<Item = K>) -> Self {
        let keys: BTreeSet<StableKey> = keys.into_iter().map(Into::into).collect();
        Self::when(move |message| {
            [&message.sender.key, &message.chat.key]
                .into_iter()
                .flatten()
                .any(|key| keys.contains(key))
        })
    }

    /// Allows messages for which this is true.
    pub fn when(test: impl Fn(&Message) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(test))
    }
}

impl<S: Send + Sync + 'static> Layer<S> for Allow {
    fn call(&self, ctx: Context<S>, next: Next<S>) -> BoxFuture<'static, Answer> {
        if (self.0)(ctx.message()) {
            return next.run(ctx);
        }
        tracing::debug!(key = ctx.message().key, "not allowed");
        std::future::ready(Ok(Reply::none())).boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_key_lets_in_its_person_and_everybody_in_its_chat() {
        let message = |chat, sender| -> Message {
            serde_json::from_value(json!({
                "msg_id": "1", "time": 0, "from_me": false, "key": "a/m/1",
                "chat": {"id": "@@1", "kind": "group", "key": chat},
                "sender": {"id": "@2", "key": sender, "name": "ann"},
                "kind": "text", "text": "hello", "mentions_me": false
            }))
            .unwrap()
        };
        let Allow(lets_in) = Allow::keys(["ann", "ours@chatroom"]);
        assert!(lets_in(&message(Some("theirs@chatroom"), Some("ann"))));
        assert!(lets_in(&message(Some("ours@chatroom"), Some("bob"))));
        assert!(!lets_in(&message(Some("theirs@chatroom"), Some("bob"))));
        // Her name proves nothing.
        assert!(!lets_in(&message(None, None)));
    }
}
