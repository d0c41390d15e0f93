//! From settings to a running session.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::{mpsc, watch};
use wx_proto::event::WarningKind;
use wx_proto::saved::JarSnapshot;
use wx_proto::trace::{Head, Settings, Start};
use wx_proto::{Config, Now, Record, Roster, Saved, Session};
use wx_transport::{Chain, Http, Jar};

use crate::client::Client;
use crate::clock::{self, Clock, Suspensions};
use crate::driver::{Driver, Wires};
use crate::error::{Error, ErrorKind};
use crate::events::Events;
use crate::exchange::Lanes;
use crate::keeper::Keeper;
use crate::record::{Core, Recorder};
use crate::store::{Loaded, MemoryStore, Position, SessionStore};

/// How many events may have left the core and wait for the application.
const EVENTS: usize = 16;

/// Settings of a client.
#[derive(Default)]
#[must_use]
pub struct Builder {
    config: Config,
    http: Option<Http>,
    transport: wx_transport::Config,
    store: Option<Box<dyn SessionStore>>,
    attach: bool,
    record: Option<PathBuf>,
    pub(crate) suspensions: Suspensions,
    #[cfg(test)]
    pub(crate) stand_in: Option<crate::exchange::stand_in::StandIn>,
}

/// Leaves out the store, whose `Debug` may show anything.
impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("config", &self.config)
            .field("http", &self.http)
            .field("transport", &self.transport)
            .field("attach", &self.attach)
            .field("record", &self.record)
            .finish_non_exhaustive()
    }
}

impl Builder {
    /// Settings of the session itself.
    pub fn config(mut self, config: Config) -> Self {
        self.config = config;
        self
    }

    /// Settings of the connections.
    pub fn transport(mut self, transport: wx_transport::Config) -> Self {
        self.transport = transport;
        self
    }

    /// Connection settings that several clients share: one value for a process with
    /// many accounts. Takes precedence over [`transport`](Self::transport).
    pub fn http(mut self, http: Http) -> Self {
        self.http = Some(http);
        self
    }

    /// Takes the connection settings from the environment: `WX_CONNECT_TO` and
    /// `WX_CA_FILE`, which `wx sim` prints, and if the former is not set,
    /// `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if one of them is not valid; the message names it.
    pub fn env(self) -> Result<Self, Error> {
        self.env_of(|name| std::env::var(name).ok())
    }

    fn env_of(mut self, variable: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let variable = |name| variable(name).filter(|value| !value.is_empty());
        let of = |name: &'static str| move |error| Error::setting(name, error);
        if let Some(address) = variable("WX_CONNECT_TO") {
            let address = address.parse().map_err(of("WX_CONNECT_TO"))?;
            self.transport.connect_to = Some(address);
        }
        if let Some(path) = variable("WX_CA_FILE") {
            let pem = std::fs::read(&path).map_err(|error| {
                let words = format!("WX_CA_FILE: {path} cannot be read: {error}");
                Error::new(ErrorKind::Config, words)
            })?;
            let added = self.transport.add_roots_pem(&pem);
            added.map_err(of("WX_CA_FILE"))?;
        }
        // A proxy cannot reach an address that only this machine knows.
        if self.transport.connect_to.is_none() {
            let proxy = wx_transport::Proxy::from_env();
            self.transport.proxy = proxy.map_err(of("HTTPS_PROXY or ALL_PROXY"))?;
        }
        Ok(self)
    }

    /// Where the account is kept. Without a store, it is lost when the process ends.
    pub fn store(mut self, store: impl SessionStore + 'static) -> Self {
        self.store = Some(Box::new(store));
        self
    }

    /// Only runs commands, on a session that another process may own, and never polls.
    /// The store must be an attached one.
    pub fn attach(mut self) -> Self {
        self.attach = true;
        self
    }

    /// Records everything that determines the session into this file, which must not
    /// exist yet. Keys, names and texts are replaced, so that it can be attached to a
    /// bug report. [`wx_proto::trace`] describes the format, and replays it.
    pub fn record(mut self, path: impl Into<PathBuf>) -> Self {
        self.record = Some(path.into());
        self
    }

    /// Loads what was stored, and returns the parts of the client. Nothing is sent
    /// until the runner is polled. Without [`http`](Self::http) it also reads the
    /// system's trusted roots, which blocks for some milliseconds.
    ///
    /// Cancel safety: if the future is dropped, nothing was sent, and the account is
    /// free again.
    ///
    /// # Errors
    /// [`ErrorKind::Store`], [`ErrorKind::Unsupported`] or [`ErrorKind::Locked`] if the
    /// account cannot be read,
    /// [`ErrorKind::Config`] if the connection settings are not valid,
    /// [`ErrorKind::File`] if the file to record into cannot be created.
    pub async fn build(mut self) -> Result<(Client, Events, Runner), Error> {
        let http = match self.http.take() {
            Some(http) => http,
            None => Http::new(std::mem::take(&mut self.transport))?,
        };
        let mut store = self
            .store
            .take()
            .unwrap_or_else(|| Box::new(MemoryStore::new()));
        let stored = Stored::load(&mut *store).await?;
        // Other processes may attach to what this one stores.
        self.config.shared = !self.attach;
        let attached = self.attach;
        let limits = self.config.limits;
        let clock = Clock::start(self.suspensions);
        let lanes = Lanes::new(&http);
        #[cfg(test)]
        let lanes = lanes.diverted(self.stand_in.take());
        let Stored {
            saved,
            jar,
            roster,
            damage,
            position,
            any_records,
        } = stored;
        let mut session = self.session(saved, roster, clock.now())?;
        for damage in damage {
            session.warn(WarningKind::Disk, damage);
        }
        let (ask, asks) = mpsc::unbounded_channel();
        // Not tokio's, which have room for 32 from the start: 1 KiB each.
        let (ack, acks) = futures_channel::mpsc::unbounded();
        let end = Arc::default();
        // Each sender has room for one of its own.
        let (event, events) = futures_channel::mpsc::channel(EVENTS - 1);
        let (state, watch) = watch::channel(session.state().clone());
        let driver = Driver {
            session,
            attached,
            clock,
            lanes,
            keeper: Keeper::new(store, !attached, position, any_records, &jar),
            jar,
            asks,
            acks,
            events: Some(event),
            state,
            end: Arc::clone(&end),
            wires: Wires::default(),
        };
        let runner = Runner(Box::pin(Box::new(driver).run()));
        Ok((
            Client::new(ask, watch.clone(), end, limits),
            Events::new(events, ack, watch),
            runner,
        ))
    }

    /// The session that goes on from what was stored, and its recorder.
    fn session(self, saved: Saved, roster: Option<Roster>, now: Now) -> Result<Core, Error> {
        let (config, seed) = (Arc::new(self.config), clock::seed());
        let recorder = self.record.as_deref().map(recorder).transpose()?;
        if let Some(recorder) = &recorder {
            let start = if self.attach {
                Start::Attach
            } else {
                Start::Resume
            };
            let settings = Settings::from(&*config);
            let mut head = Head::new(start, now.into(), seed.0, settings, saved.clone());
            head.roster.clone_from(&roster);
            recorder.head(head);
        }
        let mut session = if self.attach {
            Session::attach(config, saved, seed)
        } else {
            Session::resume(config, saved, seed, now)
        };
        if let Some(roster) = roster {
            session.adopt_roster(roster);
        }
        Ok(Core::new(session, recorder, now))
    }

    /// As [`build`](Self::build), and spawns the runner on the current tokio runtime.
    ///
    /// Cancel safety: as for [`build`](Self::build).
    ///
    /// # Errors
    /// As [`build`](Self::build).
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub async fn spawn(self) -> Result<(Client, Events), Error> {
        let (client, events, runner) = self.build().await?;
        tokio::spawn(runner.into_future());
        Ok((client, events))
    }
}

/// What a store held, as values.
struct Stored {
    saved: Saved,
    jar: Jar,
    roster: Option<Roster>,
    /// What of it could not be read, for people.
    damage: Vec<String>,
    position: Position,
    any_records: bool,
}

impl Stored {
    async fn load(store: &mut dyn SessionStore) -> Result<Self, Error> {
        let loaded = store.load().await?;
        let saved = fold(&loaded)?;
        let mut damage: Vec<String> = loaded.damage.into_iter().collect();
        let jar = match saved.jar.as_ref().map(restore) {
            Some(Ok(jar)) => jar,
            Some(Err(error)) => {
                // Without them the saved session is refused, and the next way in
                // is tried: push login, or a QR code.
                damage.push(format!("{}; the login starts without them", Chain(&error)));
                Jar::new()
            }
            None => Jar::new(),
        };
        let roster = match store.roster().await {
            Ok(Some(roster)) => serde_json::from_slice(&roster).ok(),
            Ok(None) => None,
            Err(error) => {
                tracing::warn!(error = %Chain(&error), "the saved contacts cannot be read; they are fetched again");
                None
            }
        };
        Ok(Self {
            saved,
            jar,
            roster,
            damage,
            position: loaded.position,
            any_records: !loaded.records.is_empty(),
        })
    }
}

fn recorder(path: &Path) -> Result<Recorder, Error> {
    Recorder::create(path).map_err(|error| {
        let message = match error.kind() {
            std::io::ErrorKind::AlreadyExists => {
                "is there already, and is not overwritten: name another file".to_owned()
            }
            _ => error.to_string(),
        };
        Error::new(ErrorKind::File, format!("{}: {message}", path.display()))
    })
}

fn restore(jar: &JarSnapshot) -> Result<Jar, wx_transport::Error> {
    Jar::restore(jar.expose().as_bytes())
}

/// What a store holds, as a value.
fn fold(loaded: &Loaded) -> Result<Saved, Error> {
    let unreadable = |what: &str, error: serde_json::Error| {
        // The error's text may quote what stands there; its place says enough.
        let message = format!(
            "the account's {what} is not understood (line {}, column {}): \
             it may be of a newer version; move it aside to start afresh",
            error.line(),
            error.column()
        );
        Error::new(ErrorKind::Store, message)
    };
    let mut saved = match &loaded.snapshot {
        Some(snapshot) => {
            serde_json::from_slice(snapshot).map_err(|error| unreadable("snapshot", error))?
        }
        None => Saved::new(),
    };
    for record in &loaded.records {
        let record: Record =
            serde_json::from_slice(record).map_err(|error| unreadable("journal", error))?;
        saved.apply(record);
    }
    Ok(saved)
}

/// The work of a client. Nothing happens unless it is polled, on a tokio runtime with
/// I/O and time.
///
/// It ends when the session is over, everything is stored, and every message was
/// either acknowledged or dropped; and when the client was stopped.
/// [`Client::stopped`] says how it ended.
#[must_use = "nothing happens unless the runner is polled"]
pub struct Runner(Pin<Box<dyn Future<Output = ()> + Send>>);

impl fmt::Debug for Runner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runner").finish_non_exhaustive()
    }
}

impl Runner {
    /// Runs until the session ends or the client is stopped.
    ///
    /// Cancel safety: dropping the future is as if the process had been killed. No
    /// message is lost; those in hand come again.
    pub async fn run(self) {
        self.0.await;
    }
}

impl IntoFuture for Runner {
    type Output = ();
    type IntoFuture = Pin<Box<dyn Future<Output = ()> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(name: &str, value: &str) -> String {
        let variable = |asked: &str| (asked == name).then(|| value.to_owned());
        let error = Client::builder().env_of(variable).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        Chain(&error).to_string()
    }

    #[test]
    fn a_variable_that_makes_no_sense_is_named() {
        let address = refused("WX_CONNECT_TO", "localhost");
        assert!(address.starts_with("WX_CONNECT_TO: "), "{address}");
        assert!(address.contains("HOST:PORT"), "{address}");
        let missing = refused("WX_CA_FILE", "no/such/file.pem");
        assert!(
            missing.starts_with("WX_CA_FILE: no/such/file.pem cannot be read: "),
            "{missing}"
        );
        let empty = refused("WX_CA_FILE", "Cargo.toml");
        assert!(empty.starts_with("WX_CA_FILE: "), "{empty}");
        assert!(empty.contains("PEM"), "{empty}");
    }
}
