//! Greets people by name when they join a group.

use wx_client::bot::{Failure, Notice, Router};
use wx_client::{EventKind, SendText};

async fn welcome(notice: Notice<()>) -> Result<(), Failure> {
    if let EventKind::Members { group, joined, .. } = notice.event()
        && !joined.is_empty()
    {
        let greeting = SendText::new(group, "welcome! The rules are pinned.");
        let greeting = joined
            .iter()
            .fold(greeting, |greeting, member| greeting.mention(&member.id));
        notice.client().send(greeting).await?;
    }
    Ok(())
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let bot = Router::new(()).on_event(welcome);

    wx_examples::run(bot, async |scene| {
        for stranger in ["stranger:0", "stranger:1"] {
            scene.join("group:0", stranger).await?;
            scene.hear().await?;
        }
        Ok(())
    })
    .await
}
