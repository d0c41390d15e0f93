//! A burst of messages: what a client spends until it has handled all of them.

use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::bail;
use serde_json::json;
use tokio::process::Command;
use wx_sim::{AccountSpec, Config};

use super::{Contestant, Options};
use crate::process::Process;
use crate::stage::Stage;

/// What a client spent.
struct Burst {
    name: String,
    /// From the burst to the end of the process.
    wall: Duration,
    /// The processor time of the whole process, including start and login.
    cpu: Duration,
    /// The processor time from the burst on.
    burst_cpu: Duration,
    peak_kib: u64,
}

/// Measures all clients, and prints them beside the floor.
pub(super) async fn compare(options: &Options, page_size: usize) -> anyhow::Result<()> {
    let peers = options.peers.iter().map(Contestant::Peer);
    let mut bursts = Vec::new();
    let ours = [Contestant::Floor, Contestant::InProcess, Contestant::Wx];
    for who in ours.into_iter().chain(peers) {
        bursts.push(measure(options, &who, page_size).await?);
    }
    println!("\n{} messages in pages of {page_size}:\n", options.messages);
    println!("| client | messages/s | CPU, all | CPU, burst | µs a message | × floor | peak RSS |");
    println!("|---|---|---|---|---|---|---|");
    let floor = bursts.first().map_or(Duration::ZERO, |floor| floor.cpu);
    let messages = u32::try_from(options.messages)?;
    for burst in &bursts {
        println!(
            "| {} | {:.0} | {:.3} s | {:.3} s | {:.1} | {:.2} | {:.1} MiB |",
            burst.name,
            f64::from(messages) / burst.wall.as_secs_f64(),
            burst.cpu.as_secs_f64(),
            burst.burst_cpu.as_secs_f64(),
            burst.cpu.as_secs_f64() * 1e6 / f64::from(messages),
            burst.cpu.as_secs_f64() / floor.as_secs_f64(),
            burst.peak_kib as f64 / 1024.0,
        );
    }
    Ok(())
}

async fn measure(
    options: &Options,
    who: &Contestant<'_>,
    page_size: usize,
) -> anyhow::Result<Burst> {
    let mut config = Config::instant_login();
    config.page_size = page_size;
    config.gzip = options.gzip;
    let stage = Stage::set(options.listen, config, vec![AccountSpec::default()]).await?;
    let process = Process::start(command(options, who, &stage).await?)?;
    stage.polled().await?;
    // So that the requests that follow a login are answered before the burst.
    tokio::time::sleep(Duration::from_millis(500)).await;

    let before = process.cpu()?;
    let begun = Instant::now();
    let burst = json!({"count": options.messages, "page_size": page_size});
    stage.server.control("burst", &burst).await?;
    let (status, used) = process.ended().await?;
    let wall = begun.elapsed();
    stage.end().await;
    if !status.success() {
        bail!("{}: {status}", who.name());
    }
    Ok(Burst {
        name: who.name().to_owned(),
        wall,
        cpu: used.cpu,
        burst_cpu: used.cpu.saturating_sub(before),
        peak_kib: used.peak_kib,
    })
}

async fn command(
    options: &Options,
    who: &Contestant<'_>,
    stage: &Stage,
) -> anyhow::Result<Command> {
    let messages = options.messages.to_string();
    let mut command = match who {
        Contestant::Floor => stage.own("floor", "")?,
        Contestant::InProcess => stage.own("count", "")?,
        Contestant::Wx => {
            let mut command = stage.logged_in(&options.wx).await?;
            command.args(["listen", "--json", "--max", &messages]);
            command.stdout(std::fs::File::create(stage.folder().join("events"))?);
            return Ok(command);
        }
        Contestant::Peer(peer) => {
            let mut command = peer.command(stage);
            command.env("WX_BENCH_MESSAGES", &messages);
            command.stdout(Stdio::null()).stderr(Stdio::null());
            return Ok(command);
        }
    };
    command.arg(&messages);
    Ok(command)
}
