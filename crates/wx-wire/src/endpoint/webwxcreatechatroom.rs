//! `POST https://HOST/cgi-bin/mmwebwx-bin/webwxcreatechatroom`: a new group.
//!
//! `ErrMsg` is `Everything is OK` on success.

use super::{BaseResponse, Endpoint};
use crate::contact::Member;
use crate::error::DecodeError;
use crate::id::UserName;
use crate::json::{self, object};

object! {
    /// The new group.
    #[derive(Eq)]
    #[non_exhaustive]
    pub struct Response {
        base: Option<BaseResponse> = "BaseResponse",
        /// Its name in this login.
        pub chat_room_name: UserName = "ChatRoomName",
        /// What it is called.
        pub topic: String = "Topic",
        /// Number of members that the server names; never index by it.
        pub member_count: i64 = "MemberCount",
        /// Those who were asked in, each with what came of it.
        pub member_list: Vec<Member> = "MemberList",
        /// Those who have blocked the user, joined with `,`.
        pub black_list: String = "BlackList",
    }
}

impl Response {
    /// Reads the JSON.
    ///
    /// # Errors
    /// If the body is no JSON with a BaseResponse.
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        let response: Self = json::body(Endpoint::CreateChatRoom, body)?;
        BaseResponse::required(Endpoint::CreateChatRoom, response.base.clone())?;
        Ok(response)
    }

    /// The server's verdict.
    #[must_use]
    pub fn base_response(&self) -> BaseResponse {
        self.base.clone().unwrap_or_default()
    }
}
