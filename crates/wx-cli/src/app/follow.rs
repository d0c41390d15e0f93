//! Transfers, with a bar that shows how far they are.

use std::pin::pin;
use std::sync::atomic::Ordering;

use wx_client::{ErrorKind, Transfer};

use super::{App, STOP_AFTER_SIGNAL};
use crate::error::Error;

impl App {
    /// Waits for a transfer, and shows how far it is meanwhile. A signal gives
    /// it up; `given_up` tells people what that means.
    ///
    /// # Errors
    /// Those of the transfer, and [`Error::GivenUp`].
    pub(crate) async fn follow<T>(
        &self,
        what: &str,
        given_up: &str,
        transfer: Transfer<T>,
    ) -> Result<T, Error> {
        self.transfers.begun.store(true, Ordering::Relaxed);
        let (progress, canceller) = (transfer.progress(), transfer.canceller());
        let moved = || self.transfers.moved.store(true, Ordering::Relaxed);
        let show = self.bars.follow(what, progress, moved);
        let mut transfer = pin!(transfer);
        let signal = tokio::select! {
            result = &mut transfer => return Ok(result?),
            never = show => match never {},
            signal = self.interrupted() => signal,
        };
        canceller.cancel();
        match tokio::time::timeout(STOP_AFTER_SIGNAL, transfer).await {
            Ok(Err(error)) if error.kind() == ErrorKind::Cancelled => {
                self.note(given_up);
                Err(Error::GivenUp(signal))
            }
            // It was too late to give it up.
            Ok(result) => Ok(result?),
            Err(_) => Err(Error::Interrupted(signal)),
        }
    }
}
