//! The service behind real sockets: TLS on loopback for clients, plain HTTP
//! for the control interface.
//!
//! It decides nothing: it hands requests and the machine's clock to the
//! [`Service`] and plays out the replies, broken ones included.

mod body;
mod client;
mod control;
mod door;
mod shared;
mod tls;
mod wire;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use self::door::Door;
use self::shared::Shared;
use crate::config::{AccountSpec, Config};
use crate::control::{ControlError, Push};
use crate::now::Now;
use crate::oracle::Sent;
use crate::script::Script;
use crate::service::Service;

/// How long the control interface has to finish its answers at the end.
const FAREWELL: Duration = Duration::from_secs(1);

/// How to start a [`Server`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// Where clients connect; port 0 takes any free one.
    pub listen: SocketAddr,
    /// Where the control interface listens.
    pub control: SocketAddr,
    /// The service's settings, unless there is a script.
    pub config: Config,
    /// The accounts, unless there is a script.
    pub accounts: Vec<AccountSpec>,
    /// A script to follow, with settings and accounts of its own.
    pub script: Option<Script>,
    /// What everything invented is drawn from, unless the script has a seed.
    pub seed: u64,
    /// Where to write the certificate authority, as `ca.pem`.
    pub ca_dir: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            listen: any_port,
            control: any_port,
            config: Config::default(),
            accounts: vec![AccountSpec::default()],
            script: None,
            seed: 1,
            ca_dir: None,
        }
    }
}

impl From<Config> for Options {
    /// The defaults with these settings.
    fn from(config: Config) -> Self {
        Self {
            config,
            ..Self::default()
        }
    }
}

/// A running service. Dropping it stops it at once.
///
/// One port answers for all host names of the protocol (see
/// [`all_hosts`](crate::all_hosts)): a client connects there and keeps the
/// TLS name and the Host header that it would use.
///
/// ```no_run
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// use wx_sim::{Config, Push, Server};
///
/// let server = Server::start(Config::instant_login().into()).await?;
/// // … connect a bot to server.address(), trusting server.ca_pem() …
/// server.wait_until(|service| service.is_polling(0)).await;
/// server.push(&Push::text("hello").from("friend:1"))?;
/// let sent = server.wait_for_sent(1).await;
/// assert_eq!(sent[0].content, "hello yourself");
/// let to = server.with(|service, _| service.short_name(0, &sent[0].to));
/// assert_eq!(to.as_deref(), Some("friend:1"));
/// server.shutdown().await;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Server {
    shared: Arc<Shared>,
    address: SocketAddr,
    control_address: SocketAddr,
    ca_pem: String,
    ca_file: Option<PathBuf>,
    stop: watch::Sender<bool>,
    running: JoinHandle<()>,
}

impl Server {
    /// Binds both ports and begins to serve.
    ///
    /// Cancel safe: dropped, the ports are free again.
    ///
    /// # Errors
    ///
    /// When a port cannot be bound, or the certificate not be made or written.
    pub async fn start(options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind(options.listen).await?;
        let control_listener = TcpListener::bind(options.control).await?;
        let identity = tls::Identity::generate().map_err(io::Error::other)?;
        let ca_file = options.ca_dir.map(|dir| dir.join("ca.pem"));
        if let Some(path) = &ca_file {
            std::fs::write(path, &identity.ca_pem)?;
        }
        let service = match options.script {
            Some(script) => Service::from_script(script, options.seed),
            None => Service::new(options.config, &options.accounts, options.seed),
        };
        let shared = Arc::new(Shared::new(service));
        let (stop, stopped) = watch::channel(false);
        let address = listener.local_addr()?;
        let control_address = control_listener.local_addr()?;
        let running = tokio::spawn(serve(
            shared.clone(),
            listener,
            control_listener,
            identity.acceptor,
            stopped,
        ));
        Ok(Self {
            shared,
            address,
            control_address,
            ca_pem: identity.ca_pem,
            ca_file,
            stop,
            running,
        })
    }

    /// Where clients connect.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where the control interface is.
    #[must_use]
    pub fn control_address(&self) -> SocketAddr {
        self.control_address
    }

    /// The certificate authority that clients must trust, as PEM.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// The file that [`Options::ca_dir`] asked for.
    #[must_use]
    pub fn ca_file(&self) -> Option<&Path> {
        self.ca_file.as_deref()
    }

    /// A control call, without the way over HTTP. `wait_session` waits until
    /// a client polls, or for `timeout_ms` milliseconds.
    ///
    /// Cancel safe: every other call is done when it is polled first.
    ///
    /// # Errors
    ///
    /// As [`Service::control`].
    pub async fn control(&self, call: &str, body: &Value) -> Result<Value, ControlError> {
        self.shared.control(call, body).await
    }

    /// Pushes a message and returns its MsgId.
    ///
    /// A message that is pushed while the account has no session stays on the
    /// phone: wait until the service says that the client
    /// [polls](Service::is_polling).
    ///
    /// # Errors
    ///
    /// As [`Service::push`].
    pub fn push(&self, message: &Push) -> Result<u64, ControlError> {
        self.with(|service, now| service.push(now, message))
    }

    /// Looks at the service, or acts on it, at the present time.
    pub fn with<T>(&self, act: impl FnOnce(&mut Service, Now) -> T) -> T {
        self.shared.act(act)
    }

    /// Waits until `test` holds. It is asked at once, and again whenever
    /// something has happened to the service; at the end of the service this
    /// returns as well. It waits for ever if need be: a test that is to fail
    /// instead puts it into a timeout.
    ///
    /// Cancel safe.
    pub async fn wait_until(&self, mut test: impl FnMut(&Service) -> bool) {
        self.shared
            .look_until(|service, _| ((), test(service)))
            .await;
    }

    /// Waits until clients have sent at least `count` messages, and returns all
    /// of them, oldest first. There are fewer only at the end of the service.
    ///
    /// Cancel safe.
    pub async fn wait_for_sent(&self, count: usize) -> Vec<Sent> {
        self.wait_until(|service| service.sent().len() >= count)
            .await;
        self.with(|service, _| service.sent().to_vec())
    }

    /// Stops serving: open connections are closed.
    ///
    /// Cancel safety: dropped, it stops at once.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        self.finished().await;
    }

    /// Waits for the end, which the control call `shutdown` brings.
    ///
    /// Cancel safe: it can be called again.
    pub async fn finished(&mut self) {
        if !self.running.is_finished() {
            // An error would be a panic in the task, which is reported there.
            let _ = (&mut self.running).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.running.abort();
    }
}

async fn serve(
    shared: Arc<Shared>,
    listener: TcpListener,
    control_listener: TcpListener,
    acceptor: TlsAcceptor,
    mut stopped: watch::Receiver<bool>,
) {
    let mut news = shared.news();
    let (mut door, mut control_door) = (Door::of(listener), Door::of(control_listener));
    let mut clients = JoinSet::new();
    let mut controls = JoinSet::new();
    while !shared.is_over() && !*stopped.borrow() {
        let deadline = shared.until_deadline();
        tokio::select! {
            stream = door.next() => {
                clients.spawn(client::serve(shared.clone(), acceptor.clone(), stream));
            }
            stream = control_door.next() => {
                controls.spawn(control::serve(shared.clone(), stream));
            }
            () = tokio::time::sleep(deadline.unwrap_or_default()), if deadline.is_some() => {
                shared.act(|_, _| ());
            }
            _ = news.changed() => {}
            _ = stopped.changed() => {}
            Some(_) = clients.join_next() => {}
            Some(_) = controls.join_next() => {}
        }
    }
    clients.shutdown().await;
    // The call that ended the service still gets its answer.
    let farewell = async { while controls.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(FAREWELL, farewell).await;
}
