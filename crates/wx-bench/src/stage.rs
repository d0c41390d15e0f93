//! The service that clients are measured against, and how they find it.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::json;
use tempfile::TempDir;
use tokio::process::Command;
use wx_sim::{AccountSpec, Config, Server};

/// A client that has not logged in after this time has failed.
const LOGIN: Duration = Duration::from_secs(60);

/// A running service, and a folder for one client.
pub(crate) struct Stage {
    pub(crate) server: Server,
    folder: TempDir,
}

impl Stage {
    pub(crate) async fn set(
        listen: SocketAddr,
        config: Config,
        accounts: Vec<AccountSpec>,
    ) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut options = wx_sim::Options::default();
        options.listen = listen;
        options.config = config;
        options.accounts = accounts;
        options.ca_dir = Some(folder.path().to_owned());
        let server = Server::start(options).await?;
        Ok(Self { server, folder })
    }

    /// The folder for a client's files.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The certificate authority that clients have to trust.
    pub(crate) fn ca_file(&self) -> PathBuf {
        self.folder().join("ca.pem")
    }

    /// A client that finds the service through its environment.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env("WX_CONNECT_TO", self.server.address().to_string())
            .env("WX_CA_FILE", self.ca_file())
            .env("WX_HOME", self.folder().join("home"))
            .stdin(std::process::Stdio::null());
        command
    }

    /// This program as a client, run by the command `under` unless that is empty.
    pub(crate) fn own(&self, client: &str, under: &str) -> anyhow::Result<Command> {
        let program = std::env::current_exe().context("cannot tell where this program is")?;
        let mut words = under
            .split_whitespace()
            .map(OsString::from)
            .chain([program.into()]);
        let first = words.next().unwrap_or_default();
        let mut command = self.command(first);
        command.args(words).args(["client", client]);
        Ok(command)
    }

    /// The command `wx`, after `wx login`.
    pub(crate) async fn logged_in(&self, wx: &Path) -> anyhow::Result<Command> {
        let mut login = self.command(wx);
        login.args(["--json", "login", "--qr", "none"]);
        let output = login.output().await.context("wx login")?;
        if !output.status.success() {
            let words = String::from_utf8_lossy(&output.stderr);
            bail!("wx login: {}\n{words}", output.status);
        }
        Ok(self.command(wx))
    }

    /// Ends the service, so that the next one can listen at its address.
    pub(crate) async fn end(self) {
        self.server.shutdown().await;
    }

    /// Waits until a client polls for the first account.
    pub(crate) async fn polled(&self) -> anyhow::Result<()> {
        let body = json!({"timeout_ms": u64::try_from(LOGIN.as_millis())?});
        let answer = self.server.control("wait_session", &body).await?;
        if answer.get("polling") != Some(&json!(true)) {
            bail!("the client has not logged in within {LOGIN:?}");
        }
        Ok(())
    }
}
