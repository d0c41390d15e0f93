//! Forms of several parts, the last of which is a file that is not here.

use std::fmt;

use bytes::Bytes;
use http::Request;
use http::header::CONTENT_TYPE;

use crate::endpoint::header;

/// A request whose body is what stands before a piece of a file, the piece, and
/// what stands after it.
#[derive(Clone)]
pub struct Multipart {
    /// Method, address and headers, without Content-Length.
    pub head: Request<()>,
    /// The body up to the piece.
    pub before: Bytes,
    /// The body from the piece's end on.
    pub after: Bytes,
}

/// The parts hold keys and names: only their lengths are shown.
impl fmt::Debug for Multipart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Multipart")
            .field("uri", self.head.uri())
            .field("before", &self.before.len())
            .field("after", &self.after.len())
            .finish()
    }
}

/// A form under construction.
pub(super) struct Form<'a> {
    boundary: &'a str,
    text: String,
}

impl<'a> Form<'a> {
    pub(super) const fn new(boundary: &'a str) -> Self {
        Self {
            boundary,
            text: String::new(),
        }
    }

    /// Adds a part of text.
    pub(super) fn field(&mut self, name: &str, value: &str) {
        self.open(&format!("name=\"{name}\"\r\n"));
        for piece in ["\r\n", value, "\r\n"] {
            self.text.push_str(piece);
        }
    }

    /// Ends the form with the part of a file.
    pub(super) fn file(mut self, name: &str, file_name: &str, mut head: Request<()>) -> Multipart {
        let file_name = quoted(file_name);
        self.open(&format!(
            "name=\"{name}\"; filename=\"{file_name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        ));
        let content_type = format!("multipart/form-data; boundary={}", self.boundary);
        header(&mut head, CONTENT_TYPE, content_type);
        Multipart {
            head,
            before: self.text.into(),
            after: format!("\r\n--{}--\r\n", self.boundary).into(),
        }
    }

    fn open(&mut self, parameters: &str) {
        let boundary = self.boundary;
        self.text.push_str(&format!(
            "--{boundary}\r\nContent-Disposition: form-data; {parameters}"
        ));
    }
}

/// A name between quotes, as browsers write it: UTF-8 as it is, and nothing
/// that would end the quotes or the line (WHATWG: multipart/form-data).
fn quoted(name: &str) -> String {
    name.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}
