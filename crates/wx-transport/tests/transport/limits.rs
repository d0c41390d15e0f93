//! Bounds on what an answer may have, at them and one over them. That of bodies
//! is in `answers`.

use http::HeaderMap;
use http::header::{HeaderValue, SET_COOKIE};
use wx_transport::{Jar, Limits, Phase, Reached};

use crate::support::{Server, fetch};

/// An answer whose head has so many bytes, its blank line included.
pub(crate) fn head_of(length: usize) -> String {
    let (start, end) = (
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Long: ",
        "\r\n\r\n",
    );
    let filler = "x".repeat(length - start.len() - end.len());
    format!("{start}{filler}{end}")
}

#[tokio::test]
async fn a_head_may_have_its_limit_and_no_byte_more() {
    let server = Server::answering(head_of(Limits::HEAD)).await;
    assert_eq!(fetch(&server.pool()).await.unwrap().status(), 200);
    let server = Server::answering(head_of(Limits::HEAD + 1)).await;
    let sent = fetch(&server.pool()).await;
    let error = sent.map(|response| response.status()).unwrap_err();
    assert_eq!(
        (error.phase(), error.reached()),
        (Phase::Head, Reached::Maybe)
    );
}

#[test]
fn a_set_cookie_may_have_4096_bytes_and_no_byte_more() {
    let uri = "https://www.example.com/".parse().unwrap();
    for (length, kept) in [(4096, true), (4097, false)] {
        let cookie = format!("a={}", "x".repeat(length - 2));
        let mut headers = HeaderMap::new();
        headers.append(SET_COOKIE, HeaderValue::from_str(&cookie).unwrap());
        let jar = Jar::new();
        jar.store(&uri, &headers);
        assert_eq!(jar.value(&uri, "a").is_some(), kept, "{length}");
    }
}
