//! What every command needs: settings from the command line, and the client
//! they make.

use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use etcetera::BaseStrategy;
use tokio::sync::watch;
use wx_client::event::{Cause, CloseReason};
use wx_client::transport::{Config as Transport, Proxy};
use wx_client::{Builder, Chain, Client, Config, EventKind, Events, FileStore, Ladder, State};

use crate::args::Global;
use crate::error::{Error, Signal};
use crate::human;
use crate::output::Output;
use crate::progress::{Bars, Transfers};

mod follow;
mod profile;
mod signal;

pub(crate) use profile::toml_fault;

/// How long a stop may take once a signal has asked for it. What is not stored
/// by then is as after a kill: nothing is lost, and a message that was on its
/// way counts as of unknown fate.
const STOP_AFTER_SIGNAL: Duration = Duration::from_secs(3);

/// How long a message waits for a network before `send` gives up: somebody
/// sits there and waits as well.
const SEND_EXPIRY: Duration = Duration::from_secs(20);

/// How long somebody waits for a command before wondering whether it works.
const PATIENCE: Duration = Duration::from_secs(3);

/// The settings of one run.
#[derive(Debug)]
pub(crate) struct App {
    /// The command line's.
    pub(crate) global: Global,
    /// Where data goes.
    pub(crate) output: Output,
    /// How far transfers are.
    bars: Bars,
    transfers: Arc<Transfers>,
    /// How many clients were recorded.
    recorded: Arc<AtomicUsize>,
    /// The signal that asked the process to stop, once there was one.
    signals: watch::Receiver<Option<Signal>>,
}

impl App {
    /// The settings of a command line. From here on signals end commands
    /// instead of the process.
    pub(crate) fn new(global: Global) -> Self {
        let output = Output::new(global.json, global.quiet);
        let (sender, signals) = watch::channel(None);
        let signal = signal::signal();
        tokio::spawn(async move {
            // Nobody looks at it any more at the very end.
            let _ = sender.send(Some(signal.await));
        });
        Self {
            global,
            output,
            bars: Bars::new(output),
            transfers: Arc::default(),
            recorded: Arc::default(),
            signals,
        }
    }

    /// The same run with other settings.
    pub(crate) fn with(&self, global: Global) -> Self {
        Self {
            global,
            output: self.output,
            bars: self.bars.clone(),
            transfers: Arc::clone(&self.transfers),
            recorded: Arc::clone(&self.recorded),
            signals: self.signals.clone(),
        }
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
        let builder = self.builder(self.config(ladder)?)?.store(store);
        Ok(builder.spawn().await?)
    }

    /// Does `work` on the saved session, beside whoever owns it.
    ///
    /// # Errors
    /// If there is no session, settings make no sense, or the work fails.
    pub(crate) async fn beside<T>(
        &self,
        work: impl AsyncFnOnce(&Client) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.beside_any(async |client| match client.state() {
            State::Ended { reason, .. } => Err(no_session(client, reason).await?),
            _ => work(client).await,
        })
        .await
    }

    /// As [`beside`](Self::beside), even if there is no session.
    ///
    /// # Errors
    /// If settings make no sense, or the work fails.
    pub(crate) async fn beside_any<T>(
        &self,
        work: impl AsyncFnOnce(&Client) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let store = FileStore::attach(self.folder()?);
        let mut config = self.config(Ladder::saved_only())?;
        config.send_expiry = SEND_EXPIRY;
        let builder = self.builder(config)?.store(store).attach();
        let (client, mut events) = builder.spawn().await?;
        let result = tokio::select! {
            result = work(&client) => result,
            never = self.tell_troubles(&mut events) => match never {},
            signal = self.abandoned() => Err(Error::Interrupted(signal)),
        };
        let result = self.stop(&client, result).await;
        // What was told before the end and not yet taken; a client that did not
        // stop in time may have more to say for ever.
        while let Ok(Some(event)) = tokio::time::timeout(Duration::ZERO, events.next()).await {
            self.tell_trouble(event.kind());
        }
        result
    }

    /// Tells of troubles, and once that there is nothing to tell for a while.
    async fn tell_troubles(&self, events: &mut Events) -> Infallible {
        let impatient = async {
            tokio::time::sleep(PATIENCE).await;
            if !self.output.json && !self.transfers.moved.load(Ordering::Relaxed) {
                self.note("waiting for the service …");
            }
            std::future::pending().await
        };
        let tell = async {
            while let Some(event) = events.next().await {
                self.tell_trouble(event.kind());
            }
            std::future::pending().await
        };
        tokio::select! {
            never = impatient => never,
            never = tell => never,
        }
    }

    /// Tells of what keeps a command waiting, or needs a look.
    fn tell_trouble(&self, event: &EventKind) {
        if let EventKind::Offline { .. } | EventKind::Throttled { .. } | EventKind::Warning { .. } =
            event
        {
            self.note(&human::event(event));
        }
    }

    /// Tells people something, above what else is shown.
    pub(crate) fn note(&self, text: &str) {
        self.bars.above(|| self.output.note(text));
    }

    /// Tells people that something was done, where it has no other result.
    pub(crate) fn done(&self, text: &str) {
        if !self.output.json {
            self.note(text);
        }
    }

    /// Stops a client cleanly, and passes the result of its work on.
    ///
    /// # Errors
    /// Those of `result`; else if not everything could be stored.
    pub(crate) async fn stop<T>(
        &self,
        client: &Client,
        result: Result<T, Error>,
    ) -> Result<T, Error> {
        let hurried = async {
            self.interrupted().await;
            tokio::time::sleep(STOP_AFTER_SIGNAL).await;
        };
        let stopped = tokio::select! {
            stopped = client.shutdown() => stopped,
            () = hurried => Ok(()),
        };
        let result = result?;
        stopped?;
        Ok(result)
    }

    /// Does what blocks, apart from what listens for signals: one leaves the
    /// work where it is.
    ///
    /// # Errors
    /// Those of `work`, and [`Error::Interrupted`].
    pub(crate) async fn apart(
        &self,
        work: impl FnOnce() -> Result<(), Error> + Send + 'static,
    ) -> Result<(), Error> {
        tokio::select! {
            done = tokio::task::spawn_blocking(work) => {
                done.unwrap_or_else(|error| Err(Error::failed(&error)))
            }
            signal = self.interrupted() => Err(Error::Interrupted(signal)),
        }
    }

    /// Waits for a signal that asks the process to stop.
    pub(crate) async fn interrupted(&self) -> Signal {
        let mut signals = self.signals.clone();
        match signals.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(signal)) => *signal,
            _ => std::future::pending().await,
        }
    }

    /// Waits for such a signal, and then until a transfer has had the time to
    /// be given up.
    async fn abandoned(&self) -> Signal {
        let signal = self.interrupted().await;
        if self.transfers.begun.load(Ordering::Relaxed) {
            tokio::time::sleep(STOP_AFTER_SIGNAL).await;
        }
        signal
    }

    fn config(&self, ladder: Ladder) -> Result<Config, Error> {
        let mut config = Config::default();
        config.account.clone_from(&self.global.account);
        config.ladder = ladder;
        config.pace = self.global.pace.0;
        if let Some(path) = &self.global.profile {
            config.profile = profile::read(path)?;
        }
        Ok(config)
    }

    /// Where the next client is recorded, if it is. Few commands run several:
    /// the second goes to `FILE.2`.
    fn trace(&self) -> Option<PathBuf> {
        let first = self.global.record.as_ref()?;
        Some(match self.recorded.fetch_add(1, Ordering::Relaxed) {
            0 => first.clone(),
            before => {
                let mut name = first.clone().into_os_string();
                name.push(format!(".{}", before + 1));
                name.into()
            }
        })
    }

    fn builder(&self, config: Config) -> Result<Builder, Error> {
        let builder = Client::builder()
            .config(config)
            .transport(self.transport()?);
        Ok(match self.trace() {
            Some(path) => builder.record(path),
            None => builder,
        })
    }

    /// Settings of connections.
    ///
    /// # Errors
    /// If they make no sense.
    pub(crate) fn transport(&self) -> Result<Transport, Error> {
        let mut transport = Transport::default();
        transport.connect_to.clone_from(&self.global.connect_to);
        if let Some(path) = &self.global.ca_file {
            let of_file = |error: &(dyn std::error::Error + 'static)| {
                Error::Usage(format!("--ca-file {}: {}", path.display(), Chain(error)))
            };
            let pem = std::fs::read(path).map_err(|error| of_file(&error))?;
            let added = transport.add_roots_pem(&pem);
            added.map_err(|error| of_file(&error))?;
        }
        transport.proxy = match (&self.global.proxy, &self.global.connect_to) {
            (Some(proxy), _) => proxy.0.clone().map_err(Error::Usage)?,
            // Every connection is to be opened there, and a proxy of the
            // environment cannot know a port of this machine.
            (None, Some(_)) => Proxy::default(),
            (None, None) => Proxy::from_env().map_err(wx_client::Error::from)?,
        };
        Ok(transport)
    }
}

/// The error of a command that needs the session which there is not, or not any
/// more.
///
/// # Errors
/// If the client has stopped.
pub(crate) async fn no_session(client: &Client, reason: CloseReason) -> Result<Error, Error> {
    Ok(match reason.cause {
        Cause::NoSession => Error::not_logged_in(reason.to_string(), &client.overview().await?),
        _ => wx_client::Error::from(reason).into(),
    })
}

/// Returns after so much time; without any, never.
pub(crate) async fn after(duration: Option<Duration>) {
    match duration {
        // A timer is only looked at by and by.
        Some(Duration::ZERO) => {}
        Some(duration) => tokio::time::sleep(duration).await,
        None => std::future::pending().await,
    }
}
