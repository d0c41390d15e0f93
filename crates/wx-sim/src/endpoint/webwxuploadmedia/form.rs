//! The parts of an upload, and whether they agree with one another.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use serde_json::Value;

use crate::multipart::{self, Part};
use crate::request::{Incoming, scalar};
use crate::upload::PIECE;

/// The parts in the order of the official page; `chunks` and `chunk` only when
/// there is more than one piece. (protocol: upload)
const ORDER: [&str; 12] = [
    "id",
    "name",
    "type",
    "lastModifiedDate",
    "size",
    "chunks",
    "chunk",
    "mediatype",
    "uploadmediarequest",
    "webwx_data_ticket",
    "pass_ticket",
    "filename",
];

pub(super) struct Form {
    pub(super) name: String,
    pub(super) size: u64,
    /// How many pieces the file comes in.
    pub(super) chunks: u64,
    /// Which one this is.
    pub(super) chunk: u64,
    pub(super) media_type: String,
    /// `uploadmediarequest`.
    pub(super) request: Value,
    pub(super) data_ticket: String,
    pub(super) pass_ticket: String,
    pub(super) piece: Bytes,
    /// The names of the parts as they came.
    order: Vec<String>,
}

impl Form {
    pub(super) fn read(request: &Incoming) -> Result<Self, &'static str> {
        let content_type = request.header(&CONTENT_TYPE).unwrap_or_default();
        let parts = multipart::read(content_type, &request.body)?;
        let part = |name: &str| parts.iter().find(|part| part.name == name);
        let text = |name: &str| part(name).map(Part::text);
        let number = |name: &str| match text(name) {
            Some(text) => text.parse::<u64>().map(Some),
            None => Ok(None),
        };
        let size = number("size").map_err(|_| "size: no number")?;
        let chunks = number("chunks").map_err(|_| "chunks: no number")?;
        let chunk = number("chunk").map_err(|_| "chunk: no number")?;
        if chunks.is_some() != chunk.is_some() {
            return Err("chunks, chunk: one without the other");
        }
        let request = text("uploadmediarequest").ok_or("uploadmediarequest: missing")?;
        let file = part("filename").filter(|part| part.is_file);
        Ok(Self {
            name: text("name").ok_or("name: missing")?,
            size: size.ok_or("size: missing")?,
            chunks: chunks.unwrap_or(1),
            chunk: chunk.unwrap_or(0),
            media_type: text("mediatype").ok_or("mediatype: missing")?,
            request: serde_json::from_slice(request.as_bytes())
                .map_err(|_| "uploadmediarequest: no JSON")?,
            data_ticket: text("webwx_data_ticket").unwrap_or_default(),
            pass_ticket: text("pass_ticket").unwrap_or_default(),
            piece: file.ok_or("filename: missing")?.body.clone(),
            order: parts.iter().map(|part| part.name.clone()).collect(),
        })
    }

    /// A member of `uploadmediarequest` as text; empty when it is missing.
    pub(super) fn member(&self, name: &str) -> String {
        scalar(self.request.get(name)).unwrap_or_default()
    }

    /// What tells one upload from another.
    pub(super) fn key(&self) -> String {
        let members = ["ClientMediaId", "ToUserName", "FileMd5"].map(|name| self.member(name));
        format!("{}/{}/{}", members.join("/"), self.size, self.name)
    }

    pub(super) fn check_numbers(&self) -> Result<(), &'static str> {
        let size = self.size.to_string();
        for (member, expected, reason) in [
            ("UploadType", "2", "UploadType: not 2"),
            ("MediaType", "4", "MediaType: not 4"),
            ("StartPos", "0", "StartPos: not 0"),
            ("TotalLen", &size, "TotalLen: not the size"),
            ("DataLen", &size, "DataLen: not the size"),
        ] {
            if self.member(member) != expected {
                return Err(reason);
            }
        }
        if !["pic", "video", "doc"].contains(&self.media_type.as_str()) {
            return Err("mediatype: none of pic, video, doc");
        }
        if self.size == 0 {
            return Err("size: an empty file");
        }
        if self.chunks != self.size.div_ceil(PIECE) {
            return Err("chunks: not what the size asks for");
        }
        let start = self.chunk.saturating_mul(PIECE);
        let expected = self.size.saturating_sub(start).min(PIECE);
        if self.chunk >= self.chunks || self.piece.len() as u64 != expected {
            return Err("filename: a piece of the wrong length");
        }
        Ok(())
    }

    /// The parts are all there, in the order of the official page.
    pub(super) fn check_order(&self) -> Result<(), &'static str> {
        let several = self.chunks > 1;
        let expected = ORDER
            .iter()
            .filter(|name| several || !name.starts_with("chunk"));
        if expected.eq(self.order.iter()) {
            Ok(())
        } else {
            Err("the parts are not those of the official page, in its order")
        }
    }
}
