//! When a process is asked to stop.

/// Ready when the process is asked to stop: by ctrl-c, and on Unix by SIGTERM
/// as well. Where that cannot be learnt, it never is.
///
/// From the first poll on, these signals do not end the process by themselves.
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
