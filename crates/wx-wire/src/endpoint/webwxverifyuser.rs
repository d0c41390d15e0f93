//! `POST https://HOST/cgi-bin/mmwebwx-bin/webwxverifyuser`: asks somebody to be
//! a friend, or answers somebody who asked.
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
        let response: Self = json::body(Endpoint::VerifyUser, body)?;
        BaseResponse::required(Endpoint::VerifyUser, response.base.clone())?;
        Ok(response)
    }

    /// The server's verdict.
    #[must_use]
    pub fn base_response(&self) -> BaseResponse {
        self.base.clone().unwrap_or_default()
    }
}
