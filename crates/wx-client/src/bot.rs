//! A small framework for bots: rules that choose a handler for each message,
//! layers in front of the handlers, and answers that go out once.
//!
//! ```no_run
//! use std::sync::atomic::{AtomicU64, Ordering};
//! use std::time::Duration;
//!
//! use wx_client::bot::{self, Context, Failure, Log, Notice, RateLimit, Router, Rule};
//! use wx_client::{Client, EventKind, FileStore};
//!
//! /// What the handlers share.
//! #[derive(Default)]
//! struct Counter {
//!     rolls: AtomicU64,
//! }
//!
//! /// `/roll 20`: the text that it returns is the answer.
//! async fn roll(ctx: Context<Counter>) -> Result<String, Failure> {
//!     let sides: u64 = ctx.args().parse()?;
//!     let roll = ctx.state().rolls.fetch_add(1, Ordering::Relaxed);
//!     Ok(format!("{} of {sides}", roll % sides.max(1) + 1))
//! }
//!
//! /// A mention in a group is answered with a mention.
//! async fn called(ctx: Context<Counter>) -> bot::Reply {
//!     bot::Reply::text(format!("you said: {}", ctx.text())).mention()
//! }
//!
//! async fn show(notice: Notice<Counter>) {
//!     if let EventKind::Qr { url, .. } = notice.event() {
//!         println!("scan {url}");
//!     }
//! }
//!
//! # async fn example() -> Result<(), wx_client::Error> {
//! let store = FileStore::open("account")?;
//! let (client, events) = Client::builder().env()?.store(store).spawn().await?;
//! Router::new(Counter::default())
//!     .layer(Log)
//!     .layer(RateLimit::new(10, Duration::from_secs(60)))
//!     .command("/roll", roll)
//!     .on(Rule::text().mentioned(), called)
//!     .on(Rule::regex("(?i)^hello")?.in_private(), async |_| "hello yourself")
//!     .on_event(show)
//!     .run(client, events, bot::interrupted())
//!     .await
//! # }
//! ```
//!
//! # What happens to a message
//!
//! The first rule that fits decides which handler gets the message; no other
//! handler sees it. Your own messages only fit rules that [ask for
//! them](Rule::own). Messages of one chat are handled in order, those of
//! different chats side by side: the [`Dispatcher`] takes care of that, and its
//! limits can be [set](Router::dispatcher). A handler can be one that a newer message
//! [cancels](Router::on_latest).
//!
//! What a handler returns is an [`IntoAnswer`]: nothing, a text, a [`Reply`],
//! or a result of one. If a handler fails or panics, it is given its message
//! again after one and after two seconds; after the third failure the message
//! is passed over, see [`Delivery::fail`](crate::Delivery::fail). A message may
//! also come again if the process is killed before its handling was stored.
//! **Answers are not doubled by that**: each goes out under an idempotency key
//! made from its message, and one that has gone out, or may have, is not sent
//! again.
//!
//! If the session ends and you did not ask for it, [`Router::run`] returns an
//! error with the server's words.
//!
//! # Coming from elsewhere
//!
//! | openwechat | itchat | here |
//! |---|---|---|
//! | `dispatcher.OnText(f)` | `@msg_register(TEXT)` | `.on(Rule::text(), f)` |
//! | `dispatcher.OnGroup(f)` | `@msg_register(…, isGroupChat=True)` | `.on(Rule::any().in_groups(), f)` |
//! | `dispatcher.OnFriendAdd(f)` | `@msg_register(FRIENDS)` | `.on(Rule::friend_request(), f)` |
//! | `msg.IsAt()` | `msg.isAt` | `.mentioned()`, [`Message::mentions_me`](wx_proto::Message::mentions_me) |
//! | `msg.ReplyText(text)` | `return text` | return the text, or [`Context::reply`] |
//! | `msg.ReplyImage(file)` | `return '@img@…'` | [`Context::reply_media`] |
//! | `bot.UUIDCallback`, `bot.LoginCallBack` | `qrCallback`, `loginCallback` | [`Router::on_event`] |
//! | `bot.Block()` | `itchat.run()` | [`Router::run`] |

mod answers;
mod context;
mod latest;
mod layer;
mod limit;
mod reply;
mod rule;
mod signal;

use std::sync::{Arc, Mutex, PoisonError};

use futures_core::future::BoxFuture;
use futures_util::FutureExt as _;
use wx_proto::event::{Cause, CloseReason};
use wx_proto::{EventId, EventKind, Message};
use wx_transport::Chain;

pub use crate::dispatch::Failure;
pub use context::{Context, Notice};
pub use layer::{Allow, Layer, Log, Next};
pub use limit::RateLimit;
pub use reply::{Answer, IntoAnswer, IntoEnd, Reply};
pub use rule::Rule;
pub use signal::interrupted;

use crate::client::Client;
use crate::dispatch::Dispatcher;
use crate::error::{Error, ErrorKind};
use crate::events::Events;
use answers::Answers;
use latest::{Latest, Turn};
use layer::Handler;
use rule::Found;

/// Chooses the handler for each message, and holds what the handlers share.
///
/// `S` is the bot's own state, or `()` if it has none. Handlers get it by
/// reference, so whatever changes in it needs a lock or an atomic.
#[must_use = "nothing is handled unless it runs"]
pub struct Router<S> {
    state: Arc<S>,
    routes: Vec<Route<S>>,
    watchers: Vec<Watcher<S>>,
    layers: Vec<Arc<dyn Layer<S>>>,
    dispatcher: Dispatcher,
}

type Watcher<S> = Box<dyn Fn(Notice<S>) -> BoxFuture<'static, Result<(), Failure>> + Send + Sync>;

impl<S> std::fmt::Debug for Router<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rules: Vec<&Rule> = self.routes.iter().map(|route| &route.rule).collect();
        f.debug_struct("Router")
            .field("rules", &rules)
            .field("dispatcher", &self.dispatcher)
            .finish_non_exhaustive()
    }
}

impl<S: Send + Sync + 'static> Router<S> {
    /// A bot that does nothing yet.
    pub fn new(state: S) -> Self {
        Self {
            state: Arc::new(state),
            routes: Vec::new(),
            watchers: Vec::new(),
            layers: Vec::new(),
            dispatcher: Dispatcher::new(),
        }
    }

    /// Adds a handler for the messages that fit this rule and none added before it.
    pub fn on<H, F, A>(self, rule: Rule, handler: H) -> Self
    where
        H: Fn(Context<S>) -> F + Send + Sync + 'static,
        F: Future<Output = A> + Send + 'static,
        A: IntoAnswer + 'static,
    {
        self.route(rule, None, handler)
    }

    /// Adds a handler of which only the newest message counts, such as one that
    /// gives long answers: otherwise as [`on`](Self::on).
    ///
    /// When somebody writes again in the same chat, and that message is for this
    /// handler too, the handler of the older message is dropped at the `.await` where
    /// it is. An older message that still waits for its turn, or comes again because
    /// it failed, does not get to a layer or the handler any more. Both count as
    /// handled and do not come again. In a group, nobody's message cancels the answer to somebody else.
    ///
    /// What the handler has sent stays, and what it was sending when it was dropped
    /// goes out nevertheless: see [`Client::send`]. Somebody may write again as soon as
    /// the last part of an answer is out, so what is to be remembered of it has to be
    /// remembered before that. Layers are not dropped; they see a
    /// handler that has nothing to say.
    ///
    /// ```
    /// use wx_client::bot::{Context, Failure, Router, Rule};
    ///
    /// async fn explain(ctx: Context<()>) -> Result<(), Failure> {
    ///     for part in ["first, ", "then, ", "last"] {
    ///         // A newer question ends it here.
    ///         ctx.reply(part).await?;
    ///     }
    ///     Ok(())
    /// }
    ///
    /// let router = Router::new(()).on_latest(Rule::text().in_private(), explain);
    /// ```
    pub fn on_latest<H, F, A>(self, rule: Rule, handler: H) -> Self
    where
        H: Fn(Context<S>) -> F + Send + Sync + 'static,
        F: Future<Output = A> + Send + 'static,
        A: IntoAnswer + 'static,
    {
        self.route(rule, Some(Latest::default()), handler)
    }

    fn route<H, F, A>(mut self, rule: Rule, latest: Option<Latest>, handler: H) -> Self
    where
        H: Fn(Context<S>) -> F + Send + Sync + 'static,
        F: Future<Output = A> + Send + 'static,
        A: IntoAnswer + 'static,
    {
        let handler = move |ctx| handler(ctx).map(IntoAnswer::into_answer).boxed();
        self.routes.push(Route {
            rule,
            handler: Arc::new(handler),
            latest,
        });
        self
    }

    /// Adds a handler for texts that begin with this word: [`Rule::command`].
    pub fn command<H, F, A>(self, word: impl Into<String>, handler: H) -> Self
    where
        H: Fn(Context<S>) -> F + Send + Sync + 'static,
        F: Future<Output = A> + Send + 'static,
        A: IntoAnswer + 'static,
    {
        self.on(Rule::command(word), handler)
    }

    /// Adds a handler for events that are not messages: QR codes, people who join
    /// a group, the state of the session. Every such handler sees every such
    /// event, one event after another, in the order in which the handlers were
    /// added. A failure is logged, and the event does not come again.
    pub fn on_event<H, F, A>(mut self, handler: H) -> Self
    where
        H: Fn(Notice<S>) -> F + Send + Sync + 'static,
        F: Future<Output = A> + Send + 'static,
        A: IntoEnd + 'static,
    {
        let watcher = move |notice| handler(notice).map(IntoEnd::into_end).boxed();
        self.watchers.push(Box::new(watcher));
        self
    }

    /// Puts a layer in front of all handlers; see [`Layer`]. The layer added first
    /// sees a message first and its answer last.
    pub fn layer(mut self, layer: impl Layer<S>) -> Self {
        self.layers.push(Arc::new(layer));
        self
    }

    /// Sets how many handlers run side by side, and how many messages are in hand
    /// at most.
    pub fn dispatcher(mut self, dispatcher: Dispatcher) -> Self {
        self.dispatcher = dispatcher;
        self
    }

    /// Runs the bot until the session is over or `stop` is ready; [`interrupted`]
    /// is such a future. Messages in hand are then handled to their end, and the
    /// client is [shut down](Client::shutdown).
    ///
    /// Handlers run as tasks on the current tokio runtime.
    ///
    /// Cancel safety: dropping the future aborts the handlers; their messages
    /// come again after a restart.
    ///
    /// # Errors
    /// [`ErrorKind::Ended`] or [`ErrorKind::NotLoggedIn`] if the session ended
    /// other than by [`Client::logout`], or the login failed; otherwise as
    /// [`Client::stopped`].
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub async fn run(
        self,
        client: Client,
        events: Events,
        stop: impl Future<Output = ()> + Send,
    ) -> Result<(), Error> {
        let dispatcher = self.dispatcher;
        let bot = Arc::new(Bot {
            client: client.clone(),
            state: self.state,
            routes: self.routes,
            watchers: self.watchers,
            layers: self.layers.into(),
            answers: Arc::default(),
            end: Mutex::default(),
        });
        let arrived = |id, event: &EventKind| bot.choose(id, event);
        let handler = |chosen, event| Arc::clone(&bot).event(chosen, event);
        dispatcher
            .run_in_turn(client, events, stop, arrived, handler)
            .await?;
        let mut end = bot.end.lock().unwrap_or_else(PoisonError::into_inner);
        end.take().map_or(Ok(()), Err)
    }
}

/// A handler, and the messages it is for.
struct Route<S> {
    rule: Rule,
    handler: Handler<S>,
    /// If only the newest message of everybody counts.
    latest: Option<Latest>,
}

/// What a message goes to.
struct Chosen<S> {
    handler: Handler<S>,
    found: Found,
    turn: Option<Turn>,
}

/// A router at work.
struct Bot<S> {
    client: Client,
    state: Arc<S>,
    routes: Vec<Route<S>>,
    watchers: Vec<Watcher<S>>,
    layers: Arc<[Arc<dyn Layer<S>>]>,
    answers: Arc<Answers>,
    /// Why the session ended, if it was not by us.
    end: Mutex<Option<Error>>,
}

impl<S: Send + Sync + 'static> Bot<S> {
    /// Chooses a handler for an event, if it is a message and there is one.
    fn choose(&self, id: EventId, event: &EventKind) -> Option<Chosen<S>> {
        let EventKind::Message(message) = event else {
            return None;
        };
        self.routes.iter().find_map(|route| {
            let found = route.rule.fits(message)?;
            let latest = route.latest.as_ref();
            Some(Chosen {
                handler: Arc::clone(&route.handler),
                found,
                turn: latest.map(|latest| latest.arrived(id, message)),
            })
        })
    }

    async fn event(
        self: Arc<Self>,
        chosen: Option<Chosen<S>>,
        event: Arc<EventKind>,
    ) -> Result<(), Failure> {
        match (&*event, chosen) {
            (EventKind::Message(message), Some(chosen)) => self.message(message, chosen).await,
            (EventKind::Message(_), None) => Ok(()),
            _ => {
                self.other(&event).await;
                Ok(())
            }
        }
    }

    async fn message(&self, message: &Message, chosen: Chosen<S>) -> Result<(), Failure> {
        let Chosen {
            handler,
            found,
            mut turn,
        } = chosen;
        let handler = match &mut turn {
            Some(turn) if turn.is_superseded() => {
                turn.handled();
                return Ok(());
            }
            Some(turn) => turn.limit(handler),
            None => handler,
        };
        let ctx = Context::new(
            self.client.clone(),
            Arc::clone(&self.state),
            message.clone(),
            found,
            Arc::clone(&self.answers),
        );
        let reply = Next::new(Arc::clone(&self.layers), handler)
            .run(ctx.clone())
            .await?;
        if let Some(text) = reply.into_text(message) {
            finish(ctx.answer(text).await)?;
        }
        self.answers.forget(&message.key);
        if let Some(turn) = &mut turn {
            turn.handled();
        }
        Ok(())
    }

    async fn other(&self, event: &Arc<EventKind>) {
        if let EventKind::LoggedOut {
            cause,
            ret,
            message,
            ..
        } = &**event
            && *cause != Cause::Own
        {
            let mut end = self.end.lock().unwrap_or_else(PoisonError::into_inner);
            *end = Some(CloseReason::new(*cause, *ret, message).into());
        }
        for watcher in &self.watchers {
            let notice = Notice::new(
                self.client.clone(),
                Arc::clone(&self.state),
                Arc::clone(event),
            );
            if let Err(error) = watcher(notice).await {
                tracing::warn!(error = %Chain(error.as_ref()), "a handler of events failed");
            }
        }
    }
}

/// What the outcome of an answer means for the message that was answered.
fn finish(answered: Result<(), Error>) -> Result<(), Error> {
    match answered {
        // Handling it again could only answer it twice.
        Err(error) if error.kind() == ErrorKind::Unknown => {
            tracing::warn!(%error, "the answer may have arrived or not");
            Ok(())
        }
        answered => answered,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_answer_that_may_be_out_is_not_tried_again() {
        let fate = |kind| finish(Err(Error::new(kind, "")));
        assert!(fate(ErrorKind::Unknown).is_ok());
        assert!(fate(ErrorKind::NotSent).is_err());
        assert!(fate(ErrorKind::Refused).is_err());
    }
}
