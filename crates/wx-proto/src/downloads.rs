//! Media on their way in (protocol: received media).
//!
//! ```text
//! Room ──► Answer ──all──► ended
//!           ▲ └─broken off, trouble─► Time ─┐
//!           └────────────────────────────────┘
//! ```
//!
//! What each state awaits:
//!
//! * `Room`: its turn: only a few media are downloaded at once;
//! * `Answer`: the end of an answer, whose bytes the driver puts where the
//!   caller wants them;
//! * `Time`: the next try, from where the last one broke off. A server
//!   that knows no ranges sends everything again; see
//!   [`Sink`](crate::io::Sink).

use std::collections::BTreeMap;

use http::header::{CONTENT_RANGE, CONTENT_TYPE};
use http::{StatusCode, response};

use crate::backoff::OUTAGE;
use crate::command::{CommandError, CommandId, Done};
use crate::context::{Answer, Context, Purpose, Reply};
use crate::event::CloseReason;
use crate::io::{Body, Failure, FailureKind, Reached, RequestId, Sink, Text, refusal};
use crate::media::MediaRef;
use crate::sabotage::breaks;
use crate::time::{Instant, Now};
use crate::transfer::Await;

mod request;

use request::Naming;

/// How many media may be downloaded at once.
const MAX_ACTIVE: usize = 4;
/// How many empty answers in a row an avatar may have.
const MAX_EMPTY: u32 = 3;
/// How many tries in a row may bring nothing.
const MAX_TRIES: u32 = 5;

#[derive(Debug)]
struct Download {
    media: MediaRef,
    naming: Naming,
    /// How many bytes the driver has.
    at: u64,
    /// The first byte that the last request asked for.
    from: u64,
    /// The most bytes the driver ever had: what comes again is no progress.
    most: u64,
    /// Tries in a row that brought nothing.
    tries: u32,
    state: Await,
}

#[derive(Debug, Default)]
pub(crate) struct Downloads {
    all: BTreeMap<CommandId, Download>,
}

/// What an answer comes to.
enum Turn {
    /// Asked for again, from another place or by another name.
    Again,
    /// Asked for again after a while.
    Later(Failure),
    Ended(Result<Done, CommandError>),
}

impl Downloads {
    pub(crate) fn start(&mut self, command: CommandId, media: MediaRef, from: u64) {
        let naming = Naming::first(&media);
        self.all.insert(
            command,
            Download {
                media,
                naming,
                at: from,
                from,
                most: from,
                tries: 0,
                state: Await::Room,
            },
        );
    }

    /// Asks for whatever may be asked for now.
    pub(crate) fn pump(&mut self, cx: &mut Context, now: Now) {
        let waits = |download: &&Download| download.state != Await::Room;
        let mut busy = self.all.values().filter(waits).count();
        for (command, download) in &mut self.all {
            let due = match download.state {
                Await::Room if busy < MAX_ACTIVE => {
                    busy += 1;
                    true
                }
                Await::Time(at) => at <= now.mono,
                Await::Room | Await::Answer(_) => false,
            };
            if due {
                download.launch(*command, cx, now);
            }
        }
    }

    /// The driver has so many bytes.
    pub(crate) fn moved(&mut self, id: RequestId, at: u64) {
        let is_it = |download: &&mut Download| download.state == Await::Answer(id);
        if let Some(download) = self.all.values_mut().find(is_it) {
            if at > download.most {
                download.most = at;
                download.tries = 0;
            }
            download.at = at;
        }
    }

    /// The end of an answer, or the failure to get one. Returns the server's
    /// verdict if that ends the session.
    pub(crate) fn reply(
        &mut self,
        id: RequestId,
        reply: Reply,
        cx: &mut Context,
        now: Now,
    ) -> Option<CloseReason> {
        let is_it = |(_, download): &(&CommandId, &Download)| download.state == Await::Answer(id);
        let command = self.all.iter().find(is_it).map(|(command, _)| *command)?;
        let mut download = self.all.remove(&command)?;
        let mut over = None;
        let turn = match reply {
            Ok(answer) => download.answered(command, &answer, &mut over),
            Err(failure) if failure.kind == FailureKind::Local => {
                Turn::Ended(Err(failed(failure.message)))
            }
            Err(failure) => Turn::Later(failure),
        };
        match turn {
            Turn::Again => download.launch(command, cx, now),
            Turn::Later(failure) if download.tries + 1 >= MAX_TRIES => {
                let result = Err(CommandError::Failed {
                    reached: failure.reached,
                    message: failure.message,
                });
                cx.complete(command, result);
                return over;
            }
            Turn::Later(failure) => {
                tracing::info!(
                    reason = failure.message,
                    at = download.at,
                    "a download waits"
                );
                let delay = OUTAGE.delay(download.tries, &mut cx.rng);
                download.tries += 1;
                download.state = Await::Time(now.mono + delay);
            }
            Turn::Ended(result) => {
                cx.complete(command, result);
                return over;
            }
        }
        self.all.insert(command, download);
        over
    }

    /// The network may be back.
    pub(crate) fn hurry(&mut self, now: Now) {
        for download in self.all.values_mut() {
            download.state.hurry(now.mono);
        }
    }

    /// Gives up one download. True if there was one.
    pub(crate) fn cancel(&mut self, command: CommandId, cx: &mut Context) -> bool {
        let Some(download) = self.all.remove(&command) else {
            return false;
        };
        if let Await::Answer(id) = download.state {
            cx.requests.give_up(id);
        }
        cx.complete(command, Err(CommandError::Cancelled {}));
        true
    }

    /// Gives up all downloads. The caller aborts their requests.
    pub(crate) fn end(&mut self, error: &CommandError, cx: &mut Context) {
        for command in std::mem::take(&mut self.all).into_keys() {
            cx.complete(command, Err(error.clone()));
        }
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        let due = |download: &Download| match download.state {
            Await::Time(at) => Some(at),
            Await::Room | Await::Answer(_) => None,
        };
        self.all.values().filter_map(due).min()
    }
}

impl Download {
    fn launch(&mut self, command: CommandId, cx: &mut Context, now: Now) {
        if self.at > 0 && breaks!(cx.config, DownloadHole) {
            self.at += 1;
        }
        self.from = self.at;
        let Some((endpoint, request)) = request::of(&self.media, self.naming, self.from, cx) else {
            return;
        };
        let sink = self.sink(command);
        let request = request.map(Body::Whole);
        let id = cx.transfer(now, Purpose::Download, endpoint, request, Some(sink));
        self.state = Await::Answer(id);
    }

    fn sink(&self, command: CommandId) -> Sink {
        Sink {
            command,
            from: self.from,
            text: match self.media {
                MediaRef::File {
                    size: Some(size), ..
                } => Text::OfLength(size),
                MediaRef::File { size: None, .. } => Text::Unrefused,
                _ => Text::Never,
            },
        }
    }

    fn answered(
        &mut self,
        command: CommandId,
        answer: &Answer,
        over: &mut Option<CloseReason>,
    ) -> Turn {
        match self.sink(command).accepts(&answer.head) {
            // It could have been the medium, but its body turns out to be a
            // refusal.
            Some(target) if target.doubtful && Sink::is_refusal(&answer.body) => {
                self.refused(answer, over)
            }
            Some(target) => self.whole(&answer.head, target.whole),
            None => self.refused(answer, over),
        }
    }

    /// All bytes of an answer are there.
    fn whole(&mut self, head: &response::Parts, whole: Option<u64>) -> Turn {
        if self.at == 0 {
            if let Some(naming) = self.naming.next(&self.media) {
                self.naming = naming;
                return Turn::Again;
            }
            let words = "the server sent nothing: it does not have this, or no longer has it";
            if matches!(self.media, MediaRef::Avatar { .. }) && self.tries + 1 < MAX_EMPTY {
                // Now and then the server sends nothing once, and the avatar
                // the next time (protocol: webwxgeticon).
                return Turn::Later(Failure::new(Reached::Maybe, FailureKind::BadBody, words));
            }
            return Turn::Ended(Err(missing(words)));
        }
        if whole.is_some_and(|whole| self.at < whole) {
            let words = format!("it broke off after {} bytes", self.at);
            return Turn::Later(Failure::new(Reached::Maybe, FailureKind::BadBody, words));
        }
        let expected = self.media.size().or(whole);
        let size_differs = expected.is_some_and(|size| size != self.at);
        match expected {
            Some(_) if size_differs && self.from > 0 => {
                // The first part belongs to something else.
                self.at = 0;
                Turn::Again
            }
            Some(size) if size_differs => {
                let words = format!("received {} bytes instead of {size}", self.at);
                Turn::Ended(Err(CommandError::Decode { message: words }))
            }
            _ => Turn::Ended(Ok(Done::Downloaded {
                bytes: self.at,
                media_type: media_type(head),
            })),
        }
    }

    /// An answer that contains nothing of what was asked for.
    fn refused(&mut self, answer: &Answer, over: &mut Option<CloseReason>) -> Turn {
        let status = answer.head.status;
        if status == StatusCode::RANGE_NOT_SATISFIABLE && self.from > 0 {
            return self.nothing_beyond(&answer.head);
        }
        if status.is_server_error() {
            let words = format!("HTTP status {}", status.as_u16());
            return Turn::Later(Failure::new(Reached::Maybe, FailureKind::BadBody, words));
        }
        if let Some(verdict) = refusal(&answer.body) {
            let (ret, message) = (verdict.ret, verdict.err_msg);
            if ret.ends_session() {
                *over = Some(CloseReason::by_server(ret, message.clone()));
            }
            return Turn::Ended(Err(CommandError::Refused { ret, message }));
        }
        if let Some(naming) = self.naming.next(&self.media) {
            self.naming = naming;
            return Turn::Again;
        }
        let kind = media_type(&answer.head).unwrap_or_else(|| "nothing".to_owned());
        let words = format!(
            "the server does not give it out: HTTP status {}, {kind} in its place",
            status.as_u16()
        );
        Turn::Ended(Err(missing(words)))
    }

    /// The server has nothing beyond where the download broke off: it was
    /// complete, or the medium has changed.
    fn nothing_beyond(&mut self, head: &response::Parts) -> Turn {
        let range = head.headers.get(CONTENT_RANGE);
        let whole: Option<u64> =
            range.and_then(|range| range.to_str().ok()?.rsplit_once('/')?.1.trim().parse().ok());
        if whole == Some(self.at) {
            return Turn::Ended(Ok(Done::Downloaded {
                bytes: self.at,
                media_type: None,
            }));
        }
        self.at = 0;
        Turn::Again
    }
}

fn media_type(head: &response::Parts) -> Option<String> {
    let value = head.headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let essence = value.split(';').next().unwrap_or(value).trim();
    (!essence.is_empty()).then(|| essence.to_ascii_lowercase())
}

fn failed(message: impl Into<String>) -> CommandError {
    CommandError::Failed {
        reached: Reached::Maybe,
        message: message.into(),
    }
}

fn missing(message: impl Into<String>) -> CommandError {
    CommandError::Missing {
        message: message.into(),
    }
}
