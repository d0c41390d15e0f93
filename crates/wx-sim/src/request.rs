//! A request as the endpoints look at it.

use std::borrow::Cow;

use bytes::Bytes;
use http::header::{COOKIE, HOST, HeaderMap, HeaderName, REFERER};
use serde_json::Value;

/// An arrived request, taken apart once.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) method: http::Method,
    pub(crate) host: String,
    pub(crate) path: String,
    pub(crate) raw_query: String,
    query: Vec<(String, String)>,
    cookies: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Incoming {
    pub(crate) fn new(request: http::Request<Bytes>) -> Self {
        let (head, body) = request.into_parts();
        let named = head.headers.get(HOST).and_then(|h| h.to_str().ok());
        let host = head.uri.host().or(named).unwrap_or_default();
        let host = host.split(':').next().unwrap_or_default();
        let raw_query = head.uri.query().unwrap_or_default().to_owned();
        let cookies = head
            .headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Self {
            method: head.method,
            host: host.to_ascii_lowercase(),
            path: head.uri.path().to_owned(),
            query: pairs(&raw_query),
            raw_query,
            cookies,
            headers: head.headers,
            body,
        }
    }

    /// The last segment of the path: what the protocol calls an endpoint by.
    pub(crate) fn endpoint(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// A query parameter, decoded.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        find(&self.query, name)
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        find(&self.cookies, name)
    }

    /// A query parameter of which clients write the name as they like.
    pub(crate) fn param_in_any_case(&self, name: &str) -> Option<&str> {
        let same = |(key, _): &&(String, String)| key.eq_ignore_ascii_case(name);
        self.query
            .iter()
            .find(same)
            .map(|(_, value)| value.as_str())
    }

    /// A line of the head, if it is text.
    pub(crate) fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether the Referer is a page of this host.
    pub(crate) fn comes_from(&self, host: &str) -> bool {
        let page = format!("https://{host}/");
        self.header(&REFERER)
            .is_some_and(|referer| referer.starts_with(&page))
    }

    /// The body as JSON, whatever its Content-Type says; null when it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

/// Decodes a query as a form, in which `+` is a blank: a sid whose `+` was
/// sent raw does not match, just as it does not for the real service.
fn pairs(query: &str) -> Vec<(String, String)> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (form_decode(name), form_decode(value))
        })
        .collect()
}

fn form_decode(text: &str) -> String {
    let blanks: Cow<'_, str> = if text.contains('+') {
        text.replace('+', " ").into()
    } else {
        text.into()
    };
    percent_encoding::percent_decode_str(&blanks)
        .decode_utf8_lossy()
        .into_owned()
}

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let (_, value) = pairs.iter().find(|(key, _)| key == name)?;
    Some(value)
}

/// A JSON string or number as text: clients send `Uin` and `ClientMsgId`
/// either way.
pub(crate) fn scalar(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}
