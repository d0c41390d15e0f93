//! Every failure says which step failed and whether the server can have seen
//! the request; a request is never written twice.

use std::error::Error as _;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rustls::version::TLS12;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use wx_transport::{Config, Error, Http, Limits, Phase, Reached};

use crate::support::{End, OK, Server, fetch, get, nobody, post};

async fn failure_at(address: &str, timeout: Duration) -> Error {
    let mut config = Config::default();
    config.connect_to = Some(address.parse().unwrap());
    config.connect_timeout = timeout;
    fetch(&Http::new(config).unwrap().pool()).await.unwrap_err()
}

#[tokio::test]
async fn nothing_is_written_before_the_connection_is_open() {
    let refusing = nobody().await.to_string();

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hanging_up = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        loop {
            drop(listener.accept().await);
        }
    });

    // No resolver takes a label of 64 bytes, with a network or without.
    let unknown = format!("{}.example:443", "x".repeat(64));

    for (address, phase) in [
        (unknown, Phase::Resolve),
        (refusing, Phase::Connect),
        (hanging_up, Phase::Tls),
    ] {
        let error = failure_at(&address, Duration::from_secs(10)).await;
        assert_eq!(error.phase(), phase, "{error}");
        assert_eq!(error.reached(), Reached::No, "{error}");
        assert!(error.is_transient(), "{error}");
        assert!(
            error.to_string().starts_with("www.example.com: "),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_server_that_stays_silent_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let error = failure_at(&address, Duration::from_millis(20)).await;
    assert_eq!((error.phase(), error.reached()), (Phase::Tls, Reached::No));
    let source = error.source().unwrap().downcast_ref::<io::Error>();
    assert_eq!(source.unwrap().kind(), io::ErrorKind::TimedOut);
    drop(listener);
}

/// What a client reports of a server that reads a request, writes `answer` and
/// then closes in good order.
async fn failure_after(answer: &'static [u8]) -> Error {
    let server = Server::start(move |mut peer| async move {
        peer.request().await.unwrap();
        peer.write(answer).await;
        peer.close().await;
    })
    .await;
    let error = fetch(&server.pool()).await.unwrap_err();
    assert_eq!(server.seen().len(), 1, "{error}");
    error
}

#[tokio::test]
async fn a_broken_head_is_an_error() {
    let table: [&[u8]; 12] = [
        b"",
        b"0 -\r\n\r\n",
        b"0 -",
        b"HTTP/1.1 0\r\n\r\n",
        b"HTTP/1.1 0",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"<html><head></head></html>\r\n\r\n",
        b"\x00\x01\x02\xff\xfe\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent Length: 1\r\n\r\n",
    ];
    for answer in table {
        let error = failure_after(answer).await;
        let shown = answer.escape_ascii();
        assert_eq!(error.phase(), Phase::Head, "{shown}: {error}");
        assert_eq!(error.reached(), Reached::Maybe, "{shown}: {error}");
        assert!(error.is_transient(), "{shown}: {error}");
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_an_error() {
    let table: [&[u8]; 5] = [
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nha",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhalf\r\n0\r\n\r\n",
    ];
    for answer in table {
        let error = failure_after(answer).await;
        let shown = answer.escape_ascii();
        assert_eq!(error.phase(), Phase::Body, "{shown}: {error}");
        assert_eq!(error.reached(), Reached::Maybe, "{shown}: {error}");
    }
}

#[tokio::test]
async fn a_reset_after_the_request_may_have_reached() {
    let server = Server::start(|mut peer| async move {
        peer.request().await.unwrap();
        peer.reset();
    })
    .await;
    let error = fetch(&server.pool()).await.unwrap_err();
    assert_eq!(
        (error.phase(), error.reached()),
        (Phase::Head, Reached::Maybe)
    );
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn what_was_not_begun_with_has_not_reached_and_is_not_repeated() {
    let connections = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&connections);
    // In this version the server's word ends the handshake, and its farewell is
    // there with it.
    let server = Server::speaking(&[&TLS12], move |peer| {
        count.fetch_add(1, Ordering::Relaxed);
        peer.close()
    })
    .await;
    let request = post("https://www.example.com/send", "hello");
    let sent = server.pool().send(request, Limits::default()).await;
    let error = sent.unwrap_err();
    assert_eq!((error.phase(), error.reached()), (Phase::Send, Reached::No));
    assert!(error.is_transient());
    assert_eq!(connections.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_post_finds_its_kept_connection_closed_and_goes_out_once() {
    let (server, closed) = Server::answering_once(OK, End::ByServer).await;
    let pool = server.pool();
    fetch(&pool).await.unwrap();
    closed.notified().await;
    let request = post("https://www.example.com/send", "hello");
    pool.send(request, Limits::default()).await.unwrap();

    let seen = server.seen();
    assert_eq!(seen.len(), 2);
    assert_eq!(
        (seen[1].connection, seen[1].body.as_slice()),
        (1, &b"hello"[..])
    );
}

#[tokio::test]
async fn a_kept_connection_that_was_closed_just_now_is_found_closed() {
    let (close, closed) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (told, tell) = (Arc::clone(&close), Arc::clone(&closed));
    let server = Server::start(move |mut peer| {
        let (told, tell) = (Arc::clone(&told), Arc::clone(&tell));
        async move {
            peer.request().await.unwrap();
            peer.write(OK.as_bytes()).await;
            told.notified().await;
            peer.close().await;
            tell.notify_one();
        }
    })
    .await;
    let pool = server.pool();
    // Two that wait, and both have closed.
    let (one, other) = tokio::join!(fetch(&pool), fetch(&pool));
    one.and(other).unwrap();
    // In a task, as tokio looks at its sockets before it goes on with a test.
    let sending = tokio::spawn(async move {
        for _ in 0..2 {
            close.notify_one();
            closed.notified().await;
        }
        let request = post("https://www.example.com/send", "hello");
        pool.send(request, Limits::default()).await
    });
    assert_eq!(sending.await.unwrap().unwrap().body(), "ok");
    assert_eq!(server.connections(), [0, 1, 2]);
}

#[tokio::test]
async fn a_post_that_was_read_is_not_repeated() {
    let server = Server::start(|mut peer| async move {
        peer.request().await.unwrap();
        peer.write(OK.as_bytes()).await;
        peer.request().await.unwrap();
        if peer.connection == 0 {
            peer.reset();
        } else {
            peer.close().await;
        }
    })
    .await;
    let pool = server.pool();
    for connection in 0..2 {
        fetch(&pool).await.unwrap();
        let request = post("https://www.example.com/send", "hello");
        let error = pool.send(request, Limits::default()).await.unwrap_err();
        assert_eq!(
            (error.phase(), error.reached()),
            (Phase::Head, Reached::Maybe)
        );
        let seen = server.seen().pop().unwrap();
        assert_eq!(
            (seen.connection, seen.line()),
            (connection, "POST /send HTTP/1.1")
        );
    }
    assert_eq!(server.seen().len(), 4);
}

#[tokio::test]
async fn bytes_nobody_asked_for_answer_no_request() {
    const BOTH: &str = concat!(
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n",
    );
    let server = Server::answering(BOTH).await;
    let pool = server.pool();
    for _ in 0..2 {
        assert_eq!(fetch(&pool).await.unwrap().status(), 200);
    }
    assert_eq!(server.connections(), [0, 1]);
}

#[tokio::test]
async fn a_large_request_that_is_refused_early_gets_its_answer() {
    let server = Server::start(|mut peer| async move {
        peer.stream.read_u8().await.unwrap();
        peer.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
            .await;
        let mut rest = Vec::new();
        // The client hangs up in the middle of its request.
        let _ = peer.stream.read_to_end(&mut rest).await;
    })
    .await;
    let pool = server.pool();
    let mut request = get("https://www.example.com/");
    *request.method_mut() = http::Method::POST;
    *request.body_mut() = vec![b'x'; 4 << 20].into();
    let response = pool.send(request, Limits::default()).await.unwrap();
    assert_eq!(response.status(), 413);
}
