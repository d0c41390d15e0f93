//! Neither errors nor logs hold query strings, cookies, bodies or passwords.

use std::io::{Read as _, Seek as _};
use std::sync::Arc;

use wx_transport::{Body, Chain, Http, Jar, Limits, Phase};

use crate::support::{Server, nobody, post};

#[tokio::test]
async fn nothing_secret_is_logged_or_told() {
    let log = Arc::new(tempfile::tempfile().unwrap());
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(Arc::clone(&log))
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);

    let uri = "https://www.example.com/path?ticket=hunter2";
    let jar = Jar::new();
    let set_cookie = "HTTP/1.1 200 OK\r\nSet-Cookie: sid=hunter2\r\n\
                      Set-Cookie: other=hunter2; Domain=example.org\r\n\
                      Content-Length: 7\r\n\r\nhunter2";
    let server = Server::answering(set_cookie).await;
    let pool = server.pool();
    let mut told = String::new();
    for _ in 0..2 {
        let mut request = post(uri, "hunter2");
        jar.apply(&mut request);
        told += &format!("{:?}", request.headers());
        let response = pool.send(request, Limits::default()).await.unwrap();
        jar.store(&uri.parse().unwrap(), response.headers());
    }
    assert_eq!(server.seen()[1].header("cookie"), Some("sid=hunter2"));
    told += &format!("{jar:?} {pool:?}");

    let body = Body::from(vec!["hunter".into(), "2".into()]);
    told += &format!("{body:?}");
    let request = post(uri, "").map(|_| body);
    let mut download = pool.open(request).await.unwrap().into_body();
    told += &format!("{download:?}");
    while download.chunk().await.unwrap().is_some() {}
    assert_eq!(server.seen()[2].body, b"hunter2");
    let short = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\nhunter2";
    let short = Server::start(move |mut peer| async move {
        peer.request().await.unwrap();
        peer.write(short.as_bytes()).await;
        peer.close().await;
    })
    .await;
    let download = short.pool().open(post(uri, "hunter2")).await.unwrap();
    let error = download.into_body().collect(9).await.unwrap_err();
    told += &format!("{} {error:?}", Chain(&error));

    let broken = Server::answering("hunter2 hunter2\r\n\r\n").await;
    let pool = broken.pool();
    let error = pool.send(post(uri, "hunter2"), Limits::default());
    let error = error.await.unwrap_err();
    assert_eq!(error.phase(), Phase::Head);
    told += &format!("{} {error:?}", Chain(&error));

    let address = nobody().await;
    for scheme in ["http", "socks5"] {
        let mut config = server.config();
        let proxy = format!("{scheme}://user:hunter2@{address}");
        config.proxy = proxy.parse().unwrap();
        told += &format!("{config:?}");
        let http = Http::new(config).unwrap();
        let pool = http.pool();
        let error = pool.send(post(uri, "hunter2"), Limits::default());
        let error = error.await.unwrap_err();
        assert_eq!(error.phase(), Phase::Proxy);
        told += &format!("{} {error:?} {http:?}", Chain(&error));
    }
    drop(guard);

    assert!(!told.contains("hunter2"), "{told}");
    let mut logged = String::new();
    (&*log).rewind().unwrap();
    (&*log).read_to_string(&mut logged).unwrap();
    assert!(logged.contains("www.example.com"), "{logged}");
    assert!(!logged.contains("hunter2"), "{logged}");
}
