//! Which servers are trusted.

use std::process::Command;

use rcgen::date_time_ymd;
use rustls::version::{TLS12, TLS13};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wx_transport::{Chain, Config, Error, Http, Phase, Pool, Reached};

use crate::support::{Authority, OK, Peer, Server, fetch};

async fn answer(mut peer: Peer) {
    while peer.request().await.is_some() {
        peer.write(OK.as_bytes()).await;
    }
}

async fn untrusted(pool: &Pool) -> Error {
    let error = fetch(pool).await.unwrap_err();
    assert_eq!((error.phase(), error.reached()), (Phase::Tls, Reached::No));
    assert!(!error.is_transient(), "{error}");
    error
}

#[tokio::test]
async fn an_unknown_authority_is_refused() {
    let server = Server::start(answer).await;
    let mut config = server.config();
    config.extra_roots.clear();
    let stranger = Authority::new();
    config.add_roots_pem(stranger.pem().as_bytes()).unwrap();
    let error = untrusted(&Http::new(config).unwrap().pool()).await;
    assert!(
        Chain(&error)
            .to_string()
            .ends_with("add its root certificate"),
        "{error}"
    );
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn an_expired_certificate_is_refused() {
    let past = |params: &mut rcgen::CertificateParams| {
        params.not_before = date_time_ymd(2000, 1, 1);
        params.not_after = date_time_ymd(2001, 1, 1);
    };
    let server = Server::start_with(past, answer).await;
    let error = untrusted(&server.pool()).await;
    assert!(
        Chain(&error)
            .to_string()
            .ends_with("check this machine's clock"),
        "{error}"
    );
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let renamed = |params: &mut rcgen::CertificateParams| {
        params.subject_alt_names = vec![rcgen::SanType::DnsName(
            "www.example.org".try_into().unwrap(),
        )];
    };
    let server = Server::start_with(renamed, answer).await;
    untrusted(&server.pool()).await;
}

#[tokio::test]
async fn tls_1_2_and_1_3_are_spoken() {
    for version in [&TLS12, &TLS13] {
        let server = Server::speaking(&[version], answer).await;
        assert_eq!(fetch(&server.pool()).await.unwrap().body(), "ok");
    }
}

/// A server's choice of `version` and of a cipher suite that it has in common
/// with TLS 1.2 (RFC 5246 §7.4.1.3).
fn server_hello(version: [u8; 2]) -> Vec<u8> {
    const ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: [u8; 2] = [0xc0, 0x2b];
    let random = [7; 32];
    let (no_session, no_compression) = ([0], [0]);
    let hello = [
        &version[..],
        &random,
        &no_session,
        &ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        &no_compression,
    ]
    .concat();
    let length = u8::try_from(hello.len()).unwrap();
    let handshake = [&[2, 0, 0, length], &hello[..]].concat();
    [&[22][..], &version, &[0, length + 4], &handshake].concat()
}

/// Why the server that says hello so is refused.
async fn refused_hello(version: [u8; 2]) -> Error {
    let server = Server::start(answer).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut config = server.config();
    config.connect_to = Some(listener.local_addr().unwrap().to_string().parse().unwrap());
    let play = async {
        let (mut client, _) = listener.accept().await.unwrap();
        assert_eq!(client.read_u8().await.unwrap(), 22, "a handshake");
        client.write_all(&server_hello(version)).await.unwrap();
        client.shutdown().await.unwrap();
        let _ = client.read_to_end(&mut Vec::new()).await;
    };
    let pool = Http::new(config).unwrap().pool();
    let (result, ()) = tokio::join!(fetch(&pool), play);
    let error = result.unwrap_err();
    assert_eq!((error.phase(), error.reached()), (Phase::Tls, Reached::No));
    error
}

#[tokio::test]
async fn a_server_without_tls_1_2_is_refused() {
    for old in [[3, 0], [3, 1], [3, 2]] {
        let error = refused_hello(old).await;
        assert!(
            Chain(&error).to_string().contains("ServerDoesNotSupport"),
            "{error}"
        );
    }
    // Of TLS 1.2 the hello itself is right, and what ought to follow is missing.
    let error = refused_hello([3, 3]).await;
    assert!(Chain(&error).to_string().contains("eof"), "{error}");
}

#[test]
fn an_extra_root_that_is_no_certificate_is_an_error() {
    let mut config = Config::default();
    config.extra_roots.push(b"not DER".to_vec().into());
    assert_eq!(Http::new(config).unwrap_err().phase(), Phase::Config);
}

/// Set in a child process, which has an environment of its own: the name of
/// what it should do, and the address of the parent's server.
const CHILD: &str = "WX_TRANSPORT_TEST_CHILD";

#[tokio::test]
async fn the_system_store_is_that_of_ssl_cert_file() {
    if let Ok(task) = std::env::var(CHILD) {
        return child(&task).await;
    }
    let server = Server::start(answer).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("roots.pem");
    std::fs::write(&file, server.authority.pem()).unwrap();
    let missing = folder.path().join("missing.pem");

    for (task, store) in [
        ("trusted", &file),
        ("no-roots", &missing),
        ("extra", &missing),
    ] {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args([
                "--exact",
                "trust::the_system_store_is_that_of_ssl_cert_file",
            ])
            .env_remove("SSL_CERT_DIR")
            .env("SSL_CERT_FILE", store)
            .env(CHILD, format!("{task} {}", server.address));
        let output = tokio::task::spawn_blocking(move || command.output())
            .await
            .unwrap()
            .unwrap();
        let shown = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{task}: {shown}");
        assert!(shown.contains("1 passed"), "{task}: {shown}");
    }
    assert_eq!(server.seen().len(), 1);
}

async fn child(task: &str) {
    let (task, address) = task.split_once(' ').unwrap();
    let mut config = Config::default();
    config.connect_to = Some(address.parse().unwrap());
    match task {
        "trusted" => {
            let pool = Http::new(config).unwrap().pool();
            assert_eq!(fetch(&pool).await.unwrap().body(), "ok");
        }
        "no-roots" => {
            let error = Http::new(config).unwrap_err();
            assert_eq!(error.phase(), Phase::Config);
            assert!(
                Chain(&error).to_string().contains("SSL_CERT_FILE"),
                "{error}"
            );
        }
        _ => {
            let root = Authority::new().pem();
            config.add_roots_pem(root.as_bytes()).unwrap();
            untrusted(&Http::new(config).unwrap().pool()).await;
        }
    }
}
