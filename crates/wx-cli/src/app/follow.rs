//! Transfers, with a bar that shows how far they are.

use wx_client::Transfer;

use super::App;
use crate::error::Error;

impl App {
    /// Waits for a transfer, and shows how far it is meanwhile.
    ///
    /// # Errors
    /// Those of the transfer.
    pub(crate) async fn follow<T>(&self, what: &str, transfer: Transfer<T>) -> Result<T, Error> {
        let mut progress = transfer.progress();
        let bar = self.bars.bar(what);
        let show = async {
            while progress.changed().await.is_ok() {
                self.moved.set();
                bar.show(*progress.borrow_and_update());
            }
            std::future::pending().await
        };
        tokio::select! {
            result = transfer => Ok(result?),
            never = show => never,
        }
    }
}
