//! Accepting connections, and not accepting any while there are no files for them.

use std::io;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep_until};

/// How long no connection is accepted after one could not be.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);

/// A port with clients in front of it.
#[derive(Debug)]
pub(super) struct Door {
    listener: TcpListener,
    shut_until: Option<Instant>,
}

impl Door {
    pub(super) const fn of(listener: TcpListener) -> Self {
        Self {
            listener,
            shut_until: None,
        }
    }

    /// The next connection.
    ///
    /// Cancel safe: a door that is shut stays so.
    pub(super) async fn next(&mut self) -> TcpStream {
        let Self {
            listener,
            shut_until,
        } = self;
        let (stream, _) = admit(shut_until, || listener.accept()).await;
        stream
    }
}

/// Accepts until that succeeds.
async fn admit<T, F>(shut_until: &mut Option<Instant>, accept: impl Fn() -> F) -> T
where
    F: Future<Output = io::Result<T>>,
{
    loop {
        if let Some(opens) = *shut_until {
            sleep_until(opens).await;
            *shut_until = None;
        }
        match accept().await {
            Ok(accepted) => return accepted,
            // Most likely all files are open that may be. The next attempt would fail at
            // once, and the one after it, with no time left for those who are to close.
            Err(_) => *shut_until = Some(Instant::now() + ACCEPT_AGAIN),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use tokio::time::interval;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn out_of_files_it_tries_again_after_a_while_whatever_else_happens() {
        let begun = Instant::now();
        let attempts = RefCell::new(Vec::new());
        let accept = async || {
            let at = begun.elapsed().as_millis();
            attempts.borrow_mut().push(at);
            if at < 100 {
                return Err(io::ErrorKind::Other.into());
            }
            Ok(at)
        };
        let mut shut_until = None;
        let mut news = interval(Duration::from_millis(10));
        let accepted = loop {
            // As in the server's loop, whatever happens drops the attempt.
            tokio::select! {
                biased;
                accepted = admit(&mut shut_until, &accept) => break accepted,
                _ = news.tick() => {}
            }
        };
        assert_eq!(accepted, 100);
        assert_eq!(*attempts.borrow(), [0, 50, 100]);
        assert_eq!(shut_until, None);
    }
}
