//! What comes back: statuses of every kind, decompressed bodies, limits.

use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use http::{Method, Response};
use wx_transport::{Error, Limits, Phase, Reached};

use crate::support::{Server, fetch, get};

const PLAIN: &[u8] = b"{\"ok\":\"plain\"}\n";
// PLAIN as compressed by Python's gzip and zlib modules.
const GZIP: &str = "1f8b0800000000000203ab56cacf56b2522ac849cccc53aae50200b608ac730f000000";
const ZLIB: &str = "789cab56cacf56b2522ac849cccc53aae50200269c04b3";
const RAW: &str = "ab56cacf56b2522ac849cccc53aae50200";

fn bytes(hex: &str) -> Vec<u8> {
    let digit = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(digit).collect()
}

fn answer(headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!("HTTP/1.1 200 OK\r\n{headers}Content-Length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

/// The result of a request that is answered with `answer`.
async fn fetched(answer: Vec<u8>, limit: usize) -> Result<Response<Bytes>, Error> {
    let server = Server::answering(answer).await;
    let request = get("https://www.example.com/");
    server.pool().send(request, Limits::body(limit)).await
}

#[tokio::test]
async fn every_status_is_an_answer() {
    for status in [201, 301, 302, 307, 404, 500, 503] {
        let server = Server::answering(format!(
            "HTTP/1.1 {status} Any\r\nLocation: https://other.example.com/\r\n\
             Set-Cookie: a=b\r\nContent-Length: 4\r\n\r\nbody"
        ))
        .await;
        let response = fetch(&server.pool()).await.unwrap();
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()["location"], "https://other.example.com/");
        assert_eq!(response.headers()["set-cookie"], "a=b");
        assert_eq!(response.body(), "body");
        assert_eq!(server.seen().len(), 1, "{status} was followed");
    }
}

#[tokio::test]
async fn compressed_bodies_come_out_plain() {
    let two_members = [bytes(GZIP), bytes(GZIP)].concat();
    let twice = [PLAIN, PLAIN].concat();
    let table: [(&str, Vec<u8>, &[u8]); 8] = [
        ("gzip", bytes(GZIP), PLAIN),
        ("GZip", bytes(GZIP), PLAIN),
        ("x-gzip", bytes(GZIP), PLAIN),
        ("gzip", two_members, &twice),
        ("deflate", bytes(ZLIB), PLAIN),
        ("deflate", bytes(RAW), PLAIN),
        ("identity", PLAIN.to_vec(), PLAIN),
        ("gzip", Vec::new(), b""),
    ];
    for (coding, body, plain) in table {
        let headers = format!("Content-Type: text/plain\r\nContent-Encoding: {coding}\r\n");
        let response = fetched(answer(&headers, &body), 100).await.unwrap();
        assert_eq!(response.body(), plain, "{coding}");
        assert_eq!(response.headers()["content-type"], "text/plain");
        if !plain.is_empty() && coding != "identity" {
            assert_eq!(response.headers().get("content-encoding"), None);
            let length = response.headers()["content-length"].to_str().unwrap();
            assert_eq!(length, plain.len().to_string());
        }
    }
}

#[tokio::test]
async fn a_raw_stream_that_looks_like_zlib_comes_out_plain() {
    // A stored block whose first two bytes pass for a zlib header: 0x78 0x01
    // as block header bits and the low byte of the length, here 0x0001.
    let raw = [&[0x78, 0x01, 0x00, 0xfe, 0xff, b'x'][..], &[0x03, 0x00]].concat();
    let response = fetched(answer("Content-Encoding: deflate\r\n", &raw), 100).await;
    assert_eq!(response.unwrap().body(), "x");
}

#[tokio::test]
async fn an_undeclared_gzip_body_is_undone_in_text_only() {
    let damaged = [&bytes(GZIP)[..30], &[0; 5]].concat();
    let table = [
        ("text/plain", bytes(GZIP), PLAIN.to_vec()),
        (
            "application/json; charset=UTF-8",
            bytes(GZIP),
            PLAIN.to_vec(),
        ),
        ("application/octet-stream", bytes(GZIP), bytes(GZIP)),
        ("application/gzip", bytes(GZIP), bytes(GZIP)),
        ("text/plain", damaged.clone(), damaged),
    ];
    for (media_type, body, expected) in table {
        let headers = format!("Content-Type: {media_type}\r\n");
        let response = fetched(answer(&headers, &body), 100).await.unwrap();
        assert_eq!(response.body(), &expected, "{media_type}");
        let length = response.headers()["content-length"].to_str().unwrap();
        assert_eq!(length, expected.len().to_string());
    }
}

#[tokio::test]
async fn damaged_or_unknown_codings_are_errors() {
    let mut table = vec![
        ("br", PLAIN.to_vec()),
        ("gzip, gzip", bytes(GZIP)),
        ("gzip", PLAIN.to_vec()),
        // The first bits name a kind of block that does not exist.
        ("deflate", b"\xff\xff\xff".to_vec()),
        ("deflate", b"\x78".to_vec()),
    ];
    for cut in [1, 5, 12, GZIP.len() / 2 - 1] {
        table.push(("gzip", bytes(GZIP)[..cut].to_vec()));
    }
    for cut in [1, 2, 9, ZLIB.len() / 2 - 5] {
        table.push(("deflate", bytes(ZLIB)[..cut].to_vec()));
    }
    for (coding, body) in table {
        let headers = format!("Content-Encoding: {coding}\r\n");
        let error = fetched(answer(&headers, &body), 100).await.unwrap_err();
        let shown = format!("{coding} {}: {error}", body.escape_ascii());
        assert_eq!(error.phase(), Phase::Decode, "{shown}");
        assert_eq!(error.reached(), Reached::Maybe, "{shown}");
    }
}

fn compressed(coding: &str, plain: &[u8]) -> Vec<u8> {
    let level = Compression::best();
    match coding {
        "gzip" => {
            let mut encoder = GzEncoder::new(Vec::new(), level);
            encoder.write_all(plain).unwrap();
            encoder.finish().unwrap()
        }
        "zlib" => {
            let mut encoder = ZlibEncoder::new(Vec::new(), level);
            encoder.write_all(plain).unwrap();
            encoder.finish().unwrap()
        }
        _ => {
            let mut encoder = DeflateEncoder::new(Vec::new(), level);
            encoder.write_all(plain).unwrap();
            encoder.finish().unwrap()
        }
    }
}

#[tokio::test]
async fn a_body_has_a_limit_on_the_wire_and_after_it() {
    const LIMIT: usize = 5000;
    for size in [0, 1, LIMIT - 1, LIMIT, LIMIT + 1, 4 << 20] {
        let plain = vec![b'x'; size];
        let chunked = [
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec(),
            plain
                .chunks(700)
                .flat_map(|chunk| {
                    [format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat()
                })
                .collect(),
            b"0\r\n\r\n".to_vec(),
        ]
        .concat();
        let gzip = compressed("gzip", &plain);
        let zlib = compressed("zlib", &plain);
        let raw = compressed("raw", &plain);
        for (name, answer) in [
            ("plain", answer("", &plain)),
            ("chunked", chunked),
            ("gzip", answer("Content-Encoding: gzip\r\n", &gzip)),
            ("zlib", answer("Content-Encoding: deflate\r\n", &zlib)),
            ("raw", answer("Content-Encoding: deflate\r\n", &raw)),
        ] {
            let result = fetched(answer, LIMIT).await;
            if size <= LIMIT {
                assert_eq!(result.unwrap().body(), &plain, "{name} {size}");
            } else {
                let error = result.unwrap_err();
                assert_eq!(error.phase(), Phase::TooLarge, "{name} {size}: {error}");
                assert_eq!(error.reached(), Reached::Maybe);
                assert!(!error.is_transient());
            }
        }
    }
}

#[tokio::test]
async fn answers_without_a_body_end_at_once() {
    let headers = "Content-Encoding: gzip\r\nContent-Type: text/plain\r\n";
    for (method, answer) in [
        (Method::HEAD, answer(headers, b"")),
        (
            Method::HEAD,
            b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n".to_vec(),
        ),
        (
            Method::GET,
            format!("HTTP/1.1 204 Gone\r\n{headers}\r\n").into_bytes(),
        ),
        (
            Method::GET,
            format!("HTTP/1.1 304 Same\r\n{headers}\r\n").into_bytes(),
        ),
    ] {
        let server = Server::answering(answer).await;
        let pool = server.pool();
        for _ in 0..2 {
            let mut request = get("https://www.example.com/");
            *request.method_mut() = method.clone();
            let response = pool.send(request, Limits::default()).await.unwrap();
            assert!(response.body().is_empty());
        }
        assert_eq!(server.seen()[1].connection, 0);
    }
}

#[tokio::test]
async fn a_body_may_end_with_the_connection_but_not_without_a_word() {
    for in_order in [true, false] {
        let server = Server::start(move |mut peer| async move {
            peer.request().await.unwrap();
            peer.write(b"HTTP/1.1 200 OK\r\n\r\nall").await;
            if in_order {
                peer.close().await;
            }
        })
        .await;
        match fetch(&server.pool()).await {
            Ok(response) if in_order => assert_eq!(response.body(), "all"),
            Err(error) if !in_order => assert_eq!(error.phase(), Phase::Body),
            other => panic!("{in_order}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_range_is_handed_on() {
    let answer = "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-3/4\r\n\
                  Content-Length: 4\r\n\r\nfour";
    let server = Server::answering(answer).await;
    let response = fetch(&server.pool()).await.unwrap();
    assert_eq!(response.status(), 206);
    assert_eq!(response.headers()["content-range"], "bytes 0-3/4");
    assert_eq!(response.body(), "four");
}
