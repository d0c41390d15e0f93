//! `GET https://login.wx.qq.com/jslogin`: the number of a new QR code.
//!
//! Answers a script, `window.QRLogin.code = 200; window.QRLogin.uuid = "…";`,
//! and on refusal `code = 400` with an `error` and no number.

use bytes::Bytes;
use http::Request as HttpRequest;

use super::{Endpoint, get};
use crate::error::DecodeError;
use crate::host::DEFAULT_BASE;
use crate::id::QrUuid;
use crate::query::Query;
use crate::script;

/// The application's number; every known client sends this one.
const APP_ID: &str = "wx782c26e4c19acffb";

/// Asks for a QR code.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// A login host.
    pub host: &'a str,
    /// `zh_CN` or `en_US`: the language of refusals.
    pub lang: &'a str,
    /// The desktop variant, which some barred accounts may use.
    pub desktop: bool,
    /// Unix time in milliseconds.
    pub unix_ms: u64,
}

impl Request<'_> {
    /// The HTTP request.
    #[must_use]
    pub fn encode(&self) -> HttpRequest<Bytes> {
        let mode = if self.desktop { "?mod=desktop" } else { "" };
        let back = format!(
            "https://{DEFAULT_BASE}{}webwxnewloginpage{mode}",
            super::ROOT
        );
        let query = Query::new()
            .pair("appid", APP_ID)
            .pair("redirect_uri", back)
            .pair("fun", "new")
            .pair("lang", self.lang)
            .pair("_", self.unix_ms);
        get(format!(
            "https://{}/jslogin?{}",
            self.host,
            query.into_string()
        ))
    }
}

/// A QR code, or the lack of one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Response {
    /// 200 for success.
    pub code: i64,
    /// The number, if there is one.
    pub uuid: Option<QrUuid>,
    /// The server's words on refusal.
    pub error: Option<String>,
}

impl Response {
    /// Reads the script.
    ///
    /// # Errors
    /// If the body is not a script, or lacks `window.QRLogin.code`.
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        let script = script::parse(body).map_err(|e| DecodeError::at(Endpoint::Jslogin, e))?;
        let text = |path| script.value(path).and_then(|value| value.as_str());
        let code = script
            .value("window.QRLogin.code")
            .and_then(|value| value.as_i64())
            .ok_or(DecodeError::new(
                Endpoint::Jslogin,
                "window.QRLogin.code",
                0,
            ))?;
        Ok(Self {
            code,
            uuid: text("window.QRLogin.uuid")
                .filter(|uuid| !uuid.is_empty())
                .map(QrUuid::new),
            error: text("window.QRLogin.error").map(str::to_owned),
        })
    }
}
