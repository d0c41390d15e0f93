//! `GET https://file.HOST/cgi-bin/mmwebwx-bin/webwxgetmedia`: a received file.
//!
//! Answers its bytes. Without a `Referer` from the base host the answer was
//! seen to be empty (protocol: webwxgetmedia).

use bytes::Bytes;
use http::Request as HttpRequest;
use http::header::REFERER;

use super::{Endpoint, get_from, header, path};
use crate::credentials::Credentials;
use crate::id::{MediaId, UserName};
use crate::query::Query;
use crate::secret::DataTicket;

/// Asks for a file.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The session's keys.
    pub credentials: &'a Credentials,
    /// The cookie `webwx_data_ticket`.
    pub data_ticket: &'a DataTicket,
    /// `FromUserName` of the message: in a group, the group.
    pub sender: &'a UserName,
    /// `MediaId` of the message.
    pub media_id: &'a MediaId,
    /// The file's name, as far as the message tells it.
    pub name: FileName<'a>,
}

/// The name of a file in one of the forms that the service takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileName<'a> {
    /// `EncryFileName` of the message, as it came.
    ///
    /// It comes percent-encoded, `.` and `_` too, and goes into the query as
    /// it came, for so does the official page. Encoded again, as some clients
    /// do, it would come out at the server as a text with `%` in it.
    Encrypted(&'a str),
    /// `FileName` of a message without `EncryFileName`, not encoded.
    Plain(&'a str),
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
            .pair("sender", self.sender)
            .pair("mediaid", self.media_id);
        let query = match self.name {
            FileName::Encrypted(name) => query.encoded_pair("encryfilename", name),
            FileName::Plain(name) => query.pair("filename", name),
        };
        let query = query
            .pair("fromuser", keys.uin)
            .pair("pass_ticket", keys.pass_ticket.expose())
            .pair("webwx_data_ticket", self.data_ticket.expose());
        let mut request = get_from(path(&keys.hosts.file(), Endpoint::GetMedia, query), offset);
        let referer = format!("https://{}/", keys.hosts.base());
        header(&mut request, REFERER, referer);
        request
    }
}
