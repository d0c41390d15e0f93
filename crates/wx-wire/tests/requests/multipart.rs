//! A reader of multipart forms, after RFC 2046 and RFC 7578.

use std::ops::Range;

/// One part of a form.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// The lines of its head.
    pub(crate) head: Vec<String>,
    pub(crate) body: Vec<u8>,
}

/// The parts between the delimiters, which must be all that there is.
pub(crate) fn parts(body: &[u8], boundary: &str) -> Vec<Part> {
    let delimiter = format!("\r\n--{boundary}");
    // The first delimiter's line break may be missing.
    let body = [b"\r\n", body].concat();
    let mut places = find_all(&body, delimiter.as_bytes());
    let last = places.pop().unwrap();
    assert_eq!(&body[last.end..], b"--\r\n", "the end of the form");
    assert_eq!(places.first().unwrap().start, 0, "nothing in front");
    let ends = places.iter().skip(1).chain([&last]);
    let pieces = places.iter().zip(ends.map(|next| next.start));
    pieces
        .map(|(place, end)| part(&body[place.end..end]))
        .collect()
}

fn part(bytes: &[u8]) -> Part {
    let bytes = bytes.strip_prefix(b"\r\n").unwrap();
    let gap = find_all(bytes, b"\r\n\r\n").remove(0);
    let head = std::str::from_utf8(&bytes[..gap.start]).unwrap();
    Part {
        head: head.split("\r\n").map(str::to_owned).collect(),
        body: bytes[gap.end..].to_vec(),
    }
}

fn find_all(bytes: &[u8], wanted: &[u8]) -> Vec<Range<usize>> {
    bytes
        .windows(wanted.len())
        .enumerate()
        .filter(|(_, window)| *window == wanted)
        .map(|(at, _)| at..at + wanted.len())
        .collect()
}
