//! What makes a trace safe to attach to a bug report.
//!
//! Every word from outside is replaced by a [stand-in](stand_in): keys, cookies
//! and tickets as well as names, texts and numbers of people, wherever they
//! stand and however they are encoded. What may stay is in the [lists](known)
//! of words, names and numbers that the protocol is made of; everything else is
//! replaced. Since the same word always gets the same stand-in, and whatever is
//! between the words stays, a scrubbed trace takes a session the same way as
//! the real one. Only hashes do not survive: who a group is across logins, and
//! whether a key was used for another message before, may be decided
//! differently.
//!
//! What a trace still tells: when things happened, how long texts are, what
//! punctuation and emoji they have, how many contacts and members there are,
//! which kinds of messages came, and how large files were.

mod glyph;
mod known;
mod loose;
mod stand_in;
mod text;

use serde::Serialize;
use serde::de::DeserializeOwned;
use wx_proto::trace::{Happening, Head, Settings, Step};

use glyph::glyphs;
use known::{COOKIES, ERROR_WORDS, is_host};
use loose::Dialect;
use stand_in::StandIns;

/// Scrubs one trace.
#[derive(Default)]
pub(super) struct Scrubber {
    stand_ins: StandIns,
}

/// A line of a trace without anything personal.
#[derive(Serialize)]
#[serde(transparent)]
pub(super) struct Scrubbed<T>(T);

impl Scrubber {
    /// The first line. None if it cannot be read back once it is scrubbed.
    pub(super) fn head(&self, mut head: Head) -> Option<Scrubbed<Head>> {
        // No session reads them.
        head.saved.jar = None;
        head.saved = self.own(&head.saved)?;
        head.roster = match &head.roster {
            Some(roster) => Some(self.own(roster)?),
            None => None,
        };
        head.settings = self.settings(head.settings)?;
        Some(Scrubbed(head))
    }

    fn settings(&self, mut settings: Settings) -> Option<Settings> {
        settings.account = "account".to_owned();
        for (_, value) in &mut settings.login_page_headers {
            *value = self.plain(value);
        }
        for host in &mut settings.extra_hosts {
            *host = self.host_name(host);
        }
        settings.login_host = self.host_name(&settings.login_host);
        if let Some(uuid) = &settings.uuid {
            settings.uuid = Some(self.plain(uuid.as_str()).as_str().into());
        }
        if let Some(device_id) = &settings.device_id {
            let digits = device_id.as_str().strip_prefix('e')?;
            settings.device_id = Some(format!("e{}", self.plain(digits)).as_str().into());
        }
        Some(settings)
    }

    /// Another line. None if it cannot be read back once it is scrubbed.
    pub(super) fn step(&self, mut step: Step) -> Option<Scrubbed<Step>> {
        match &mut step.what {
            Happening::Sent { url, .. } => *url = self.plain(url),
            Happening::Response { headers, body, .. } => {
                headers.retain_mut(|(name, value)| match self.header(name, value) {
                    Some(scrubbed) => {
                        *value = scrubbed;
                        true
                    }
                    None => false,
                });
                *body = self.body(body);
            }
            Happening::Failed { message, .. }
            | Happening::StoreFailed { message }
            | Happening::Warned { message, .. } => *message = self.words_of_error(message),
            Happening::NotHandled { why, .. } => *why = self.words_of_error(why),
            // Read back as the steps that they are: code that reads commands and records by
            // themselves as well would make the program larger by 80 KB.
            Happening::Asked { .. } | Happening::Others { records: Some(_) } => {
                step = self.own(&step)?;
            }
            Happening::Others { records: None }
            | Happening::AskedOthers {}
            | Happening::Progress { .. }
            | Happening::Persisted { .. }
            | Happening::Fenced {}
            | Happening::NetworkUp {}
            | Happening::Timeout {}
            | Happening::Taken { .. }
            | Happening::Acked { .. }
            | Happening::Closed {} => {}
            // What this version does not know, it cannot scrub.
            _ => return None,
        }
        Some(Scrubbed(step))
    }

    /// A value of this program's own. Its JSON may be read back.
    fn own<T: Serialize + DeserializeOwned>(&self, value: &T) -> Option<T> {
        let json = serde_json::to_string(value).ok()?;
        let mut scrubbed = String::with_capacity(json.len());
        self.loose(Dialect::Own, &json, &mut scrubbed);
        serde_json::from_slice(scrubbed.as_bytes()).ok()
    }

    fn body(&self, body: &str) -> String {
        let start = body.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        let mut out = String::with_capacity(body.len());
        if start.starts_with(['{', '[']) || start.starts_with("window") {
            self.loose(Dialect::Wire, body, &mut out);
        } else {
            self.text(body, false, &mut out);
        }
        out
    }

    /// The part of a header that a session reads; `None` for headers that it
    /// does not read.
    fn header(&self, name: &str, value: &str) -> Option<String> {
        let allowed = |b: u8, more: &[u8]| b.is_ascii_digit() || more.contains(&b);
        match name {
            "set-cookie" => {
                let (name, value) = value.split(';').next()?.split_once('=')?;
                COOKIES
                    .contains(name.trim())
                    .then(|| format!("{}={}", name.trim(), self.plain(value)))
            }
            "content-type" => {
                let kind = value.split(';').next()?.trim();
                let is_kind = |b: u8| b.is_ascii_lowercase() || allowed(b, b"/+.-");
                kind.bytes().all(is_kind).then(|| kind.to_owned())
            }
            "content-length" => value
                .bytes()
                .all(|b| allowed(b, b""))
                .then(|| value.to_owned()),
            "content-range" => {
                let range = value.strip_prefix("bytes ")?;
                range
                    .bytes()
                    .all(|b| allowed(b, b"-/*"))
                    .then(|| value.to_owned())
            }
            _ => None,
        }
    }

    /// An error message, in which the words that errors are made of stay.
    fn words_of_error(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for (at, part) in text.split(' ').enumerate() {
            if at > 0 {
                out.push(' ');
            }
            if is_host(part.trim_end_matches([':', ',', '.'])) {
                out.push_str(part);
            } else {
                let stays = |word: &str| ERROR_WORDS.contains(word.to_ascii_lowercase().as_str());
                self.words(&glyphs(part, false), stays, &mut out);
            }
        }
        out
    }
}

#[cfg(test)]
mod tests;
