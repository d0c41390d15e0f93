//! `POST https://HOST/cgi-bin/mmwebwx-bin/webwxoplog`: sets a remark, or pins a
//! chat.
//!
//! The answer is a verdict and nothing else.

use super::{BaseResponse, Endpoint};
use crate::error::DecodeError;
use crate::json::{self, object};

object! {
    /// The verdict.
    #[derive(Eq)]
    #[non_exhaustive]
    pub struct Response {
        base: Option<BaseResponse> = "BaseResponse",
    }
}

impl Response {
    /// Reads the JSON.
    ///
    /// # Errors
    /// If the body is no JSON with a BaseResponse.
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        let response: Self = json::body(Endpoint::OpLog, body)?;
        BaseResponse::required(Endpoint::OpLog, response.base.clone())?;
        Ok(response)
    }

    /// The server's verdict.
    #[must_use]
    pub fn base_response(&self) -> BaseResponse {
        self.base.clone().unwrap_or_default()
    }
}
