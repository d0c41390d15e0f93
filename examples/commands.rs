//! A shopping list for each chat: commands, state, layers, and help for any other
//! text.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use wx_client::bot::{Answer, Context, Log, Next, RateLimit, Reply, Router, Rule};
use wx_client::id::UserName;

/// What to buy, by chat.
#[derive(Default)]
struct Lists(Mutex<HashMap<UserName, Vec<String>>>);

impl Lists {
    /// Works on the list of the chat that the message is from.
    fn with<T>(&self, ctx: &Context<Self>, act: impl FnOnce(&mut Vec<String>) -> T) -> T {
        let mut lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        act(lists.entry(ctx.message().chat.id.clone()).or_default())
    }
}

/// A user's mistake. It is explained, and the message is not tried again.
#[derive(Debug)]
struct Mistake(String);

impl std::error::Error for Mistake {}

impl std::fmt::Display for Mistake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

async fn tell_mistakes(ctx: Context<Lists>, next: Next<Lists>) -> Answer {
    next.run(ctx).await.or_else(|failure| {
        let mistake = failure.downcast::<Mistake>()?;
        Ok(Reply::text(format!("{mistake}: /help shows how")))
    })
}

async fn add(ctx: Context<Lists>) -> Result<String, Mistake> {
    if ctx.args().is_empty() {
        return Err(Mistake("add what?".to_owned()));
    }
    let what = ctx.args().to_owned();
    let count = ctx.state().with(&ctx, |list| {
        // A message may come twice, but adds its item only once.
        if !list.contains(&what) {
            list.push(what);
        }
        list.len()
    });
    Ok(format!("{count} on the list"))
}

async fn done(ctx: Context<Lists>) -> Result<String, Mistake> {
    let what = ctx.args();
    ctx.state().with(&ctx, |list| {
        let at = list.iter().position(|listed| listed == what);
        let at = at.ok_or_else(|| Mistake(format!("“{what}” is not on the list")))?;
        Ok(format!("✓ {}", list.remove(at)))
    })
}

async fn list(ctx: Context<Lists>) -> String {
    ctx.state().with(&ctx, |list| match &**list {
        [] => "nothing to buy".to_owned(),
        list => list.join(", "),
    })
}

async fn help(_: Context<Lists>) -> &'static str {
    "/add WHAT, /list, /done WHAT"
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let bot = Router::new(Lists::default())
        .layer(Log)
        .layer(RateLimit::new(20, Duration::from_secs(60)).notice("not so fast"))
        .layer(tell_mistakes)
        .command("/add", add)
        .command("/list", list)
        .command("/done", done)
        .on(Rule::text().in_private(), help);

    wx_examples::run(bot, async |scene| {
        for line in [
            "hi",
            "/add milk",
            "/add 酱油",
            "/list",
            "/done milk",
            "/done milk",
            "/list",
        ] {
            scene.say("friend:0", line).await?;
            scene.hear().await?;
        }
        // Another chat, another list.
        scene.say_in("group:0", "friend:1", "/list").await?;
        scene.hear().await?;
        Ok(())
    })
    .await
}
