//! What opens the account, and everything that is written for people: logs of
//! every level, and what events and errors print as. The one must not be in the
//! other.

use std::cell::RefCell;
use std::fmt::{self, Write as _};

use http::Response;
use http::header::SET_COOKIE;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::oracle::Verdict;

/// Members and elements of answers whose values are secret.
const NAMES: [(&str, &str); 9] = [
    ("<skey>", "</skey>"),
    ("<wxsid>", "</wxsid>"),
    ("<pass_ticket>", "</pass_ticket>"),
    ("\"SKey\": \"", "\""),
    ("\"AESKey\": \"", "\""),
    ("\"Signature\": \"@", "\""),
    ("\"Ticket\": \"", "\""),
    ("?ticket=", "&"),
    ("&ticket=", "&"),
];
/// What is shorter is found by chance.
const SHORTEST: usize = 12;

/// What the service has given to processes that nobody else is to know.
#[derive(Debug, Default)]
pub(crate) struct Secrets {
    /// As they are, and as they are in addresses.
    known: Vec<String>,
}

impl Secrets {
    /// Takes over what an answer gives.
    pub(crate) fn learn<T: AsRef<[u8]>>(&mut self, answer: &Response<T>) {
        for line in answer.headers().get_all(SET_COOKIE) {
            let line = line.to_str().unwrap_or_default();
            let pair = line.split(';').next().unwrap_or_default();
            if let Some((_, value)) = pair.split_once('=') {
                self.add(value);
            }
        }
        let Ok(body) = std::str::from_utf8(answer.body().as_ref()) else {
            return;
        };
        for (before, after) in NAMES {
            for rest in body.split(before).skip(1) {
                self.add(rest.split(after).next().unwrap_or_default());
            }
        }
    }

    fn add(&mut self, secret: &str) {
        let encoded = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
        for form in [secret.to_owned(), encoded] {
            if form.len() >= SHORTEST && !self.known.contains(&form) {
                self.known.push(form);
            }
        }
    }

    /// Whether a text for people holds one.
    pub(crate) fn judge(&self, text: &str) -> Verdict {
        match self.known.iter().find(|secret| text.contains(*secret)) {
            Some(_) => Err(format!("a secret is in what is written for people: {text}")),
            None => Ok(()),
        }
    }

    /// Whether what was logged since the last time holds one.
    pub(crate) fn judge_log(&self) -> Verdict {
        LOG.with_borrow_mut(|log| {
            let verdict = self.judge(log);
            log.clear();
            verdict
        })
    }
}

thread_local! {
    /// What the world on this thread has logged.
    static LOG: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Takes everything of every level down.
pub(crate) struct Collector;

impl Collector {
    /// Runs a world whose log is collected.
    pub(crate) fn around<T>(f: impl FnOnce() -> T) -> T {
        LOG.with_borrow_mut(String::clear);
        tracing::subscriber::with_default(Self, f)
    }
}

struct Line<'a>(&'a mut String);

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a text does not fail.
        let _ = write!(self.0, " {field}={value:?}");
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let _ = write!(self.0, " {field}={value}");
    }
}

impl Subscriber for Collector {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        LOG.with_borrow_mut(|log| span.record(&mut Line(log)));
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        LOG.with_borrow_mut(|log| values.record(&mut Line(log)));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        LOG.with_borrow_mut(|log| {
            log.push('\n');
            event.record(&mut Line(log));
        });
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_as_it_is_and_as_it_is_in_addresses() {
        let mut secrets = Secrets::default();
        let answer = Response::builder()
            .header(SET_COOKIE, "wxsid=pa/9d06Gz+f5OtcYq; Path=/")
            .body("<skey>@crypt_12345678</skey>")
            .unwrap();
        secrets.learn(&answer);
        Collector::around(|| {
            tracing::trace!(kept = 1, "nothing of note");
            assert_eq!(secrets.judge_log(), Ok(()));
            tracing::trace!(uri = "/?sid=pa%2F9d06Gz%2Bf5OtcYq", "a request");
            assert!(secrets.judge_log().is_err());
            tracing::debug!(skey = ?Some("@crypt_12345678"), "a key");
            assert!(secrets.judge_log().is_err());
            assert_eq!(secrets.judge_log(), Ok(()), "what was judged is gone");
        });
    }
}
