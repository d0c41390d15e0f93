//! Many accounts in one process: what one costs, and whether that stays so.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::Context;
use clap::{Args, ValueEnum as _};
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::time::MissedTickBehavior;
use wx_sim::{AccountSpec, Config, Push};

use crate::client::Store;
use crate::limits;
use crate::process::Process;
use crate::stage::Stage;

mod plot;

/// What to measure.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The largest number of accounts; it is measured after 10, 100, 1000 and so on.
    #[arg(long, default_value_t = 10_000)]
    accounts: usize,
    /// Measure only the largest number.
    #[arg(long)]
    only: bool,
    /// Where accounts are kept
    #[arg(long, value_enum, default_value_t = Store::Elsewhere)]
    store: Store,
    /// Threads of the clients' process.
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// How long nothing happens, in seconds.
    #[arg(long, default_value_t = 50)]
    rest: u64,
    /// How long messages come, in seconds.
    #[arg(long, default_value_t = 20)]
    push: u64,
    /// How many messages come in a second.
    #[arg(long, default_value_t = 1_000)]
    rate: u32,
    /// A command that runs the clients' process, for example `heaptrack`, with arguments
    /// separated by spaces. Its processor time and memory are then measured instead.
    #[arg(long, default_value = "")]
    under: String,
    /// Where to draw the curves.
    #[arg(long)]
    svg: Option<PathBuf>,
}

/// What was measured with a number of accounts.
struct Row {
    accounts: usize,
    login: Duration,
    /// Of the whole process, at rest.
    resident_kib: u64,
    /// The share of one processor that is used at rest.
    cpu_at_rest: f64,
    pushed: Pushed,
    /// How many messages came after those, within a minute.
    late: usize,
}

impl Row {
    fn kib_each(&self) -> f64 {
        self.resident_kib as f64 / self.accounts as f64
    }

    fn login_ms_each(&self) -> f64 {
        self.login.as_secs_f64() * 1e3 / self.accounts as f64
    }

    /// Percent of a processor for 1,000 accounts.
    fn cpu_of_thousand(&self) -> f64 {
        self.cpu_at_rest * 1e5 / self.accounts as f64
    }
}

/// What the clients say of the messages that they received.
#[derive(Deserialize)]
struct Pushed {
    count: usize,
    p50_ms: f64,
    p99_ms: f64,
}

/// What the clients say when all have logged in.
#[derive(Deserialize)]
struct Online {
    seconds: f64,
}

/// How long the clients are left alone before anything is measured: unused
/// connections are closed after 15 seconds.
const SETTLE: Duration = Duration::from_secs(20);
/// Where the service listens.
const ANY_PORT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
/// How long to wait for late messages.
const LATE: Duration = Duration::from_secs(70);
/// How many messages are pushed together.
const AT_ONCE: u32 = 5;

/// Measures, and prints a table.
pub(crate) async fn run(options: Options) -> anyhow::Result<()> {
    let limit = limits::raise_open_files()?;
    println!("open files: {limit} at the most");
    println!(
        "| accounts | all logged in | RSS | each | CPU at rest | push p50 | p99 | received | later |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    let mut rows = Vec::new();
    for accounts in steps(&options) {
        let row = measure(&options, accounts).await?;
        println!(
            "| {} | {:.1} s | {:.1} MiB | {:.1} KiB | {:.2} % | {:.2} ms | {:.2} ms | {} | {} |",
            row.accounts,
            row.login.as_secs_f64(),
            row.resident_kib as f64 / 1024.0,
            row.kib_each(),
            row.cpu_at_rest * 100.0,
            row.pushed.p50_ms,
            row.pushed.p99_ms,
            row.pushed.count,
            row.late,
        );
        rows.push(row);
    }
    match &options.svg {
        Some(path) => plot::draw(path, &rows),
        None => Ok(()),
    }
}

fn steps(options: &Options) -> Vec<usize> {
    let most = options.accounts;
    if options.only {
        return vec![most];
    }
    let powers = std::iter::successors(Some(10), |power: &usize| power.checked_mul(10));
    powers
        .take_while(|power| *power < most)
        .chain([most])
        .collect()
}

async fn measure(options: &Options, accounts: usize) -> anyhow::Result<Row> {
    let stage = Stage::set(
        ANY_PORT,
        Config::instant_login(),
        vec![AccountSpec::default(); accounts],
    )
    .await?;
    let mut command = stage.own("many", &options.under)?;
    command.arg(accounts.to_string());
    command.args(["--threads", &options.threads.to_string()]);
    let store = options.store.to_possible_value();
    let store = store.context("a store without a name")?;
    command.args(["--store", store.get_name()]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut process = Process::start(command)?;
    let mut clients = Clients::of(&mut process)?;
    let online: Online = clients.hear().await?;
    tokio::time::sleep(SETTLE).await;

    let (before, begun) = (process.cpu()?, Instant::now());
    tokio::time::sleep(Duration::from_secs(options.rest)).await;
    let spent = process.cpu()?.saturating_sub(before);
    let cpu_at_rest = spent.as_secs_f64() / begun.elapsed().as_secs_f64();
    let resident_kib = process.resident_kib()?;

    let messages = push(options, &stage, accounts).await?;
    let pushed: Pushed = clients.ask().await?;
    let late = clients.late(messages.saturating_sub(pushed.count)).await?;
    Ok(Row {
        accounts,
        login: Duration::from_secs_f64(online.seconds),
        resident_kib,
        cpu_at_rest,
        pushed,
        late,
    })
}

/// Writes to all accounts in turn; each message says when it was written. Returns
/// how many messages there were.
async fn push(options: &Options, stage: &Stage, accounts: usize) -> anyhow::Result<usize> {
    let mut tick = tokio::time::interval(Duration::from_secs(1) / (options.rate / AT_ONCE));
    tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let messages = usize::try_from(u64::from(options.rate) * options.push)?;
    for number in 0..messages {
        if number.is_multiple_of(AT_ONCE as usize) {
            tick.tick().await;
        }
        // Accounts with neighbouring numbers logged in one after another, so their polls end
        // at the same time.
        let account = number.wrapping_mul(7919) % accounts;
        let nanos = SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos();
        let message = Push::text(nanos.to_string())
            .from("friend:1")
            .account(account);
        stage
            .server
            .with(|service, now| service.push(now, &message))?;
    }
    // The last ones are still on their way.
    tokio::time::sleep(Duration::from_secs(2)).await;
    Ok(messages)
}

/// The clients' process, with its standard input and output.
struct Clients {
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Clients {
    fn of(process: &mut Process) -> anyhow::Result<Self> {
        let child = process.child();
        let stdin = child.stdin.take().context("it has no stdin")?;
        let stdout = child.stdout.take().context("it has no stdout")?;
        Ok(Self {
            stdin,
            lines: BufReader::new(stdout).lines(),
        })
    }

    async fn hear<T: for<'de> Deserialize<'de>>(&mut self) -> anyhow::Result<T> {
        let line = self.lines.next_line().await?;
        let line = line.context("the clients have ended")?;
        serde_json::from_str(&line).with_context(|| line.clone())
    }

    async fn ask<T: for<'de> Deserialize<'de>>(&mut self) -> anyhow::Result<T> {
        self.stdin.write_all(b"\n").await?;
        self.hear().await
    }

    /// How many of the `missing` messages come within a minute, which is the longest that a
    /// session waits before it tries again.
    async fn late(&mut self, missing: usize) -> anyhow::Result<usize> {
        let mut late = 0;
        for _ in 0..LATE.as_secs() {
            if late >= missing {
                break;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
            late += self.ask::<Pushed>().await?.count;
        }
        Ok(late)
    }
}
