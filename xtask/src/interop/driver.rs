//! A client in a process of its own, told what to do by our driver of it.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

/// Nothing that a client is told takes longer, unless it hangs.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running driver; killed when this is dropped.
pub(super) struct Driver {
    process: Child,
    calls: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    /// An answer is outstanding that was given up.
    hangs: bool,
}

impl Driver {
    /// What it and its client print goes to `log`.
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

    /// Has it do something; what it made of it.
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

    /// As [`call`](Self::call), for what needs nothing further to be said.
    pub(super) async fn ask(&mut self, name: &str) -> anyhow::Result<Value> {
        self.call(name, json!({})).await
    }

    /// Ends it as a crash would.
    pub(super) async fn kill(mut self) -> anyhow::Result<()> {
        self.process.kill().await.context("cannot end the client")
    }
}
