//! Answers and connections that are unlike most.

use std::sync::Arc;

use http::Method;
use http::header::{CONNECTION, HeaderValue};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use wx_transport::{Limits, Phase};

use super::{Act, LONG, OK, acting, held, pass, poll, slow};
use crate::limits::head_of;
use crate::proxies::{Proxy, pool_through};
use crate::support::{Server, get};

/// How many requests wait at a time.
const MANY: u32 = 64;

const LINE: &str = "GET /poll?a=b HTTP/1.1";

/// The connections and lines of all requests.
fn lines(server: &Server) -> Vec<(usize, String)> {
    let seen = server.seen().into_iter();
    seen.map(|seen| (seen.connection, seen.line().to_owned()))
        .collect()
}

#[tokio::test]
async fn an_old_server_closes_unless_it_says_otherwise() {
    let bare = "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok";
    let kept = "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok";
    for (answer, second) in [(bare, (1, LINE)), (kept, (0, "GET /poll?a=b HTTP/1.0"))] {
        let (server, signals) = slow(vec![answer.into()]).await;
        let pool = server.pool();
        for _ in 0..2 {
            let response = held(&pool, &signals, poll(&Method::GET)).await.unwrap();
            assert_eq!(response.body(), "ok");
        }
        let second = (second.0, second.1.to_owned());
        assert_eq!(lines(&server), [(0, LINE.to_owned()), second]);
    }
}

#[tokio::test]
async fn a_request_to_close_is_one_at_rest_as_well() {
    let (server, signals) = slow(vec![OK.into()]).await;
    let pool = server.pool();
    for _ in 0..2 {
        let mut request = poll(&Method::GET);
        let headers = request.headers_mut();
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
        held(&pool, &signals, request).await.unwrap();
    }
    assert_eq!(server.connections(), [0, 1]);
}

#[tokio::test]
async fn a_protocol_that_nobody_asked_for_ends_the_connection() {
    let answer = "HTTP/1.1 101 Other\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n";
    let (server, signals) = slow(vec![answer.into()]).await;
    let pool = server.pool();
    for _ in 0..2 {
        let response = held(&pool, &signals, poll(&Method::GET)).await.unwrap();
        assert_eq!(response.status(), 101);
    }
    assert_eq!(server.connections(), [0, 1]);
}

#[tokio::test]
async fn what_tls_says_for_itself_is_no_answer() {
    let (server, signals) = acting(vec![Act::NewKeys], vec![Act::NewKeys, Act::write(OK)]).await;
    let pool = server.pool();
    for _ in 0..3 {
        let response = held(&pool, &signals, poll(&Method::GET)).await.unwrap();
        assert_eq!(response.body(), "ok");
    }
    assert_eq!(server.connections(), [0, 0, 0]);
}

#[tokio::test]
async fn a_late_head_may_have_its_limit_and_no_byte_more() {
    let (server, signals) = slow(vec![head_of(Limits::HEAD).into()]).await;
    let sent = held(&server.pool(), &signals, poll(&Method::GET)).await;
    assert_eq!(sent.unwrap().status(), 200);
    let (server, signals) = slow(vec![head_of(Limits::HEAD + 1).into()]).await;
    let sent = held(&server.pool(), &signals, poll(&Method::GET)).await;
    let error = sent.map(|response| response.status()).unwrap_err();
    assert_eq!(error.phase(), Phase::Head);
}

#[tokio::test]
async fn a_request_rests_behind_a_proxy() {
    let (server, signals) = slow(vec![OK.into()]).await;
    let proxy = Proxy::start(&server, &[(0, b"HTTP/1.1 200 Yes\r\n\r\n")], true).await;
    let pool = pool_through(&server, &format!("http://{}", proxy.address));
    for _ in 0..2 {
        let response = held(&pool, &signals, poll(&Method::GET)).await.unwrap();
        assert_eq!(response.body(), "ok");
    }
    assert_eq!(server.connections(), [0, 0]);
}

#[tokio::test]
async fn a_late_answer_can_be_read_piece_by_piece() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n";
    let (server, signals) = slow([head, "one", "two"].map(Vec::from).to_vec()).await;
    let pool = server.pool();
    for _ in 0..2 {
        let meanwhile = async {
            signals.arrived.notified().await;
            pass(LONG).await;
            signals.answer.notify_one();
        };
        let (opened, ()) = tokio::join!(pool.open(poll(&Method::GET)), meanwhile);
        let mut download = opened.unwrap().into_body();
        assert_eq!(download.content_length(), Some(6));
        let mut pieces = Vec::new();
        while let Some(piece) = download.chunk().await.unwrap() {
            pieces.push(piece);
        }
        assert_eq!(pieces, ["one", "two"]);
    }
    assert_eq!(server.connections(), [0, 0]);
}

#[tokio::test]
async fn many_rest_side_by_side() {
    let (arrived, answer) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let (tell, wait) = (Arc::clone(&arrived), Arc::clone(&answer));
    let server = Server::start(move |mut peer| {
        let (tell, wait) = (Arc::clone(&tell), Arc::clone(&wait));
        async move {
            let line = peer.request().await.unwrap().line().to_owned();
            tell.add_permits(1);
            wait.acquire().await.unwrap().forget();
            let length = line.len();
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
            peer.write((head + &line).as_bytes()).await;
            peer.closed().await;
        }
    })
    .await;
    let pool = server.pool();
    let mut sendings = JoinSet::new();
    for number in 0..MANY {
        let request = get(&format!("https://www.example.com/{number}"));
        let sending = pool.send(request, Limits::default());
        sendings.spawn(async move { (number, sending.await.unwrap()) });
    }
    arrived.acquire_many(MANY).await.unwrap().forget();
    pass(LONG).await;
    // What is under way is not idle.
    pool.close_idle();
    answer.add_permits(MANY as usize);
    for (number, response) in sendings.join_all().await {
        let line = format!("GET /{number} HTTP/1.1");
        assert_eq!(response.body(), line.as_bytes());
    }
}
