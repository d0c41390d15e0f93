//! The client: what a process shares, and the lanes that requests go through.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONTENT_LENGTH, HOST, HeaderValue, RANGE, TRANSFER_ENCODING};
use http::uri::{PathAndQuery, Scheme};
use http::{Method, Request, Response, Uri, Version};
use tokio::task::yield_now;
use tokio::time::Instant;
use tracing::Instrument as _;

use crate::body::Body;
use crate::config::{Config, HostPort, Limits, bare_host};
use crate::connect::Connector;
use crate::decode;
use crate::download::Download;
use crate::error::{Error, Phase};
use crate::exchange::{Answer, Connection, Failure, Outgoing};
use crate::idle::Idle;

/// What all sessions of a process share: trusted roots, the cache of TLS
/// sessions, proxy, and times. Cloning gives another handle to the same.
#[derive(Clone)]
pub struct Http {
    connector: Arc<Connector>,
}

impl Http {
    /// Reads the system's trusted roots, which blocks for as long as the files
    /// take to read.
    ///
    /// # Errors
    ///
    /// [`Phase::Config`] if an extra root is not valid, or if there is no
    /// trusted root at all.
    pub fn new(config: Config) -> Result<Self, Error> {
        Ok(Self {
            connector: Arc::new(Connector::new(config)?),
        })
    }

    /// A lane with connections of its own. It holds none at first.
    #[must_use]
    pub fn pool(&self) -> Pool {
        Pool {
            idle: Arc::new(Idle::new(self.connector.config.idle_timeout)),
            connector: Arc::clone(&self.connector),
        }
    }
}

/// A lane: requests of one pool share connections with each other and with
/// nothing else. Cloning gives another handle to the same lane.
///
/// A request takes a waiting connection to its host and port or opens a new
/// one; requests at the same time use different connections. Connections that
/// wait longer than [`Config::idle_timeout`] are closed, and all of them when
/// the last handle is dropped.
#[derive(Clone)]
pub struct Pool {
    connector: Arc<Connector>,
    idle: Arc<Idle>,
}

impl Pool {
    /// Closes the connections that wait, where there is reason to think that
    /// they are dead: the machine was suspended, or has another address.
    /// Requests that are under way go on.
    pub fn close_idle(&self) {
        self.idle.close();
    }

    /// Sends a request to an absolute `https` URI and takes in the answer.
    ///
    /// The request goes out as HTTP/1.1 with the body's Content-Length. `Host`
    /// and, except with `Range`, `Accept-Encoding` are added if they are not
    /// set. Redirects and statuses of every kind are answers like others. A body
    /// with a Content-Encoding of gzip or deflate is decompressed, and so is a
    /// gzip body of a textual type whose Content-Encoding is missing; the
    /// answer's headers are changed to fit.
    ///
    /// There is no timeout once the connection is open.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the connection that is in use at once. The
    /// request may then have reached the server or not. No other request is
    /// affected.
    ///
    /// # Errors
    ///
    /// [`Error::phase`] says what failed, [`Error::reached`] whether the server
    /// can have seen the request. The request is repeated in one case only: a
    /// waiting connection proves closed before the first byte was written to it.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime with I/O and time enabled, as tokio does.
    pub fn send<B: Into<Body>>(
        &self,
        request: Request<B>,
        limits: Limits,
    ) -> impl Future<Output = Result<Response<Bytes>, Error>> + Send + use<B> {
        // Done outside of the future, which would otherwise keep room for its
        // arguments.
        let host = request.uri().host().map(str::to_owned);
        let span = tracing::debug_span!("send", host = host.as_deref());
        let prepared = prepare(request.map(Into::into));
        let pool = self.clone();
        async move {
            let started = Instant::now();
            let result = match prepared {
                Ok(prepared) => pool.try_send(prepared, limits).await,
                Err(error) => Err(error),
            };
            match &result {
                Ok(response) => tracing::debug!(
                    status = response.status().as_u16(),
                    bytes = response.body().len(),
                    elapsed = ?started.elapsed(),
                    "answered"
                ),
                Err(error) => failed(error, started),
            }
            result.map_err(|error| error.host(host))
        }
        .instrument(span)
    }

    /// Sends a request as [`Pool::send`] does and takes in the head of the
    /// answer. The body is left to be read, however large it is.
    ///
    /// No `Accept-Encoding` is sent, not even one that is set: with ranges and
    /// lengths in play, only the bytes themselves are of use. An answer that
    /// declares a Content-Encoding all the same is an error.
    ///
    /// # Cancel safety
    ///
    /// As with [`Pool::send`].
    ///
    /// # Errors
    ///
    /// Those of [`Pool::send`], except that the body can fail only later.
    /// [`Phase::Decode`] is a body with a Content-Encoding.
    ///
    /// # Panics
    ///
    /// As with [`Pool::send`].
    #[tracing::instrument(level = "debug", skip_all, fields(host = request.uri().host()))]
    pub async fn open<B: Into<Body>>(
        &self,
        request: Request<B>,
    ) -> Result<Response<Download>, Error> {
        let host = request.uri().host().map(str::to_owned);
        let started = Instant::now();
        match self.try_open(request.map(Into::into)).await {
            Ok(response) => {
                let idle = Arc::downgrade(&self.idle);
                let response = response.map(|answer| Download::new(answer, idle, host));
                tracing::debug!(
                    status = response.status().as_u16(),
                    length = response.body().content_length(),
                    elapsed = ?started.elapsed(),
                    "answer begun"
                );
                Ok(response)
            }
            Err(error) => {
                failed(&error, started);
                Err(error.host(host))
            }
        }
    }

    async fn try_send(
        &self,
        (origin, mut request): (HostPort, Outgoing),
        limits: Limits,
    ) -> Result<Response<Bytes>, Error> {
        let headers = request.headers_mut();
        // A range counts encoded bytes, and a piece of a gzip stream is
        // useless.
        if !headers.contains_key(ACCEPT_ENCODING) && !headers.contains_key(RANGE) {
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip, deflate"));
        }
        let (head, mut answer) = self.begin(&origin, request).await?.into_parts();
        let body = answer.collect(limits.body).await?;
        self.idle.put(answer.into_connection()).await;
        decode::decode(Response::from_parts(head, body), limits.body)
    }

    async fn try_open(&self, request: Request<Body>) -> Result<Response<Answer>, Error> {
        let (origin, mut request) = prepare(request)?;
        request.headers_mut().remove(ACCEPT_ENCODING);
        let response = self.begin(&origin, request).await?;
        // Answers without a body may still describe one.
        if response.body().announced() != Some(0) {
            decode::refuse_encoded(response.headers())?;
        }
        Ok(response)
    }

    /// Sends a request and awaits the head of its answer.
    async fn begin(
        &self,
        origin: &HostPort,
        mut request: Outgoing,
    ) -> Result<Response<Answer>, Error> {
        loop {
            let (connection, waited) = self.connection(origin).await?;
            match connection.begin(request).await {
                Ok(response) => return Ok(response),
                Err(Failure::Unsent(unsent, _)) if waited => {
                    tracing::trace!("a waiting connection was closed by the server");
                    request = unsent;
                }
                Err(Failure::Unsent(_, error)) => return Err(Error::new(Phase::Send, error)),
                Err(Failure::Failed(error)) => return Err(error),
            }
        }
    }

    /// A connection to `origin`, and whether it had been waiting.
    async fn connection(&self, origin: &HostPort) -> Result<(Connection, bool), Error> {
        if let Some(connection) = self.idle.take(origin) {
            // Lets the runtime look at its sockets. An end that has arrived by
            // now is read before the request is written.
            yield_now().await;
            return Ok((connection, true));
        }
        // Boxed, so that a request that waits for its answer does not keep the
        // room that a handshake takes.
        let opened = Box::pin(self.connector.open(origin)).await?;
        Ok((opened, false))
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http").finish_non_exhaustive()
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").finish_non_exhaustive()
    }
}

fn failed(error: &Error, started: Instant) {
    tracing::debug!(
        phase = ?error.phase(),
        reached = ?error.reached(),
        elapsed = ?started.elapsed(),
        "failed"
    );
}

/// Where a request goes, and the form in which it is written.
fn prepare(request: Request<Body>) -> Result<(HostPort, Outgoing), Error> {
    let (mut head, body) = request.into_parts();
    let unusable = |why: &'static str| Error::new(Phase::Config, why);

    if head.uri.scheme() != Some(&Scheme::HTTPS) {
        return Err(unusable("the request's URI is not an absolute https URI"));
    }
    if head.method == Method::CONNECT {
        return Err(unusable("CONNECT is not a method for requests"));
    }
    let host = head.uri.host().unwrap_or_default();
    if host.is_empty() {
        return Err(unusable("the request's URI has no host"));
    }
    let origin = HostPort {
        host: bare_host(host).to_ascii_lowercase(),
        port: head.uri.port_u16().unwrap_or(443),
    };
    if !head.headers.contains_key(HOST) {
        let value = match head.uri.port_u16() {
            None | Some(443) => host.to_owned(),
            Some(port) => format!("{host}:{port}"),
        };
        let value = HeaderValue::try_from(value).map_err(|e| Error::new(Phase::Config, e))?;
        head.headers.insert(HOST, value);
    }
    // hyper writes the length of the body, except that of an empty one, which
    // some servers insist on.
    head.headers.remove(TRANSFER_ENCODING);
    head.headers.remove(CONTENT_LENGTH);
    if body.is_empty() && [Method::POST, Method::PUT, Method::PATCH].contains(&head.method) {
        head.headers
            .insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    let target = head.uri.path_and_query().cloned();
    head.uri = Uri::from(target.unwrap_or_else(|| PathAndQuery::from_static("/")));
    head.version = Version::HTTP_11;
    Ok((origin, Box::new(Request::from_parts(head, Box::new(body)))))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten thousand of them do in a process of many accounts.
    #[test]
    fn a_request_that_waits_keeps_little() {
        let pool = Http::new(Config::default()).unwrap().pool();
        let waiting = pool.send(Request::new(Bytes::new()), Limits::default());
        assert!(size_of_val(&waiting) <= 768, "{}", size_of_val(&waiting));
    }
}
