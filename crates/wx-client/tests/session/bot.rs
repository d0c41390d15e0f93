//! Bots: who gets a message, what becomes of what he answers, and how it ends.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;
use wx_client::bot::{
    Allow, Answer, Context, Failure, Log, Next, Notice, RateLimit, Reply, Router, Rule,
};
use wx_client::event::Cause;
use wx_client::{Error, ErrorKind, EventKind, FileKind, Media, MemoryStore, Rejected};

use crate::support::{Running, Sim, soon};

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
    async fn says(&self, from: &str, to: &str, text: &str) {
        let body = json!({"kind": "text", "from": from, "to": to, "content": text});
        self.call("push", body).await;
    }

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
    let group = sim.id("group:0").await;
    // Those who write are known once their group's details are.
    soon(
        "details",
        running.client.fetch_contacts(vec![group.clone()]),
    )
    .await
    .unwrap();
    let roster = running.client.roster().await.unwrap();
    let member = roster.member(&group, &sim.id("friend:1").await).unwrap();
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

#[tokio::test]
async fn a_message_that_is_handled_again_is_not_answered_again() {
    let sim = Sim::start().await;
    let times = Times::default();
    let handler = async |ctx: Context<Times>| {
        ctx.reply("one").await?;
        if ctx.state().next() == 0 {
            return Err(Failure::from("on purpose"));
        }
        ctx.reply("two").await?;
        Ok("three")
    };
    let router = Router::new(times.clone()).on(Rule::text(), handler);
    let bot = AtWork::start(sim.online(&MemoryStore::new()).await, router);
    sim.push("count").await;
    assert_eq!(sim.answers(3).await, ["one", "two", "three"]);
    bot.stop().await;
    assert_eq!(times.count(), 2);
    assert_eq!(sim.taken(), ["one", "two", "three"]);
}

#[tokio::test]
async fn a_crash_behind_an_answer_does_not_double_it() {
    let sim = Sim::start().await;
    let store = MemoryStore::new();
    let answered = Arc::new(Semaphore::new(0));
    let handler = async |ctx: Context<Arc<Semaphore>>| {
        if ctx.text() == "noon?" {
            ctx.reply("it is noon").await?;
            ctx.state().add_permits(1);
            // The process ends here.
            std::future::pending::<()>().await;
        }
        Ok::<(), Error>(())
    };
    let router = Router::new(answered.clone()).on(Rule::text(), handler);
    let bot = AtWork::start(sim.online(&store).await, router);
    sim.push("noon?").await;
    soon("an answer", answered.acquire())
        .await
        .unwrap()
        .forget();
    bot.kill().await;

    // Another time of the day, but the message is answered.
    let times = Times::default();
    let handler = async |ctx: Context<Times>| {
        ctx.state().next();
        match ctx.text() {
            "noon?" => "it is one o'clock",
            _ => "hello",
        }
    };
    let router = Router::new(times.clone()).on(Rule::text(), handler);
    let bot = AtWork::start(sim.resumed(&store).await, router);
    sim.push("hello?").await;
    assert_eq!(sim.answers(2).await, ["it is noon", "hello"]);
    bot.stop().await;
    assert_eq!(times.count(), 2, "the message came again");
    assert_eq!(sim.taken(), ["it is noon", "hello"]);
}

#[tokio::test]
async fn the_same_answer_with_other_words_is_refused_to_a_handler() {
    let sim = Sim::start().await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let handler = {
        let seen = seen.clone();
        move |ctx: Context<Times>| {
            let seen = seen.clone();
            async move {
                let words = format!("words {}", ctx.state().next());
                match ctx.reply(words).await {
                    Ok(_) => Err(Failure::from("on purpose")),
                    Err(error) => {
                        let reused = matches!(error.rejected(), Some(Rejected::KeyReused { .. }));
                        seen.lock().unwrap().push((error.kind(), reused));
                        Ok(())
                    }
                }
            }
        }
    };
    let router = Router::new(Times::default()).on(Rule::text(), handler);
    let bot = AtWork::start(sim.online(&MemoryStore::new()).await, router);
    sim.push("talk").await;
    let refused = async {
        while seen.lock().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    soon("a refusal", refused).await;
    bot.stop().await;
    assert_eq!(*seen.lock().unwrap(), [(ErrorKind::Usage, true)]);
    assert_eq!(sim.taken(), ["words 0"]);
}

#[tokio::test]
async fn an_answer_that_was_refused_is_sent_when_the_message_comes_again() {
    let sim = Sim::start().await;
    let times = Times::default();
    let handler = async |ctx: Context<Times>| {
        ctx.state().next();
        "yes"
    };
    let router = Router::new(times.clone()).on(Rule::text(), handler);
    let bot = AtWork::start(sim.online(&MemoryStore::new()).await, router);
    let fault = json!({"path": "webwxsendmsg", "kind": "ret", "ret": 1204, "count": 2});
    sim.call("fault", fault).await;
    sim.push("well?").await;
    assert_eq!(sim.answers(3).await, ["yes"]);
    bot.stop().await;
    assert_eq!((times.count(), sim.taken().len()), (3, 1));
}

#[tokio::test]
async fn an_answer_of_unknown_fate_is_not_sent_again() {
    let sim = Sim::start().await;
    let times = Times::default();
    let handler = async |ctx: Context<Times>| {
        ctx.state().next();
        format!("answer to {}", ctx.text())
    };
    let router = Router::new(times.clone()).on(Rule::text(), handler);
    let bot = AtWork::start(sim.online(&MemoryStore::new()).await, router);
    // The service takes it, and its answer is lost.
    sim.call("fault", json!({"path": "webwxsendmsg", "kind": "reset"}))
        .await;
    sim.push("1").await;
    sim.until_asked("webwxsendmsg", 1).await;
    sim.push("2").await;
    assert_eq!(sim.answers(2).await, ["answer to 1", "answer to 2"]);
    bot.stop().await;
    assert_eq!(times.count(), 2);
    assert_eq!(sim.taken(), ["answer to 1", "answer to 2"]);
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
    let friends = [sim.id("friend:0"), sim.id("friend:1")];
    let running = sim.online(&MemoryStore::new()).await;
    let [ann, _] = futures_util::future::join_all(friends)
        .await
        .try_into()
        .unwrap();
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
    let group = sim.id("group:0").await;
    soon("details", running.client.fetch_contacts(vec![group]))
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
async fn media_texts_to_others_and_forwards_go_out_once_though_their_message_comes_again() {
    let sim = Sim::start().await;
    let running = sim.online(&MemoryStore::new()).await;
    let other = sim.id("friend:1").await;
    let times = Times::default();
    let handler = {
        let other = other.clone();
        move |ctx: Context<Times>| {
            let other = other.clone();
            async move {
                let notes = Media::bytes("notes.txt", "one file")?;
                ctx.reply_media(FileKind::File, notes).await?;
                ctx.send_text(&other, "look").await?;
                ctx.forward(&other).await?;
                match ctx.state().next() {
                    0 => Err(Failure::from("on purpose")),
                    _ => Ok("done"),
                }
            }
        }
    };
    let router = Router::new(times.clone()).on(Rule::text(), handler);
    let bot = AtWork::start(running, router);
    sim.says("friend:0", "self", "read this").await;
    sim.until_asked("webwxsendmsg", 3).await;
    bot.stop().await;
    assert_eq!(times.count(), 2);
    assert_eq!(sim.taken()[1..], ["look", "read this", "done"]);
    let asker = sim.id("friend:0").await;
    let to: Vec<String> = sim.server.with(|service, _| {
        let sent = service.sent().iter();
        sent.map(|sent| sent.to_user_name.clone()).collect()
    });
    let (asker, other) = (asker.as_str(), other.as_str());
    assert_eq!(to, [asker, other, other, asker], "the file, and the texts");
}

#[tokio::test]
async fn what_cannot_be_forwarded_fails_as_misuse() {
    let sim = Sim::start().await;
    let kind = Arc::new(Mutex::new(None));
    let handler = async |ctx: Context<Arc<Mutex<Option<ErrorKind>>>>| {
        let error = ctx.forward("filehelper").await.unwrap_err();
        ctx.reply(error.to_string()).await?;
        *ctx.state().lock().unwrap() = Some(error.kind());
        Ok::<(), Error>(())
    };
    let router = Router::new(kind.clone()).on(Rule::voice(), handler);
    let bot = AtWork::start(sim.online(&MemoryStore::new()).await, router);
    sim.call("push", json!({"kind": "voice", "from": "friend:0"}))
        .await;
    let answer = sim.answers(1).await.remove(0);
    assert!(answer.contains("can be forwarded"), "{answer}");
    bot.stop().await;
    assert_eq!(*kind.lock().unwrap(), Some(ErrorKind::Usage));
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
