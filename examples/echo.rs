//! Sends every text back.

use wx_client::bot::{Context, Router, Rule};

async fn echo(ctx: Context<()>) -> String {
    ctx.text().to_owned()
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let bot = Router::new(()).on(Rule::text(), echo);

    wx_examples::run(bot, async |scene| {
        scene.say("friend:0", "hello").await?;
        scene.hear().await?;
        scene.say("friend:1", "你好 🌏").await?;
        scene.hear().await?;
        Ok(())
    })
    .await
}
