//! Opens a connection: name, TCP, proxy, TLS.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use std::{io, vec};

use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::Name;
use rustls_pki_types::ServerName;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;
use tower_service::Service;

use crate::config::{Config, HostPort};
use crate::error::{Error, Phase};
use crate::exchange::Connection;
use crate::tls;

/// How long an idle TCP connection stays unprobed. Shorter than the five
/// minutes after which common routers forget a connection.
const TCP_KEEPALIVE: Duration = Duration::from_secs(60);

/// What all connections of a process share.
pub(crate) struct Connector {
    pub(crate) config: Config,
    tls: Arc<rustls::ClientConfig>,
}

impl Connector {
    pub(crate) fn new(config: Config) -> Result<Self, Error> {
        let tls = Arc::new(tls::client_config(&config.extra_roots)?);
        Ok(Self { config, tls })
    }

    /// Opens a connection for requests to `origin`. Nothing of a request is
    /// written.
    pub(crate) async fn open(&self, origin: &HostPort) -> Result<Connection, Error> {
        let limit = self.config.connect_timeout;
        let mut phase = Phase::Config;
        match timeout(limit, self.steps(origin, &mut phase)).await {
            Ok(result) => result,
            Err(_) => {
                let late = format!("not done within {limit:?}");
                Err(Error::new(
                    phase,
                    io::Error::new(io::ErrorKind::TimedOut, late),
                ))
            }
        }
        .inspect_err(|error| tracing::debug!(phase = ?error.phase(), "connection not opened"))
    }

    /// `phase` is the step under way, for the error of a timeout.
    async fn steps(&self, origin: &HostPort, phase: &mut Phase) -> Result<Connection, Error> {
        let started = Instant::now();
        let name = ServerName::try_from(origin.host.clone())
            .map_err(|error| Error::new(Phase::Config, error))?;
        let target = self.config.connect_to.as_ref().unwrap_or(origin);

        let stream = match self.config.proxy.route(target)? {
            None => self.tcp(target, phase).await?,
            Some(route) => {
                let stream = self.tcp(&route.address, &mut Phase::Proxy).await;
                *phase = Phase::Proxy;
                let stream = stream.map_err(|error| route.error(error))?;
                route.open(stream).await?
            }
        };
        tracing::trace!(elapsed = ?started.elapsed(), "connected");

        *phase = Phase::Tls;
        let stream = TlsConnector::from(Arc::clone(&self.tls))
            .connect(name, stream)
            .await
            .map_err(tls::handshake_error)?;
        let connection = Connection::new(origin.clone(), stream).await?;
        tracing::debug!(elapsed = ?started.elapsed(), "connection opened");
        Ok(connection)
    }

    /// Tries the addresses of a name in their order, IPv6 and IPv4 side by side
    /// when the first does not answer soon.
    async fn tcp(&self, to: &HostPort, phase: &mut Phase) -> Result<TcpStream, Error> {
        *phase = Phase::Resolve;
        let addresses: Vec<SocketAddr> = lookup_host((to.host.as_str(), to.port))
            .await
            .map_err(|error| {
                Error::new(Phase::Resolve, error).advice("check the name and the network")
            })?
            .collect();

        *phase = Phase::Connect;
        let mut connector = HttpConnector::new_with_resolver(Resolved(addresses));
        connector.set_nodelay(true);
        connector.set_keepalive(Some(TCP_KEEPALIVE));
        connector.set_local_address(self.config.local_address);
        // The connector divides the time among the addresses, so that one that
        // never answers does not use it up.
        connector.set_connect_timeout(Some(self.config.connect_timeout));
        let uri = Uri::builder()
            .scheme("http")
            .authority(to.to_string())
            .path_and_query("/")
            .build()
            .map_err(|error| Error::new(Phase::Config, error))?;
        match connector.call(uri).await {
            Ok(stream) => Ok(stream.into_inner()),
            Err(error) => Err(Error::new(Phase::Connect, error)),
        }
    }
}

/// The outcome of a look-up, in the form that the connector asks for. Looking
/// up beforehand tells an unknown name from a server that does not answer.
#[derive(Clone, Debug)]
struct Resolved(Vec<SocketAddr>);

impl Service<Name> for Resolved {
    type Response = vec::IntoIter<SocketAddr>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Name) -> Self::Future {
        ready(Ok(std::mem::take(&mut self.0).into_iter()))
    }
}
