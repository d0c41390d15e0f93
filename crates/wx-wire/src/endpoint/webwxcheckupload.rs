//! `POST https://HOST/cgi-bin/mmwebwx-bin/webwxcheckupload`: asks for the keys
//! of a large upload, and whether the server has the file already.
//!
//! Needed above [`CHECK_ABOVE`](super::webwxuploadmedia::CHECK_ABOVE) bytes. No
//! body of an answer was ever captured.

use bytes::Bytes;
use http::Request as HttpRequest;
use serde::Serialize;

use super::webwxuploadmedia::FileFacts;
use super::{BaseResponse, Endpoint, path, post_json, verdict};
use crate::credentials::{BaseRequest, Credentials};
use crate::id::{MediaId, UserName};
use crate::json::object;
use crate::query::Query;
use crate::secret::{UploadKey, UploadSignature};

/// The only `FileType` that clients send.
const FILE_TYPE: u8 = 7;

/// Asks for the keys.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The session's keys.
    pub credentials: &'a Credentials,
    /// Oneself.
    pub from: &'a UserName,
    /// Who shall have the file.
    pub to: &'a UserName,
    /// The file.
    pub file: &'a FileFacts,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Body<'a> {
    base_request: BaseRequest<'a>,
    file_md5: &'a str,
    file_name: &'a str,
    file_size: u64,
    file_type: u8,
    from_user_name: &'a UserName,
    to_user_name: &'a UserName,
}

impl Request<'_> {
    /// The HTTP request.
    #[must_use]
    pub fn encode(&self) -> HttpRequest<Bytes> {
        let keys = self.credentials;
        let query = Query::new().pair("pass_ticket", keys.pass_ticket.expose());
        post_json(
            path(keys.hosts.base(), Endpoint::CheckUpload, query),
            &Body {
                base_request: BaseRequest(keys),
                file_md5: &self.file.md5,
                file_name: &self.file.name,
                file_size: self.file.size,
                file_type: FILE_TYPE,
                from_user_name: self.from,
                to_user_name: self.to,
            },
        )
    }
}

object! {
    /// The keys, or the file's MediaId.
    #[derive(Eq)]
    #[non_exhaustive]
    pub struct Response {
        base: Option<BaseResponse> = "BaseResponse",
        /// Not empty: the server has the file, which need not be uploaded.
        pub media_id: MediaId = "MediaId",
        /// What each piece must carry.
        pub aes_key: UploadKey = "AESKey",
        /// What each piece and the message must carry.
        pub signature: UploadSignature = "Signature",
        /// As in the answer to an upload.
        pub encry_file_name: Option<String> = "EncryFileName",
    }
}

verdict!(Response of CheckUpload);
