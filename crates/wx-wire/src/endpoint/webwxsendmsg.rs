//! `POST https://HOST/cgi-bin/mmwebwx-bin/webwxsendmsg`: sends a text, a card
//! or a location.
//!
//! `MsgSource`, which names whom a text in a group mentions, is in the official
//! page's code, though nothing there leads to it (protocol: webwxsendmsg). The
//! answer is a [`Receipt`](super::Receipt).

use bytes::Bytes;
use http::Request as HttpRequest;

use super::Endpoint;
use super::envelope::{Envelope, Payload};
use crate::code::MsgType;
use crate::id::UserName;
use crate::query::Query;
use crate::xml::escape;

/// Sends what needs no upload.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Who sends to whom.
    pub envelope: Envelope<'a>,
    /// What is sent.
    pub content: Content<'a>,
}

/// What is sent.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Content<'a> {
    /// A text.
    Text {
        /// The text, not escaped, its lines ended by `\n`.
        text: &'a str,
        /// The members of the group whom the text mentions.
        mentions: &'a [UserName],
    },
    /// The card of a friend or of a public account.
    Card {
        /// Whose card.
        user_name: &'a UserName,
        /// The name that it shows, not escaped.
        nick_name: &'a str,
    },
    /// A location that was received.
    Location {
        /// `OriContent` of the received message, its XML not escaped.
        ori_content: &'a str,
    },
    /// Anything else, as the caller knows it to be.
    Raw {
        /// What it is.
        msg_type: MsgType,
        /// What goes with that, sent as it is.
        content: &'a str,
    },
}

impl Request<'_> {
    /// The HTTP request.
    #[must_use]
    pub fn encode(&self) -> HttpRequest<Bytes> {
        let send = |payload: &Payload<'_>| {
            self.envelope
                .encode(Endpoint::SendMsg, Query::new(), payload)
        };
        match self.content {
            Content::Text { text, mentions } => send(&Payload {
                msg_source: self.msg_source(mentions).as_deref(),
                ..Payload::new(MsgType::TEXT.0, text)
            }),
            Content::Raw { msg_type, content } => send(&Payload::new(msg_type.0, content)),
            Content::Card {
                user_name,
                nick_name,
            } => send(&Payload::new(
                MsgType::CARD.0,
                &format!(
                    "<msg username=\"{}\" nickname=\"{}\"/>",
                    escape::attribute(user_name.as_str()),
                    escape::attribute(nick_name),
                ),
            )),
            Content::Location { ori_content } => {
                send(&Payload::new(MsgType::LOCATION.0, ori_content))
            }
        }
    }

    fn msg_source(&self, mentions: &[UserName]) -> Option<String> {
        if mentions.is_empty() {
            return None;
        }
        // Names that would need escapes are none that the service issues.
        let is_plain = |name: &&str| !name.contains(['<', '>', '&', ',']);
        let names: Vec<&str> = mentions
            .iter()
            .map(UserName::as_str)
            .filter(is_plain)
            .collect();
        Some(format!(
            "<msgsource><atusername>{}</atusername>\
             <atchatroomname>{}</atchatroomname></msgsource>",
            names.join(","),
            Some(self.envelope.to.as_str())
                .filter(is_plain)
                .unwrap_or_default(),
        ))
    }
}
