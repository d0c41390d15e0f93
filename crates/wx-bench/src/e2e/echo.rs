//! One message at a time: how long a client takes to answer it.

use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::Context;
use serde_json::Value;
use tokio::process::Command;
use tokio::time::timeout;
use wx_sim::{AccountSpec, Config, Push, Service};

use super::{Contestant, Options};
use crate::process::Process;
use crate::quantile::Times;
use crate::stage::Stage;

/// A client that has not answered after this time has failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// Measures all clients, and prints how soon they answer.
pub(super) async fn compare(options: &Options) -> anyhow::Result<()> {
    println!("\nFrom a push to its echo, {} times:\n", options.echoes);
    println!("| client | p50 | p99 |\n|---|---|---|");
    let peers = options.peers.iter().map(Contestant::Peer);
    for who in [Contestant::InProcess, Contestant::Wx]
        .into_iter()
        .chain(peers)
    {
        let mut times = measure(options, &who).await?;
        println!(
            "| {} | {:.2} ms | {:.2} ms |",
            who.name(),
            times.percentile(50).as_secs_f64() * 1e3,
            times.percentile(99).as_secs_f64() * 1e3,
        );
    }
    Ok(())
}

async fn measure(options: &Options, who: &Contestant<'_>) -> anyhow::Result<Times> {
    let stage = Stage::set(
        options.listen,
        Config::instant_login(),
        vec![AccountSpec::default()],
    )
    .await?;
    let process = Process::start(command(options, who, &stage).await?)?;
    stage.polled().await?;
    let mut times = Times::default();
    for number in 0..options.echoes {
        let waits = stage.server.wait_until(|service| service.held() == 1);
        timeout(PATIENCE, waits)
            .await
            .with_context(|| format!("{}: it does not poll", who.name()))?;
        let text = format!("ping {number}");
        let push = Push::text(text.clone()).from("friend:1");
        let begun = Instant::now();
        stage.server.with(|service, now| service.push(now, &push))?;
        let answered = stage
            .server
            .wait_until(|service| is_answered(service, &text));
        timeout(PATIENCE, answered)
            .await
            .with_context(|| format!("{}: no answer", who.name()))?;
        times.push(begun.elapsed());
    }
    drop(process);
    stage.end().await;
    Ok(times)
}

/// Whether one of the last messages that the service accepted ends with this text.
fn is_answered(service: &Service, text: &str) -> bool {
    service.sent().iter().rev().take(4).any(|sent| {
        let content = sent.msg.get("Content").and_then(Value::as_str);
        content.is_some_and(|content| content.ends_with(text))
    })
}

async fn command(
    options: &Options,
    who: &Contestant<'_>,
    stage: &Stage,
) -> anyhow::Result<Command> {
    let mut command = match who {
        Contestant::Peer(peer) => peer.command(stage),
        Contestant::Wx => {
            let mut command = stage.logged_in(&options.wx).await?;
            command.args(["--pace", "off", "listen", "--json", "--echo"]);
            command
        }
        Contestant::Floor | Contestant::InProcess => stage.own("echo", "")?,
    };
    command.stdout(Stdio::null()).stderr(Stdio::null());
    Ok(command)
}
