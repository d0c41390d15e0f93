//! Gives long answers, as a language model does: they arrive word by word, and are
//! sent as messages of a readable length. Whoever asks again before that has ended gets
//! the answer to the newer question; other chats do not wait.
//!
//! The model is a stand-in of a few lines. What counts is everything around it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc;
use wx_client::bot::{Allow, Context, Failure, Log, RateLimit, Router, Rule};
use wx_client::id::UserName;
use wx_client::{Message, Rejected, TextLimit, split_text};

/// How long a message may be. The service is said to take more, but people do not
/// read more.
const LIMIT: TextLimit = TextLimit::Chars(60);

/// Earlier questions, by chat.
#[derive(Default)]
struct Talks(Mutex<HashMap<UserName, Talk>>);

/// Questions that were answered, each with its message's key.
type Talk = Vec<(String, String)>;

impl Talks {
    fn with<T>(&self, chat: &UserName, act: impl FnOnce(&mut Talk) -> T) -> T {
        let mut talks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        act(talks.entry(chat.clone()).or_default())
    }

    /// The questions before this one, which may have come here before.
    fn before(&self, message: &Message) -> Vec<String> {
        self.with(&message.chat.id, |talk| {
            talk.retain(|(key, _)| *key != message.key);
            talk.iter().map(|(_, question)| question.clone()).collect()
        })
    }
}

/// The model: it repeats the question, counts it, and goes on for a while.
fn model(before: &[String], question: &str) -> mpsc::Receiver<String> {
    let count = before.len() + 1;
    let mut answer = format!("You asked: “{question}” That is question {count} of yours.\n\n");
    let is_too_much = question.contains("everything");
    if !is_too_much {
        answer += "A long answer to it comes word by word, and nobody wants to wait for \
                   the last one before the first is there. Nor should it come as one \
                   word a message.\n\nThat is all.";
    }
    let (say, words) = mpsc::channel(8);
    tokio::spawn(async move {
        for word in answer.split_inclusive(' ') {
            tokio::time::sleep(Duration::from_millis(1)).await;
            // Nobody is listening any more.
            if say.send(word.to_owned()).await.is_err() {
                return;
            }
        }
        if is_too_much {
            // It goes on thinking until nobody is listening.
            say.closed().await;
        }
    });
    words
}

/// Turns a stream of words into messages: one for each paragraph, several for a
/// long one.
#[derive(Default)]
struct Splitter(String);

impl Splitter {
    /// Takes the next words, and returns the messages that they complete.
    fn push(&mut self, words: &str) -> Vec<String> {
        self.0.push_str(words);
        let mut whole = Vec::new();
        while let Some((paragraph, rest)) = self.0.split_once("\n\n") {
            whole.extend(split_text(paragraph, LIMIT).map(str::to_owned));
            self.0 = rest.to_owned();
        }
        let mut pieces: Vec<String> = split_text(&self.0, LIMIT).map(str::to_owned).collect();
        // The last piece may not be complete yet.
        self.0 = pieces.pop().unwrap_or_default();
        whole.extend(pieces);
        whole.retain(|piece| !piece.trim().is_empty());
        whole
    }

    /// What is left at the end.
    fn rest(self) -> Option<String> {
        Some(self.0).filter(|rest| !rest.trim().is_empty())
    }
}

/// Sends a piece of the answer; false if a different answer was begun before.
///
/// A question comes again if something failed or the process was killed. Pieces
/// that have gone out are not sent twice. If the model now finds other words, the
/// rest of them would not fit what is there, so the first answer stands.
async fn say(ctx: &Context<Talks>, piece: String) -> Result<bool, Failure> {
    match ctx.reply(piece.trim()).await {
        Ok(_) => Ok(true),
        Err(error) if matches!(error.rejected(), Some(Rejected::KeyReused { .. })) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Answers a question. A newer one ends it at any of the `await`s, so that only
/// questions that were answered to the end become part of the talk.
async fn answer(ctx: Context<Talks>) -> Result<(), Failure> {
    let (message, question) = (ctx.message(), ctx.text());
    let before = ctx.state().before(message);
    let mut words = model(&before, question);
    let mut splitter = Splitter::default();
    while let Some(word) = words.recv().await {
        for piece in splitter.push(&word) {
            if !say(&ctx, piece).await? {
                return Ok(());
            }
        }
    }
    // Whoever has the last piece may ask again before this handler has ended.
    let asked = (message.key.clone(), question.to_owned());
    ctx.state().with(&message.chat.id, |talk| talk.push(asked));
    if let Some(piece) = splitter.rest() {
        say(&ctx, piece).await?;
    }
    Ok(())
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    // Answers cost money: strangers get none, and nobody gets them all day.
    let friends = Allow::when(|message| message.sender.name.is_some());
    let bot = Router::new(Talks::default())
        .layer(Log)
        .layer(friends)
        .layer(RateLimit::new(30, Duration::from_secs(3600)).notice("I need a rest"))
        .on_latest(Rule::text().in_private(), answer)
        .on_latest(Rule::text().in_groups().mentioned(), answer);

    wx_examples::run(bot, async |scene| {
        // The model would not come to an end with it; the next question is one.
        scene.say("friend:0", "tell me everything").await?;
        scene.hear().await?;
        for question in ["what is a long poll?", "and a short one?"] {
            scene.say("friend:0", question).await?;
            while scene.hear().await? != "That is all." {}
        }
        Ok(())
    })
    .await
}
