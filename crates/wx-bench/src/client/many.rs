//! Many sessions in one process: what they share is one [`Http`] for each
//! address that connections start from.

use std::io::BufRead as _;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::Context;
use elsewhere::Elsewhere;
use serde_json::json;
use tokio::sync::Semaphore;
use wx_client::transport;
use wx_client::{Builder, Client, EventKind, Events, FileStore, Http};

use crate::limits;
use crate::quantile::Times;

/// Settings.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How many sessions.
    accounts: usize,
    /// Where accounts are kept.
    #[arg(long, value_enum, default_value_t = Store::Elsewhere)]
    store: Store,
    /// Threads that work.
    #[arg(long, default_value_t = 1)]
    threads: usize,
}

/// Where accounts are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Store {
    /// Out of this process, as in a database: here what is handed over is
    /// dropped.
    Elsewhere,
    /// In this process, encoded.
    Memory,
    /// In a folder for each: two open files an account.
    Files,
}

/// Sessions that log in at a time. Each waits for a second, after the scan.
const AT_ONCE: usize = 64;
/// Connections that start from one address; there are 28,000 ports to it.
const TO_AN_ADDRESS: usize = 5_000;

mod elsewhere;

type Latencies = Arc<Mutex<Times>>;

/// Logs all in and waits for messages. Each line on stdin is answered by one
/// with what happened since the line before; at the end of stdin it ends.
pub(super) fn run(options: &Options) -> anyhow::Result<()> {
    limits::raise_open_files()?;
    let runtime = match options.threads {
        1 => tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?,
        threads => tokio::runtime::Builder::new_multi_thread()
            .worker_threads(threads)
            .enable_all()
            .build()?,
    };
    let latencies = Latencies::default();
    let told = Arc::clone(&latencies);
    let (ended, end) = tokio::sync::oneshot::channel::<()>();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            if line.is_err() {
                break;
            }
            report(&told);
        }
        drop(ended);
    });
    runtime.block_on(async {
        let begun = Instant::now();
        let clients = log_all_in(options, &latencies).await?;
        let seconds = begun.elapsed().as_secs_f64();
        println!("{}", json!({"online": clients.len(), "seconds": seconds}));
        // An error is the end as well.
        let _ = end.await;
        anyhow::Ok(())
    })?;
    // What was logged in here is gone with the service, and a profile of the
    // heap is to show what was there.
    std::process::exit(0);
}

fn report(latencies: &Latencies) {
    let mut times = std::mem::take(&mut *latencies.lock().unwrap_or_else(PoisonError::into_inner));
    let percentile = |times: &mut Times, percent| times.percentile(percent).as_secs_f64() * 1e3;
    println!(
        "{}",
        json!({
            "count": times.len(),
            "p50_ms": percentile(&mut times, 50),
            "p99_ms": percentile(&mut times, 99),
        })
    );
}

async fn log_all_in(options: &Options, latencies: &Latencies) -> anyhow::Result<Vec<Client>> {
    let shared: Vec<Http> = (0..=options.accounts / TO_AN_ADDRESS)
        .map(connections)
        .collect::<anyhow::Result<_>>()?;
    let permits = Arc::new(Semaphore::new(AT_ONCE));
    let mut logins = Vec::with_capacity(options.accounts);
    for number in 0..options.accounts {
        let permit = Arc::clone(&permits).acquire_owned().await?;
        let http = shared.get(number / TO_AN_ADDRESS).context("no address")?;
        let builder = builder(options, http.clone(), number)?;
        let latencies = Arc::clone(latencies);
        logins.push(tokio::spawn(async move {
            let (client, events) = builder.spawn().await?;
            tokio::spawn(handle(events, latencies));
            client.online().await?;
            drop(permit);
            Ok::<_, wx_client::Error>(client)
        }));
    }
    let mut clients = Vec::with_capacity(options.accounts);
    for login in logins {
        clients.push(login.await??);
    }
    Ok(clients)
}

/// Connections that start from an address of their own.
fn connections(number: usize) -> anyhow::Result<Http> {
    let mut config = transport::Config::default();
    let to = std::env::var("WX_CONNECT_TO").context("WX_CONNECT_TO")?;
    config.connect_to = Some(to.parse()?);
    let ca = std::env::var("WX_CA_FILE").context("WX_CA_FILE")?;
    config.add_roots_pem(&std::fs::read(ca)?)?;
    let last = u8::try_from(number + 1)?;
    config.local_address = Some(IpAddr::V4(Ipv4Addr::new(127, 0, 0, last)));
    Ok(Http::new(config)?)
}

fn builder(options: &Options, http: Http, number: usize) -> anyhow::Result<Builder> {
    let builder = Client::builder().http(http);
    Ok(match options.store {
        Store::Elsewhere => builder.store(Elsewhere::default()),
        Store::Memory => builder,
        Store::Files => {
            let home = std::env::var_os("WX_HOME").context("WX_HOME is not set")?;
            let folder = PathBuf::from(home).join(number.to_string());
            builder.store(FileStore::open(folder)?)
        }
    })
}

/// Notes how old each message is that says when it was written.
async fn handle(mut events: Events, latencies: Latencies) {
    while let Some(event) = events.next().await {
        let EventKind::Message(message) = event.kind() else {
            continue;
        };
        let written = message
            .text_from_others()
            .and_then(|text| text.parse().ok());
        if let Some(nanos) = written {
            let age = unix().saturating_sub(Duration::from_nanos(nanos));
            let mut times = latencies.lock().unwrap_or_else(PoisonError::into_inner);
            times.push(age);
        }
    }
}

/// The time that both processes have.
fn unix() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}
