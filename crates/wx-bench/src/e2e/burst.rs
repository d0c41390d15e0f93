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

/// What a client spent on one burst.
struct Burst {
    /// From the burst to the end of the process.
    wall: Duration,
    /// The processor time of the whole process, including start and login.
    cpu: Duration,
    /// The processor time from the burst on.
    burst_cpu: Duration,
    peak_kib: u64,
}

/// The bursts of one client, in the order of the rounds.
struct Series {
    name: String,
    bursts: Vec<Burst>,
}

impl Series {
    fn of(who: &Contestant<'_>) -> Self {
        Self {
            name: who.name().to_owned(),
            bursts: Vec::new(),
        }
    }

    fn median(&self, of: impl Fn(&Burst) -> f64) -> f64 {
        median(self.bursts.iter().map(of))
    }

    /// How many times the processor time that another client took in the same round; of one
    /// that did not come in all rounds, that the other took in the middle.
    fn times(&self, other: &Self) -> Vec<f64> {
        let cpu = |burst: &Burst| burst.cpu.as_secs_f64();
        let same_rounds = self.bursts.len() == other.bursts.len();
        let middle = other.median(cpu);
        let pairs = self.bursts.iter().zip(&other.bursts);
        pairs
            .map(|(burst, other)| cpu(burst) / if same_rounds { cpu(other) } else { middle })
            .collect()
    }
}

/// Measures all clients, and prints them beside the floor. Ours take turns, as the machine is
/// not equally fast all the time; peers come once, as they take minutes.
pub(super) async fn compare(options: &Options, page_size: usize) -> anyhow::Result<()> {
    let ours = [Contestant::Floor, Contestant::InProcess, Contestant::Wx];
    let mut all: Vec<Series> = ours.iter().map(Series::of).collect();
    for _ in 0..options.rounds {
        for (who, series) in ours.iter().zip(&mut all) {
            series.bursts.push(measure(options, who, page_size).await?);
        }
    }
    for peer in options.peers.iter().map(Contestant::Peer) {
        let mut series = Series::of(&peer);
        series
            .bursts
            .push(measure(options, &peer, page_size).await?);
        all.push(series);
    }
    let rounds = options.rounds;
    println!(
        "\n{} messages in pages of {page_size}, medians of {rounds}:\n",
        options.messages
    );
    println!(
        "| client | messages/s | CPU, all | CPU, burst | µs a message | × floor | from – to | peak RSS |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let messages = f64::from(u32::try_from(options.messages)?);
    let Some(floor) = all.first() else {
        return Ok(());
    };
    for series in &all {
        let cpu = series.median(|burst| burst.cpu.as_secs_f64());
        let times = series.times(floor);
        println!(
            "| {} | {:.0} | {cpu:.3} s | {:.3} s | {:.1} | {:.2} | {:.2} – {:.2} | {:.1} MiB |",
            series.name,
            messages / series.median(|burst| burst.wall.as_secs_f64()),
            series.median(|burst| burst.burst_cpu.as_secs_f64()),
            cpu * 1e6 / messages,
            median(times.iter().copied()),
            times.iter().copied().fold(f64::INFINITY, f64::min),
            times.iter().copied().fold(0.0, f64::max),
            series.median(|burst| burst.peak_kib as f64) / 1024.0,
        );
    }
    Ok(())
}

/// The middle one; of an even number, the smaller of the two. 0 if there are none.
fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len().saturating_sub(1) / 2;
    values.get(middle).copied().unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn series(seconds: &[u64]) -> Series {
        let burst = |seconds: &u64| Burst {
            wall: Duration::ZERO,
            cpu: Duration::from_secs(*seconds),
            burst_cpu: Duration::ZERO,
            peak_kib: 0,
        };
        Series {
            name: String::new(),
            bursts: seconds.iter().map(burst).collect(),
        }
    }

    #[test]
    fn bursts_of_the_same_round_are_compared() {
        // Everything took twice as long in the second round.
        let (floor, ours) = (series(&[2, 4, 2]), series(&[3, 6, 5]));
        assert_eq!(ours.times(&floor), [1.5, 1.5, 2.5]);
        assert_eq!(median(ours.times(&floor).into_iter()), 1.5);
        // One that came once, after the others.
        assert_eq!(series(&[10]).times(&series(&[4, 5, 6])), [2.0]);
    }
}
