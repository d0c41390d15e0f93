//! Parts that are left out of the answers, to see who notices: the setting
//! `omit`.
//!
//! A judge that accepts everything proves nothing. With a field gone that a
//! client lives on, that client has to fail.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::Response;
use http::header::{HeaderMap, HeaderValue, SET_COOKIE};
use serde::Deserialize;
use serde_json::Value;

use crate::endpoint;

/// A part of an endpoint's answers: `ENDPOINT.MEMBER`, further members after
/// further dots.
///
/// Of JSON, a member of an object, or of each object in a list
/// (`webwxsync.AddMsgList.MsgType`); of XML, an element
/// (`webwxnewloginpage.wxsid`); of a script, what is assigned
/// (`jslogin.QRLogin.uuid`) or a member in the braces (`synccheck.selector`).
/// `ENDPOINT.Set-Cookie.NAME` is a cookie.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Omission {
    endpoint: String,
    path: Vec<String>,
}

/// Why a text names no part of an answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not the name of an endpoint, a dot, and a member of its answer")]
#[non_exhaustive]
pub struct NotAnOmission(String);

impl TryFrom<String> for Omission {
    type Error = NotAnOmission;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let mut names = text.split('.').map(str::to_owned);
        let endpoint = names.next().unwrap_or_default();
        let path: Vec<String> = names.collect();
        if !endpoint::is_name(&endpoint) || path.is_empty() || path.iter().any(String::is_empty) {
            return Err(NotAnOmission(text));
        }
        Ok(Self { endpoint, path })
    }
}

impl std::fmt::Display for Omission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.endpoint, self.path.join("."))
    }
}

/// How often each part was left out.
pub(crate) type Omitted = BTreeMap<String, u64>;

/// Leaves out what is to be left out of an endpoint's answer.
pub(crate) fn apply(
    omissions: &[Omission],
    endpoint: &str,
    response: &mut Response<Bytes>,
    omitted: &mut Omitted,
) {
    for omission in omissions.iter().filter(|it| it.endpoint == endpoint) {
        let count = omission.cut(response);
        if count > 0 {
            *omitted.entry(omission.to_string()).or_default() += count;
        }
    }
}

impl Omission {
    /// How often the part was there.
    fn cut(&self, response: &mut Response<Bytes>) -> u64 {
        if let [first, name] = self.path.as_slice()
            && first == "Set-Cookie"
        {
            return drop_cookie(response.headers_mut(), name);
        }
        let Ok(text) = std::str::from_utf8(response.body()) else {
            return 0;
        };
        let (text, count) = match text.as_bytes().first() {
            Some(b'{') => self.cut_json(text),
            Some(b'<') => self.cut_xml(text),
            _ => self.cut_script(text),
        }
        .unwrap_or_default();
        if count > 0 {
            *response.body_mut() = text.into();
        }
        count
    }

    /// The members come back in another order and layout, which no JSON reader
    /// minds.
    fn cut_json(&self, text: &str) -> Option<(String, u64)> {
        let mut value: Value = serde_json::from_slice(text.as_bytes()).ok()?;
        let count = remove(&mut value, &self.path);
        Some((value.to_string(), count))
    }

    fn cut_xml(&self, text: &str) -> Option<(String, u64)> {
        let name = self.path.last()?;
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        let (before, rest) = text.split_once(&open)?;
        let (_, after) = rest.split_once(&close)?;
        Some((format!("{before}{after}"), 1))
    }

    fn cut_script(&self, text: &str) -> Option<(String, u64)> {
        let name = self.path.join(".");
        if let Some((before, rest)) = text.split_once(&format!("window.{name}")) {
            let value = rest.trim_start_matches([' ', '=']);
            // A picture's address has a semicolon of its own.
            let quote = value.chars().next().filter(|c| ['"', '\''].contains(c));
            let after = match quote {
                Some(quote) => value.get(1..)?.split_once(quote)?.1,
                None => value,
            };
            let (_, after) = after.split_once(';')?;
            return Some((format!("{before}{after}"), 1));
        }
        let (before, rest) = text.split_once(&format!("{name}:"))?;
        let end = rest.find([',', '}'])?;
        let after = rest.get(end..)?.trim_start_matches(',');
        Some((format!("{}{after}", before.trim_end_matches(',')), 1))
    }
}

/// Removes a member, in each object of a list.
fn remove(value: &mut Value, path: &[String]) -> u64 {
    match (value, path) {
        (Value::Array(items), path) => items.iter_mut().map(|item| remove(item, path)).sum(),
        (Value::Object(members), [name]) => members.remove(name).map_or(0, |_| 1),
        (Value::Object(members), [name, rest @ ..]) => {
            members.get_mut(name).map_or(0, |value| remove(value, rest))
        }
        _ => 0,
    }
}

fn drop_cookie(headers: &mut HeaderMap, name: &str) -> u64 {
    let is_it = |line: &HeaderValue| {
        let line = line.to_str().unwrap_or_default();
        line.split_once('=').is_some_and(|(of, _)| of == name)
    };
    let lines: Vec<HeaderValue> = headers.get_all(SET_COOKIE).iter().cloned().collect();
    let dropped = lines.iter().filter(|line| is_it(line)).count() as u64;
    headers.remove(SET_COOKIE);
    for line in lines.into_iter().filter(|line| !is_it(line)) {
        headers.append(SET_COOKIE, line);
    }
    dropped
}
