//! What an upload or a download waits for.

use crate::io::RequestId;
use crate::time::Instant;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Await {
    /// Its turn: only a few files move at once.
    Room,
    /// The end of a request.
    Answer(RequestId),
    /// The next try.
    Time(Instant),
}

impl Await {
    /// The network may be back: the next try is due.
    pub(crate) fn hurry(&mut self, now: Instant) {
        if let Self::Time(at) = self {
            *at = now.min(*at);
        }
    }
}
