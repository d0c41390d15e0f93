//! Request bodies in many pieces, and how far they are.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::Request;
use tokio::io::AsyncReadExt;
use tokio::sync::Notify;
use wx_transport::{Body, Limits};

use crate::support::{End, OK, Server, fetch, pattern, quiet};

/// What the hook of a body was told.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<u64>>>);

impl Told {
    fn watch(&self, body: Body) -> Body {
        let told = Arc::clone(&self.0);
        body.on_progress(Arc::new(move |bytes| told.lock().unwrap().push(bytes)))
    }

    fn steps(&self) -> Vec<u64> {
        self.0.lock().unwrap().clone()
    }

    fn last(&self) -> u64 {
        self.steps().last().copied().unwrap_or(0)
    }
}

fn upload(body: impl Into<Body>) -> Request<Body> {
    let uri = "https://www.example.com/upload";
    Request::post(uri).body(body.into()).unwrap()
}

/// Pieces of these lengths, and all of their bytes.
fn pieces(lengths: &[usize]) -> (Vec<Bytes>, Vec<u8>) {
    let all = pattern(lengths.iter().sum());
    let mut rest = Bytes::from(all.clone());
    let pieces = lengths.iter().map(|length| rest.split_to(*length));
    (pieces.collect(), all)
}

#[tokio::test]
async fn pieces_arrive_as_one_body() {
    let server = Server::answering(OK).await;
    let pool = server.pool();
    let table: [&[usize]; 6] = [
        &[],
        &[0, 0],
        &[7],
        &[0, 3, 0, 4, 0],
        &[200, 512 * 1024, 40],
        &[16 * 1024, 64 * 1024, 64 * 1024 + 1, 1],
    ];
    for lengths in table {
        let (pieces, all) = pieces(lengths);
        let told = Told::default();
        let body = told.watch(Body::from(pieces));
        assert_eq!(body.len(), all.len() as u64, "{lengths:?}");
        assert_eq!(body.is_empty(), all.is_empty(), "{lengths:?}");
        pool.send(upload(body), Limits::default()).await.unwrap();

        let seen = server.seen().pop().unwrap();
        let length = all.len().to_string();
        assert_eq!(seen.header("content-length"), Some(length.as_str()));
        assert_eq!(seen.header("transfer-encoding"), None);
        assert_eq!(seen.header("expect"), None);
        assert!(seen.body == all, "{lengths:?}");

        let steps = [vec![0], told.steps()].concat();
        assert_eq!(steps.last(), Some(&(all.len() as u64)), "{lengths:?}");
        for step in steps.windows(2) {
            assert!((1..=64 * 1024).contains(&(step[1] - step[0])), "{step:?}");
        }
    }
}

#[tokio::test]
async fn progress_waits_for_the_server() {
    const TOTAL: usize = 64 << 20;
    let go = Arc::new(Notify::new());
    let wait = Arc::clone(&go);
    let server = Server::start(move |mut peer| {
        let wait = Arc::clone(&wait);
        async move {
            let head = peer.head().await.unwrap();
            assert_eq!(head.header("content-length"), Some("67108864"));
            wait.notified().await;
            let mut block = vec![0; 1 << 20];
            for _ in 0..TOTAL / block.len() {
                peer.stream.read_exact(&mut block).await.unwrap();
            }
            peer.write(OK.as_bytes()).await;
        }
    })
    .await;
    let told = Told::default();
    let piece = Bytes::from(pattern(1 << 20));
    let body = told.watch(Body::from(vec![piece; TOTAL >> 20]));
    let pool = server.pool();
    let held = async {
        let mut before = 0;
        loop {
            quiet().await;
            match told.last() {
                0 => {}
                same if same == before => break,
                more => before = more,
            }
        }
        // The rest of what went is in the buffers of the operating system,
        // whose size is its own affair.
        assert!(before < TOTAL as u64 / 2, "{before}");
        go.notify_one();
    };
    let (sent, ()) = tokio::join!(pool.send(upload(body), Limits::default()), held);
    assert_eq!(sent.unwrap().body(), "ok");
    assert_eq!(told.last(), TOTAL as u64);
}

#[tokio::test]
async fn a_kept_connection_that_proves_closed_takes_nothing_of_the_body() {
    let (server, closed) = Server::answering_once(OK, End::ByServer).await;
    let pool = server.pool();
    fetch(&pool).await.unwrap();
    closed.notified().await;

    let (pieces, all) = pieces(&[3, 20_000, 5]);
    let told = Told::default();
    let body = told.watch(Body::from(pieces));
    pool.send(upload(body), Limits::default()).await.unwrap();
    let seen = server.seen().pop().unwrap();
    assert_eq!(seen.connection, 1);
    assert!(seen.body == all);
    let frame = 16 * 1024;
    assert_eq!(told.steps(), [3, 3 + frame, 20_003, 20_008]);
}
