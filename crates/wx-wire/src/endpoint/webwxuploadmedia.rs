//! `POST https://file.HOST/cgi-bin/mmwebwx-bin/webwxuploadmedia`: a piece of a
//! file that is to be sent.
//!
//! Only the answer to the last piece names the medium. A refusal may name one
//! too, which then shows something else: the verdict comes first.

use super::{BaseResponse, Endpoint};
use crate::error::DecodeError;
use crate::json::{self, object};

object! {
    /// The receipt of a piece.
    #[derive(Eq)]
    #[non_exhaustive]
    pub struct Response {
        base: Option<BaseResponse> = "BaseResponse",
        /// What a message can refer to; empty for all pieces but the last.
        pub media_id: String = "MediaId",
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

impl Response {
    /// Reads the JSON.
    ///
    /// # Errors
    /// If the body is no JSON with a BaseResponse.
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        let response: Self = json::body(Endpoint::UploadMedia, body)?;
        BaseResponse::required(Endpoint::UploadMedia, response.base.clone())?;
        Ok(response)
    }

    /// The server's verdict.
    #[must_use]
    pub fn base_response(&self) -> BaseResponse {
        self.base.clone().unwrap_or_default()
    }
}
