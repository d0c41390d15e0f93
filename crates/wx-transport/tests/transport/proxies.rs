//! The ways through proxies, what they are told, and what their refusals
//! become.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use wx_transport::{Chain, Error, Http, Phase, Pool, Reached};

use crate::support::{OK, Server, fetch, nobody};

/// A proxy that reads and writes what the steps say, then, if `opens`, joins
/// the client with `server` whatever it had asked for.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    heard: Arc<Mutex<Vec<Vec<u8>>>>,
}

/// The client sends so many bytes (or, with 0, a head), and is answered so.
pub(crate) type Step = (usize, &'static [u8]);

impl Proxy {
    pub(crate) async fn start(server: &Server, steps: &[Step], opens: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&heard);
        let (server, steps) = (server.address, steps.to_vec());
        tokio::spawn(async move {
            let (mut client, _) = listener.accept().await.unwrap();
            for (length, answer) in steps {
                let told = hear(&mut client, length).await;
                log.lock().unwrap().push(told);
                client.write_all(answer).await.unwrap();
            }
            if opens {
                let mut server = TcpStream::connect(server).await.unwrap();
                let _ = copy_bidirectional(&mut client, &mut server).await;
            }
        });
        Self { address, heard }
    }

    fn heard(&self) -> Vec<Vec<u8>> {
        self.heard.lock().unwrap().clone()
    }
}

async fn hear(client: &mut TcpStream, length: usize) -> Vec<u8> {
    let mut told = vec![0; length];
    client.read_exact(&mut told).await.unwrap();
    while length == 0 && !told.ends_with(b"\r\n\r\n") {
        told.push(client.read_u8().await.unwrap());
    }
    told
}

/// A client of `server` that goes through a proxy, which is asked by name.
pub(crate) fn pool_through(server: &Server, url: &str) -> Pool {
    let mut config = server.config();
    config.connect_to = None;
    config.proxy = url.parse().unwrap();
    Http::new(config).unwrap().pool()
}

async fn refusal(steps: &[Step], before_address: &str) -> Error {
    let server = Server::answering(OK).await;
    let proxy = Proxy::start(&server, steps, false).await;
    let pool = pool_through(&server, &format!("{before_address}{}", proxy.address));
    let error = fetch(&pool).await.unwrap_err();
    assert_eq!(error.phase(), Phase::Proxy, "{error}");
    assert_eq!(error.reached(), Reached::No, "{error}");
    let text = Chain(&error).to_string();
    assert!(text.contains(&format!("proxy {}", proxy.address)), "{text}");
    assert!(server.seen().is_empty());
    error
}

#[tokio::test]
async fn http_connect_opens_a_way() {
    let server = Server::answering(OK).await;
    let steps: &[Step] = &[(0, b"HTTP/1.1 200 Connection established\r\n\r\n")];
    let proxy = Proxy::start(&server, steps, true).await;
    let pool = pool_through(&server, &format!("http://{}", proxy.address));
    for _ in 0..2 {
        assert_eq!(fetch(&pool).await.unwrap().body(), "ok");
    }
    assert_eq!(server.seen()[1].connection, 0);
    assert_eq!(server.seen()[1].sni, "www.example.com");
    let heard = String::from_utf8(proxy.heard().concat()).unwrap();
    let mut lines: Vec<_> = heard.trim_end().lines().collect();
    lines.sort_unstable();
    let expected = [
        "CONNECT www.example.com:443 HTTP/1.1",
        "host: www.example.com:443",
    ];
    assert_eq!(lines, expected);
}

#[tokio::test]
async fn http_connect_gives_credentials() {
    let server = Server::answering(OK).await;
    let steps: &[Step] = &[(0, b"HTTP/1.0 200 OK\r\nX-Other: header\r\n\r\n")];
    let proxy = Proxy::start(&server, steps, true).await;
    let url = format!("http://Aladdin:open%20sesame@{}", proxy.address);
    assert_eq!(
        fetch(&pool_through(&server, &url)).await.unwrap().body(),
        "ok"
    );
    let heard = String::from_utf8(proxy.heard().concat()).unwrap();
    // The example of RFC 7617 §2 with a blank in the password.
    let credentials = "proxy-authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n";
    assert!(heard.contains(credentials), "{heard}");
}

/// A proxy's leave, in so many bytes.
fn granted_in(length: usize) -> &'static [u8] {
    let (start, end) = ("HTTP/1.1 200 OK\r\nX-Long: ", "\r\n\r\n");
    let filler = "x".repeat(length - start.len() - end.len());
    format!("{start}{filler}{end}").leak().as_bytes()
}

#[tokio::test]
async fn the_answer_of_a_proxy_may_have_16_kib_and_no_byte_more() {
    const MOST: usize = 16 * 1024;
    let server = Server::answering(OK).await;
    let proxy = Proxy::start(&server, &[(0, granted_in(MOST))], true).await;
    let pool = pool_through(&server, &format!("http://{}", proxy.address));
    assert_eq!(fetch(&pool).await.unwrap().body(), "ok");
    refusal(&[(0, granted_in(MOST + 1))], "http://").await;
}

#[tokio::test]
async fn http_refusals_are_told() {
    let table: [(&[Step], &str, bool); 5] = [
        (
            &[(0, b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")],
            "403 Forbidden",
            true,
        ),
        (
            &[(0, b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")],
            "put the right user:password@ into the proxy URL",
            false,
        ),
        (
            &[(0, b"SSH-2.0-OpenSSH\r\n")],
            "no way through the proxy",
            true,
        ),
        (&[(0, b"")], "no way through the proxy", true),
        (
            &[(0, b"HTTP/1.1 200 OK\r\n\r\nearly")],
            "sent more than its answer",
            true,
        ),
    ];
    for (steps, text, transient) in table {
        let error = refusal(steps, "http://").await;
        assert!(Chain(&error).to_string().contains(text), "{error}");
        assert_eq!(error.is_transient(), transient, "{error}");
    }
}

/// RFC 1928 §4: CONNECT to a domain name of 15 bytes, port 443.
const REQUEST: &[u8] = b"\x05\x01\x00\x03\x0fwww.example.com\x01\xbb";
/// RFC 1928 §6: succeeded, bound to 0.0.0.0:0.
const GRANTED: &[u8] = b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00";

#[tokio::test]
async fn socks5_opens_a_way_by_name() {
    const BOUND_V6: &[u8] = b"\x05\x00\x00\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x04\x38";
    const BOUND_NAME: &[u8] = b"\x05\x00\x00\x03\x04host\x04\x38";
    let tables: [&[Step]; 3] = [
        &[(3, b"\x05\x00"), (REQUEST.len(), GRANTED)],
        &[(3, b"\x05\x00"), (REQUEST.len(), BOUND_V6)],
        &[(3, b"\x05\x00"), (REQUEST.len(), BOUND_NAME)],
    ];
    for steps in tables {
        let server = Server::answering(OK).await;
        let proxy = Proxy::start(&server, steps, true).await;
        let pool = pool_through(&server, &format!("socks5://{}", proxy.address));
        assert_eq!(fetch(&pool).await.unwrap().body(), "ok");
        assert_eq!(proxy.heard(), [b"\x05\x01\x00", REQUEST]);
    }
}

#[tokio::test]
async fn socks5_gives_credentials() {
    // RFC 1929 §2: version 1, user name and password with their lengths.
    const LOGIN: &[u8] = b"\x01\x04user\x07hunter2";
    let server = Server::answering(OK).await;
    let steps: &[Step] = &[
        (4, b"\x05\x02"),
        (LOGIN.len(), b"\x01\x00"),
        (REQUEST.len(), GRANTED),
    ];
    let proxy = Proxy::start(&server, steps, true).await;
    let url = format!("socks5://user:hunter2@{}", proxy.address);
    assert_eq!(
        fetch(&pool_through(&server, &url)).await.unwrap().body(),
        "ok"
    );
    assert_eq!(proxy.heard(), [b"\x05\x02\x00\x02", LOGIN, REQUEST]);
}

#[tokio::test]
async fn socks5_refusals_are_told() {
    const ASKED: Step = (3, b"\x05\x00");
    let advice = "put the right user:password@ into the proxy URL";
    let table: [(&[Step], &str, bool); 7] = [
        (&[(3, b"\x05\xff")], advice, false),
        (&[(3, b"\x05\x02")], advice, false),
        (
            &[ASKED, (REQUEST.len(), b"\x05\x02\x00\x01")],
            "not allowed by its rules",
            true,
        ),
        (
            &[ASKED, (REQUEST.len(), b"\x05\x63\x00\x01")],
            "code 99",
            true,
        ),
        (
            &[ASKED, (REQUEST.len(), b"\x05\x00\x00\x01\x00")],
            "the connection broke",
            true,
        ),
        (
            &[(3, b"HTTP/1.1 400 Bad Request\r\n\r\n")],
            "does not speak SOCKS5",
            true,
        ),
        (&[(3, b"")], "the connection broke", true),
    ];
    for (steps, text, transient) in table {
        let error = refusal(steps, "socks5://").await;
        assert!(Chain(&error).to_string().contains(text), "{error}");
        assert_eq!(error.is_transient(), transient, "{error}");
    }
    let wrong: &[Step] = &[(4, b"\x05\x02"), (8, b"\x01\x01")];
    let error = refusal(wrong, "socks5://us:pwd@").await;
    assert!(Chain(&error).to_string().ends_with(advice), "{error}");
}

#[tokio::test]
async fn an_unreachable_proxy_is_named() {
    let server = Server::answering(OK).await;
    let address = nobody().await;
    let error = fetch(&pool_through(&server, &format!("http://{address}")))
        .await
        .unwrap_err();
    assert_eq!(
        (error.phase(), error.reached()),
        (Phase::Proxy, Reached::No)
    );
    assert!(
        Chain(&error).to_string().contains(&address.to_string()),
        "{error}"
    );
    assert!(error.is_transient());
}
