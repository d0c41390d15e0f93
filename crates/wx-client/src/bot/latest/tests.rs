//! Which messages are answered, and when, in virtual time.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};
use wx_sim::Push;

use super::*;
use crate::bot::{Context, Failure, Router, Rule};
use crate::client::Client;
use crate::error::Error;
use crate::exchange::stand_in::StandIn;

/// A bot at work, whose clock begins when it is online.
struct AtWork {
    service: StandIn,
    begun: Instant,
    stop: oneshot::Sender<()>,
    run: JoinHandle<Result<(), Error>>,
}

/// Long enough for a login, and the second in which everything begins.
const START: u64 = 100;

impl AtWork {
    async fn start<S: Send + Sync + 'static>(router: Router<S>) -> Self {
        let service = StandIn::new();
        let begun = Instant::now() + Duration::from_secs(START);
        let mut builder = Client::builder();
        builder.stand_in = Some(service.clone());
        let (client, events) = builder.spawn().await.expect("a client");
        let (stop, stopped) = oneshot::channel();
        let stopped = async {
            let _ = stopped.await;
        };
        let run = tokio::spawn(router.run(client, events, stopped));
        sleep_until(begun).await;
        Self {
            service,
            begun,
            stop,
            run,
        }
    }

    /// At this second, somebody writes a text in a chat, which is `self` for a
    /// private one.
    async fn says(&self, second: u64, from: &str, to: &str, text: &str) {
        sleep_until(self.begun + Duration::from_secs(second)).await;
        self.service.push(&Push::text(text).from(from).to(to));
    }

    /// At this second, a friend writes.
    async fn friend_says(&self, second: u64, text: &str) {
        self.says(second, "friend:0", "self", text).await;
    }

    /// What was answered up to a second, and at which.
    async fn answers(self, by: u64) -> Vec<(u64, String)> {
        sleep_until(self.begun + Duration::from_secs(by)).await;
        let _ = self.stop.send(());
        let ended = self.run.await.expect("no panic");
        ended.expect("everything is handled");
        let sent = self.service.sent().into_iter();
        sent.map(|(at, text)| (at - START, text)).collect()
    }
}

fn list(answers: &[(u64, &str)]) -> Vec<(u64, String)> {
    let owned = answers.iter().map(|(at, text)| (*at, (*text).to_owned()));
    owned.collect()
}

/// Thinks for ten seconds.
async fn think(ctx: Context<()>) -> String {
    sleep_until(Instant::now() + Duration::from_secs(10)).await;
    format!("{}!", ctx.text())
}

#[tokio::test(start_paused = true)]
async fn only_the_newest_message_is_answered_and_in_its_own_time() {
    let bot = AtWork::start(Router::new(()).on_latest(Rule::text(), think)).await;
    bot.friend_says(0, "one").await;
    bot.friend_says(4, "two").await;
    bot.friend_says(13, "three").await;
    // The third is answered by then.
    bot.friend_says(24, "four").await;
    let answers = list(&[(23, "three!"), (34, "four!")]);
    assert_eq!(bot.answers(60).await, answers);
}

#[tokio::test(start_paused = true)]
async fn others_and_other_chats_take_their_own_time() {
    let bot = AtWork::start(Router::new(()).on_latest(Rule::text(), think)).await;
    bot.says(0, "friend:1", "self", "private").await;
    bot.says(2, "friend:2", "self", "another").await;
    bot.says(4, "friend:1", "group:0", "grouped").await;
    bot.says(6, "friend:2", "group:0", "next").await;
    let answers = list(&[
        (10, "private!"),
        (12, "another!"),
        (14, "grouped!"),
        // A chat goes in order: it began when the one before it had ended.
        (24, "next!"),
    ]);
    assert_eq!(bot.answers(60).await, answers);
}

#[tokio::test(start_paused = true)]
async fn a_message_that_failed_is_not_answered_after_a_newer_one() {
    let failures = AtomicU32::new(0);
    let handler = move |ctx: Context<()>| {
        let fails = ctx.text() == "one" && failures.fetch_add(1, Ordering::Relaxed) < 2;
        async move {
            if fails {
                return Err(Failure::from("on purpose"));
            }
            Ok(format!("{}!", ctx.text()))
        }
    };
    let router = Router::new(()).on_latest(Rule::text(), handler);
    let bot = AtWork::start(router).await;
    // It comes again at 1 and at 3.
    bot.friend_says(0, "one").await;
    bot.friend_says(2, "two").await;
    assert_eq!(bot.answers(60).await, list(&[(2, "two!")]));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_kept_of_places_where_all_is_handled_and_little_of_others() {
    let handler = async |ctx: Context<()>| match ctx.text() {
        "one" => Err(Failure::from("on purpose")),
        _ => Ok(()),
    };
    let router = Router::new(()).on_latest(Rule::text(), handler);
    let latest = router.routes[0].latest.clone().expect("a newest");
    let bot = AtWork::start(router).await;
    bot.friend_says(0, "fine").await;
    sleep_until(bot.begun + Duration::from_secs(1)).await;
    assert_eq!(latest.places().newest.len(), 0);
    bot.friend_says(2, "one").await;
    assert_eq!(bot.answers(60).await, []);
    let mut places = latest.places();
    assert_eq!(places.newest.len(), 1);
    for chat in 0..REMEMBERED {
        places.failed_in(&(chat.to_string().into(), "@ann".into()));
    }
    assert_eq!(places.newest.len(), 0);
    assert_eq!(places.failed.len(), REMEMBERED);
}
