//! The service over real sockets: few tests, each for what only sockets show.

#![cfg(test)]

use std::io::{self, Read as _};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use wx_sim::{Options, Server, all_hosts};

const JSLOGIN: &str = "/jslogin?appid=wx782c26e4c19acffb&fun=new";

async fn connect(server: &Server, host: &str) -> io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(server.ca_pem().as_bytes()).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(server.address()).await?;
    let name = ServerName::try_from(host.to_owned()).unwrap();
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
}

fn request(host: &str, path: &str, more: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n").into_bytes()
}

/// One answer of a connection: its head and its body.
async fn read_answer(stream: &mut TlsStream<TcpStream>) -> io::Result<(String, Vec<u8>)> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8(head).unwrap();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.unwrap().parse().unwrap()];
    stream.read_exact(&mut body).await?;
    Ok((head, body))
}

/// Asks once on a connection of its own, and reads to its end.
async fn ask_once(server: &Server, host: &str, path: &str) -> (Vec<u8>, io::Result<()>) {
    ask_with(server, host, path, "").await
}

/// The same with further head lines.
async fn ask_with(
    server: &Server,
    host: &str,
    path: &str,
    more: &str,
) -> (Vec<u8>, io::Result<()>) {
    let mut stream = connect(server, host).await.unwrap();
    let more = format!("{more}Connection: close\r\n");
    stream.write_all(&request(host, path, &more)).await.unwrap();
    let mut received = Vec::new();
    let end = loop {
        let mut buffer = [0; 1024];
        match stream.read(&mut buffer).await {
            Ok(0) => break Ok(()),
            Ok(read) => received.extend_from_slice(&buffer[..read]),
            Err(error) => break Err(error),
        }
    };
    (received, end)
}

async fn post_control(server: &Server, call: &str, body: &str) -> (u16, Value) {
    let mut stream = TcpStream::connect(server.control_address()).await.unwrap();
    let request = format!(
        "POST /{call} HTTP/1.1\r\nHost: sim\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap())
}

#[tokio::test]
async fn every_host_of_the_protocol_has_the_certificate_and_no_other() {
    let server = Server::start(Options::default()).await.unwrap();
    for host in all_hosts() {
        connect(&server, &host).await.unwrap();
    }
    assert!(connect(&server, "example.com").await.is_err());
    server.shutdown().await;
}

#[tokio::test]
async fn a_connection_serves_request_after_request_and_holds_polls() {
    let server = Server::start(Options::default()).await.unwrap();
    let host = "login.wx.qq.com";
    let mut stream = connect(&server, host).await.unwrap();
    stream.write_all(&request(host, JSLOGIN, "")).await.unwrap();
    let (head, body) = read_answer(&mut stream).await.unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    let script = String::from_utf8(body).unwrap();
    let uuid = script.split('"').nth(1).unwrap();
    let path = format!("/cgi-bin/mmwebwx-bin/login?uuid={uuid}&tip=1");
    // The phone scans after half a second of real time.
    stream.write_all(&request(host, &path, "")).await.unwrap();
    let (_, body) = read_answer(&mut stream).await.unwrap();
    assert_eq!(body, b"window.code=201;");
    server.shutdown().await;
}

/// The text of an element that occurs once.
fn element<'a>(xml: &'a str, name: &str) -> &'a str {
    let (_, rest) = xml.split_once(&format!("<{name}>")).unwrap();
    rest.split_once('<').unwrap().0
}

#[tokio::test]
async fn waiting_for_a_session_ends_when_a_client_polls() {
    let server = Server::start(Options::default()).await.unwrap();
    let nothing = json!({});
    let waiting = server.control("wait_session", &nothing);
    let client = async {
        let login_host = "login.wx.qq.com";
        let (script, _) = ask_once(&server, login_host, JSLOGIN).await;
        let script = String::from_utf8(script).unwrap();
        let uuid = script.rsplit('"').nth(1).unwrap();
        server
            .control("login", &json!({"action": "confirm"}))
            .await
            .unwrap();
        let poll = format!("/cgi-bin/mmwebwx-bin/login?uuid={uuid}&tip=1");
        let (answer, _) = ask_once(&server, login_host, &poll).await;
        let answer = String::from_utf8(answer).unwrap();
        let uri = answer
            .rsplit('"')
            .nth(1)
            .unwrap()
            .strip_prefix("https://wx2.qq.com")
            .unwrap();
        let (page, _) = ask_once(&server, "wx2.qq.com", &format!("{uri}&fun=new")).await;
        let page = String::from_utf8(page).unwrap();
        let (uin, sid) = (element(&page, "wxuin"), element(&page, "wxsid"));
        let cookies = format!("Cookie: wxuin={uin}; wxsid={sid}\r\n");
        let sid = sid.replace('+', "%2B");
        let check = format!("/cgi-bin/mmwebwx-bin/synccheck?uin={uin}&sid={sid}&synckey=1_1");
        ask_with(&server, "webpush.wx2.qq.com", &check, &cookies).await
    };
    let (answer, (check, _)) = tokio::join!(waiting, client);
    assert_eq!(answer.unwrap(), json!({"polling": true}));
    // A key that was never given out always differs from what there is.
    let check = String::from_utf8(check).unwrap();
    assert!(
        check.ends_with("window.synccheck={retcode:\"0\",selector:\"2\"}"),
        "{check}"
    );
    server.shutdown().await;
}

/// Lets the server work until it holds so many requests.
async fn until_held(server: &Server, wanted: usize) {
    let reached = server.wait_until(|service| service.held() == wanted);
    tokio::time::timeout(Duration::from_secs(10), reached)
        .await
        .expect("held requests");
}

#[tokio::test]
async fn a_client_that_goes_away_is_noticed() {
    let server = Server::start(Options::default()).await.unwrap();
    let host = "login.wx.qq.com";
    let (script, _) = ask_once(&server, host, JSLOGIN).await;
    let script = String::from_utf8(script).unwrap();
    let uuid = script.rsplit('"').nth(1).unwrap();
    let path = format!("/cgi-bin/mmwebwx-bin/login?uuid={uuid}&tip=1");
    let mut stream = connect(&server, host).await.unwrap();
    stream.write_all(&request(host, &path, "")).await.unwrap();
    until_held(&server, 1).await;
    drop(stream);
    until_held(&server, 0).await;
    server.shutdown().await;
}

#[tokio::test]
async fn faults_are_played_out_on_the_wire() {
    let server = Server::start(Options::default()).await.unwrap();
    let host = "login.wx.qq.com";
    let order = async |more: Value| {
        let mut fault = json!({"path": "jslogin"});
        fault
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        server.control("fault", &fault).await.unwrap();
        ask_once(&server, host, JSLOGIN).await
    };

    for kind in ["reset", "reset_before"] {
        let (received, end) = order(json!({"kind": kind})).await;
        assert!(received.is_empty() && end.is_err(), "{kind}: {end:?}");
    }
    let (received, end) = order(json!({"kind": "truncate", "sent": 10})).await;
    let text = String::from_utf8(received).unwrap();
    assert!(text.contains("content-length: 64\r\n"), "{text}");
    assert!(text.ends_with("\r\n\r\nwindow.QRL"), "{text}");
    assert!(end.is_err(), "a break is no proper end");

    let (received, end) = order(json!({"kind": "reset", "after_bytes": 10})).await;
    let text = String::from_utf8(received).unwrap();
    assert!(text.ends_with("\r\n\r\nwindow.QRL"), "{text}");
    assert_eq!(end.unwrap_err().kind(), io::ErrorKind::ConnectionReset);

    let (received, _) = order(json!({"kind": "status_line"})).await;
    assert_eq!(received, b"HTTP/1.1 0\r\n\r\n");

    let begun = tokio::time::Instant::now();
    let (received, end) = order(json!({"kind": "slow", "over_ms": 300})).await;
    assert!(begun.elapsed() >= Duration::from_millis(300));
    assert!(String::from_utf8(received).unwrap().ends_with("==\";"));
    end.unwrap();

    server
        .control("fault", &json!({"path": "jslogin", "kind": "hang"}))
        .await
        .unwrap();
    let hanging = ask_once(&server, host, JSLOGIN);
    assert!(
        tokio::time::timeout(Duration::from_millis(200), hanging)
            .await
            .is_err()
    );

    let fault = json!({"path": "jslogin", "kind": "hang", "after_bytes": 10});
    server.control("fault", &fault).await.unwrap();
    let mut stream = connect(&server, host).await.unwrap();
    stream.write_all(&request(host, JSLOGIN, "")).await.unwrap();
    let mut received = Vec::new();
    while !received.ends_with(b"\r\n\r\nwindow.QRL") {
        received.push(stream.read_u8().await.unwrap());
    }
    let more = tokio::time::timeout(Duration::from_millis(200), stream.read_u8());
    assert!(more.await.is_err());
    server.shutdown().await;
}

#[tokio::test]
async fn answers_are_packed_where_the_settings_and_the_client_agree() {
    let mut options = Options::default();
    options.config = serde_json::from_value(json!({"gzip": true})).unwrap();
    let server = Server::start(options).await.unwrap();
    let host = "login.wx.qq.com";
    let mut stream = connect(&server, host).await.unwrap();
    let accepting = request(host, JSLOGIN, "Accept-Encoding: gzip, deflate\r\n");
    stream.write_all(&accepting).await.unwrap();
    let (head, body) = read_answer(&mut stream).await.unwrap();
    assert!(head.contains("content-encoding: gzip\r\n"), "{head}");
    let mut script = String::new();
    flate2::read::GzDecoder::new(body.as_slice())
        .read_to_string(&mut script)
        .unwrap();
    assert!(script.starts_with("window.QRLogin.code = 200;"), "{script}");

    stream.write_all(&request(host, JSLOGIN, "")).await.unwrap();
    let (head, body) = read_answer(&mut stream).await.unwrap();
    assert!(!head.contains("content-encoding"), "{head}");
    assert_eq!(body.len(), 64);
    // What is no text may be a range, and is sent as it is.
    let accepting = request(host, "/qrcode/abc==", "Accept-Encoding: gzip\r\n");
    stream.write_all(&accepting).await.unwrap();
    let (head, body) = read_answer(&mut stream).await.unwrap();
    assert!(!head.contains("content-encoding"), "{head}");
    assert!(body.starts_with(&[0xff, 0xd8, 0xff]));
    server.shutdown().await;
}

#[tokio::test]
async fn the_control_interface_answers_errs_and_ends_the_service() {
    let mut server = Server::start(Options::default()).await.unwrap();
    let (status, answer) = post_control(&server, "push", r#"{"kind":"text","content":"x"}"#).await;
    assert_eq!(status, 200);
    assert!(answer["MsgId"].as_str().unwrap().parse::<u64>().is_ok());
    assert_eq!(server.with(|service, _| service.delivered(0).count()), 1);

    let (status, answer) = post_control(&server, "push", r#"{"kind":"txt"}"#).await;
    assert_eq!(status, 400);
    assert!(answer["error"].as_str().unwrap().contains("`txt`"));
    let (status, answer) = post_control(&server, "state", "{").await;
    assert_eq!(status, 400);
    assert!(answer["error"].as_str().unwrap().contains("no JSON"));
    let (status, _) = post_control(&server, "log", "").await;
    assert_eq!(status, 200);
    let (_, answer) = post_control(&server, "wait_session", r#"{"timeout_ms":20}"#).await;
    assert_eq!(answer, json!({"polling": false}));

    let (status, _) = post_control(&server, "shutdown", "").await;
    assert_eq!(status, 200);
    server.finished().await;
    assert!(TcpStream::connect(server.address()).await.is_err());
}

#[tokio::test]
async fn the_authority_is_written_where_it_is_wanted() {
    let dir = tempfile::tempdir().unwrap();
    let mut options = Options::default();
    options.ca_dir = Some(dir.path().to_owned());
    let server = Server::start(options).await.unwrap();
    let written = std::fs::read_to_string(server.ca_file().unwrap()).unwrap();
    assert_eq!(written, server.ca_pem());
    assert_eq!(server.ca_file().unwrap(), dir.path().join("ca.pem"));
    server.shutdown().await;
}
