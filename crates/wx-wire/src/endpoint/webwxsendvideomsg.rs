//! `POST https://HOST/cgi-bin/mmwebwx-bin/webwxsendvideomsg`: sends a video.
//!
//! As for pictures, one that was uploaded goes by its MediaId, and one that was
//! received by its XML. Small videos go out as videos, too. The answer is a
//! [`Receipt`](super::Receipt).

use bytes::Bytes;
use http::Request as HttpRequest;

use super::Endpoint;
use super::envelope::{Envelope, Payload};
use crate::code::MsgType;
use crate::id::MediaId;
use crate::query::Query;

/// Sends a video.
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
            ..Payload::new(MsgType::VIDEO.0, self.content)
        };
        let query = Query::new().pair("fun", "async").pair("f", "json");
        self.envelope
            .encode(Endpoint::SendVideoMsg, query, &payload)
    }
}
