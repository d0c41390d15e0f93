//! Answers go out once, however often their message is handled.

use std::sync::{Arc, Mutex};

use serde_json::json;
use tokio::sync::Semaphore;
use wx_client::bot::{Context, Failure, Router, Rule};
use wx_client::{Error, ErrorKind, FileKind, Media, MemoryStore, Rejected};

use super::{AtWork, Times};
use crate::support::{Sim, soon};

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

#[tokio::test]
async fn media_texts_to_others_and_forwards_go_out_once_though_their_message_comes_again() {
    let sim = Sim::start().await;
    let running = sim.online(&MemoryStore::new()).await;
    let other = sim.id("friend:1");
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
    let asker = sim.id("friend:0");
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
