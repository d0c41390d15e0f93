//! Signals that ask a process to stop.

use crate::error::Signal;

/// Waits for a signal that asks the process to stop. From the call on, none of
/// them ends it.
#[cfg(unix)]
pub(super) fn signal() -> impl Future<Output = Signal> {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupt = signal(SignalKind::interrupt());
    let terminate = signal(SignalKind::terminate());
    async move {
        // Without a handler the system's own does what is asked for.
        let (Ok(mut interrupt), Ok(mut terminate)) = (interrupt, terminate) else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = interrupt.recv() => Signal::Interrupt,
            _ = terminate.recv() => Signal::Terminate,
        }
    }
}

/// Waits for a signal that asks the process to stop.
#[cfg(not(unix))]
pub(super) async fn signal() -> Signal {
    match tokio::signal::ctrl_c().await {
        Ok(()) => Signal::Interrupt,
        Err(_) => std::future::pending().await,
    }
}
