//! `GET https://login.HOST/cgi-bin/mmwebwx-bin/login`: waits for the scan.
//!
//! The server holds the poll for 10 to 25 seconds and answers a script with
//! any subset of `window.code`, `window.userAvatar` and `window.redirect_uri`.
//! An empty body counts as code 0. Blanks, line breaks and quotes vary.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bytes::Bytes;
use http::Request as HttpRequest;

use super::{Endpoint, get, not_ms, path};
use crate::code::LoginCode;
use crate::error::DecodeError;
use crate::id::QrUuid;
use crate::query::Query;
use crate::script;
use crate::secret::TicketUrl;

/// Waits for the phone.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// A login host.
    pub host: &'a str,
    /// The number from jslogin or webwxpushloginurl.
    pub uuid: &'a QrUuid,
    /// True on the first poll of a number, false on all later ones
    /// (protocol: tip).
    pub first: bool,
    /// Unix time in milliseconds.
    pub unix_ms: u64,
}

impl Request<'_> {
    /// The HTTP request.
    #[must_use]
    pub fn encode(&self) -> HttpRequest<Bytes> {
        let query = Query::new()
            .pair("loginicon", "true")
            .pair("uuid", self.uuid)
            .pair("tip", u8::from(self.first))
            .pair("r", not_ms(self.unix_ms))
            .pair("_", self.unix_ms);
        get(path(self.host, Endpoint::Login, query))
    }
}

/// What the phone has done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Response {
    /// What happened.
    pub code: LoginCode,
    /// The scanning account's picture as a data URL
    /// (`data:img/jpg;base64,…`), mostly with 201.
    pub avatar: Option<String>,
    /// With 200: where to fetch the keys. It contains a one-use ticket.
    pub redirect_uri: Option<TicketUrl>,
}

impl Response {
    /// Reads the script.
    ///
    /// # Errors
    /// If the body is not a script.
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        let script = script::parse(body).map_err(|e| DecodeError::at(Endpoint::Login, e))?;
        let text = |path| {
            script
                .value(path)
                .and_then(|value| value.as_str())
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
        };
        let code = script.value("window.code").and_then(|value| value.as_i64());
        Ok(Self {
            code: LoginCode(code.unwrap_or_default()),
            avatar: text("window.userAvatar"),
            redirect_uri: text("window.redirect_uri").map(TicketUrl::new),
        })
    }
}

/// The picture inside a data URL. The service writes `img/jpg` whatever the
/// bytes really are.
#[must_use]
pub fn picture(avatar: &str) -> Option<Vec<u8>> {
    let (head, data) = avatar.split_once(',')?;
    if !head.starts_with("data:") || !head.ends_with(";base64") {
        return None;
    }
    // Without padding as well: some hand the picture on that way.
    STANDARD_NO_PAD.decode(data.trim_end_matches('=')).ok()
}
