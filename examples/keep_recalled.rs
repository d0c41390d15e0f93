//! Notes what others take back, in the chat with `filehelper`.
//!
//! A recall only names a message. The session remembers recent messages, as many
//! as fit into `Config::recall_memory`, and hands over the one that was meant.

use serde_json::json;
use wx_client::bot::{Context, Failure, Router, Rule};
use wx_client::message::Body;

async fn note(ctx: Context<()>) -> Result<(), Failure> {
    let Body::Revoked { original, .. } = &ctx.message().body else {
        return Ok(());
    };
    let who = ctx.message().sender.name.as_deref().unwrap_or("somebody");
    let what = match original.as_deref() {
        Some(original) => match &original.body {
            Body::Text { text, .. } => format!("“{text}”"),
            Body::File { file_name, .. } => format!("the file {file_name}"),
            Body::Image { .. } => "a picture".to_owned(),
            _ => "something".to_owned(),
        },
        None => "something from before I was there".to_owned(),
    };
    ctx.send_text("filehelper", format!("{who} took back {what}"))
        .await?;
    Ok(())
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let bot = Router::new(()).on(Rule::recall(), note);

    wx_examples::run(bot, async |scene| {
        let recall = json!({"kind": "revoke", "from": "friend:3"});
        scene.say("friend:3", "you are fired").await?;
        scene
            .push("friend:3 takes that back", recall.clone())
            .await?;
        scene.hear().await?;
        let file = json!({"kind": "file", "from": "friend:3", "content": "salaries.xlsx"});
        scene.push("friend:3 sends a file", file).await?;
        scene.push("friend:3 takes that back", recall).await?;
        scene.hear().await?;
        Ok(())
    })
    .await
}
