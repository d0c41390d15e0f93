//! Answers in groups when it is mentioned, and mentions whoever asked.

use wx_client::bot::{Context, Reply, Router, Rule};

async fn called(ctx: Context<()>) -> Reply {
    match ctx.text() {
        "" => Reply::text("you called?"),
        question => Reply::text(format!("I heard: {question}")),
    }
    .mention()
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let bot = Router::new(()).on(Rule::text().in_groups().mentioned(), called);

    wx_examples::run(bot, async |scene| {
        let me = scene.own_name().await?;
        let group = "group:0";
        scene.say_in(group, "friend:1", "is anybody there?").await?;
        let mention = format!("@{me}\u{2005}are you there?");
        scene.say_in(group, "friend:1", &mention).await?;
        scene.hear().await?;
        Ok(())
    })
    .await
}
