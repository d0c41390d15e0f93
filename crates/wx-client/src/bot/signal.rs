//! When a process is asked to stop.

/// Waits until the process is asked to stop: by Ctrl-C, and on Unix also by
/// SIGTERM. If these signals cannot be received, it waits forever.
///
/// Once it has been polled, these signals no longer end the process by
/// themselves.
///
/// Cancel safe.
///
/// # Panics
/// Outside of a tokio runtime with I/O.
pub async fn interrupted() {
    let ctrl_c = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::warn!(%error, "ctrl-c cannot be waited for");
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = ctrl_c => {}
        () = terminated() => {}
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut signals) => {
            if signals.recv().await.is_none() {
                std::future::pending().await
            }
        }
        Err(error) => {
            tracing::warn!(%error, "SIGTERM cannot be waited for");
            std::future::pending().await
        }
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}
