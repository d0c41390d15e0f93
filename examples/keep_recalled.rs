//! Notes down, in the chat with oneself, what others take back.
//!
//! A recall names a message, and the session remembers the last ones: as many
//! as `Config::recall_memory` has room for.

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
    ctx.client()
        .send_text("filehelper", format!("{who} took back {what}"))
        .await?;
    Ok(())
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let recalls = Rule::body(|body| matches!(body, Body::Revoked { .. }));
    let bot = Router::new(()).on(recalls, note);

    wx_examples::run(bot, async |scene| {
        let recall = json!({"kind": "revoke", "from": "friend:3"});
        scene.say("friend:3", "you are fired").await?;
        scene.push(recall.clone()).await?;
        scene.hear().await?;
        let file = json!({"kind": "file", "from": "friend:3", "content": "salaries.xlsx"});
        scene.push(file).await?;
        scene.push(recall).await?;
        scene.hear().await?;
        Ok(())
    })
    .await
}
