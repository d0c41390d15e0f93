//! Small programs that use `wx-client` as its users do.

use std::path::PathBuf;

use anyhow::{Context, bail};
use wx_client::{Client, Config, EventKind, Events, FileStore};

/// Receives `messages` messages, and stops.
pub(super) async fn count(messages: usize) -> anyhow::Result<()> {
    let (client, mut events) = start().await?;
    let mut received = 0;
    while received < messages {
        let event = events.next().await.context("the client stopped")?;
        received += usize::from(matches!(event.kind(), EventKind::Message(_)));
        event.ack();
    }
    Ok(client.shutdown().await?)
}

/// Sends each text back, until it is killed.
pub(super) async fn echo() -> anyhow::Result<()> {
    let (client, mut events) = start().await?;
    while let Some(event) = events.next().await {
        if let EventKind::Message(message) = event.kind()
            && let Some(text) = message.text_from_others()
        {
            client.reply(message, text).await?;
        }
    }
    bail!("the client stopped")
}

async fn start() -> anyhow::Result<(Client, Events)> {
    let home = std::env::var_os("WX_HOME").context("WX_HOME is not set")?;
    let store = FileStore::open(PathBuf::from(home).join("bot"))?;
    let mut config = Config::default();
    // Pauses between sends would hide how fast it is.
    config.pace = None;
    let builder = Client::builder().env()?.config(config).store(store);
    Ok(builder.spawn().await?)
}
