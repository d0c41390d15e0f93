//! `POST https://HOST/cgi-bin/mmwebwx-bin/webwxsendemoticon`: sends an
//! emoticon, or a GIF that was uploaded.
//!
//! The answer is a [`Receipt`](super::Receipt).

use bytes::Bytes;
use http::Request as HttpRequest;

use super::Endpoint;
use super::envelope::{Envelope, Payload};
use crate::code::MsgType;
use crate::id::MediaId;
use crate::query::Query;

/// `EmojiFlag` of everything that goes this way.
const EMOJI_FLAG: u8 = 2;

/// Sends an emoticon.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Who sends to whom.
    pub envelope: Envelope<'a>,
    /// Which.
    pub emoticon: Emoticon<'a>,
}

/// Which emoticon; the request has a member for the one that is in use only.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Emoticon<'a> {
    /// One that the server knows, by the MD5 of its XML.
    Md5(&'a str),
    /// One that was uploaded, by its MediaId.
    Media(&'a MediaId),
}

impl Request<'_> {
    /// The HTTP request.
    #[must_use]
    pub fn encode(&self) -> HttpRequest<Bytes> {
        let (media_id, emoticon_md5) = match self.emoticon {
            Emoticon::Md5(md5) => (None, Some(md5)),
            Emoticon::Media(media_id) => (Some(media_id.as_str()), None),
        };
        let payload = Payload {
            emoji_flag: Some(EMOJI_FLAG),
            media_id,
            emoticon_md5,
            ..Payload::new(MsgType::EMOTICON.0, "")
        };
        let query = Query::new().pair("fun", "sys");
        self.envelope
            .encode(Endpoint::SendEmoticon, query, &payload)
    }
}
