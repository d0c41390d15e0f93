//! A machine that is suspended while a poll is out, and what that does to the
//! whole client.

use std::time::Duration;

use wx_sim::{Options, Server};

use crate::clock::tests::{pretended, suspend};
use crate::{Client, EventKind, Events};

/// Takes events until one is this.
async fn until<T>(events: &mut Events, wanted: impl Fn(&EventKind) -> Option<T>) -> T {
    let found = async {
        loop {
            let event = events.next().await.expect("the client goes on");
            if let Some(found) = wanted(event.kind()) {
                return found;
            }
        }
    };
    let found = tokio::time::timeout(Duration::from_secs(30), found).await;
    found.expect("it happens")
}

fn polls(server: &Server) -> usize {
    server.with(|service, _| {
        let log = service.log().iter();
        log.filter(|logged| logged.path.ends_with("synccheck"))
            .count()
    })
}

#[tokio::test]
async fn a_poll_that_was_out_is_found_dead_at_once() {
    let server = Server::start(Options::default()).await.expect("loopback");
    let mut transport = wx_transport::Config::default();
    transport.connect_to = Some(server.address().to_string().parse().expect("an address"));
    let root = transport.add_roots_pem(server.ca_pem().as_bytes());
    root.expect("a certificate");
    let mut builder = Client::builder().transport(transport);
    builder.suspensions = pretended();
    let (client, mut events) = builder.spawn().await.expect("a client");
    until(&mut events, |event| {
        matches!(event, EventKind::ContactsLoaded { .. }).then_some(())
    })
    .await;
    while polls(&server) == 0 {
        tokio::task::yield_now().await;
    }
    // The service holds it for 25 s, and a timer of 35 s waits for the answer.
    let begun = tokio::time::Instant::now();
    suspend(Duration::from_secs(3600));
    let reason = until(&mut events, |event| match event {
        EventKind::Offline { reason, .. } => Some(reason.clone()),
        _ => None,
    })
    .await;
    assert!(reason.contains("no answer within 35 s"), "{reason}");
    while polls(&server) == 1 {
        tokio::task::yield_now().await;
    }
    assert!(begun.elapsed() < Duration::from_secs(20), "{begun:?}");
    let sent = client.send_text("filehelper", "awake").await;
    sent.expect("there is a session as before");
    client.shutdown().await.expect("everything is stored");
}
