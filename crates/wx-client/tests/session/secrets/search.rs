//! What is printed and logged, what is secret, and whether the one is in the
//! other.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::{Debug, Write as _};
use std::io;
use std::sync::{Arc, Mutex};

use percent_encoding::{NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};
use tracing_subscriber::fmt::MakeWriter;

use crate::support::Sim;

/// What an application may print.
#[derive(Default)]
pub(super) struct Told(pub(super) String);

impl Told {
    pub(super) fn tell(&mut self, value: &impl Debug) {
        writeln!(self.0, "{value:?}\n{value:#?}").expect("a text");
    }

    pub(super) fn error(&mut self, error: &wx_client::Error) {
        self.tell(error);
        let mut cause: Option<&dyn std::error::Error> = Some(error);
        while let Some(error) = cause {
            writeln!(self.0, "{error}").expect("a text");
            cause = error.source();
        }
    }
}

/// What every library logs, at any level.
#[derive(Clone, Default)]
pub(super) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    pub(super) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

impl log::Log for Log {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let line = format!("{} {}\n", record.target(), record.args());
        self.0.lock().unwrap().extend(line.bytes());
    }

    fn flush(&self) {}
}

/// A piece of a secret that is as long as this is not there by chance.
const PIECE: usize = 8;

/// All that the service was sent of keys, tickets and cookies, by name.
pub(super) struct Secrets(pub(super) BTreeMap<&'static str, BTreeSet<String>>);

impl Secrets {
    pub(super) fn of(sim: &Sim) -> Self {
        let mut found: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        sim.server.with(|service, _| {
            for (name, secret) in service.log().iter().flat_map(|logged| logged.secrets()) {
                found.entry(name).or_default().insert(secret);
            }
        });
        let names: Vec<&str> = found.keys().copied().collect();
        let expected = [
            "DeviceID",
            "Sid",
            "Skey",
            "VerifyUserTicket",
            "pass_ticket",
            "sid",
            "skey",
            "ticket",
            "webwx_auth_ticket",
            "webwx_data_ticket",
            "webwxuvid",
            "wxsid",
        ];
        assert_eq!(names, expected);
        found.insert("password", [super::PASSWORD.to_owned()].into());
        found.insert("credentials", [super::credentials()].into());
        Self(found)
    }

    /// Which secret a text shows a piece of, and where. It may be encoded once or
    /// twice as in an address.
    pub(super) fn shown_in(&self, text: &str) -> Option<String> {
        let once: Vec<u8> = percent_decode(text.as_bytes()).collect();
        let twice: Vec<u8> = percent_decode(&once).collect();
        let texts = [text.as_bytes(), &once, &twice];
        let there: HashSet<&[u8]> = texts.iter().flat_map(|text| text.windows(PIECE)).collect();
        self.0.iter().find_map(|(name, values)| {
            let mut pieces = values.iter().flat_map(|v| v.as_bytes().windows(PIECE));
            let piece = pieces.find(|piece| there.contains(piece))?;
            let piece = String::from_utf8_lossy(piece);
            let line = text.lines().find(|line| line.contains(&*piece));
            Some(format!("{piece:?} of {name}: {line:?}"))
        })
    }

    /// Every secret is found, by a piece of it and as it is in addresses.
    pub(super) fn assert_found(&self) {
        for secret in self.0.values().flatten() {
            let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
            let piece = &secret[secret.len() - PIECE..];
            for form in [piece, &encoded(secret), &encoded(&encoded(secret))] {
                let text = format!("GET /?sid={form}&type=ex");
                assert!(self.shown_in(&text).is_some(), "{text}");
            }
        }
    }
}
