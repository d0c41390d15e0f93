//! The simulated service as a process, and the calls of its control interface.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// A call that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running `wx sim`, killed when this is dropped.
pub(crate) struct Service {
    _process: Child,
    /// Where clients connect to.
    pub(crate) address: SocketAddr,
    pub(crate) ca_file: PathBuf,
    control: String,
}

impl Service {
    /// Starts it. `listen` is the address for clients; `127.0.0.1:0` takes any free port.
    pub(crate) async fn start(wx: &Path, seed: u64, listen: &str) -> anyhow::Result<Self> {
        let mut process = Command::new(wx)
            .args(["sim", "--json", "--seed", &seed.to_string()])
            .args(["--listen", listen])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("cannot start wx sim")?;
        let stdout = process.stdout.take().context("wx sim has no stdout")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).await?;
        let started: Value =
            serde_json::from_str(&line).context("cannot read what wx sim prints")?;
        let text = |name: &str| {
            started
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        Ok(Self {
            address: text("address").parse()?,
            ca_file: text("ca_file").into(),
            control: text("control").trim_start_matches("http://").to_owned(),
            _process: process,
        })
    }

    /// Makes a control call, and returns its answer.
    pub(crate) async fn call(&self, name: &str, body: &Value) -> anyhow::Result<Value> {
        let answer = timeout(PATIENCE, self.exchange(name, body)).await;
        answer.with_context(|| format!("{name}: no answer"))?
    }

    async fn exchange(&self, name: &str, body: &Value) -> anyhow::Result<Value> {
        let body = body.to_string();
        let request = format!(
            "POST /{name} HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n{body}",
            self.control,
            body.len()
        );
        let mut stream = TcpStream::connect(&self.control).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        let (head, body) = answer
            .split_once("\r\n\r\n")
            .with_context(|| format!("{name}: the answer is not HTTP"))?;
        if !head.starts_with("HTTP/1.1 200") {
            bail!("{name}: {answer}");
        }
        serde_json::from_str(body).with_context(|| format!("{name}: {body}"))
    }

    /// Has somebody send the account a text, and returns the message's number.
    pub(crate) async fn push(&self, from: &str, text: &str) -> anyhow::Result<String> {
        let body = json!({"kind": "text", "from": from, "content": text});
        let answer = self.call("push", &body).await?;
        let number = answer.get("MsgId").and_then(Value::as_str);
        let number = number.context("push: no MsgId")?;
        Ok(number.to_owned())
    }
}
