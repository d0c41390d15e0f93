//! A bot of one's own, tested without an account: everything is in this file.

#![expect(clippy::print_stdout, reason = "a test by the name of a program")]

use wx_client::bot::{Context, Router, Rule};
use wx_client::{Client, transport};
use wx_sim::{Options, Push, Server};

/// What is to be tested.
fn bot() -> Router<()> {
    Router::new(()).on(Rule::text(), async |ctx: Context<()>| {
        ctx.text().chars().rev().collect::<String>()
    })
}

// In a file of tests, `#[tokio::test]` stands here.
#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut options = Options::default();
    options.config.auto_scan_ms = Some(0);
    options.config.auto_confirm_ms = Some(0);
    let sim = Server::start(options).await?;
    let mut transport = transport::Config::default();
    transport.connect_to = Some(sim.address().to_string().parse()?);
    transport.add_roots_pem(sim.ca_pem().as_bytes())?;

    let (client, events) = Client::builder().transport(transport).spawn().await?;
    let script = async {
        // What is written before the bot is there is not delivered.
        sim.control("wait_session", &serde_json::Value::Null)
            .await?;
        sim.with(|service, now| service.push(now, &Push::text("stressed").from("friend:1")))?;
        sim.wait_until(|service| !service.sent().is_empty()).await;
        client.logout().await?;
        anyhow::Ok(())
    };
    let never = std::future::pending();
    let run = async { anyhow::Ok(bot().run(client.clone(), events, never).await?) };
    tokio::try_join!(run, script)?;

    let said: Vec<String> = sim.with(|service, _| {
        let sent = service.sent().iter();
        sent.map(|sent| sent.content.clone()).collect()
    });
    assert_eq!(said, ["desserts"]);
    println!("the bot is well");
    Ok(())
}
