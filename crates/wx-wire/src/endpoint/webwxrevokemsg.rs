//! `POST https://HOST/cgi-bin/mmwebwx-bin/webwxrevokemsg`: takes a message back.
//!
//! The answer may have words for people even when all went well.

use super::{BaseResponse, Endpoint};
use crate::error::DecodeError;
use crate::json::{self, object};

object! {
    /// What came of it.
    #[derive(Eq)]
    #[non_exhaustive]
    pub struct Response {
        base: Option<BaseResponse> = "BaseResponse",
        /// Words to explain it.
        pub introduction: String = "Introduction",
        /// Words to show in the message's place.
        pub sys_wording: String = "SysWording",
    }
}

impl Response {
    /// Reads the JSON.
    ///
    /// # Errors
    /// If the body is no JSON with a BaseResponse.
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        let response: Self = json::body(Endpoint::RevokeMsg, body)?;
        BaseResponse::required(Endpoint::RevokeMsg, response.base.clone())?;
        Ok(response)
    }

    /// The server's verdict.
    #[must_use]
    pub fn base_response(&self) -> BaseResponse {
        self.base.clone().unwrap_or_default()
    }
}
