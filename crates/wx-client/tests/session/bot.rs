//! Bots: which handler gets a message, and how a bot ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use wx_client::bot::{
    Allow, Answer, Context, Failure, Log, Next, Notice, RateLimit, Reply, Router, Rule,
};
use wx_client::event::Cause;
use wx_client::{Error, ErrorKind, EventKind, MemoryStore};

use crate::support::{Running, Sim, soon};

mod answers;
mod latest;

/// A router at work.
struct AtWork {
    stop: oneshot::Sender<()>,
    run: JoinHandle<Result<(), Error>>,
    runner: JoinHandle<()>,
}

impl AtWork {
    fn start<S: Send + Sync + 'static>(running: Running, router: Router<S>) -> Self {
        let (stop, stopped) = oneshot::channel();
        let stopped = async {
            let _ = stopped.await;
        };
        let run = router.run(running.client, running.events, stopped);
        Self {
            stop,
            run: tokio::spawn(run),
            runner: running.runner,
        }
    }

    /// Handles what it has, and ends.
    async fn stop(self) {
        let _ = self.stop.send(());
        soon("the end", self.run).await.unwrap().unwrap();
    }

    async fn ended(self) -> Result<(), Error> {
        soon("the end", self.run).await.unwrap()
    }

    /// Ends as a process that is killed.
    async fn kill(self) {
        self.run.abort();
        self.runner.abort();
        assert!(self.run.await.unwrap_err().is_cancelled());
    }
}

impl Sim {
    /// Waits for so many answers, and gives what they say.
    async fn answers(&self, count: usize) -> Vec<String> {
        self.until_asked("webwxsendmsg", count).await;
        self.taken()
    }
}

/// Counts, and says which it was.
#[derive(Clone, Default)]
struct Times(Arc<AtomicUsize>);

impl Times {
    fn next(&self) -> usize {
        self.0.fetch_add(1, Ordering::SeqCst)
    }

    fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

async fn sum(ctx: Context<Times>) -> Result<String, Failure> {
    let numbers: Vec<u32> = ctx
        .args()
        .split_whitespace()
        .map(str::parse)
        .collect::<Result<_, _>>()?;
    let number = ctx.state().next();
    Ok(format!("{number}: {}", numbers.iter().sum::<u32>()))
}

async fn city(ctx: Context<Times>) -> Option<String> {
    Some(format!("no weather in {}", ctx.named("city")?))
}

#[tokio::test]
async fn the_first_rule_that_fits_has_the_message() {
    let sim = Sim::start().await;
    let running = sim.online(&MemoryStore::new()).await;
    let own = running.client.online().await.unwrap().nick_name;
    let router = Router::new(Times::default())
        .command("/sum", sum)
        .on(Rule::regex("weather in (?<city>.+)").unwrap(), city)
        .on(Rule::text().in_groups().mentioned(), async |ctx| {
            format!("called: {}", ctx.text())
        })
        .on(Rule::text().in_private(), async |_| "private")
        .on(Rule::image(), async |_| Reply::text("a picture"));
    let bot = AtWork::start(running, router);

    // One after another, so that the answers have an order.
    let pushes = [
        ("friend:0", "self", "/sum 1 2 39".to_owned(), "0: 42"),
        ("friend:0", "self", "/summary".to_owned(), "private"),
        (
            "friend:1",
            "group:0",
            "weather in Ulm".to_owned(),
            "no weather in Ulm",
        ),
        (
            "friend:1",
            "group:0",
            format!("@{own}\u{2005}are you there?"),
            "called: are you there?",
        ),
        (
            "friend:1",
            "group:0",
            format!("@{own}\u{2005}/sum 2 3"),
            "1: 5",
        ),
    ];
    let mut expected = Vec::new();
    for (count, (from, to, text, answer)) in (1..).zip(pushes) {
        sim.says(from, to, &text).await;
        expected.push(answer);
        assert_eq!(sim.answers(count).await, expected);
    }
    sim.call("push", json!({"kind": "image", "from": "friend:2"}))
        .await;
    expected.push("a picture");
    assert_eq!(sim.answers(expected.len()).await, expected);
    // For these there is no rule: a group without a mention, a voice, and what
    // one wrote oneself on the phone.
    sim.says("friend:2", "group:0", "hello all").await;
    sim.call("push", json!({"kind": "voice", "from": "friend:2"}))
        .await;
    sim.says("self", "friend:2", "/sum 1").await;
    sim.says("friend:2", "self", "the last").await;
    expected.push("private");
    assert_eq!(sim.answers(expected.len()).await, expected);
    bot.stop().await;
    assert_eq!(sim.taken(), expected);
}

#[tokio::test]
async fn answers_go_to_the_chat_and_may_mention_who_asked() {
    let sim = Sim::start().await;
    let running = sim.online(&MemoryStore::new()).await;
    let group = sim.id("group:0");
    // Those who write are known once their group's details are.
    soon("details", running.client.fetch_contacts([&group]))
        .await
        .unwrap();
    let roster = running.client.roster().await.unwrap();
    let member = roster.member(&group, &sim.id("friend:1")).unwrap();
    let name = member.name().unwrap().to_owned();
    let here = async |_| Reply::text("here").mention();
    let router = Router::new(()).on(Rule::text(), here);
    let bot = AtWork::start(running, router);
    sim.says("friend:1", "group:0", "where?").await;
    let answer = sim.answers(1).await.remove(0);
    sim.says("friend:1", "self", "where?").await;
    assert_eq!(
        sim.answers(2).await[1],
        "here",
        "there is nobody to tell apart"
    );
    bot.stop().await;
    assert_eq!(answer, format!("@{name}\u{2005}here"));
    let to = sim
        .server
        .with(|service, _| service.sent()[0].to_user_name.clone());
    assert_eq!(to, group.as_str());
}

/// Puts a mark around every answer, and an answer in the place of a failure.
async fn marked(ctx: Context<()>, next: Next<()>) -> Answer {
    Ok(match next.run(ctx).await {
        Ok(_) => Reply::text("[fine]"),
        Err(failure) => Reply::text(format!("[{failure}]")),
    })
}

async fn doubled(ctx: Context<()>, next: Next<()>) -> Answer {
    next.run(ctx)
        .await
        .map_err(|failure| format!("{failure}, twice").into())
}

#[tokio::test]
async fn layers_are_around_the_handlers_in_their_order() {
    let sim = Sim::start().await;
    let handler = async |ctx: Context<()>| match ctx.text() {
        "fail" => Err(Failure::from("failed")),
        _ => Ok("well"),
    };
    let router = Router::new(())
        .layer(Log)
        .layer(marked)
        .layer(doubled)
        .on(Rule::text(), handler);
    let bot = AtWork::start(sim.online(&MemoryStore::new()).await, router);
    sim.push("fail").await;
    sim.push("do not").await;
    assert_eq!(sim.answers(2).await, ["[failed, twice]", "[fine]"]);
    bot.stop().await;
}

#[tokio::test]
async fn only_those_are_served_who_are_allowed_and_not_more_often_than_that() {
    let sim = Sim::start().await;
    let running = sim.online(&MemoryStore::new()).await;
    let ann = sim.id("friend:0");
    let router = Router::new(())
        .layer(Allow::when(move |message| message.sender.id == ann))
        .layer(RateLimit::new(2, Duration::from_secs(3600)).notice("enough"))
        .on(Rule::text(), async |ctx| ctx.text().to_owned());
    let bot = AtWork::start(running, router);
    for text in ["1", "2", "3", "4"] {
        sim.says("friend:1", "self", "let me in").await;
        sim.says("friend:0", "self", text).await;
    }
    assert_eq!(sim.answers(3).await, ["1", "2", "enough"]);
    bot.stop().await;
    assert_eq!(sim.taken(), ["1", "2", "enough"]);
}

#[tokio::test]
async fn handlers_of_events_see_what_is_no_message() {
    let sim = Sim::start().await;
    let running = sim.online(&MemoryStore::new()).await;
    let group = sim.id("group:0");
    soon("details", running.client.fetch_contacts([group]))
        .await
        .unwrap();
    let fails = async |_: Notice<()>| Err::<(), _>(Failure::from("on purpose"));
    let welcome = async |notice: Notice<()>| {
        if let EventKind::Members { group, joined, .. } = notice.event() {
            let welcome = format!("welcome, {} of you", joined.len());
            notice.client().send_text(group, welcome).await?;
        }
        Ok::<(), Error>(())
    };
    let router = Router::new(()).on_event(fails).on_event(welcome);
    let bot = AtWork::start(running, router);
    let body = json!({"group": "group:0", "member": "stranger:0", "action": "add"});
    sim.call("group/member", body).await;
    assert_eq!(sim.answers(1).await, ["welcome, 1 of you"]);
    bot.stop().await;
}

#[tokio::test]
async fn an_end_that_nobody_asked_for_is_an_error_with_the_servers_code() {
    let sim = Sim::start().await;
    let bot = AtWork::start(sim.online(&MemoryStore::new()).await, Router::new(()));
    sim.call("session", json!({"action": "kick"})).await;
    let error = bot.ended().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Ended);
    assert_eq!(error.cause(), Some(Cause::OtherLogin));
    assert_eq!(error.ret().unwrap().0, 1101);
}

#[tokio::test]
async fn a_bot_that_logs_out_has_ended_well() {
    let sim = Sim::start().await;
    let router = Router::new(()).command("/bye", async |ctx| {
        ctx.client().logout().await?;
        Ok::<(), Error>(())
    });
    let bot = AtWork::start(sim.online(&MemoryStore::new()).await, router);
    sim.push("/bye").await;
    bot.ended().await.unwrap();
}

#[tokio::test]
async fn each_kind_has_its_rule_and_fits_no_other() {
    let sim = Sim::start().await;
    let mut router = Router::new(());
    for (word, rule) in [
        ("image", Rule::image()),
        ("emoticon", Rule::emoticon()),
        ("voice", Rule::voice()),
        ("video", Rule::video()),
        ("file", Rule::file()),
        ("location", Rule::location()),
        ("card", Rule::card()),
        ("friend_request", Rule::friend_request()),
        ("revoke", Rule::recall()),
        ("system", Rule::system()),
    ] {
        router = router.on(rule, move |_| std::future::ready(word));
    }
    let bot = AtWork::start(sim.online(&MemoryStore::new()).await, router);
    let mut expected = Vec::new();
    for kind in [
        "location",
        "card",
        "system",
        "friend_request",
        "file",
        "video",
        "voice",
        "emoticon",
        "image",
        // The picture is taken back.
        "revoke",
    ] {
        sim.call("push", json!({"kind": kind})).await;
        expected.push(kind);
        assert_eq!(sim.answers(expected.len()).await, expected);
    }
    bot.stop().await;
}
