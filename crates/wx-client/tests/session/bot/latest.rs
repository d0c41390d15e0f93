//! Handlers of which only the newest message counts.

use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;

use tokio::sync::Semaphore;
use wx_client::bot::{Answer, Context, Failure, Next, Router, Rule};
use wx_client::{Error, MemoryStore};

use super::{AtWork, Times};
use crate::support::{Sim, soon};

/// What handlers wait for, and what became of them.
#[derive(Clone)]
struct Desk(Arc<Inner>);

struct Inner {
    go: Semaphore,
    begun: Mutex<Vec<String>>,
}

impl Desk {
    fn new() -> Self {
        Self(Arc::new(Inner {
            go: Semaphore::new(0),
            begun: Mutex::default(),
        }))
    }

    fn begin(&self, text: &str) {
        self.0.begun.lock().unwrap().push(text.to_owned());
    }

    fn begun(&self) -> Vec<String> {
        self.0.begun.lock().unwrap().clone()
    }

    async fn until_begun(&self, count: usize) {
        let begun = async {
            while self.begun().len() < count {
                tokio::task::yield_now().await;
            }
        };
        soon("a handler", begun).await;
    }

    async fn wait(&self) {
        self.0.go.acquire().await.unwrap().forget();
    }

    fn go(&self) {
        self.0.go.add_permits(1);
    }
}

/// A rule that fits every text, and counts those that have arrived.
fn counted(times: &Times) -> Rule {
    let times = times.clone();
    Rule::text().when(move |_| {
        times.next();
        true
    })
}

impl Times {
    async fn until(&self, count: usize) {
        let reached = async {
            while self.count() < count {
                tokio::task::yield_now().await;
            }
        };
        soon("an arrival", reached).await;
    }
}

/// Says that it begins, waits, and answers.
async fn slow(ctx: Context<Desk>) -> Result<String, Failure> {
    let text = ctx.text().to_owned();
    ctx.reply(format!("{text}?")).await?;
    ctx.state().begin(&text);
    ctx.state().wait().await;
    Ok(format!("{text}!"))
}

#[tokio::test]
async fn a_newer_message_ends_the_handler_of_an_older_one() {
    let sim = Sim::start().await;
    let store = MemoryStore::new();
    let desk = Desk::new();
    let router = Router::new(desk.clone()).on_latest(Rule::text(), slow);
    let bot = AtWork::start(sim.online(&store).await, router);
    for (count, text) in (1..).zip(["one", "two", "three"]) {
        sim.push(text).await;
        desk.until_begun(count).await;
    }
    desk.go();
    let answers = ["one?", "two?", "three?", "three!"];
    assert_eq!(sim.answers(4).await, answers);
    bot.stop().await;

    // All of them are handled: none comes again.
    let times = Times::default();
    let router = Router::new(()).on(counted(&times), async |ctx| ctx.text().to_owned());
    let bot = AtWork::start(sim.resumed(&store).await, router);
    sim.push("four").await;
    assert_eq!(sim.answers(5).await[4], "four");
    bot.stop().await;
    assert_eq!(times.count(), 1);
    assert_eq!(sim.taken().len(), 5);
}

#[tokio::test]
async fn by_default_a_chat_goes_in_order_to_the_end() {
    let sim = Sim::start().await;
    let desk = Desk::new();
    let arrived = Times::default();
    let router = Router::new(desk.clone()).on(counted(&arrived), slow);
    let bot = AtWork::start(sim.online(&MemoryStore::new()).await, router);
    sim.push("one").await;
    sim.push("two").await;
    arrived.until(2).await;
    desk.go();
    desk.go();
    assert_eq!(sim.answers(4).await, ["one?", "one!", "two?", "two!"]);
    bot.stop().await;
}

#[tokio::test]
async fn what_still_waits_for_its_turn_is_passed_over() {
    let sim = Sim::start().await;
    let desk = Desk::new();
    let (arrived, layered) = (Times::default(), Times::default());
    let count = {
        let layered = layered.clone();
        move |ctx: Context<Desk>, next: Next<Desk>| {
            layered.next();
            async move { next.run(ctx).await }
        }
    };
    let router = Router::new(desk.clone())
        .layer(count)
        .command("/wait", slow)
        .on_latest(counted(&arrived), async |ctx: Context<Desk>| {
            ctx.text().to_owned()
        });
    let bot = AtWork::start(sim.online(&MemoryStore::new()).await, router);
    for text in ["/wait", "one", "two", "three"] {
        sim.push(text).await;
    }
    arrived.until(3).await;
    desk.go();
    assert_eq!(sim.answers(3).await, ["/wait?", "/wait!", "three"]);
    bot.stop().await;
    assert_eq!(layered.count(), 2);
    assert_eq!(sim.taken().len(), 3);
}

#[tokio::test]
async fn nobody_is_interrupted_by_others_in_other_chats_or_for_another_handler() {
    let sim = Sim::start().await;
    let desk = Desk::new();
    let arrived = Times::default();
    let router = Router::new(desk.clone())
        .on_latest(counted(&arrived).when(|m| m.text() == Some("date")), slow)
        .on_latest(counted(&arrived), slow);
    let bot = AtWork::start(sim.online(&MemoryStore::new()).await, router);
    sim.says("friend:1", "group:0", "one").await;
    desk.until_begun(1).await;
    sim.says("friend:2", "group:0", "two").await;
    sim.says("friend:1", "self", "three").await;
    sim.says("friend:1", "group:0", "date").await;
    // Each but the last is tried with both rules.
    arrived.until(7).await;
    for _ in 0..4 {
        desk.go();
    }
    let mut answers = sim.answers(8).await;
    bot.stop().await;
    answers.sort();
    let all = ["one", "two", "three", "date"].map(|text| [format!("{text}!"), format!("{text}?")]);
    let mut all = all.concat();
    all.sort();
    assert_eq!(answers, all);
}

#[tokio::test]
async fn what_a_handler_was_sending_when_it_was_dropped_goes_out_once() {
    let sim = Sim::start().await;
    let desk = Desk::new();
    let handler = async |ctx: Context<Desk>| {
        if ctx.text() == "two" {
            return Ok::<_, Error>("two!");
        }
        let mut reply = pin!(ctx.reply("one!"));
        let asked = std::future::poll_fn(|cx| Poll::Ready(reply.as_mut().poll(cx).is_pending()));
        assert!(asked.await, "it has not gone out yet");
        ctx.state().begin("one");
        std::future::pending().await
    };
    let router = Router::new(desk.clone()).on_latest(Rule::text(), handler);
    let bot = AtWork::start(sim.online(&MemoryStore::new()).await, router);
    sim.push("one").await;
    desk.until_begun(1).await;
    sim.push("two").await;
    assert_eq!(sim.answers(2).await, ["one!", "two!"]);
    bot.stop().await;
    assert_eq!(sim.taken().len(), 2);
}

#[tokio::test]
async fn a_message_that_failed_and_comes_again_is_still_the_older_one() {
    let sim = Sim::start().await;
    let desk = Desk::new();
    let arrived = Times::default();
    let handler = async |ctx: Context<Desk>| -> Result<String, Failure> {
        if ctx.text() == "one" {
            ctx.state().begin("one");
            return Err("on purpose".into());
        }
        slow(ctx).await
    };
    let router = Router::new(desk.clone()).on_latest(counted(&arrived), handler);
    let bot = AtWork::start(sim.online(&MemoryStore::new()).await, router);
    sim.push("one").await;
    desk.until_begun(1).await;
    sim.push("two").await;
    // The second, and the first again.
    arrived.until(3).await;
    desk.go();
    assert_eq!(sim.answers(2).await, ["two?", "two!"]);
    bot.stop().await;
    assert_eq!(desk.begun(), ["one", "two"]);
}

#[tokio::test]
async fn a_layer_sees_a_handler_without_an_answer() {
    let sim = Sim::start().await;
    let desk = Desk::new();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let note = {
        let seen = seen.clone();
        move |ctx: Context<Desk>, next: Next<Desk>| {
            let seen = seen.clone();
            async move {
                let answer: Answer = next.run(ctx.clone()).await;
                let says = answer.as_ref().is_ok_and(|reply| !reply.is_none());
                seen.lock().unwrap().push((ctx.text().to_owned(), says));
                answer
            }
        }
    };
    let router = Router::new(desk.clone())
        .layer(note)
        .on_latest(Rule::text(), slow);
    let bot = AtWork::start(sim.online(&MemoryStore::new()).await, router);
    sim.push("one").await;
    desk.until_begun(1).await;
    sim.push("two").await;
    desk.until_begun(2).await;
    desk.go();
    sim.answers(3).await;
    bot.stop().await;
    let seen = seen.lock().unwrap().clone();
    assert_eq!(seen, [("one".to_owned(), false), ("two".to_owned(), true)]);
}

#[tokio::test]
async fn a_rule_that_panics_fails_for_its_message_alone() {
    let sim = Sim::start().await;
    let rule = Rule::text().when(|message| match message.text() {
        Some("panic") => panic!("on purpose"),
        _ => true,
    });
    let router = Router::new(()).on_latest(rule, async |ctx| ctx.text().to_owned());
    let bot = AtWork::start(sim.online(&MemoryStore::new()).await, router);
    sim.push("panic").await;
    sim.push("fine").await;
    assert_eq!(sim.answers(1).await, ["fine"]);
    bot.stop().await;
}
