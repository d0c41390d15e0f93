//! Which connections are used, shared, kept and closed.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use wx_transport::{Error, Http, Jar, Limits, Phase, Pool, Reached};

use crate::support::{End, OK, Server, fetch, get, post};

fn assert_send<T: Send>(value: T) -> T {
    value
}

#[test]
fn handles_can_be_shared_between_threads() {
    const fn shared<T: Clone + Send + Sync + 'static>() {}
    const fn error<T: std::error::Error + Send + Sync + 'static>() {}
    shared::<Http>();
    shared::<Pool>();
    shared::<Jar>();
    error::<Error>();
}

#[tokio::test]
async fn a_pool_keeps_its_connection() {
    let server = Server::answering(OK).await;
    let pool = server.pool();
    for _ in 0..3 {
        let request = get("https://www.example.com/a?b=c");
        let response = assert_send(pool.send(request, Limits::default()))
            .await
            .unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.body(), "ok");
    }
    assert_eq!(server.connections(), [0, 0, 0]);
    assert_eq!(server.seen()[0].line(), "GET /a?b=c HTTP/1.1");
}

#[tokio::test]
async fn pools_and_hosts_do_not_share_connections() {
    let server = Server::answering(OK).await;
    let http = Http::new(server.config()).unwrap();
    let (one, other) = (http.pool(), http.pool());
    fetch(&one).await.unwrap();
    fetch(&other).await.unwrap();
    let elsewhere = get("https://files.example.com/");
    one.send(elsewhere, Limits::default()).await.unwrap();
    let other_port = get("https://www.example.com:8443/");
    one.send(other_port, Limits::default()).await.unwrap();
    fetch(&one).await.unwrap();

    assert_eq!(server.connections(), [0, 1, 2, 3, 0]);
}

#[tokio::test]
async fn a_held_request_delays_no_other() {
    let release = Arc::new(Notify::new());
    let held = Arc::clone(&release);
    let server = Server::start(move |mut peer| {
        let held = Arc::clone(&held);
        async move {
            while let Some(seen) = peer.request().await {
                if seen.line().contains("/poll") {
                    held.notified().await;
                }
                peer.write(OK.as_bytes()).await;
            }
        }
    })
    .await;
    let pool = server.pool();
    let poll = pool.send(get("https://www.example.com/poll"), Limits::default());
    let others = async {
        fetch(&pool).await.unwrap();
        fetch(&pool).await.unwrap();
        release.notify_one();
    };
    let (polled, ()) = tokio::join!(poll, others);
    assert_eq!(polled.unwrap().body(), "ok");
}

#[tokio::test]
async fn connect_to_changes_neither_server_name_nor_host() {
    let server = Server::answering(OK).await;
    let pool = server.pool();
    for (uri, host) in [
        ("https://WWW.example.com/", "WWW.example.com"),
        ("https://www.example.com:443/", "www.example.com"),
        ("https://www.example.com:8443/", "www.example.com:8443"),
    ] {
        pool.send(get(uri), Limits::default()).await.unwrap();
        let seen = server.seen().pop().unwrap();
        assert_eq!(seen.header("host"), Some(host));
        assert_eq!(seen.sni, "www.example.com");
    }
}

// Elsewhere the loopback interface has one address only.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn connections_start_from_the_local_address() {
    let server = Server::start(|mut peer| async move {
        peer.request().await.unwrap();
        let from = peer
            .stream
            .get_ref()
            .0
            .peer_addr()
            .unwrap()
            .ip()
            .to_string();
        let length = from.len();
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
        peer.write((head + &from).as_bytes()).await;
    })
    .await;
    let mut config = server.config();
    config.local_address = Some([127, 0, 0, 2].into());
    let pool = Http::new(config).unwrap().pool();
    assert_eq!(fetch(&pool).await.unwrap().body(), "127.0.0.2");
}

#[tokio::test]
async fn unused_connections_close() {
    let (server, closed) = Server::answering_once(OK, End::ByClient).await;
    let mut config = server.config();
    config.idle_timeout = Duration::from_millis(20);
    let pool = Http::new(config).unwrap().pool();
    fetch(&pool).await.unwrap();
    closed.notified().await;

    let pool = server.pool();
    fetch(&pool).await.unwrap();
    drop(pool);
    closed.notified().await;
}

#[tokio::test]
async fn connections_that_are_no_longer_trusted_close() {
    let server = Server::answering(OK).await;
    let pool = server.pool();
    fetch(&pool).await.unwrap();
    fetch(&pool).await.unwrap();
    pool.close_idle();
    fetch(&pool).await.unwrap();
    assert_eq!(server.connections(), [0, 0, 1]);
}

#[tokio::test]
async fn dropping_a_request_closes_its_connection() {
    let arrived = Arc::new(Notify::new());
    let closed = Arc::new(Notify::new());
    let (tell_arrived, tell_closed) = (Arc::clone(&arrived), Arc::clone(&closed));
    let server = Server::start(move |mut peer| {
        let (arrived, closed) = (Arc::clone(&tell_arrived), Arc::clone(&tell_closed));
        async move {
            let seen = peer.request().await.unwrap();
            if seen.line().contains("/half") {
                peer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
                    .await;
            }
            arrived.notify_one();
            peer.closed().await;
            closed.notify_one();
        }
    })
    .await;
    let pool = server.pool();
    for path in ["/none", "/half"] {
        let uri = format!("https://www.example.com{path}");
        tokio::select! {
            result = pool.send(get(&uri), Limits::default()) => panic!("answered: {result:?}"),
            () = arrived.notified() => {}
        }
        closed.notified().await;
    }
}

async fn refused(pool: &Pool, uri: &str) -> Error {
    pool.send(get(uri), Limits::default()).await.unwrap_err()
}

#[tokio::test]
async fn unusable_requests_are_errors() {
    let server = Server::answering(OK).await;
    let pool = server.pool();
    for uri in [
        "http://www.example.com/",
        "/path",
        "https://ex_am!ple.com/",
        "ftp://a/",
    ] {
        let error = refused(&pool, uri).await;
        assert_eq!(error.phase(), Phase::Config, "{uri}");
        assert_eq!(error.reached(), Reached::No);
        assert!(!error.is_transient());
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn requests_carry_their_length_and_what_they_accept() {
    let server = Server::answering(OK).await;
    let pool = server.pool();
    let mut ranged = get("https://www.example.com/");
    ranged
        .headers_mut()
        .insert("range", "bytes=0-".parse().unwrap());
    let mut mislabelled = post("https://www.example.com/", "four");
    let headers = mislabelled.headers_mut();
    headers.insert("content-length", "9".parse().unwrap());
    headers.insert("transfer-encoding", "chunked".parse().unwrap());

    let both = Some("gzip, deflate");
    for (request, length, accepts) in [
        (get("https://www.example.com/"), None, both),
        (post("https://www.example.com/", ""), Some("0"), both),
        (mislabelled, Some("4"), both),
        (ranged, None, None),
    ] {
        pool.send(request, Limits::default()).await.unwrap();
        let seen = server.seen().pop().unwrap();
        assert_eq!(seen.header("content-length"), length);
        assert_eq!(seen.header("transfer-encoding"), None);
        assert_eq!(seen.header("accept-encoding"), accepts);
    }
}
