//! A client in a process of its own, with the driver that tells it what to do.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

/// A call that takes longer than this hangs.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running driver; killed when this is dropped.
pub(super) struct Driver {
    process: Child,
    calls: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    /// A call was given up, so that the next answer would be the one to that call.
    hangs: bool,
}

impl Driver {
    /// Starts a driver. What it and its client print goes to `log`.
    pub(super) fn start(command: std::process::Command, log: &Path) -> anyhow::Result<Self> {
        let log = std::fs::File::create(log)
            .with_context(|| format!("cannot write {}", log.display()))?;
        let mut process = Command::from(command)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .context("cannot start the client")?;
        let calls = process.stdin.take().context("the client has no stdin")?;
        let answers = process.stdout.take().context("the client has no stdout")?;
        Ok(Self {
            process,
            calls,
            answers: BufReader::new(answers).lines(),
            hangs: false,
        })
    }

    /// Makes a call, and returns its answer.
    pub(super) async fn call(&mut self, name: &str, mut body: Value) -> anyhow::Result<Value> {
        if let Some(body) = body.as_object_mut() {
            body.insert("do".to_owned(), name.into());
        }
        if self.hangs {
            bail!("{name}: the client hangs");
        }
        let line = format!("{body}\n");
        self.calls
            .write_all(line.as_bytes())
            .await
            .with_context(|| format!("{name}: the client is gone"))?;
        let answer = timeout(PATIENCE, self.answers.next_line());
        let answer = answer
            .await
            .map_err(|_| {
                self.hangs = true;
                anyhow!("{name}: nothing for {} s", PATIENCE.as_secs())
            })??
            .with_context(|| format!("{name}: the client is gone"))?;
        let mut answer: Value = serde_json::from_str(&answer)
            .with_context(|| format!("{name}: the client's driver says {answer}"))?;
        if let Some(error) = answer.get("error") {
            bail!("{name}: {}", error.as_str().unwrap_or_default());
        }
        Ok(answer.get_mut("ok").map(Value::take).unwrap_or_default())
    }

    /// As [`call`](Self::call), without arguments.
    pub(super) async fn ask(&mut self, name: &str) -> anyhow::Result<Value> {
        self.call(name, json!({})).await
    }

    /// Ends it as a crash would.
    pub(super) async fn kill(mut self) -> anyhow::Result<()> {
        self.process.kill().await.context("cannot end the client")
    }
}
