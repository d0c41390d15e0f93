//! One request of the core over one lane of the transport.

use bytes::Bytes;
use wx_proto::{Failure, FailureKind, Input, Lane, Reached, Request};
use wx_transport::{Error, Http, Jar, Limits, Phase, Pool};

/// The connections of one session: a pool for each lane.
#[derive(Clone, Debug)]
pub(crate) struct Lanes {
    control: Pool,
    long_poll: Pool,
    media: Pool,
}

impl Lanes {
    pub(crate) fn new(http: &Http) -> Self {
        Self {
            control: http.pool(),
            long_poll: http.pool(),
            media: http.pool(),
        }
    }

    fn pool(&self, lane: Lane) -> Pool {
        match lane {
            Lane::LongPoll => self.long_poll.clone(),
            Lane::Media => self.media.clone(),
            _ => self.control.clone(),
        }
    }

    /// Sends a request with the jar's cookies, and gives the jar those of the
    /// answer. Dropping the future closes the connection.
    pub(crate) fn exchange(
        &self,
        jar: &Jar,
        request: Request,
    ) -> impl Future<Output = Input> + Send + 'static {
        let pool = self.pool(request.lane);
        let jar = jar.clone();
        async move {
            let id = request.id;
            let uri = request.head.uri.clone();
            let mut http = http::Request::<Bytes>::from_parts(request.head, request.body);
            jar.apply(&mut http);
            match pool.send(http, Limits::body(request.max_response)).await {
                Ok(response) => {
                    let (head, body) = response.into_parts();
                    jar.store(&uri, &head.headers);
                    Input::Response { id, head, body }
                }
                Err(error) => Input::Failed {
                    id,
                    failure: failure(&error),
                },
            }
        }
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
    Failure::new(reached, kind, error.to_string())
}
