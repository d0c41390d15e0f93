//! How to test a bot of your own without an account: everything is in this file.

#![expect(clippy::print_stdout, reason = "a test in the shape of a program")]

use std::future::pending;

use serde_json::json;
use wx_client::bot::{Context, Router, Rule};
use wx_client::{Client, transport};
use wx_sim::{Config, Options, Push, Server};

/// The bot under test.
fn bot() -> Router<()> {
    Router::new(()).on(Rule::text(), async |ctx: Context<()>| {
        ctx.text().chars().rev().collect::<String>()
    })
}

// In a test file, this is a `#[tokio::test]`.
#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut options = Options::default();
    options.config = Config::instant_login();
    let sim = Server::start(options).await?;
    let mut transport = transport::Config::default();
    transport.connect_to = Some(sim.address().to_string().parse()?);
    transport.add_roots_pem(sim.ca_pem().as_bytes())?;

    let (client, events) = Client::builder().transport(transport).spawn().await?;
    let running = tokio::spawn(bot().run(client.clone(), events, pending()));

    // What is written before the bot is online is not delivered.
    sim.control("wait_session", &json!({})).await?;
    sim.with(|service, now| service.push(now, &Push::text("stressed")))?;
    sim.wait_until(|service| !service.sent().is_empty()).await;
    client.logout().await?;
    running.await??;

    let said = sim.with(|service, _| service.sent().first().map(|sent| sent.content.clone()));
    assert_eq!(said.as_deref(), Some("desserts"));
    println!("the bot answers as it should");
    Ok(())
}
