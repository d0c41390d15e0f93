//! The network between client and service, which a test can cut.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};

/// Passes connections on. While it is closed they are ended, old and new.
pub(crate) struct Gate {
    address: SocketAddr,
    open: watch::Sender<bool>,
    seen: watch::Receiver<Seen>,
    task: AbortHandle,
}

/// How many connections there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) passed: usize,
    pub(crate) refused: usize,
}

impl Gate {
    pub(crate) async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("loopback");
        let address = listener.local_addr().expect("an address");
        let (open, is_open) = watch::channel(true);
        let (sender, seen) = watch::channel(Seen::default());
        let task = tokio::spawn(keep(listener, server, is_open, sender)).abort_handle();
        Self {
            address,
            open,
            seen,
            task,
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn close(&self) {
        self.open.send_replace(false);
    }

    pub(crate) fn open(&self) {
        self.open.send_replace(true);
    }

    pub(crate) fn seen(&self) -> Seen {
        *self.seen.borrow()
    }

    /// Waits until so many connections were refused.
    pub(crate) async fn until_refused(&self, count: usize) {
        let mut seen = self.seen.clone();
        let reached = seen.wait_for(|seen| seen.refused >= count);
        super::soon("connections", reached).await.expect("a gate");
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn keep(
    listener: TcpListener,
    server: SocketAddr,
    mut is_open: watch::Receiver<bool>,
    seen: watch::Sender<Seen>,
) {
    let mut passed = JoinSet::new();
    loop {
        tokio::select! {
            changed = is_open.changed() => {
                if changed.is_err() {
                    return;
                }
                if !*is_open.borrow_and_update() {
                    passed.abort_all();
                }
            }
            accepted = listener.accept() => {
                let Ok((mut inward, _)) = accepted else { return };
                if !*is_open.borrow() {
                    seen.send_modify(|seen| seen.refused += 1);
                    continue;
                }
                seen.send_modify(|seen| seen.passed += 1);
                passed.spawn(async move {
                    if let Ok(mut outward) = TcpStream::connect(server).await {
                        // What is passed on in pieces must not wait for more.
                        inward.set_nodelay(true).and(outward.set_nodelay(true)).ok();
                        // Either end may break it off; both see that.
                        let _ = copy_bidirectional(&mut inward, &mut outward).await;
                    }
                });
            }
            Some(_) = passed.join_next() => {}
        }
    }
}
