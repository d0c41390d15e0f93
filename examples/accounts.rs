//! Several accounts in one process: each has its own bot, store and session, and
//! all share the connection settings.
//!
//! With real accounts: `cargo run --example accounts -- FOLDER FOLDER`.

use serde_json::json;
use tokio::task::JoinSet;
use wx_client::bot::{self, Context, Router};
use wx_client::{Builder, Client, Error, FileStore};
use wx_examples::{Scene, show};

/// A bot that knows which account it is.
fn bot(name: &str) -> Router<String> {
    Router::new(name.to_owned())
        .command("ping", async |_| "pong")
        .command("who", who)
}

async fn who(ctx: Context<String>) -> String {
    format!("I am {}", ctx.state())
}

/// Logs in, and runs the bot until it is interrupted or shut down.
async fn start(
    bots: &mut JoinSet<Result<(), Error>>,
    bot: Router<String>,
    builder: Builder,
) -> Result<Client, Error> {
    let (client, events) = builder.spawn().await?;
    bots.spawn(bot.run(client.clone(), events, bot::interrupted()));
    Ok(client)
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut bots = JoinSet::new();
    let folders: Vec<String> = std::env::args().skip(1).collect();
    for folder in &folders {
        let store = FileStore::open(folder)?;
        start(
            &mut bots,
            bot(folder).on_event(show),
            Client::builder().env()?.store(store),
        )
        .await?;
    }
    if folders.is_empty() {
        scene(&mut bots).await?;
    }
    while let Some(ended) = bots.join_next().await {
        ended??;
    }
    Ok(())
}

/// Two accounts of the simulated service.
async fn scene(bots: &mut JoinSet<Result<(), Error>>) -> anyhow::Result<()> {
    let mut scene = Scene::open(2).await?;
    let http = scene.http()?;
    let mut clients = Vec::new();
    for name in ["the first", "the second"] {
        let client = start(bots, bot(name), Client::builder().http(http.clone())).await?;
        client.online().await?;
        let account = clients.len();
        scene
            .call("wait_session", json!({"account": account}))
            .await?;
        clients.push(client);
    }
    for account in 0..clients.len() {
        let push = json!({"kind": "text", "content": "who", "account": account});
        let what = format!("friend:0 of account {account}: who");
        scene.push(&what, push).await?;
        scene.hear().await?;
    }
    for client in clients {
        client.shutdown().await?;
    }
    Ok(())
}
