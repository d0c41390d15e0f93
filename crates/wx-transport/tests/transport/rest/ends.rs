//! Every way in which a connection ends at rest, or soon after.

use std::error::Error as _;
use std::io;

use http::Method;
use wx_transport::{Phase, Reached};

use super::{Act, OK, acting, held, poll};

const HALF: &str = "HTTP/1.1 200 OK\r\nContent-Le";

#[tokio::test]
async fn an_end_without_an_answer_is_an_error() {
    for end in [Act::Close, Act::Cut, Act::Reset] {
        for (early, late) in [("", ""), (HALF, ""), ("", HALF)] {
            let acts = |half: &str| match half {
                "" => Vec::new(),
                half => vec![Act::write(half)],
            };
            let late = [acts(late), vec![end.clone()]].concat();
            let (server, signals) = acting(acts(early), late).await;
            let sent = held(&server.pool(), &signals, poll(&Method::GET)).await;
            let error = sent.unwrap_err();
            assert_eq!(error.phase(), Phase::Head, "{end:?}: {error:?}");
            assert_eq!(error.reached(), Reached::Maybe, "{end:?}: {error:?}");
            assert!(error.is_transient(), "{end:?}: {error:?}");
            assert_eq!(server.seen().len(), 1, "{end:?}: {error:?}");
        }
    }
}

#[tokio::test]
async fn a_reset_is_told_as_one() {
    let (server, signals) = acting(Vec::new(), vec![Act::Reset]).await;
    let sent = held(&server.pool(), &signals, poll(&Method::GET)).await;
    let error = sent.unwrap_err();
    let source = error.source().unwrap().downcast_ref::<io::Error>();
    assert_eq!(source.unwrap().kind(), io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn a_body_ends_as_it_would_without_the_rest() {
    let bare = "HTTP/1.1 200 OK\r\n\r\nall";
    let counted = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nall";
    for (answer, end, whole) in [
        (bare, Act::Close, true),
        (bare, Act::Cut, false),
        (bare, Act::Reset, false),
        (counted, Act::Close, false),
    ] {
        let (server, signals) = acting(Vec::new(), vec![Act::write(answer), end]).await;
        match held(&server.pool(), &signals, poll(&Method::GET)).await {
            Ok(response) if whole => assert_eq!(response.body(), "all"),
            Err(error) if !whole => assert_eq!(error.phase(), Phase::Body, "{error:?}"),
            other => panic!("{answer:?}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn an_end_after_the_answer_is_found() {
    let (server, signals) = acting(Vec::new(), vec![Act::write(OK), Act::Close]).await;
    let pool = server.pool();
    for _ in 0..2 {
        let sent = held(&pool, &signals, poll(&Method::GET)).await;
        assert_eq!(sent.unwrap().body(), "ok");
        signals.closed.notified().await;
    }
    assert_eq!(server.connections(), [0, 1]);
}
