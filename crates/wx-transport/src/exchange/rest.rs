//! An exchange whose answer is long in coming, and which keeps nothing
//! meanwhile but its TLS stream.
//!
//! hyper holds some 26 KiB for a connection: 8 for reading, 8 for writing, 8
//! for requests that may come. A service that holds a request open for half a
//! minute, for each of ten thousand sessions, makes that 260 MiB. So hyper's
//! half is taken down to the stream below it, and set up again when there is
//! something to read.

use http::header::CONNECTION;
use http::{Method, Request, Response};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;

use super::stream::Stream;
use super::{Answer, Boxed, Connection, Failure, alongside};
use crate::config::HostPort;
use crate::error::{Cause, Error, Phase};

/// An exchange at rest: its request has left, and nothing has come yet.
pub(super) struct Resting {
    origin: HostPort,
    stream: Stream,
    method: Method,
}

/// The method of a request whose answer another hyper connection can take in: one
/// that is only a head, and that asks nothing of the connection.
pub(super) fn resumable(request: &Request<Boxed>) -> Option<Method> {
    let plain = request.body().is_empty() && !request.headers().contains_key(CONNECTION);
    plain.then(|| request.method().clone())
}

impl Resting {
    /// Takes down a connection that has read nothing since its request left, so
    /// that nothing is lost with its buffers.
    pub(super) fn new(
        origin: HostPort,
        http: http1::Connection<TokioIo<Stream>, Boxed>,
        method: Method,
    ) -> Self {
        Self {
            origin,
            stream: http.into_parts().io.into_inner(),
            method,
        }
    }

    /// Waits for the answer and takes in its head. Dropping the future closes the
    /// connection.
    pub(super) async fn answer(mut self: Box<Self>) -> Result<Response<Answer>, Failure> {
        let readable = self.stream.readable().await;
        readable.map_err(|error| broken(error.into()))?;
        // Boxed, as it begins when the rest is over.
        let resumed = Box::pin(self.resume()).await;
        resumed.map_err(|error| broken(error.into()))
    }

    /// Has another hyper connection take in the answer. It is given a request of
    /// the same method, on which the form of the answer depends, and which the
    /// stream does not let out.
    async fn resume(self: Box<Self>) -> hyper::Result<Response<Answer>> {
        let mut connection = Connection::over(self.origin, self.stream.repeated()).await?;
        let mut request = Request::new(Boxed::default());
        *request.method_mut() = self.method;
        let answer = connection.sender.send_request(request);
        let response = alongside(&mut connection.http, |_| (), answer).await?;
        Ok(response.map(|body| Answer { connection, body }))
    }
}

fn broken(cause: Cause) -> Failure {
    Failure::Failed(Error::after_write(Phase::Head, cause))
}
