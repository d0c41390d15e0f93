//! Handlers side by side: order, bounds, panics, a stop that drains.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};

use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;
use wx_client::{Dispatcher, Error, EventKind, Failure, MemoryStore, Message};

use crate::support::{Running, Sim, soon};

/// What the handlers were given, and how many ran at a time.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<(String, String)>>>);

impl Seen {
    fn note(&self, message: &Message) {
        let text = message.text().unwrap_or_default().to_owned();
        let chat = message.chat.id.to_string();
        self.0.lock().unwrap().push((chat, text));
    }

    fn texts(&self) -> Vec<String> {
        let seen = self.0.lock().unwrap();
        seen.iter().map(|(_, text)| text.clone()).collect()
    }

    fn of_chat(&self, chat: &str) -> Vec<String> {
        let seen = self.0.lock().unwrap();
        let texts = seen.iter().filter(|(id, _)| id == chat);
        texts.map(|(_, text)| text.clone()).collect()
    }
}

fn at_most(handlers: usize) -> Dispatcher {
    Dispatcher::new().concurrency(NonZeroUsize::new(handlers).unwrap())
}

/// A dispatcher at work.
struct AtWork {
    stop: oneshot::Sender<()>,
    run: JoinHandle<Result<(), Error>>,
}

impl AtWork {
    fn start<H, F>(dispatcher: Dispatcher, running: Running, handler: H) -> Self
    where
        H: Fn(Arc<EventKind>) -> F + Send + 'static,
        F: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        let (stop, stopped) = oneshot::channel();
        let stopped = async {
            let _ = stopped.await;
        };
        let run = dispatcher.run(running.client, running.events, stopped, handler);
        Self {
            stop,
            run: tokio::spawn(run),
        }
    }

    /// From now on it takes no more. Ends when it has handled what it has.
    fn stop(self) -> impl Future<Output = ()> {
        self.stop.send(()).expect("it is at work");
        async { soon("the end", self.run).await.unwrap().unwrap() }
    }
}

#[tokio::test]
async fn a_chat_goes_in_order_while_others_are_handled_beside_it() {
    let sim = Sim::start().await;
    let running = sim.online(&MemoryStore::new()).await;
    let slow_chat = sim.user_name("friend:0");
    let seen = Seen::default();
    let (gate, other) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let handler = {
        let (seen, gate, other, slow_chat) =
            (seen.clone(), gate.clone(), other.clone(), slow_chat.clone());
        move |event: Arc<EventKind>| {
            let (seen, gate, other) = (seen.clone(), gate.clone(), other.clone());
            let slow_chat = slow_chat.clone();
            async move {
                if let EventKind::Message(message) = &*event {
                    if message.chat.id.as_str() == slow_chat {
                        gate.acquire().await?.forget();
                    } else {
                        other.add_permits(1);
                    }
                    seen.note(message);
                }
                Ok(())
            }
        }
    };
    let work = AtWork::start(at_most(2), running, handler);
    for text in ["1", "2", "3"] {
        sim.says("friend:0", "self", text).await;
    }
    sim.says("friend:1", "self", "beside").await;
    // The first chat's handler waits for its gate; the second is through.
    soon("the other chat", other.acquire())
        .await
        .unwrap()
        .forget();
    assert_eq!(seen.texts(), ["beside"]);
    gate.add_permits(3);
    work.stop().await;
    assert_eq!(seen.of_chat(&slow_chat), ["1", "2", "3"]);
}

#[tokio::test]
async fn a_stop_handles_what_was_taken_and_it_does_not_come_again() {
    let sim = Sim::start().await;
    let store = MemoryStore::new();
    let running = sim.online(&store).await;
    let (seen, begun) = (Seen::default(), Arc::new(Semaphore::new(0)));
    let gate = Arc::new(Semaphore::new(0));
    let handler = {
        let (seen, begun, gate) = (seen.clone(), begun.clone(), gate.clone());
        move |event: Arc<EventKind>| {
            let (seen, begun, gate) = (seen.clone(), begun.clone(), gate.clone());
            async move {
                if let EventKind::Message(message) = &*event {
                    begun.add_permits(1);
                    gate.acquire().await?.forget();
                    seen.note(message);
                }
                Ok(())
            }
        }
    };
    let work = AtWork::start(at_most(1), running, handler);
    sim.says("friend:0", "self", "first").await;
    soon("the handler", begun.acquire()).await.unwrap().forget();
    let end = work.stop();
    gate.add_permits(10);
    end.await;
    let handled = seen.texts();
    assert_eq!(handled.first().map(String::as_str), Some("first"));

    // What comes after a restart is what was not handled.
    let mut next = sim.resumed(&store).await;
    sim.says("friend:0", "self", "last").await;
    assert_eq!(next.text().await, "last");
    next.stop().await;
}

#[tokio::test]
async fn a_handler_that_panics_or_fails_has_failed_for_its_message_alone() {
    let sim = Sim::start().await;
    let running = sim.online(&MemoryStore::new()).await;
    let (seen, done) = (Seen::default(), Arc::new(Semaphore::new(0)));
    let handler = {
        let (seen, done) = (seen.clone(), done.clone());
        move |event: Arc<EventKind>| {
            let (seen, done) = (seen.clone(), done.clone());
            async move {
                let EventKind::Message(message) = &*event else {
                    return Ok(());
                };
                seen.note(message);
                let is_first = |text| seen.texts().iter().filter(|t| *t == text).count() == 1;
                match message.text() {
                    Some("panics") if is_first("panics") => panic!("on purpose"),
                    Some("fails") if is_first("fails") => return Err("on purpose".into()),
                    _ => done.add_permits(1),
                }
                Ok(())
            }
        }
    };
    let work = AtWork::start(at_most(4), running, handler);
    sim.says("friend:0", "self", "panics").await;
    sim.says("friend:1", "self", "fails").await;
    sim.says("friend:0", "self", "fine").await;
    soon("all three", done.acquire_many(3))
        .await
        .unwrap()
        .forget();
    work.stop().await;
    let mut texts = seen.texts();
    texts.sort();
    assert_eq!(texts, ["fails", "fails", "fine", "panics", "panics"]);
}

#[tokio::test]
async fn no_more_is_taken_than_the_backlog_holds() {
    let sim = Sim::start().await;
    let running = sim.online(&MemoryStore::new()).await;
    let (begun, gate) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let handler = {
        let (begun, gate) = (begun.clone(), gate.clone());
        move |event: Arc<EventKind>| {
            let (begun, gate) = (begun.clone(), gate.clone());
            async move {
                if let EventKind::Message(_) = &*event {
                    begun.add_permits(1);
                    gate.acquire().await?.forget();
                }
                Ok(())
            }
        }
    };
    let two = NonZeroUsize::new(2).unwrap();
    let dispatcher = at_most(8).backlog(two);
    let work = AtWork::start(dispatcher, running, handler);
    for friend in ["friend:0", "friend:1", "friend:2", "friend:3"] {
        sim.says(friend, "self", "hello").await;
    }
    soon("two", begun.acquire_many(2)).await.unwrap().forget();
    // Eight may run, and four are there; but two are in hand.
    assert_eq!(begun.available_permits(), 0);
    gate.add_permits(1);
    soon("one more", begun.acquire()).await.unwrap().forget();
    assert_eq!(begun.available_permits(), 0);
    gate.add_permits(10);
    soon("the last", begun.acquire()).await.unwrap().forget();
    work.stop().await;
}
