//! Uploads and downloads: futures that report their progress and can be cancelled.

use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;
use tokio::sync::{mpsc, oneshot, watch};
use wx_proto::CommandId;

use crate::client::Client;
use crate::driver::{Ask, Place};
use crate::error::{Error, ErrorKind};

/// How far a transfer is, in bytes.
///
/// Sent bytes count once they are on their way; the service has them only when the
/// transfer has ended. If an attempt is repeated, the count goes back to its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Progress {
    /// How many bytes have moved.
    pub done: u64,
    /// How many there are in total, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

/// What the handles of a transfer and the driver share.
#[derive(Debug, Default)]
pub(crate) struct Job {
    progress: watch::Sender<Progress>,
    cancelled: AtomicBool,
    /// The session's number for its command, once it has one.
    pub(crate) command: OnceLock<CommandId>,
    /// What is wrong with the local file, if anything is.
    pub(crate) trouble: OnceLock<String>,
}

impl Job {
    pub(crate) fn moved(&self, done: u64, total: Option<u64>) {
        self.progress.send_replace(Progress { done, total });
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Acquire)
    }

    /// The error of one of its commands, as the caller is to see it: a file that
    /// cannot be read and a cancellation are kinds of their own.
    pub(crate) fn explain(&self, error: Error) -> Error {
        if let Some(trouble) = self.trouble.get() {
            return Error::new(ErrorKind::File, trouble.clone());
        }
        match error.kind() {
            ErrorKind::NotSent if self.is_cancelled() => Error::cancelled(),
            _ => error,
        }
    }
}

/// A job that moves the bytes of a file, and where those are.
#[derive(Clone, Debug)]
pub(crate) struct Freight {
    pub(crate) job: Arc<Job>,
    pub(crate) place: Place,
}

/// An upload or a download: the future of its outcome.
///
/// Nothing happens before it is first polled. From then on it runs to its end,
/// awaited or not, as long as the client runs. Dropping it does not cancel it;
/// [`Canceller::cancel`] does.
#[must_use = "nothing moves unless the transfer is polled"]
pub struct Transfer<T> {
    client: Client,
    job: Arc<Job>,
    /// `None` once it has been started.
    work: Option<BoxFuture<'static, ()>>,
    end: oneshot::Receiver<Result<T, Error>>,
}

impl<T> fmt::Debug for Transfer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transfer")
            .field("progress", &*self.job.progress.borrow())
            .finish_non_exhaustive()
    }
}

impl<T: Send + 'static> Transfer<T> {
    /// Work for the client's runner.
    pub(crate) fn new<F>(client: &Client, work: impl FnOnce(Client, Arc<Job>) -> F) -> Self
    where
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let (sender, end) = oneshot::channel();
        let job = Arc::<Job>::default();
        let work = work(client.clone(), Arc::clone(&job));
        let work = async move {
            // Whoever asked may have stopped waiting.
            let _ = sender.send(work.await);
        };
        Self {
            client: client.clone(),
            job,
            work: Some(Box::pin(work)),
            end,
        }
    }
}

impl<T> Transfer<T> {
    /// The progress, to be watched. A slow watcher sees only the newest value. The
    /// channel closes when the transfer has ended.
    #[must_use]
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.job.progress.subscribe()
    }

    /// A handle to cancel it.
    #[must_use]
    pub fn canceller(&self) -> Canceller {
        Canceller {
            job: Arc::clone(&self.job),
            asks: self.client.asks().downgrade(),
        }
    }
}

impl<T> Future for Transfer<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if let Some(work) = this.work.take() {
            // If the driver is gone, the work is dropped, and the sender of the
            // end with it.
            let _ = this.client.asks().send(Box::new(Ask::Work(work)));
        }
        Pin::new(&mut this.end)
            .poll(cx)
            .map(|end| end.unwrap_or_else(|_| Err(this.client.gone())))
    }
}

/// Cancels a transfer. Clones are for the same transfer, and none of them keeps the
/// client running.
#[derive(Clone, Debug)]
pub struct Canceller {
    job: Arc<Job>,
    asks: mpsc::WeakUnboundedSender<Box<Ask>>,
}

impl Canceller {
    /// Cancels the transfer, which then ends with [`ErrorKind::Cancelled`]. A message
    /// that may have gone out already goes on, and so does one whose outcome others
    /// wait for by its key.
    pub fn cancel(&self) {
        self.job.cancelled.store(true, Ordering::Release);
        if let Some(asks) = self.asks.upgrade() {
            // One that has ended has nothing to give up.
            let _ = asks.send(Box::new(Ask::Cancel(Arc::clone(&self.job))));
        }
    }
}
