//! Decodes Content-Encoding, within a limit.

use std::io::Read;

use bytes::Bytes;
use flate2::bufread::MultiGzDecoder;
use flate2::{Decompress, FlushDecompress, Status};
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue};
use http::{Response, StatusCode};

use crate::error::{Cause, Error, Phase};

/// Decompresses the body if its headers say that it is compressed, or if it
/// plainly is, and corrects the headers.
pub(crate) fn decode(response: Response<Bytes>, limit: usize) -> Result<Response<Bytes>, Error> {
    let (mut head, body) = response.into_parts();
    let plain = match coding(&head.headers) {
        Coding::Identity if head.status != StatusCode::PARTIAL_CONTENT => {
            undeclared(&head.headers, &body, limit)
        }
        Coding::Identity => None,
        // Answers without a body may still describe one.
        _ if body.is_empty() => None,
        Coding::Gzip => Some(gunzip(&body, limit)?),
        Coding::Deflate => Some(inflate(&body, limit)?),
        Coding::Unknown => {
            let why = "the Content-Encoding is neither gzip nor deflate";
            return Err(Error::after_write(Phase::Decode, why));
        }
    };
    let Some(plain) = plain else {
        return Ok(Response::from_parts(head, body));
    };
    head.headers.remove(CONTENT_ENCODING);
    head.headers
        .insert(CONTENT_LENGTH, HeaderValue::from(plain.len()));
    Ok(Response::from_parts(head, plain.into()))
}

/// Refuses a body that is encoded although nobody asked for that.
pub(crate) fn refuse_encoded(headers: &HeaderMap) -> Result<(), Error> {
    match coding(headers) {
        Coding::Identity => Ok(()),
        Coding::Gzip | Coding::Deflate | Coding::Unknown => {
            let why = "it has a Content-Encoding, and none was asked for";
            Err(Error::after_write(Phase::Decode, why))
        }
    }
}

enum Coding {
    Identity,
    Gzip,
    Deflate,
    Unknown,
}

fn coding(headers: &HeaderMap) -> Coding {
    let mut found = Coding::Identity;
    for value in headers.get_all(CONTENT_ENCODING) {
        for token in value.as_bytes().split(|byte| *byte == b',') {
            let token = token.trim_ascii();
            let coding = if token.is_empty() || token.eq_ignore_ascii_case(b"identity") {
                continue;
            } else if token.eq_ignore_ascii_case(b"gzip") || token.eq_ignore_ascii_case(b"x-gzip") {
                Coding::Gzip
            } else if token.eq_ignore_ascii_case(b"deflate") {
                Coding::Deflate
            } else {
                Coding::Unknown
            };
            // Nobody compresses twice except to do harm.
            found = match found {
                Coding::Identity => coding,
                _ => Coding::Unknown,
            };
        }
    }
    found
}

/// Some servers compress and do not say so. Only text is touched, since a
/// downloaded file may well be a gzip file, and only if all of it decompresses.
fn undeclared(headers: &HeaderMap, body: &Bytes, limit: usize) -> Option<Vec<u8>> {
    if !body.starts_with(&[0x1f, 0x8b]) {
        return None;
    }
    let media_type = headers
        .get(CONTENT_TYPE)?
        .to_str()
        .ok()?
        .to_ascii_lowercase();
    let textual = media_type.starts_with("text/")
        || ["json", "javascript", "xml"]
            .iter()
            .any(|name| media_type.contains(name));
    if textual {
        gunzip(body, limit).ok()
    } else {
        None
    }
}

/// All members of a gzip file, one after the other (RFC 1952 §2.2).
fn gunzip(body: &[u8], limit: usize) -> Result<Vec<u8>, Error> {
    let mut plain = Vec::new();
    // One byte more than allowed tells a full body from one that goes on.
    let allowed = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    MultiGzDecoder::new(body)
        .take(allowed)
        .read_to_end(&mut plain)
        .map_err(broken)?;
    if plain.len() > limit {
        return Err(too_large(limit));
    }
    Ok(plain)
}

/// `deflate` means the zlib format (RFC 9110 §8.4.1.2), but servers also send
/// the raw one.
fn inflate(body: &[u8], limit: usize) -> Result<Vec<u8>, Error> {
    match inflate_as(body, looks_like_zlib(body), limit) {
        // The two bytes of a zlib header can begin a raw stream as well.
        Err(error) if error.phase() == Phase::Decode && looks_like_zlib(body) => {
            inflate_as(body, false, limit).map_err(|_| error)
        }
        result => result,
    }
}

fn looks_like_zlib(body: &[u8]) -> bool {
    match body {
        [method, flags, ..] => {
            method & 0x0f == 8 && u16::from_be_bytes([*method, *flags]).is_multiple_of(31)
        }
        _ => false,
    }
}

fn inflate_as(body: &[u8], zlib: bool, limit: usize) -> Result<Vec<u8>, Error> {
    // flate2's readers take a stream that breaks off for one that ends, so the
    // stream is driven here.
    let mut stream = Decompress::new(zlib);
    let mut plain = Vec::with_capacity(body.len().saturating_mul(4).min(limit));
    loop {
        let read = usize::try_from(stream.total_in()).unwrap_or(usize::MAX);
        let rest = body.get(read..).unwrap_or_default();
        let written = plain.len();
        let status = stream
            .decompress_vec(rest, &mut plain, FlushDecompress::None)
            .map_err(broken)?;
        if plain.len() > limit {
            return Err(too_large(limit));
        }
        if matches!(status, Status::StreamEnd) {
            return Ok(plain);
        }
        if plain.len() < plain.capacity() && plain.len() == written {
            return Err(broken("the compressed data breaks off"));
        }
        if plain.len() == plain.capacity() {
            // One byte more than allowed, as above.
            let more = plain.len().clamp(1024, 1024 * 1024);
            plain.reserve_exact(more.min(limit.saturating_add(1) - plain.len()));
        }
    }
}

fn broken(cause: impl Into<Cause>) -> Error {
    Error::after_write(Phase::Decode, cause)
}

fn too_large(limit: usize) -> Error {
    let text = format!("more than {limit} bytes after decompression");
    Error::after_write(Phase::TooLarge, text)
}
