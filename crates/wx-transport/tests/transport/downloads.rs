//! Answers that are read as they come: what arrives, what holds the server
//! back, and what becomes of the connection.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Method, Response};
use tokio::io::AsyncWriteExt;
use tokio::sync::{Notify, oneshot};
use wx_transport::{Chain, Download, Error, Http, Phase, Pool, Reached};

use crate::support::{End, OK, Server, fetch, get, nobody, pattern, post, quiet};

const FILE: &str = "https://www.example.com/file";

async fn open(pool: &Pool) -> Result<Response<Download>, Error> {
    pool.open(get(FILE)).await
}

async fn rest(download: &mut Download) -> Result<Vec<u8>, Error> {
    let mut rest = Vec::new();
    while let Some(chunk) = download.chunk().await? {
        assert!(!chunk.is_empty());
        rest.extend_from_slice(&chunk);
    }
    Ok(rest)
}

fn with_length(body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn chunked(body: &[u8]) -> Vec<u8> {
    let mut answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for chunk in body.chunks(7000) {
        answer.extend(format!("{:x}\r\n", chunk.len()).bytes());
        answer.extend(chunk);
        answer.extend(b"\r\n");
    }
    answer.extend(b"0\r\nX-Trailer: any\r\n\r\n");
    answer
}

#[test]
fn a_download_can_go_to_another_thread() {
    const fn sent<T: Send + 'static>() {}
    sent::<Download>();
}

#[tokio::test]
async fn a_body_that_was_read_to_its_end_leaves_the_connection() {
    for length in [0, 1, 200_000] {
        let body = pattern(length);
        for (answer, announced) in [
            (with_length(&body), Some(length as u64)),
            (chunked(&body), None),
        ] {
            let server = Server::answering(answer).await;
            let pool = server.pool();
            for _ in 0..2 {
                let response = open(&pool).await.unwrap();
                assert_eq!(response.status(), 200);
                let mut download = response.into_body();
                assert_eq!(download.content_length(), announced);
                assert!(rest(&mut download).await.unwrap() == body);
                assert_eq!(download.content_length(), announced);
                assert_eq!(download.chunk().await.unwrap(), None);
            }
            assert_eq!(server.connections(), [0, 0]);
        }
    }
}

#[tokio::test]
async fn a_body_without_a_length_ends_with_the_connection() {
    let server = Server::start(|mut peer| async move {
        peer.request().await.unwrap();
        peer.write(b"HTTP/1.1 200 OK\r\n\r\nall").await;
        peer.close().await;
    })
    .await;
    let pool = server.pool();
    for _ in 0..2 {
        let mut download = open(&pool).await.unwrap().into_body();
        assert_eq!(download.content_length(), None);
        assert_eq!(rest(&mut download).await.unwrap(), b"all");
    }
    assert_eq!(server.connections(), [0, 1]);
}

#[tokio::test]
async fn a_reader_that_stops_holds_the_server_back() {
    const TOTAL: usize = 64 << 20;
    let block = Arc::new(pattern(1 << 20));
    let (tell, written_at_rest) = oneshot::channel();
    let tell = Mutex::new(Some(tell));
    let source = Arc::clone(&block);
    let server = Server::start(move |mut peer| {
        let block = Arc::clone(&source);
        let mut tell = tell.lock().unwrap().take();
        async move {
            peer.request().await.unwrap();
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {TOTAL}\r\n\r\n");
            peer.write(head.as_bytes()).await;
            let mut written = 0;
            while written < TOTAL {
                let part = &block[written % block.len()..];
                tokio::select! {
                    biased;
                    accepted = peer.stream.write(part) => written += accepted.unwrap(),
                    () = quiet(), if tell.is_some() => tell.take().unwrap().send(written).unwrap(),
                }
            }
            peer.stream.flush().await.unwrap();
            if let Some(tell) = tell {
                tell.send(written).unwrap();
            }
        }
    })
    .await;

    let pool = server.pool();
    let mut download = open(&pool).await.unwrap().into_body();
    let mut read = download.chunk().await.unwrap().unwrap().len();
    // What was written by then is in the buffers of the operating system, whose
    // size is its own affair.
    let written = written_at_rest.await.unwrap();
    assert!(written < TOTAL / 2, "{written}");

    let mut largest = read;
    while let Some(chunk) = download.chunk().await.unwrap() {
        let start = read % block.len();
        let (one, other) = chunk.split_at(chunk.len().min(block.len() - start));
        assert!(
            block[start..].starts_with(one) && block.starts_with(other),
            "the bytes after {read} are wrong"
        );
        largest = largest.max(chunk.len());
        read += chunk.len();
    }
    assert_eq!(read, TOTAL);
    assert!(largest <= 256 * 1024, "{largest}");
}

#[tokio::test]
async fn a_body_that_breaks_off_is_an_error_and_stays_one() {
    let table: [&[u8]; 4] = [
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nzz\r\n",
    ];
    for answer in table {
        let server = Server::start(move |mut peer| async move {
            peer.request().await.unwrap();
            peer.write(answer).await;
            peer.close().await;
        })
        .await;
        let pool = server.pool();
        let mut download = open(&pool).await.unwrap().into_body();
        assert_eq!(download.chunk().await.unwrap().unwrap(), "half");
        for _ in 0..2 {
            let error = download.chunk().await.unwrap_err();
            let shown = format!("{}: {error}", answer.escape_ascii());
            assert_eq!(error.phase(), Phase::Body, "{shown}");
            assert_eq!(error.reached(), Reached::Maybe, "{shown}");
            assert!(Chain(&error).to_string().starts_with("www.example.com: "));
        }
        let error = download.collect(9).await.unwrap_err();
        assert_eq!(error.phase(), Phase::Body, "{error}");

        let whole = open(&pool).await.unwrap().into_body();
        let error = whole.collect(9).await.unwrap_err();
        assert_eq!(error.phase(), Phase::Body, "{error}");
        assert_eq!(server.connections(), [0, 1]);
    }
}

/// A server that answers with half a body and tells when the client has closed.
async fn half_a_body() -> (Server, Arc<Notify>) {
    const HALF: &str = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf";
    Server::answering_once(HALF, End::ByClient).await
}

#[tokio::test]
async fn a_dropped_download_closes_its_connection() {
    let (server, closed) = half_a_body().await;
    let pool = server.pool();
    let download = open(&pool).await.unwrap();
    drop(download);
    closed.notified().await;

    let mut download = open(&pool).await.unwrap().into_body();
    assert_eq!(download.chunk().await.unwrap().unwrap(), "half");
    drop(download);
    closed.notified().await;

    let download = open(&pool).await.unwrap().into_body();
    let error = download.collect(7).await.unwrap_err();
    assert_eq!(error.phase(), Phase::TooLarge);
    closed.notified().await;
    assert_eq!(server.connections(), [0, 1, 2]);
}

#[tokio::test]
async fn dropping_an_unanswered_open_closes_its_connection() {
    let (arrived, closed) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (tell_arrived, tell_closed) = (Arc::clone(&arrived), Arc::clone(&closed));
    let server = Server::start(move |mut peer| {
        let (arrived, closed) = (Arc::clone(&tell_arrived), Arc::clone(&tell_closed));
        async move {
            peer.request().await.unwrap();
            arrived.notify_one();
            peer.closed().await;
            closed.notify_one();
        }
    })
    .await;
    let pool = server.pool();
    tokio::select! {
        result = open(&pool) => panic!("answered: {result:?}"),
        () = arrived.notified() => {}
    }
    closed.notified().await;
}

#[tokio::test]
async fn a_pool_that_is_gone_takes_nothing_back() {
    let (server, closed) = Server::answering_once(OK, End::ByClient).await;
    let pool = server.pool();
    let mut download = open(&pool).await.unwrap().into_body();
    drop(pool);
    assert_eq!(rest(&mut download).await.unwrap(), b"ok");
    tokio::select! {
        biased;
        () = closed.notified() => {}
        () = quiet() => panic!("the connection was kept"),
    }
    assert_eq!(download.chunk().await.unwrap(), None);
}

#[tokio::test]
async fn a_cancelled_read_loses_nothing() {
    let go = Arc::new(Notify::new());
    let wait = Arc::clone(&go);
    let server = Server::start(move |mut peer| {
        let wait = Arc::clone(&wait);
        async move {
            peer.request().await.unwrap();
            peer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf")
                .await;
            wait.notified().await;
            peer.write(b"full").await;
            peer.closed().await;
        }
    })
    .await;
    let mut download = open(&server.pool()).await.unwrap().into_body();
    assert_eq!(download.chunk().await.unwrap().unwrap(), "half");
    for _ in 0..3 {
        tokio::select! {
            biased;
            chunk = download.chunk() => panic!("there is none: {chunk:?}"),
            () = quiet() => {}
        }
    }
    go.notify_one();
    assert_eq!(rest(&mut download).await.unwrap(), b"full");
}

#[tokio::test]
async fn a_small_body_can_be_collected() {
    let refusal = b"{\"ret\":1101}";
    for answer in [with_length(refusal), chunked(refusal)] {
        let server = Server::answering(answer).await;
        let pool = server.pool();
        for limit in [refusal.len(), 1 << 20] {
            let download = open(&pool).await.unwrap().into_body();
            assert_eq!(download.collect(limit).await.unwrap(), &refusal[..]);
        }
        let mut read = open(&pool).await.unwrap().into_body();
        assert_eq!(rest(&mut read).await.unwrap(), refusal);
        assert_eq!(read.collect(0).await.unwrap(), Bytes::new());
        assert_eq!(server.connections(), [0, 0, 0]);

        let large = open(&pool).await.unwrap().into_body();
        let error = large.collect(refusal.len() - 1).await.unwrap_err();
        assert_eq!(error.phase(), Phase::TooLarge);
        assert_eq!(error.reached(), Reached::Maybe);
        fetch(&pool).await.unwrap();
        assert_eq!(server.connections(), [0, 0, 0, 0, 1]);
    }
}

#[tokio::test]
async fn an_encoded_body_is_refused() {
    for coding in ["gzip", "deflate", "br"] {
        let server = Server::answering(format!(
            "HTTP/1.1 206 Partial Content\r\nContent-Encoding: {coding}\r\n\
             Content-Length: 4\r\n\r\nbody"
        ))
        .await;
        let mut request = get(FILE);
        let headers = request.headers_mut();
        headers.insert("accept-encoding", "gzip".parse().unwrap());
        let error = server.pool().open(request).await.unwrap_err();
        assert_eq!(error.phase(), Phase::Decode, "{coding}: {error}");
        assert_eq!(error.reached(), Reached::Maybe);
        assert!(
            Chain(&error).to_string().contains("Content-Encoding"),
            "{error}"
        );
        assert_eq!(server.seen()[0].header("accept-encoding"), None);
    }
}

#[tokio::test]
async fn an_answer_without_a_body_may_describe_an_encoded_one() {
    let server = Server::answering(
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 99\r\n\r\n",
    )
    .await;
    let pool = server.pool();
    for _ in 0..2 {
        let mut request = get(FILE);
        *request.method_mut() = Method::HEAD;
        let response = pool.open(request).await.unwrap();
        assert_eq!(response.headers()["content-length"], "99");
        let mut download = response.into_body();
        assert_eq!(download.content_length(), Some(0));
        assert_eq!(download.chunk().await.unwrap(), None);
    }
    assert_eq!(server.connections(), [0, 0]);
}

#[tokio::test]
async fn a_failure_to_open_says_whether_it_reached() {
    let address = nobody().await.to_string();
    let server = Server::answering("HTTP/1.1 2000 OK\r\n\r\n").await;
    let mut config = server.config();
    config.connect_to = Some(address.parse().unwrap());
    let unreachable = Http::new(config).unwrap().pool();
    for (pool, phase, reached) in [
        (unreachable, Phase::Connect, Reached::No),
        (server.pool(), Phase::Head, Reached::Maybe),
    ] {
        let error = pool.open(post(FILE, "hello")).await.unwrap_err();
        assert_eq!((error.phase(), error.reached()), (phase, reached));
        assert!(Chain(&error).to_string().starts_with("www.example.com: "));
    }
    assert_eq!(server.seen().len(), 1);
}
