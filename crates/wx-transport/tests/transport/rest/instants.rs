//! What happens before the rest, in the instant in which it begins, and in the
//! one in which it ends.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use http::Method;
use tokio::io::AsyncReadExt as _;
use tokio::task::coop::{consume_budget, has_budget_remaining};
use tokio::task::yield_now;
use wx_transport::Limits;

use super::{Act, LONG, OK, Signals, acting, held, pass, poll, quiet, slow};
use crate::support::{Server, fetch};

/// Uses up so much of what tokio lets a task do before it has to pause, or all
/// that is left. Returns how much that was.
fn spend(cx: &mut Context<'_>, limit: usize) -> usize {
    let mut spent = 0;
    while spent < limit && has_budget_remaining() {
        assert!(pin!(consume_budget()).poll(cx).is_ready());
        spent += 1;
    }
    spent
}

/// Polls a future in a task whose other parts leave it only so much, so many
/// times.
async fn crowded<F: Future + Unpin>(left: usize, mut times: usize, mut future: F) -> F::Output {
    let whole = poll_fn(|cx| spend(cx, usize::MAX).into()).await;
    yield_now().await;
    poll_fn(|cx| {
        if times > 0 {
            times -= 1;
            assert_eq!(spend(cx, whole - left), whole - left);
        }
        Pin::new(&mut future).poll(cx)
    })
    .await
}

/// What a future ends with that has nothing to wait for.
async fn at_once<F: Future>(future: F) -> F::Output {
    tokio::select! {
        biased;
        output = future => output,
        () = quiet() => panic!("it waits"),
    }
}

/// All that may be left in the instants that matter.
fn scarcities() -> impl Iterator<Item = (usize, usize)> {
    (0..6).flat_map(|left| (1..4).map(move |times| (left, times)))
}

#[tokio::test]
async fn an_answer_that_comes_as_the_rest_begins_is_not_lost() {
    for (left, times) in scarcities() {
        let (server, signals) = slow(vec![OK.into()]).await;
        let pool = server.pool();
        let mut sending = pin!(pool.send(poll(&Method::GET), Limits::default()));
        tokio::select! {
            result = &mut sending => panic!("{result:?}"),
            () = signals.arrived.notified() => {}
        }
        // The answer and the timer are there when it is polled next.
        signals.answer.notify_one();
        pass(LONG).await;
        let response = at_once(crowded(left, times, &mut sending)).await;
        assert_eq!(response.unwrap().body(), "ok", "{left} {times}");
    }
}

#[tokio::test]
async fn the_end_of_a_rest_may_come_at_any_point_of_a_turn() {
    let (server, signals) = slow(vec![OK.into()]).await;
    let pool = server.pool();
    for (left, times) in scarcities() {
        let mut sending = pin!(pool.send(poll(&Method::GET), Limits::default()));
        tokio::select! {
            result = &mut sending => panic!("{result:?}"),
            () = async {
                signals.arrived.notified().await;
                pass(LONG).await;
            } => {}
        }
        signals.answer.notify_one();
        quiet().await;
        let response = at_once(crowded(left, times, &mut sending)).await;
        assert_eq!(response.unwrap().body(), "ok", "{left} {times}");
    }
    // Of the requests that are made up for hyper, none went out.
    let line = "GET /poll?a=b HTTP/1.1";
    assert!(server.seen().iter().all(|seen| seen.line() == line));
    assert_eq!(server.connections(), vec![0; scarcities().count()]);
}

#[tokio::test]
async fn an_answer_that_is_there_ends_the_rest_in_one_turn() {
    let (server, signals) = slow(vec![OK.into()]).await;
    let pool = server.pool();
    let mut sending = pin!(pool.send(poll(&Method::GET), Limits::default()));
    tokio::select! {
        result = &mut sending => panic!("{result:?}"),
        () = async {
            signals.arrived.notified().await;
            pass(LONG).await;
        } => {}
    }
    signals.answer.notify_one();
    quiet().await;
    // Whoever has waited for too long looks once, and no more.
    let looked = poll_fn(|cx| Poll::Ready(sending.as_mut().poll(cx))).await;
    let Poll::Ready(response) = looked else {
        panic!("not in one turn");
    };
    assert_eq!(response.unwrap().body(), "ok");
}

#[tokio::test]
async fn a_request_that_is_late_to_begin_does_not_rest() {
    let server = Server::answering(OK).await;
    let pool = server.pool();
    for (left, times) in scarcities() {
        // The connection has carried a request before.
        fetch(&pool).await.unwrap();
        let mut sending = pin!(pool.send(poll(&Method::GET), Limits::default()));
        let mut response = None;
        for _ in 0..=times {
            if response.is_none() {
                let once = poll_fn(|cx| Poll::Ready(sending.as_mut().poll(cx)));
                response = match crowded(left, 1, once).await {
                    Poll::Ready(response) => Some(response),
                    Poll::Pending => None,
                };
                pass(LONG).await;
            }
        }
        let response = match response {
            Some(response) => response,
            None => at_once(sending).await,
        };
        assert_eq!(response.unwrap().body(), "ok", "{left} {times}");
    }
}

#[tokio::test]
async fn what_came_before_is_part_of_the_answer() {
    let table: [(&[&str], &str); 4] = [
        (&["HTTP/1.1 200 OK\r\nContent-Le"], "ngth: 2\r\n\r\nok"),
        (&["H"], &OK[1..]),
        (&["HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n"], OK),
        (
            &["HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 200 OK\r\nCon"],
            "tent-Length: 2\r\n\r\nok",
        ),
    ];
    for (early, late) in table {
        let acts = early.iter().map(|piece| Act::write(piece)).collect();
        let (server, signals) = acting(acts, vec![Act::write(late)]).await;
        let pool = server.pool();
        for _ in 0..2 {
            let response = held(&pool, &signals, poll(&Method::GET)).await.unwrap();
            assert_eq!(
                (response.status().as_u16(), &response.body()[..]),
                (200, &b"ok"[..])
            );
        }
        assert_eq!(server.connections(), [0, 0], "{early:?}");
    }
}

#[tokio::test]
async fn a_request_that_has_not_left_does_not_rest() {
    let signals = Signals::default();
    let told = signals.clone();
    let server = Server::start(move |mut peer| {
        let told = told.clone();
        async move {
            let mut head = vec![0; 64 << 10];
            let mut length = peer.stream.read(&mut head).await.unwrap();
            told.arrived.notify_one();
            told.answer.notified().await;
            while !head[..length].ends_with(b"\r\n\r\n") {
                length = peer.stream.read(&mut head).await.unwrap();
            }
            peer.write(OK.as_bytes()).await;
        }
    })
    .await;
    // More than the buffers between a client and a server that does not read.
    let long = "x".repeat(8 << 20);
    let mut request = poll(&Method::GET);
    let headers = request.headers_mut();
    headers.insert("x-long", long.parse().unwrap());
    let response = held(&server.pool(), &signals, request).await.unwrap();
    assert_eq!(response.body(), "ok");
}
