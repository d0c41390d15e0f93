//! `wx` at rest: memory with few and with many contacts, the time of a start, and the
//! size of the program.

use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::ensure;
use wx_sim::{AccountSpec, Config};

use super::Options;
use crate::process::Process;
use crate::quantile::Times;
use crate::stage::Stage;

/// How long a client is left alone before its memory is read. By then it has fetched the
/// details of its groups, and closed its connections.
const REST: Duration = Duration::from_secs(20);
const STARTS: usize = 100;

pub(super) async fn measure(options: &Options) -> anyhow::Result<()> {
    println!("\n`wx` at rest:\n\n| what | value |\n|---|---|");
    let few = AccountSpec::default();
    let many = AccountSpec::new(5_000, 500, 400, 2);
    for (what, account) in [
        ("20 contacts, 3 groups of 5", few),
        ("5,000 contacts, 500 groups of 400", many),
    ] {
        let stage = Stage::set(options.listen, Config::instant_login(), vec![account]).await?;
        let mut command = stage.logged_in(&options.wx).await?;
        command.args(["listen", "--json"]).stdout(Stdio::null());
        let process = Process::start(command)?;
        stage.polled().await?;
        tokio::time::sleep(REST).await;
        let (now, peak) = (process.resident_kib()?, process.peak_kib()?);
        println!(
            "| RSS of `wx listen`, {what} | {:.1} MiB, at most {:.1} MiB |",
            now as f64 / 1024.0,
            peak as f64 / 1024.0
        );
        drop(process);
        stage.end().await;
    }
    let mut times = Times::default();
    for _ in 0..STARTS {
        let begun = Instant::now();
        let mut help = std::process::Command::new(&options.wx);
        let status = help.arg("--help").stdout(Stdio::null()).status()?;
        times.push(begun.elapsed());
        ensure!(status.success(), "wx --help: {status}");
    }
    println!(
        "| `wx --help` | {:.1} ms (p50 of {STARTS}), {:.1} ms (p99) |",
        times.percentile(50).as_secs_f64() * 1e3,
        times.percentile(99).as_secs_f64() * 1e3
    );
    let bytes = std::fs::metadata(&options.wx)?.len();
    println!("| size of `wx` | {:.2} MB |", bytes as f64 / 1e6);
    Ok(())
}
