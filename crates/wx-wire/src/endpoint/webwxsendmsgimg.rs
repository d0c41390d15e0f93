//! `POST https://HOST/cgi-bin/mmwebwx-bin/webwxsendmsgimg`: sends a picture.
//!
//! One that was uploaded goes by its MediaId and without a content. One that
//! was received goes by its XML and mostly with an empty MediaId (protocol:
//! forwarding). The answer is a [`Receipt`](super::Receipt).

use bytes::Bytes;
use http::Request as HttpRequest;

use super::Endpoint;
use super::envelope::{Envelope, Payload};
use crate::code::MsgType;
use crate::id::MediaId;
use crate::query::Query;

/// Sends a picture.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Who sends to whom.
    pub envelope: Envelope<'a>,
    /// What the upload gave; what was received, if forwarded.
    pub media_id: &'a MediaId,
    /// Empty, or the received XML.
    pub content: &'a str,
}

impl Request<'_> {
    /// The HTTP request.
    #[must_use]
    pub fn encode(&self) -> HttpRequest<Bytes> {
        let payload = Payload {
            media_id: Some(self.media_id.as_str()),
            ..Payload::new(MsgType::IMAGE.0, self.content)
        };
        let query = Query::new().pair("fun", "async").pair("f", "json");
        self.envelope.encode(Endpoint::SendMsgImg, query, &payload)
    }
}
