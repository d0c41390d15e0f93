//! An exchange whose answer is long in coming, and which keeps nothing
//! meanwhile but its TLS stream.
//!
//! hyper holds some 26 KiB for a connection: 8 for reading, 8 for writing, 8
//! for requests that may come. A service that holds a request open for half a
//! minute, for each of ten thousand sessions, makes that 260 MiB. So hyper's
//! half is taken down to the stream below it, and set up again when the first
//! bytes of the answer are there.

use std::io;

use bytes::Bytes;
use http::header::{CONNECTION, UPGRADE};
use http::{Method, Request, Response};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;

use super::stream::Stream;
use super::{Answer, Boxed, Connection, Failure, alongside};
use crate::config::HostPort;
use crate::error::{Error, Phase};

/// An exchange at rest: its request has left, and nothing has come yet.
pub(super) struct Resting {
    origin: HostPort,
    stream: Stream,
    /// What hyper had read: not the whole head, or there were an answer.
    begun: Option<Bytes>,
    method: Method,
}

/// The method of a request whose answer another hyper connection can take in: one
/// that is only a head, and that asks nothing of the connection.
pub(super) fn resumable(request: &Request<Boxed>) -> Option<Method> {
    let asks = |name| request.headers().contains_key(name);
    let plain = request.body().is_empty() && !asks(CONNECTION) && !asks(UPGRADE);
    plain.then(|| request.method().clone())
}

impl Resting {
    pub(super) fn new(
        origin: HostPort,
        http: http1::Connection<TokioIo<Stream>, Boxed>,
        method: Method,
    ) -> Self {
        let parts = http.into_parts();
        Self {
            origin,
            stream: parts.io.into_inner(),
            // Without a byte in it, it would still hold its buffer.
            begun: Some(parts.read_buf).filter(|read| !read.is_empty()),
            method,
        }
    }

    /// Waits for the answer and takes in its head. Dropping the future closes the
    /// connection.
    pub(super) async fn answer(mut self: Box<Self>) -> Result<Response<Answer>, Failure> {
        let broken = |error: io::Error| Failure::Failed(Error::after_write(Phase::Head, error));
        let begun = match self.begun.take() {
            Some(begun) => begun,
            None => self.stream.first_bytes().await.map_err(broken)?,
        };
        if begun.is_empty() {
            return Err(broken(io::ErrorKind::UnexpectedEof.into()));
        }
        // Boxed, as it begins when the rest is over.
        let resumed = Box::pin(self.resume(begun)).await;
        resumed.map_err(|error| Failure::Failed(Error::after_write(Phase::Head, error)))
    }

    /// Has another hyper connection take in the answer. It is given a request of
    /// the same method, on which the form of the answer depends, and which the
    /// stream does not let out.
    async fn resume(self: Box<Self>, begun: Bytes) -> hyper::Result<Response<Answer>> {
        let stream = self.stream.resumed(begun);
        let mut connection = Connection::over(self.origin, stream).await?;
        let mut request = Request::new(Boxed::default());
        *request.method_mut() = self.method;
        let answer = connection.sender.send_request(request);
        let response = alongside(&mut connection.http, |_| (), answer).await?;
        Ok(response.map(|body| Answer { connection, body }))
    }
}
