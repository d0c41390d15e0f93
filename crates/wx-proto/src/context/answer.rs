//! The result of a request: an answer that can be read, or the reason why there
//! is none.

use bytes::Bytes;
use http::response;
use wx_wire::DecodeError;
use wx_wire::endpoint::Endpoint;

use crate::command::CommandError;
use crate::io::{Failure, FailureKind, Reached};

/// A request's end: an answer of any status, or none.
pub(crate) type Reply = Result<Answer, Failure>;

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) head: response::Parts,
    pub(crate) body: Bytes,
}

/// There is no answer, or a useless one.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Useless {
    #[error("{}", .0.message)]
    Failed(Failure),
    #[error(transparent)]
    Decode(DecodeError),
}

impl Useless {
    /// True if an answer came, but not what was asked for: too large, cut off,
    /// of another endpoint. Asking for less may help.
    pub(crate) fn is_nonsense(&self) -> bool {
        match self {
            Self::Failed(failure) => failure.kind == FailureKind::BadBody,
            Self::Decode(_) => true,
        }
    }

    /// True if the server cannot have seen the request.
    pub(crate) fn is_unsent(&self) -> bool {
        matches!(self, Self::Failed(failure) if failure.reached == Reached::No)
    }
}

impl From<Useless> for CommandError {
    fn from(useless: Useless) -> Self {
        match useless {
            Useless::Failed(failure) => Self::Failed {
                reached: failure.reached,
                message: failure.message,
            },
            Useless::Decode(error) => error.into(),
        }
    }
}

/// Reads an answer of a successful status.
pub(crate) fn read<T>(
    reply: Reply,
    endpoint: Endpoint,
    decode: impl FnOnce(&Answer) -> Result<T, DecodeError>,
) -> Result<T, Useless> {
    decode(&accepted(reply, endpoint)?).map_err(Useless::Decode)
}

/// The answer itself, if its status is successful.
pub(crate) fn accepted(reply: Reply, endpoint: Endpoint) -> Result<Answer, Useless> {
    let answer = reply.map_err(Useless::Failed)?;
    let status = answer.head.status;
    if !status.is_success() {
        let message = format!("{endpoint}: HTTP status {}", status.as_u16());
        let failure = Failure::new(Reached::Maybe, FailureKind::BadBody, message);
        return Err(Useless::Failed(failure));
    }
    Ok(answer)
}
