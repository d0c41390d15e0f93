//! `GET` of the address that a confirmed scan gives, on the base host: trades
//! the ticket for keys and cookies.
//!
//! Answers XML: `<error><ret>0</ret><message></message><skey>…</skey>…</error>`.
//! A refusal has `ret` and `message` only. `<redirecturl>` names another host
//! to ask. Redirects of HTTP must not be followed: the desktop variant answers
//! 301 without a Location, and the keys are then in the cookies.

use bytes::Bytes;
use http::Request as HttpRequest;

use super::{Endpoint, get};
use crate::code::Ret;
use crate::error::DecodeError;
use crate::id::Uin;
use crate::secret::{PassTicket, Sid, Skey, TicketUrl};
use crate::xml;

/// Asks for the keys. The ticket may be used once.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The address as the login poll gave it.
    pub redirect_uri: &'a TicketUrl,
    /// The desktop variant.
    pub desktop: bool,
}

impl Request<'_> {
    /// The HTTP request.
    #[must_use]
    pub fn encode(&self) -> HttpRequest<Bytes> {
        let address = self.redirect_uri.expose();
        let joint = if address.contains('?') { '&' } else { '?' };
        let mode = if self.desktop { "&mod=desktop" } else { "" };
        get(format!("{address}{joint}fun=new&version=v2{mode}"))
    }
}

/// Keys, or the reason why there are none.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Response {
    /// 0, or why the login is refused (1203 mostly).
    pub ret: Ret,
    /// The server's sentence, verbatim. Blanks around it are cut.
    pub message: String,
    /// Another address to ask, host and all.
    pub redirect_url: Option<TicketUrl>,
    /// The session's key.
    pub skey: Option<Skey>,
    /// The session's number.
    pub wxsid: Option<Sid>,
    /// The account's number.
    pub wxuin: Option<Uin>,
    /// The login's ticket, percent-encoded as it came.
    pub pass_ticket: Option<PassTicket>,
    /// Of no known use.
    pub is_gray_scale: Option<String>,
}

impl Response {
    /// Reads the XML.
    ///
    /// # Errors
    /// If the body is not XML (for example an HTML page that only a browser
    /// can use), or has neither a `ret` nor a `redirecturl`.
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        const ENDPOINT: Endpoint = Endpoint::NewLoginPage;
        let text = std::str::from_utf8(body)
            .map_err(|e| DecodeError::new(ENDPOINT, "UTF-8 text", e.valid_up_to()))?;
        let document = xml::parse(text).map_err(|e| DecodeError::at(ENDPOINT, e))?;
        let root = document.root();
        if root.name() != "error" {
            return Err(DecodeError::new(ENDPOINT, "an element <error>", 0));
        }
        let child = |name| {
            let text = root.child(name)?.text();
            let text = text.trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        let redirect_url = child("redirecturl").map(TicketUrl::new);
        let ret = child("ret").and_then(|ret| ret.parse().ok()).map(Ret);
        if ret.is_none() && redirect_url.is_none() {
            return Err(DecodeError::new(
                ENDPOINT,
                "an element <ret> with a number",
                0,
            ));
        }
        Ok(Self {
            ret: ret.unwrap_or_default(),
            message: child("message").unwrap_or_default(),
            redirect_url,
            skey: child("skey").map(Skey::new),
            wxsid: child("wxsid").map(Sid::new),
            wxuin: child("wxuin").and_then(|uin| uin.parse().ok()).map(Uin),
            pass_ticket: child("pass_ticket").map(PassTicket::new),
            is_gray_scale: child("isgrayscale"),
        })
    }
}
