//! `GET https://webpush.HOST/cgi-bin/mmwebwx-bin/synccheck`: the long poll.
//!
//! Held for about 25 seconds while nothing is new. Answers a script,
//! `window.synccheck={retcode:"0",selector:"2"}`: bare keys, values in quotes,
//! sometimes with blanks, and -14 is possible.

use bytes::Bytes;
use http::Request as HttpRequest;

use super::{Endpoint, get, path};
use crate::code::{Ret, Selector};
use crate::credentials::Credentials;
use crate::error::DecodeError;
use crate::query::Query;
use crate::script;
use crate::sync_key::SyncKey;

/// Waits for news.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The session's keys.
    pub credentials: &'a Credentials,
    /// The SyncCheckKey, or the SyncKey until there is one.
    pub sync_key: &'a SyncKey,
    /// Unix time in milliseconds.
    pub unix_ms: u64,
}

impl Request<'_> {
    /// The HTTP request.
    #[must_use]
    pub fn encode(&self) -> HttpRequest<Bytes> {
        let keys = self.credentials;
        let query = Query::new()
            .pair("r", self.unix_ms)
            .pair("skey", keys.skey.expose())
            .pair("sid", keys.sid.expose())
            .pair("uin", keys.uin)
            .pair("deviceid", &keys.device_id)
            .pair("synckey", self.sync_key)
            .pair("_", self.unix_ms);
        get(path(&keys.hosts.push(), Endpoint::SyncCheck, query))
    }
}

/// Whether there is news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Response {
    /// The server's verdict on the session.
    pub retcode: Ret,
    /// What is new.
    pub selector: Selector,
}

impl Response {
    /// Reads the script.
    ///
    /// # Errors
    /// If the body is not a script, or lacks a `retcode`.
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        let script = script::parse(body).map_err(|e| DecodeError::at(Endpoint::SyncCheck, e))?;
        let number = |path| script.value(path).and_then(|value| value.as_i64());
        let retcode = number("window.synccheck.retcode").ok_or(DecodeError::new(
            Endpoint::SyncCheck,
            "window.synccheck.retcode",
            0,
        ))?;
        Ok(Self {
            retcode: Ret(retcode),
            selector: Selector(number("window.synccheck.selector").unwrap_or_default()),
        })
    }
}
