//! What every command needs: settings from the command line, and the client
//! they make.

use std::path::PathBuf;
use std::time::Duration;

use etcetera::BaseStrategy;
use serde::Deserialize;
use wx_client::config::Profile;
use wx_client::transport::{Config as Transport, Proxy};
use wx_client::{Builder, Client, Config, Events, FileStore, Ladder};

use crate::args::Global;
use crate::error::{Error, Signal};
use crate::output::Output;

/// The settings of one run.
#[derive(Debug)]
pub(crate) struct App {
    /// The command line's.
    pub(crate) global: Global,
    /// Where data goes.
    pub(crate) output: Output,
}

/// A profile file. Unknown keys are errors: a misspelt one would be ignored.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ProfileFile {
    user_agent: Option<String>,
    lang: Option<String>,
    desktop: Option<bool>,
    login_page_headers: std::collections::BTreeMap<String, String>,
}

impl App {
    /// The settings of a command line.
    pub(crate) fn new(global: Global) -> Self {
        let output = Output::new(global.json, global.quiet);
        Self { global, output }
    }

    /// The account's folder.
    ///
    /// # Errors
    /// If the platform has no data directory, and none was given.
    pub(crate) fn folder(&self) -> Result<PathBuf, Error> {
        let home = match &self.global.home {
            Some(home) => home.clone(),
            None => etcetera::choose_base_strategy()
                .map_err(|error| Error::Usage(format!("{error}: give --home")))?
                .data_dir()
                .join("wx"),
        };
        Ok(home.join(&self.global.account))
    }

    /// A client that owns the account: it polls.
    ///
    /// # Errors
    /// If another process owns it, or settings make no sense.
    pub(crate) async fn own(&self, ladder: Ladder) -> Result<(Client, Events), Error> {
        let store = FileStore::open(self.folder()?).map_err(wx_client::Error::from)?;
        let builder = self.builder(ladder)?.store(store);
        Ok(builder.spawn().await?)
    }

    /// A client beside the owner: it runs commands.
    ///
    /// # Errors
    /// If there is no session, or settings make no sense.
    pub(crate) async fn attach(&self) -> Result<Client, Error> {
        let client = self.attach_any().await?;
        if let wx_client::State::Ended { reason } = client.state() {
            return Err(wx_client::Error::from(reason).into());
        }
        Ok(client)
    }

    /// As [`attach`](Self::attach), even if there is no session.
    ///
    /// # Errors
    /// If settings make no sense.
    pub(crate) async fn attach_any(&self) -> Result<Client, Error> {
        let store = FileStore::attach(self.folder()?);
        let builder = self.builder(Ladder::saved_only())?.store(store).attach();
        let (client, _events) = builder.spawn().await?;
        Ok(client)
    }

    fn builder(&self, ladder: Ladder) -> Result<Builder, Error> {
        let mut config = Config::default();
        config.account.clone_from(&self.global.account);
        config.ladder = ladder;
        config.pace = self.global.pace.0;
        config.profile = self.profile()?;
        Ok(Client::builder()
            .config(config)
            .transport(self.transport()?))
    }

    fn transport(&self) -> Result<Transport, Error> {
        let mut transport = Transport::default();
        transport.connect_to.clone_from(&self.global.connect_to);
        if let Some(path) = &self.global.ca_file {
            let pem = std::fs::read(path).map_err(|e| Error::io(path.display().to_string(), e))?;
            transport
                .add_roots_pem(&pem)
                .map_err(wx_client::Error::from)?;
        }
        transport.proxy = match &self.global.proxy {
            Some(proxy) => proxy.clone(),
            None => Proxy::from_env().map_err(wx_client::Error::from)?,
        };
        Ok(transport)
    }

    fn profile(&self) -> Result<Profile, Error> {
        let mut profile = Profile::default();
        let Some(path) = &self.global.profile else {
            return Ok(profile);
        };
        let text = std::fs::read_to_string(path)
            .map_err(|error| Error::io(path.display().to_string(), error))?;
        let wrong =
            |what: &dyn std::fmt::Display| Error::Usage(format!("{}: {what}", path.display()));
        let file: ProfileFile = toml::from_str(&text).map_err(|error| wrong(&error))?;
        if let Some(agent) = file.user_agent {
            profile.user_agent = agent.parse().map_err(|error| wrong(&error))?;
        }
        if let Some(lang) = file.lang {
            profile.lang = lang;
        }
        profile.desktop = file.desktop.unwrap_or_default();
        for (name, value) in file.login_page_headers {
            let name = name.parse().map_err(|error| wrong(&error))?;
            let value = value.parse().map_err(|error| wrong(&error))?;
            profile.login_page_headers.push((name, value));
        }
        Ok(profile)
    }
}

/// Waits for a signal that asks the process to stop.
pub(crate) async fn interrupted() -> Signal {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            return tokio::select! {
                _ = tokio::signal::ctrl_c() => Signal::Interrupt,
                _ = terminate.recv() => Signal::Terminate,
            };
        }
    }
    let _ = tokio::signal::ctrl_c().await;
    Signal::Interrupt
}

/// Returns after so many seconds; without a number, never.
pub(crate) async fn after(seconds: Option<f64>) {
    match seconds.map(Duration::try_from_secs_f64) {
        Some(Ok(duration)) => tokio::time::sleep(duration).await,
        // Longer than time can be counted, or not asked for.
        Some(Err(_)) | None => std::future::pending().await,
    }
}
