//! One request of the core over one lane of the transport.

use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt};
use http::{Response, Uri};
use wx_proto::{Body, Failure, FailureKind, Input, Lane, Reached, Request, RequestId};
use wx_transport::{Chain, Error, Http, Jar, Limits, Phase, Pool};

use crate::transfer::Freight;

mod freight;
#[cfg(test)]
pub(crate) mod stand_in;

pub(crate) use freight::Reports;

/// The connections of one session: a pool for each lane.
#[derive(Clone, Debug)]
pub(crate) struct Lanes {
    control: Pool,
    long_poll: Pool,
    media: Pool,
    /// What answers in the place of a server.
    #[cfg(test)]
    stand_in: Option<stand_in::StandIn>,
}

/// The end of an exchange.
#[derive(Debug)]
pub(crate) struct Exchanged {
    /// For a download, how many bytes of the whole the sink has.
    pub(crate) at: Option<u64>,
    pub(crate) input: Input,
}

impl Exchanged {
    const fn of(input: Input) -> Self {
        Self { at: None, input }
    }

    const fn failed(id: RequestId, failure: Failure) -> Self {
        Self::of(Input::Failed { id, failure })
    }
}

impl Lanes {
    pub(crate) fn new(http: &Http) -> Self {
        Self {
            control: http.pool(),
            long_poll: http.pool(),
            media: http.pool(),
            #[cfg(test)]
            stand_in: None,
        }
    }

    /// As these, but everything goes to a service without sockets, if there is one.
    #[cfg(test)]
    pub(crate) fn diverted(self, to: Option<stand_in::StandIn>) -> Self {
        Self {
            stand_in: to,
            ..self
        }
    }

    /// Closes the connections that are not in use.
    pub(crate) fn close_idle(&self) {
        for pool in [&self.control, &self.long_poll, &self.media] {
            pool.close_idle();
        }
    }

    fn pool(&self, lane: Lane) -> Pool {
        match lane {
            Lane::LongPoll => self.long_poll.clone(),
            Lane::Media => self.media.clone(),
            _ => self.control.clone(),
        }
    }

    /// Sends a request with the jar's cookies, and stores those of the answer
    /// in the jar. Dropping the future closes the connection.
    pub(crate) fn exchange(
        &self,
        jar: &Jar,
        request: Request,
        freight: Option<(Freight, Reports)>,
    ) -> BoxFuture<'static, Exchanged> {
        #[cfg(test)]
        if let Some(service) = &self.stand_in {
            return service.exchange(jar, request);
        }
        let (pool, jar) = (self.pool(request.lane), jar.clone());
        // Two types of future, so that a poll does not take the room of a
        // download.
        match (&request.body, &request.sink) {
            (Body::Whole(body), None) => {
                let (id, limits) = (request.id, Limits::body(request.max_response));
                let http = http::Request::from_parts(request.head, body.clone());
                whole(&pool, jar, id, http, limits)
            }
            _ => Box::pin(freight::carry(pool, jar, request, freight)),
        }
    }
}

/// Not an `async fn`, which would keep room for its arguments.
fn whole(
    pool: &Pool,
    jar: Jar,
    id: RequestId,
    mut request: http::Request<Bytes>,
    limits: Limits,
) -> BoxFuture<'static, Exchanged> {
    let uri = request.uri().clone();
    jar.apply(&mut request);
    let sending = pool.send(request, limits);
    let end = move |sent| Exchanged::of(answer(id, &uri, &jar, sent));
    sending.map(end).boxed()
}

fn answer(id: RequestId, uri: &Uri, jar: &Jar, sent: Result<Response<Bytes>, Error>) -> Input {
    match sent {
        Ok(response) => {
            let (head, body) = response.into_parts();
            jar.store(uri, &head.headers);
            Input::Response { id, head, body }
        }
        Err(error) => Input::Failed {
            id,
            failure: failure(&error),
        },
    }
}

fn failure(error: &Error) -> Failure {
    let reached = match error.reached() {
        wx_transport::Reached::No => Reached::No,
        wx_transport::Reached::Maybe => Reached::Maybe,
    };
    let kind = match error.phase() {
        Phase::Head => FailureKind::BadHead,
        Phase::Body | Phase::Decode | Phase::TooLarge => FailureKind::BadBody,
        _ => FailureKind::Network,
    };
    Failure::new(reached, kind, Chain(error).to_string())
}
