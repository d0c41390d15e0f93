//! `POST https://file.HOST/cgi-bin/mmwebwx-bin/webwxuploadmedia`: a piece of a
//! file that is to be sent.
//!
//! Pieces go one after another, each of [`PIECE`] bytes but the last. Only the
//! answer to the last one names the medium. A refusal may name one too, which
//! then shows something else: the verdict comes first.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{BaseResponse, Endpoint, path, request, verdict};
use crate::credentials::{BaseRequest, Credentials};
use crate::id::{MediaId, UserName};
use crate::json::object;
use crate::query::{self, Query};
use crate::secret::{DataTicket, UploadKey, UploadSignature};

mod date;
mod multipart;

pub use multipart::Multipart;

/// Bytes of every piece but the last.
pub const PIECE: u64 = 524_288;
/// A file of more bytes than this needs the keys of
/// [`webwxcheckupload`](super::webwxcheckupload).
pub const CHECK_ABOVE: u64 = 25 * 1024 * 1024;

/// `id` of the form, which the page's uploader counts up; any will do.
const FORM_ID: &str = "WU_FILE_0";
/// The only `UploadType` that is sent.
const UPLOAD_TYPE: u8 = 2;
/// The only `MediaType` that is sent, whatever the file is: an attachment.
const ATTACHMENT: u8 = 4;

/// What an upload says of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    /// The name without folders.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// MD5 of the whole file, in small hex digits.
    pub md5: String,
    /// The MIME type.
    pub media_type: String,
    /// When it was changed last: Unix time in seconds.
    pub modified: i64,
}

/// What the service treats a file as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MediaKind {
    /// A picture that stands still.
    Pic,
    /// A video.
    Video,
    /// Anything else, GIFs included.
    Doc,
}

impl MediaKind {
    /// The kind by a name's extension, in small or capital letters (protocol:
    /// mediatype by extension).
    #[must_use]
    pub fn of_extension(extension: &str) -> Self {
        let is_one_of = |names: &[&str]| {
            names
                .iter()
                .any(|name| name.eq_ignore_ascii_case(extension))
        };
        if is_one_of(&["bmp", "png", "jpeg", "jpg"]) {
            Self::Pic
        } else if is_one_of(&["mp4"]) {
            Self::Video
        } else {
            Self::Doc
        }
    }

    /// The word of the form.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pic => "pic",
            Self::Video => "video",
            Self::Doc => "doc",
        }
    }
}

/// What follows the last dot of a file's name; empty without one.
#[must_use]
pub fn extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// How many pieces a file of `size` bytes goes in: at least one.
#[must_use]
pub const fn pieces(size: u64) -> u64 {
    let pieces = size.div_ceil(PIECE);
    if pieces == 0 { 1 } else { pieces }
}

/// Sends a piece.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The session's keys.
    pub credentials: &'a Credentials,
    /// The cookie `webwx_data_ticket`.
    pub data_ticket: &'a DataTicket,
    /// Oneself.
    pub from: &'a UserName,
    /// The receiver of the file.
    pub to: &'a UserName,
    /// The whole file.
    pub file: &'a FileFacts,
    /// What the service treats it as.
    pub kind: MediaKind,
    /// The client's own number of the upload: Unix time in milliseconds.
    pub client_media_id: u64,
    /// What webwxcheckupload gave for a large file.
    pub keys: Option<(&'a UploadKey, &'a UploadSignature)>,
    /// Which piece, from 0 on.
    pub piece: u64,
    /// What stands between the parts: up to 70 letters and digits, drawn at
    /// random, so that neither the file nor its name has them.
    pub boundary: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct UploadMediaRequest<'a> {
    upload_type: u8,
    base_request: BaseRequest<'a>,
    client_media_id: u64,
    total_len: u64,
    start_pos: u64,
    data_len: u64,
    media_type: u8,
    from_user_name: &'a UserName,
    to_user_name: &'a UserName,
    file_md5: &'a str,
    #[serde(rename = "AESKey", skip_serializing_if = "Option::is_none")]
    aes_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<&'a str>,
}

impl Request<'_> {
    /// The bytes of the file that the piece is made of; none behind the end.
    #[must_use]
    pub fn range(&self) -> Range<u64> {
        let size = self.file.size;
        let start = self.piece.saturating_mul(PIECE).min(size);
        start..start.saturating_add(PIECE).min(size)
    }

    /// The HTTP request, without the bytes of [`range`](Self::range).
    #[must_use]
    pub fn encode(&self) -> Multipart {
        let keys = self.credentials;
        let file = self.file;
        let mut form = multipart::Form::new(self.boundary);
        form.field("id", FORM_ID);
        form.field("name", &file.name);
        form.field("type", &file.media_type);
        form.field("lastModifiedDate", &date::javascript(file.modified));
        form.field("size", &file.size.to_string());
        let pieces = pieces(file.size);
        if pieces > 1 {
            form.field("chunks", &pieces.to_string());
            form.field("chunk", &self.piece.to_string());
        }
        form.field("mediatype", self.kind.as_str());
        form.field("uploadmediarequest", &self.upload_media_request());
        form.field("webwx_data_ticket", self.data_ticket.expose());
        // In queries it goes out encoded twice, here not at all (protocol:
        // upload).
        form.field("pass_ticket", &query::decode(keys.pass_ticket.expose()));
        let query = Query::new().pair("f", "json");
        let url = path(&keys.hosts.file(), Endpoint::UploadMedia, query);
        form.file("filename", &file.name, request(http::Method::POST, url, ()))
    }

    /// The same text for every piece: `StartPos` stays 0 and `DataLen` is that
    /// of the whole file.
    fn upload_media_request(&self) -> String {
        let request = UploadMediaRequest {
            upload_type: UPLOAD_TYPE,
            base_request: BaseRequest(self.credentials),
            client_media_id: self.client_media_id,
            total_len: self.file.size,
            start_pos: 0,
            data_len: self.file.size,
            media_type: ATTACHMENT,
            from_user_name: self.from,
            to_user_name: self.to,
            file_md5: &self.file.md5,
            aes_key: self.keys.map(|(key, _)| key.expose()),
            signature: self.keys.map(|(_, signature)| signature.expose()),
        };
        // Serialising to memory fails only for maps whose keys are not texts.
        serde_json::to_string(&request).unwrap_or_default()
    }
}

object! {
    /// The receipt of a piece.
    #[derive(Eq)]
    #[non_exhaustive]
    pub struct Response {
        base: Option<BaseResponse> = "BaseResponse",
        /// What a message can refer to; empty for all pieces but the last.
        pub media_id: MediaId = "MediaId",
        /// Where the next piece would start, in bytes.
        pub start_pos: Option<i64> = "StartPos",
        /// Pixels.
        pub cdn_thumb_img_height: Option<i64> = "CDNThumbImgHeight",
        /// Pixels.
        pub cdn_thumb_img_width: Option<i64> = "CDNThumbImgWidth",
        /// The file's name, percent-encoded, as a download must give it;
        /// missing in old bodies.
        pub encry_file_name: Option<String> = "EncryFileName",
    }
}

verdict!(Response of UploadMedia);
