//! How to test a bot of your own without an account: everything is in this file.

#![expect(clippy::print_stdout, reason = "a test in the shape of a program")]

use std::future::pending;

use wx_client::bot::{Context, Router, Rule};
use wx_client::{Client, transport};
use wx_sim::{Config, Push, Server};

/// The bot under test.
fn bot() -> Router<()> {
    Router::new(()).on(Rule::text(), async |ctx: Context<()>| {
        ctx.text().chars().rev().collect::<String>()
    })
}

// In a test file, this is a `#[tokio::test]`.
#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let sim = Server::start(Config::instant_login().into()).await?;
    let mut transport = transport::Config::default();
    transport.connect_to = Some(sim.address().to_string().parse()?);
    transport.add_roots_pem(sim.ca_pem().as_bytes())?;

    let (client, events) = Client::builder().transport(transport).spawn().await?;
    let running = tokio::spawn(bot().run(client.clone(), events, pending()));

    // What is written before the bot is online is not delivered.
    sim.wait_until(|service| service.is_polling(0)).await;
    sim.push(&Push::text("stressed"))?;
    let sent = sim.wait_for_sent(1).await;
    client.logout().await?;
    running.await??;

    let said: Vec<&str> = sent.iter().map(|sent| sent.content.as_str()).collect();
    assert_eq!(said, ["desserts"]);
    println!("the bot answers as it should");
    Ok(())
}
