//! Uploads as the official page makes them, and how to spoil them.

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use crate::support::{CGI, Session, World, extend, ret, string};

pub(crate) const PIECE: usize = 524_288;
/// Of `hello, world` and a line break.
pub(crate) const HELLO_MD5: &str = "22c3683b094136c3398391ae71b20f04";

/// A file to upload.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) media_type: &'static str,
    pub(crate) bytes: Vec<u8>,
    /// As `md5sum` prints it.
    pub(crate) md5: String,
    /// Members to add to `uploadmediarequest`, or to put in place of its own.
    pub(crate) members: Value,
}

impl File {
    pub(crate) fn new(name: &str, bytes: &[u8], md5: &str) -> Self {
        Self {
            name: name.to_owned(),
            media_type: "doc",
            bytes: bytes.to_vec(),
            md5: md5.to_owned(),
            members: json!({}),
        }
    }

    /// The parts of one piece, in the order of the official page.
    pub(crate) fn parts(&self, session: &Session, chunk: usize) -> Vec<(&'static str, Vec<u8>)> {
        let size = self.bytes.len();
        let chunks = size.div_ceil(PIECE);
        let mut request = json!({
            "UploadType": 2, "BaseRequest": session.base_request(),
            "ClientMediaId": 1_600_000_000_123_u64, "TotalLen": size, "StartPos": 0,
            "DataLen": size, "MediaType": 4, "FromUserName": session.user_name,
            "ToUserName": "filehelper", "FileMd5": self.md5,
        });
        extend(&mut request, self.members.clone());
        let text = |text: &str| text.as_bytes().to_vec();
        let mut parts = vec![
            ("id", text("WU_FILE_0")),
            ("name", text(&self.name)),
            ("type", text("application/octet-stream")),
            (
                "lastModifiedDate",
                text("Thu Mar 17 2016 00:55:10 GMT+0800 (CST)"),
            ),
            ("size", text(&size.to_string())),
        ];
        if chunks > 1 {
            parts.push(("chunks", text(&chunks.to_string())));
            parts.push(("chunk", text(&chunk.to_string())));
        }
        let start = (chunk * PIECE).min(size);
        let end = (start + PIECE).min(size);
        parts.extend([
            ("mediatype", text(self.media_type)),
            ("uploadmediarequest", text(&request.to_string())),
            ("webwx_data_ticket", text(&session.jar["webwx_data_ticket"])),
            ("pass_ticket", text(&session.pass_ticket)),
            ("filename", self.bytes[start..end].to_vec()),
        ]);
        parts
    }

    /// Uploads one piece; the answer.
    pub(crate) fn send_piece(&self, world: &mut World, session: &Session, chunk: usize) -> Value {
        let request = post(session, &self.name, &self.parts(session, chunk));
        world.json(request)
    }

    /// Uploads all of it; the MediaId.
    pub(crate) fn upload(&self, world: &mut World, session: &Session) -> String {
        let mut answer = Value::Null;
        for chunk in 0..self.bytes.len().div_ceil(PIECE) {
            answer = self.send_piece(world, session, chunk);
            assert_eq!(ret(&answer), 0, "{answer}");
        }
        string(&answer["MediaId"])
    }
}

/// The parts of a form to the file host; `filename` is the file.
pub(crate) fn post(
    session: &Session,
    file_name: &str,
    parts: &[(&'static str, Vec<u8>)],
) -> Request<Bytes> {
    let mut body = Vec::new();
    for (name, value) in parts {
        let file = if *name == "filename" {
            format!("; filename=\"{file_name}\"\r\nContent-Type: application/octet-stream")
        } else {
            String::new()
        };
        let head = format!("--B0\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(value);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--B0--\r\n");
    let url = format!("https://file.{}{CGI}/webwxuploadmedia?f=json", session.base);
    let request = Request::post(url).header("content-type", "multipart/form-data; boundary=B0");
    session.with_cookies(request.body(Bytes::from(body)).unwrap())
}

/// Puts another value in place of a part's.
pub(crate) fn replace(parts: &mut [(&'static str, Vec<u8>)], name: &str, value: &str) {
    let part = parts.iter_mut().find(|(of, _)| *of == name).unwrap();
    part.1 = value.as_bytes().to_vec();
}

/// `bytes(i % 251 for i in range(len))`.
pub(crate) fn counted(len: usize) -> Vec<u8> {
    (0..len).map(|i| u8::try_from(i % 251).unwrap()).collect()
}

pub(crate) fn hello() -> File {
    File::new("hello_1.txt", b"hello, world\n", HELLO_MD5)
}
