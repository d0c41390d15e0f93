//! `cargo xtask chaos`: the real `wx listen` against `wx sim`, through a proxy
//! that spoils connections, killed again and again.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Context, bail};
use fastrand::Rng;
use serde_json::{Value, json};
use tokio::process::{Child, Command};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep, sleep_until};

use crate::service::Service;
use crate::workspace::Workspace;
use ledger::{Ledger, Report};
use proxy::Watch;

mod ledger;
mod proxy;

/// How long it goes on unless the command line says otherwise.
pub(crate) const DEFAULT_SECONDS: u32 = 60;
/// How long a process lives before it is killed.
const SHORTEST_MS: u64 = 60;
const LONGEST_MS: u64 = 1600;
/// How many messages come at once, and how soon as many again: enough to have some in
/// hand at every kill.
const AT_ONCE: u64 = 60;
const EVERY_MS: u64 = 500;
/// What has to happen in a minute for the run to prove anything.
const KILLS_A_MINUTE: usize = 50;
const MESSAGES_A_MINUTE: usize = 5000;

/// A service, and a client behind the proxy.
struct Run {
    wx: PathBuf,
    folder: PathBuf,
    service: Service,
    connect_to: String,
}

pub(crate) fn run(workspace: &Workspace, seconds: u32) -> anyhow::Result<()> {
    let wx = workspace.build_wx()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let report = runtime.block_on(chaos(workspace, wx, seconds))?;
    print!("{report}");
    judge(&report, seconds)
}

fn judge(report: &Report, seconds: u32) -> anyhow::Result<()> {
    for broken in report.broken.iter().take(20) {
        println!("{broken}");
    }
    let share = |a_minute: usize| a_minute * usize::try_from(seconds).unwrap_or(0) / 60;
    if report.lost > 0 {
        bail!("{} messages were lost", report.lost);
    }
    if !report.broken.is_empty() || report.doubled > report.in_hand {
        bail!("{} promises were broken, see above", report.broken.len());
    }
    if report.kills < share(KILLS_A_MINUTE) || report.sent < share(MESSAGES_A_MINUTE) {
        bail!(
            "too little happened to prove anything: a minute has to have {KILLS_A_MINUTE} kills and \
             {MESSAGES_A_MINUTE} messages"
        );
    }
    Ok(())
}

async fn chaos(workspace: &Workspace, wx: PathBuf, seconds: u32) -> anyhow::Result<Report> {
    let folder = workspace.empty_folder("chaos")?;
    let seed = u64::from(std::process::id());
    println!("seed {seed}, files in {}", folder.display());
    let mut rng = Rng::with_seed(seed);
    let service = Service::start(&wx, seed, "127.0.0.1:0").await?;
    let config = json!({"auto_scan_ms": 50, "auto_confirm_ms": 50, "page_size": 20});
    service.call("reset", &json!({ "config": config })).await?;
    let watch = Arc::new(Watch::default());
    let proxy = proxy::start(service.address, watch.clone(), rng.fork()).await?;
    let run = Run {
        wx,
        folder,
        service,
        connect_to: proxy.to_string(),
    };
    run.login().await?;

    watch.spoils.store(true, Ordering::Relaxed);
    let ledger = Mutex::new(Ledger::default());
    let until = Instant::now() + Duration::from_secs(seconds.into());
    let (pushed, killed) = tokio::join!(
        run.push_until(until, &ledger),
        run.kill_until(until, &ledger, &mut rng),
    );
    pushed?;
    killed?;

    watch.spoils.store(false, Ordering::Relaxed);
    let output = run.folder.join("last.ndjson");
    let status = run.listen(&output, &["--idle", "5"])?.wait().await?;
    if !status.success() {
        bail!("the last wx listen: {status}");
    }
    let mut ledger = ledger.into_inner();
    ledger.life(&read(&output)?, None)?;
    let state = run.service.call("state", &json!({})).await?;
    let logins = state.pointer("/accounts/0/logins").and_then(Value::as_u64);
    let logins = logins.context("state: no logins")?;
    println!(
        "connections            {:6}, of which spoilt {}",
        watch.connections.load(Ordering::Relaxed),
        watch.spoilt.load(Ordering::Relaxed)
    );
    println!("logins                 {logins:>6}");
    if logins != 1 {
        bail!("{logins} logins instead of one");
    }
    Ok(ledger.report())
}

impl Run {
    /// `wx`, connecting through the proxy.
    fn command(&self) -> Command {
        let mut command = Command::new(&self.wx);
        command
            .env("WX_HOME", self.folder.join("home"))
            .env("WX_CONNECT_TO", &self.connect_to)
            .env("WX_CA_FILE", &self.service.ca_file)
            .arg("--json")
            .kill_on_drop(true);
        command
    }

    async fn login(&self) -> anyhow::Result<()> {
        let mut login = self.command();
        login.args(["login", "--qr", "none"]);
        let output = login.output().await?;
        if !output.status.success() {
            let words = String::from_utf8_lossy(&output.stderr);
            bail!("wx login: {}\n{words}", output.status);
        }
        Ok(())
    }

    fn listen(&self, output: &Path, options: &[&str]) -> anyhow::Result<Child> {
        let open = |path: &Path| {
            std::fs::File::create(path).with_context(|| format!("cannot create {}", path.display()))
        };
        let mut listen = self.command();
        listen.arg("listen").args(options);
        listen.stdout(open(output)?);
        listen.stderr(open(&output.with_extension("stderr"))?);
        Ok(listen.spawn()?)
    }

    /// Starts `wx listen` and kills it, again and again.
    async fn kill_until(
        &self,
        until: Instant,
        ledger: &Mutex<Ledger>,
        rng: &mut Rng,
    ) -> anyhow::Result<()> {
        let account = self.folder.join("home").join("default");
        let mut life = 0;
        while Instant::now() < until {
            life += 1;
            let output = self.folder.join(format!("{life}.ndjson"));
            let mut process = self.listen(&output, &[])?;
            let lives = Duration::from_millis(rng.u64(SHORTEST_MS..=LONGEST_MS));
            tokio::select! {
                status = process.wait() => bail!("wx listen ended by itself: {}", status?),
                () = sleep(lives) => {}
            }
            // With SIGKILL, which a process cannot handle.
            process.kill().await?;
            let stored = contents(&account)?;
            ledger.lock().await.life(&read(&output)?, Some(&stored))?;
        }
        Ok(())
    }

    /// Has people write, in several chats in turn.
    async fn push_until(&self, until: Instant, ledger: &Mutex<Ledger>) -> anyhow::Result<()> {
        let start = Instant::now();
        let mut count = 0;
        while Instant::now() < until {
            let from = match count % 7 {
                0 => "group:0".to_owned(),
                1 => "group:1".to_owned(),
                number => format!("friend:{number}"),
            };
            {
                // Locked until the message is in the ledger, so that no life is entered before.
                let mut ledger = ledger.lock().await;
                let id = self.service.push(&from, &format!("chaos {count}")).await?;
                ledger.sent(id, &from);
                count += 1;
            }
            sleep_until(start + Duration::from_millis(count / AT_ONCE * EVERY_MS)).await;
        }
        Ok(())
    }
}

/// The contents of all files of an account, as text.
fn contents(account: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    for file in std::fs::read_dir(account)? {
        text.push_str(&read(&file?.path())?);
    }
    Ok(text)
}

fn read(file: &Path) -> anyhow::Result<String> {
    let bytes = std::fs::read(file)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_in_which_nothing_happens_proves_nothing() {
        assert!(judge(&Ledger::default().report(), 60).is_err());
        assert!(judge(&Ledger::default().report(), 0).is_ok());
    }
}
