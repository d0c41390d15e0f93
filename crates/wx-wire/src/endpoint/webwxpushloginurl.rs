//! `GET https://HOST/cgi-bin/mmwebwx-bin/webwxpushloginurl`: asks the phone to
//! confirm a login without a scan. Needs the cookies of an earlier session.
//!
//! Answers JSON without a BaseResponse; `ret` is a text mostly.

use bytes::Bytes;
use http::Request as HttpRequest;

use super::{Endpoint, get, path};
use crate::code::Ret;
use crate::error::DecodeError;
use crate::host::Hosts;
use crate::id::{QrUuid, Uin};
use crate::json::{self, object};
use crate::query::Query;

/// Asks the phone.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The hosts of the earlier session.
    pub hosts: &'a Hosts,
    /// The account's number.
    pub uin: Uin,
    /// The desktop variant.
    pub desktop: bool,
}

impl Request<'_> {
    /// The HTTP request.
    #[must_use]
    pub fn encode(&self) -> HttpRequest<Bytes> {
        let mut query = Query::new().pair("uin", self.uin);
        if self.desktop {
            query = query.pair("mod", "desktop");
        }
        get(path(self.hosts.base(), Endpoint::PushLoginUrl, query))
    }
}

object! {
    /// The number to poll for, if the phone is being asked.
    #[derive(Eq)]
    #[non_exhaustive]
    pub struct Response {
        /// 0 for success; missing in a body of something else.
        pub ret: Option<i64> = "ret",
        /// The server's words.
        pub msg: String = "msg",
        /// To be polled for by [`login`](super::login).
        pub uuid: QrUuid = "uuid",
    }
}

impl Response {
    /// Reads the JSON.
    ///
    /// # Errors
    /// If the body is not a JSON object with a member `ret`.
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        let response: Self = json::body(Endpoint::PushLoginUrl, body)?;
        if response.ret.is_none() {
            return Err(DecodeError::new(Endpoint::PushLoginUrl, "a member ret", 0));
        }
        Ok(response)
    }

    /// The number, if the server granted one.
    #[must_use]
    pub fn granted(&self) -> Option<&QrUuid> {
        (self.ret == Some(Ret::OK.0) && !self.uuid.is_empty()).then_some(&self.uuid)
    }
}
