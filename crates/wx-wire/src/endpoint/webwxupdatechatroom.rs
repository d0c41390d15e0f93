//! `POST https://HOST/cgi-bin/mmwebwx-bin/webwxupdatechatroom?fun=…`: a change
//! of a group's members or name.
//!
//! A change that is not allowed is refused with Ret 1 and no word.

use super::{BaseResponse, Endpoint};
use crate::contact::Member;
use crate::error::DecodeError;
use crate::json::{self, object};

object! {
    /// What came of the change.
    #[derive(Eq)]
    #[non_exhaustive]
    pub struct Response {
        base: Option<BaseResponse> = "BaseResponse",
        /// Number of members that the server names; never index by it.
        pub member_count: i64 = "MemberCount",
        /// Those whom the change was about, each with what came of it.
        pub member_list: Vec<Member> = "MemberList",
    }
}

impl Response {
    /// Reads the JSON.
    ///
    /// # Errors
    /// If the body is no JSON with a BaseResponse.
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        let response: Self = json::body(Endpoint::UpdateChatRoom, body)?;
        BaseResponse::required(Endpoint::UpdateChatRoom, response.base.clone())?;
        Ok(response)
    }

    /// The server's verdict.
    #[must_use]
    pub fn base_response(&self) -> BaseResponse {
        self.base.clone().unwrap_or_default()
    }
}
