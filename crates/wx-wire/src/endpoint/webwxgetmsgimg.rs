//! `GET https://HOST/cgi-bin/mmwebwx-bin/webwxgetmsgimg`: the picture of a
//! received message.
//!
//! Answers its bytes; none for an emoticon of the store.

use bytes::Bytes;
use http::Request as HttpRequest;

use super::{Endpoint, get_from, path};
use crate::credentials::Credentials;
use crate::id::MsgId;
use crate::query::Query;

/// Asks for a picture.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The session's keys.
    pub credentials: &'a Credentials,
    /// The message.
    pub msg_id: &'a MsgId,
    /// Which of its pictures.
    pub size: PictureSize,
}

/// Which of a message's pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PictureSize {
    /// The picture itself.
    Full,
    /// The small one of a picture, video or link (`type=slave`).
    Thumbnail,
    /// An emoticon (`type=big`).
    Emoticon,
}

impl Request<'_> {
    /// The HTTP request.
    #[must_use]
    pub fn encode(&self) -> HttpRequest<Bytes> {
        self.encode_from(0)
    }

    /// The HTTP request for what follows the first `offset` bytes.
    #[must_use]
    pub fn encode_from(&self, offset: u64) -> HttpRequest<Bytes> {
        let keys = self.credentials;
        let query = Query::new()
            .pair("MsgID", self.msg_id)
            .pair("skey", keys.skey.expose());
        let query = match self.size {
            PictureSize::Full => query,
            PictureSize::Thumbnail => query.pair("type", "slave"),
            PictureSize::Emoticon => query.pair("type", "big"),
        };
        get_from(path(keys.hosts.base(), Endpoint::GetMsgImg, query), offset)
    }
}
