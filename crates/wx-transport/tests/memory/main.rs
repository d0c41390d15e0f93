//! What a request holds while its answer is long in coming, as polls do: next to
//! nothing of what hyper sets up for a connection.
//!
//! Alone in its process, because it counts what all of it holds.
#![expect(
    clippy::unwrap_used,
    reason = "a test whose scene is not as expected fails"
)]

#[expect(dead_code, reason = "made for the other tests")]
#[path = "../transport/support.rs"]
mod support;

use std::sync::Arc;
use std::time::Duration;

use peak_alloc::PeakAlloc;
use support::{OK, Server, fetch, quiet};
use tokio::io::AsyncWriteExt as _;
use tokio::sync::Notify;
use tokio::time;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What hyper holds for a connection, at the least: a buffer for either
/// direction, and room for requests.
const HYPERS: usize = 24 * 1024;

#[tokio::test]
async fn a_request_that_waits_for_long_holds_no_buffers() {
    let (arrived, answer) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (tell, wait) = (Arc::clone(&arrived), Arc::clone(&answer));
    let server = Server::start(move |mut peer| {
        let (tell, wait) = (Arc::clone(&tell), Arc::clone(&wait));
        async move {
            while peer.request().await.is_some() {
                tell.notify_one();
                wait.notified().await;
                // What TLS says for itself is no answer.
                let session = peer.stream.get_mut().1;
                session.refresh_traffic_keys().unwrap();
                peer.stream.flush().await.unwrap();
                wait.notified().await;
                peer.write(OK.as_bytes()).await;
            }
        }
    })
    .await;
    let pool = server.pool();
    for _ in 0..2 {
        let meanwhile = async {
            arrived.notified().await;
            quiet().await;
            let at_first = MEMORY.current_usage();
            time::pause();
            time::advance(Duration::from_secs(1)).await;
            time::resume();
            quiet().await;
            let later = MEMORY.current_usage();
            answer.notify_one();
            quiet().await;
            let still = MEMORY.current_usage();
            answer.notify_one();
            at_first.saturating_sub(later.max(still))
        };
        let (response, freed) = tokio::join!(fetch(&pool), meanwhile);
        assert_eq!(response.unwrap().body(), "ok");
        assert!(freed >= HYPERS, "{freed}");
    }
}
