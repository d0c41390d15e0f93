//! Answers that are long in coming: of what was set up for them little is kept
//! meanwhile, and nothing of that shows.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response};
use tokio::io::AsyncWriteExt as _;
use tokio::sync::Notify;
use tokio::time;
use wx_transport::{Error, Limits, Phase, Pool, Reached};

use crate::support::{OK, Peer, Server, get, pattern, post, quiet};

mod ends;
mod instants;
mod unlike;

/// As long as the service holds a poll.
const LONG: Duration = Duration::from_secs(25);

/// Lets so much time pass for timers, and none for anybody else.
async fn pass(time: Duration) {
    quiet().await;
    time::pause();
    time::advance(time).await;
    time::resume();
    quiet().await;
}

/// What the test and the server tell each other.
#[derive(Clone, Default)]
struct Signals {
    arrived: Arc<Notify>,
    answer: Arc<Notify>,
    closed: Arc<Notify>,
}

/// What the server does about a request.
#[derive(Clone, Debug)]
enum Act {
    Write(Vec<u8>),
    /// Changes the keys of the TLS session, and asks the client to do the same.
    NewKeys,
    /// Closes in good order.
    Close,
    /// Ends the TCP connection in good order, but not the TLS session.
    Cut,
    Reset,
}

impl Act {
    fn write(text: &str) -> Self {
        Self::Write(text.into())
    }

    /// Does it. Returns the peer unless that was the end.
    async fn done_by(&self, mut peer: Peer) -> Option<Peer> {
        match self {
            Self::Write(bytes) => peer.write(bytes).await,
            Self::NewKeys => {
                let session = peer.stream.get_mut().1;
                session.refresh_traffic_keys().unwrap();
                peer.stream.flush().await.unwrap();
            }
            Self::Close => {
                peer.close().await;
                return None;
            }
            Self::Cut => return None,
            Self::Reset => {
                peer.reset();
                return None;
            }
        }
        quiet().await;
        Some(peer)
    }
}

/// A server that reads a request, does the one thing, waits for a signal, and does
/// the other; and so on.
async fn acting(early: Vec<Act>, late: Vec<Act>) -> (Server, Signals) {
    let signals = Signals::default();
    let (acts, told) = (Arc::new((early, late)), signals.clone());
    let server = Server::start(move |peer| {
        let (acts, told) = (Arc::clone(&acts), told.clone());
        async move {
            let (early, late) = &*acts;
            let mut open = Some(peer);
            while let Some(mut peer) = open.take() {
                if peer.request().await.is_none() {
                    break;
                }
                open = done_by(peer, early).await;
                told.arrived.notify_one();
                told.answer.notified().await;
                if let Some(peer) = open.take() {
                    open = done_by(peer, late).await;
                }
            }
            told.closed.notify_one();
        }
    })
    .await;
    (server, signals)
}

async fn done_by(mut peer: Peer, acts: &[Act]) -> Option<Peer> {
    for act in acts {
        peer = act.done_by(peer).await?;
    }
    Some(peer)
}

/// A server that does nothing about a request until the signal, and then writes
/// these pieces one after another. Without any it closes.
async fn slow(pieces: Pieces) -> (Server, Signals) {
    let late = if pieces.is_empty() {
        vec![Act::Close]
    } else {
        pieces.into_iter().map(Act::Write).collect()
    };
    acting(Vec::new(), late).await
}

/// The answer to a request that the server holds for long.
async fn held(
    pool: &Pool,
    signals: &Signals,
    request: Request<Bytes>,
) -> Result<Response<Bytes>, Error> {
    let meanwhile = async {
        signals.arrived.notified().await;
        pass(LONG).await;
        signals.answer.notify_one();
    };
    let sending = pool.send(request, Limits::default());
    tokio::join!(sending, meanwhile).0
}

/// What the server writes, piece by piece.
type Pieces = Vec<Vec<u8>>;

fn poll(method: &Method) -> Request<Bytes> {
    let mut request = get("https://www.example.com/poll?a=b");
    *request.method_mut() = method.clone();
    request
}

#[tokio::test]
async fn a_late_answer_is_one_like_others() {
    let large = pattern(300_000);
    let many = "X-Many: 0123456789\r\n".repeat(90);
    let split = "HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";
    let single = |text: &str| vec![text.as_bytes().to_vec()];
    let table: [(Method, Pieces, u16, &[u8]); 8] = [
        (Method::GET, single(OK), 200, b"ok"),
        (Method::DELETE, single(OK), 200, b"ok"),
        (
            Method::GET,
            split.bytes().map(|byte| vec![byte]).collect(),
            404,
            b"ok",
        ),
        (
            Method::GET,
            vec![
                b"HTTP/1.1 103 Early Hints\r\n\r\n".to_vec(),
                OK.as_bytes().to_vec(),
            ],
            200,
            b"ok",
        ),
        (Method::GET, single("HTTP/1.1 204 Empty\r\n\r\n"), 204, b""),
        (
            Method::HEAD,
            single("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"),
            200,
            b"",
        ),
        (
            Method::GET,
            vec![
                b"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n".to_vec(),
                large.clone(),
            ],
            200,
            &large,
        ),
        (
            Method::GET,
            single(&format!(
                "HTTP/1.1 200 OK\r\n{many}Content-Length: 2\r\n\r\nok"
            )),
            200,
            b"ok",
        ),
    ];
    for (method, pieces, status, body) in table {
        let shown = pieces.concat()[..20].escape_ascii().to_string();
        let (server, signals) = slow(pieces).await;
        let pool = server.pool();
        for _ in 0..2 {
            let response = held(&pool, &signals, poll(&method)).await.unwrap();
            assert_eq!(response.status(), status, "{shown}");
            assert!(response.body() == body, "{shown}");
        }
        let seen = server.seen();
        let lines: Vec<_> = (seen.iter())
            .map(|seen| (seen.connection, seen.line()))
            .collect();
        let line = format!("{method} /poll?a=b HTTP/1.1");
        assert_eq!(lines, [(0, &*line), (0, &*line)], "{shown}");
    }
}

#[tokio::test]
async fn a_connection_that_is_to_close_is_not_used_again() {
    let answer = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";
    let (server, signals) = slow(vec![answer.into()]).await;
    let pool = server.pool();
    for _ in 0..2 {
        held(&pool, &signals, poll(&Method::GET)).await.unwrap();
    }
    let connections: Vec<_> = server.seen().iter().map(|seen| seen.connection).collect();
    assert_eq!(connections, [0, 1]);
}

#[tokio::test]
async fn a_late_answer_that_breaks_is_an_error() {
    let table: [(&[&str], Phase); 5] = [
        (&[], Phase::Head),
        (&["HTTP/2 200\r\n\r\n"], Phase::Head),
        (&["<", "html>\r\n\r\n"], Phase::Head),
        (&[&"x".repeat(Limits::HEAD + 1)], Phase::Head),
        (
            &["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"],
            Phase::Body,
        ),
    ];
    for (pieces, phase) in table {
        let owned = pieces.iter().map(|piece| piece.as_bytes().to_vec());
        let (server, signals) = slow(owned.collect()).await;
        let request = poll(&Method::GET);
        let error = held(&server.pool(), &signals, request).await.unwrap_err();
        assert_eq!(error.phase(), phase, "{error:?}");
        assert_eq!(error.reached(), Reached::Maybe, "{error:?}");
        assert!(error.is_transient(), "{error:?}");
        assert_eq!(server.seen().len(), 1, "{error:?}");
    }
}

#[tokio::test]
async fn a_request_with_a_body_may_be_answered_late() {
    let (server, signals) = slow(vec![OK.into()]).await;
    let request = post("https://www.example.com/send", "hello");
    let response = held(&server.pool(), &signals, request).await.unwrap();
    assert_eq!(response.body(), "ok");
    let bodies: Vec<_> = server.seen().into_iter().map(|seen| seen.body).collect();
    assert_eq!(bodies, [b"hello"]);
}

#[tokio::test]
async fn dropping_a_request_that_waits_closes_its_connection() {
    let (server, signals) = slow(vec![OK.into()]).await;
    let pool = server.pool();
    tokio::select! {
        result = pool.send(poll(&Method::GET), Limits::default()) => panic!("{result:?}"),
        () = async {
            signals.arrived.notified().await;
            pass(LONG).await;
        } => {}
    }
    // The server finds it closed when it looks for the next request.
    signals.answer.notify_one();
    signals.closed.notified().await;
}
