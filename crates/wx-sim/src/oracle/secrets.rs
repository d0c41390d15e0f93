//! The parts of a request that would give access to an account.

use http::header::COOKIE;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::Logged;

/// Parameters, cookies and members whose values are for the service alone.
const NAMES: [&str; 14] = [
    "sid",
    "skey",
    "pass_ticket",
    "ticket",
    "webwx_data_ticket",
    "wxsid",
    "webwxuvid",
    "webwx_auth_ticket",
    "Sid",
    "Skey",
    "DeviceID",
    "AESKey",
    "Signature",
    "VerifyUserTicket",
];

impl Logged {
    /// The keys, tickets and cookies in the request, each with the name that it
    /// goes by, and without percent-encoding. For tests that search for them in
    /// what a client prints.
    #[must_use]
    pub fn secrets(&self) -> Vec<(&'static str, String)> {
        let mut found = Vec::new();
        for (name, value) in pairs(&self.query, '&') {
            keep(name, value, &mut found);
        }
        for header in self.headers.get_all(COOKIE) {
            let header = header.to_str().unwrap_or_default();
            for (name, value) in pairs(header, ';') {
                keep(name, value, &mut found);
            }
        }
        if let Ok(body) = serde_json::from_slice(&self.body) {
            members(&body, &mut found);
        }
        found
    }
}

fn pairs(text: &str, separator: char) -> impl Iterator<Item = (&str, &str)> {
    text.split(separator)
        .filter_map(|pair| pair.trim().split_once('='))
}

/// The texts in a body, at any depth that a parser of JSON takes.
fn members(value: &Value, found: &mut Vec<(&'static str, String)>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                match value {
                    Value::String(text) => keep(name, text, found),
                    inner => members(inner, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| members(item, found)),
        _ => {}
    }
}

fn keep(name: &str, value: &str, found: &mut Vec<(&'static str, String)>) {
    let Some(name) = NAMES.into_iter().find(|known| *known == name) else {
        return;
    };
    // Some are encoded in what the service gives, and once more in an address.
    let mut value = value.to_owned();
    for _ in 0..2 {
        value = percent_decode_str(&value).decode_utf8_lossy().into_owned();
    }
    if !value.is_empty() {
        found.push((name, value));
    }
}
