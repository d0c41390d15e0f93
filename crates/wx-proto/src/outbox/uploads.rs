//! Files on their way to the service, before any message names them
//! (protocol: upload).
//!
//! ```text
//! Room ──► Answer(check | piece n) ──last piece, or known──► ended
//!             ▲ next step │
//!             ├───────────┘ └─no answer, nonsense─► Time ─┐
//!             └────────────the same step again────────────┘
//! ```
//!
//! What each state awaits:
//!
//! * `Room`: its turn: only a few files are uploaded at once, and none before
//!   its message is stored;
//! * `Answer`: that of webwxcheckupload, for a large file, or of a piece;
//! * `Time`: the next try of the same step.
//!
//! Pieces go one after another, and a failed piece is sent again by itself: the
//! server assembles a file by the numbers of its pieces, so a piece that
//! arrives twice does no harm. A file is given up when nothing of it has moved
//! for as long as a message may wait for the network.

use wx_wire::code::Ret;
use wx_wire::endpoint::webwxuploadmedia::{self, CHECK_ABOVE, Multipart};
use wx_wire::endpoint::{BaseResponse, Endpoint, webwxcheckupload};
use wx_wire::id::MediaId;
use wx_wire::secret::{UploadKey, UploadSignature};

use crate::backoff::OUTAGE;
use crate::context::{Context, Purpose, Reply, Useless, read};
use crate::event::CloseReason;
use crate::io::{Body, FailureKind, RequestId};
use crate::journal::Journal;
use crate::media::Uploaded;
use crate::sabotage::breaks;
use crate::time::{Instant, Now};
use crate::transfer::Await;

mod cancel;
mod wanted;

pub(super) use wanted::{Ended, Lost, Reason, Wanted};

/// How many files may be uploaded at once.
const MAX_ACTIVE: usize = 2;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Check,
    Piece(u64),
}

#[derive(Debug)]
struct Upload {
    wanted: Wanted,
    /// The client's number for the file.
    client_media_id: u64,
    boundary: String,
    /// What webwxcheckupload gave for a large file.
    keys: Option<(UploadKey, UploadSignature)>,
    step: Step,
    state: Await,
    tries: u32,
    /// The furthest that any try of this piece got, in bytes of its request.
    most: u64,
    /// When the file is given up, unless something moves before.
    give_up: Instant,
    trouble: Option<String>,
}

#[derive(Debug, Default)]
pub(super) struct Uploads {
    /// In the order in which they were wanted.
    all: Vec<Upload>,
    throttled: u32,
    /// The server asked for a pause.
    not_before: Instant,
    last_media_id: u64,
}

impl Uploads {
    pub(super) fn start(&mut self, wanted: Wanted, cx: &mut Context, now: Now) {
        let large = wanted.file.facts.size > CHECK_ABOVE;
        let give_up = wanted.expires.unwrap_or(now.mono + cx.config.send_expiry);
        // Two files may start in one millisecond, but must not share a number.
        self.last_media_id = now.unix_ms.max(self.last_media_id.saturating_add(1));
        self.all.push(Upload {
            client_media_id: self.last_media_id,
            boundary: boundary(cx),
            keys: None,
            step: if large { Step::Check } else { Step::Piece(0) },
            state: Await::Room,
            tries: 0,
            most: 0,
            give_up,
            trouble: None,
            wanted,
        });
    }

    pub(super) const fn len(&self) -> usize {
        self.all.len()
    }

    /// Starts whatever may start now. Returns the uploads that were given up.
    pub(super) fn pump(&mut self, cx: &mut Context, now: Now) -> Vec<Ended> {
        let mut ended = Vec::new();
        while let Some(at) = self.all.iter().position(|upload| upload.is_late(now.mono)) {
            let upload = self.all.remove(at);
            let reason = upload.overdue();
            ended.push(upload.lost(Lost::Failed { reason }));
        }
        for at in 0..self.all.len() {
            let busy = self.busy();
            let Some(upload) = self.all.get_mut(at) else {
                break;
            };
            let due = match upload.state {
                Await::Room if now.mono < self.not_before => false,
                Await::Room => busy < MAX_ACTIVE && cx.journal.is_stored(upload.wanted.record),
                Await::Time(at) => at <= now.mono,
                Await::Answer(_) => false,
            };
            if due {
                upload.launch(cx, now);
            }
        }
        ended
    }

    fn busy(&self) -> usize {
        let busy = |upload: &&Upload| upload.state != Await::Room;
        self.all.iter().filter(busy).count()
    }

    /// The network may be back.
    pub(super) fn hurry(&mut self, now: Now) {
        for upload in &mut self.all {
            upload.state.hurry(now.mono);
        }
    }

    /// So many bytes of a piece went out. Only new ground counts as moving: a
    /// piece that fails over and over does not.
    pub(super) fn moved(&mut self, id: RequestId, at: u64, cx: &Context, now: Now) {
        let renewed = now.mono + cx.config.send_expiry;
        let is_it = |upload: &&mut Upload| upload.state == Await::Answer(id);
        if let Some(upload) = self.all.iter_mut().find(is_it)
            && at > upload.most
        {
            upload.most = at;
            upload.renew(renewed);
        }
    }

    /// The answer to a check or a piece, or the failure to get one.
    pub(super) fn reply(
        &mut self,
        id: RequestId,
        reply: Reply,
        cx: &mut Context,
        now: Now,
    ) -> (Option<Ended>, Option<CloseReason>) {
        let is_it = |upload: &Upload| upload.state == Await::Answer(id);
        let Some(at) = self.all.iter().position(is_it) else {
            return (None, None);
        };
        let mut upload = self.all.remove(at);
        match upload.turn(reply, cx, now) {
            Turn::On => {
                self.throttled = 0;
                self.all.insert(at, upload);
                (None, None)
            }
            Turn::There(uploaded) => {
                self.throttled = 0;
                let reason = upload.wanted.reason;
                let result = Ok(uploaded);
                (Some(Ended { reason, result }), None)
            }
            Turn::Lost(reason) => (Some(upload.lost(Lost::Failed { reason })), None),
            Turn::Refused(verdict) => {
                let BaseResponse {
                    ret,
                    err_msg: message,
                    ..
                } = verdict;
                let throttled = &mut self.throttled;
                let pause = (ret == Ret::TOO_OFTEN).then(|| cx.throttled(throttled));
                if let Some(pause) = pause {
                    self.not_before = self.not_before.max(now.mono + pause);
                }
                let end = ret
                    .ends_session()
                    .then(|| CloseReason::by_server(ret, message.clone()));
                let lost = Lost::Refused {
                    ret,
                    message,
                    pause,
                };
                (Some(upload.lost(lost)), end)
            }
        }
    }

    pub(super) fn deadline(&self, journal: &Journal) -> Option<Instant> {
        let has_room = self.busy() < MAX_ACTIVE;
        let due = |upload: &Upload| match upload.state {
            Await::Time(at) => Some(upload.give_up.min(at)),
            Await::Answer(_) => Some(upload.give_up),
            Await::Room => {
                let starts = has_room && journal.is_stored(upload.wanted.record);
                let start = starts.then_some(self.not_before);
                start.into_iter().chain(upload.wanted.expires).min()
            }
        };
        self.all.iter().filter_map(due).min()
    }
}

/// What an answer comes to.
enum Turn {
    On,
    There(Uploaded),
    Refused(BaseResponse),
    Lost(String),
}

impl Upload {
    /// One that waits for its turn is not late, since it has not begun, unless
    /// the caller set a time.
    fn is_late(&self, now: Instant) -> bool {
        let waits = self.state == Await::Room && self.wanted.expires.is_none();
        !waits && self.give_up <= now
    }

    fn renew(&mut self, until: Instant) {
        if self.wanted.expires.is_none() {
            self.give_up = self.give_up.max(until);
        }
    }

    fn overdue(&self) -> String {
        match &self.trouble {
            Some(trouble) => format!("the file could not be uploaded in time: {trouble}"),
            None => "the file could not be uploaded in time".to_owned(),
        }
    }

    fn lost(self, lost: Lost) -> Ended {
        Ended {
            reason: self.wanted.reason,
            result: Err(lost),
        }
    }

    fn launch(&mut self, cx: &mut Context, now: Now) {
        let saved = cx.journal.saved();
        let Some(credentials) = saved.credentials.as_ref() else {
            return;
        };
        if self.state == Await::Room {
            self.renew(now.mono + cx.config.send_expiry);
        }
        let (file, to, from) = (&self.wanted.file, &self.wanted.to, cx.roster.own());
        let id = match self.step {
            Step::Check => {
                let request = webwxcheckupload::Request {
                    credentials,
                    from,
                    to,
                    file: &file.facts,
                }
                .encode();
                cx.send(now, Purpose::Upload, Endpoint::CheckUpload, request)
            }
            Step::Piece(piece) => {
                let request = webwxuploadmedia::Request {
                    credentials,
                    data_ticket: &saved.data_ticket,
                    from,
                    to,
                    file: &file.facts,
                    kind: file.kind.media_kind(),
                    client_media_id: self.client_media_id,
                    keys: self.keys.as_ref().map(|(key, signature)| (key, signature)),
                    piece,
                    boundary: &self.boundary,
                };
                let mut range = request.range();
                if breaks!(cx.config, WrongPiece) {
                    range = range.start + 1..range.end + 1;
                }
                let Multipart {
                    head,
                    before,
                    after,
                } = request.encode();
                let body = Body::Piece {
                    before,
                    source: self.wanted.source,
                    range,
                    after,
                };
                let request = head.map(|()| body);
                cx.transfer(now, Purpose::Upload, Endpoint::UploadMedia, request, None)
            }
        };
        self.state = Await::Answer(id);
    }

    fn turn(&mut self, reply: Reply, cx: &mut Context, now: Now) -> Turn {
        match self.step {
            Step::Check => {
                let answer = read(reply, Endpoint::CheckUpload, |answer| {
                    webwxcheckupload::Response::decode(&answer.body)
                });
                match answer {
                    Err(useless) => self.again(&useless, cx, now),
                    Ok(answer) if !answer.base_response().ret.is_ok() => {
                        Turn::Refused(answer.base_response())
                    }
                    Ok(answer) => {
                        let known = answer.media_id.clone();
                        self.keys = Some((answer.aes_key, answer.signature));
                        if known.is_empty() {
                            self.go_on(Step::Piece(0), cx, now)
                        } else {
                            Turn::There(self.uploaded(known))
                        }
                    }
                }
            }
            Step::Piece(piece) => {
                let answer = read(reply, Endpoint::UploadMedia, |answer| {
                    webwxuploadmedia::Response::decode(&answer.body)
                });
                match answer {
                    Err(useless) => self.again(&useless, cx, now),
                    Ok(answer) if !answer.base_response().ret.is_ok() => {
                        Turn::Refused(answer.base_response())
                    }
                    Ok(_) if piece + 1 < self.pieces() => {
                        self.go_on(Step::Piece(piece + 1), cx, now)
                    }
                    Ok(answer) if answer.media_id.is_empty() => {
                        let words = "the server accepted the file, but returned no MediaId";
                        Turn::Lost(words.to_owned())
                    }
                    Ok(answer) => Turn::There(self.uploaded(answer.media_id)),
                }
            }
        }
    }

    fn pieces(&self) -> u64 {
        webwxuploadmedia::pieces(self.wanted.file.facts.size)
    }

    fn go_on(&mut self, step: Step, cx: &mut Context, now: Now) -> Turn {
        self.renew(now.mono + cx.config.send_expiry);
        self.tries = 0;
        self.most = 0;
        self.trouble = None;
        self.step = step;
        self.launch(cx, now);
        Turn::On
    }

    /// The same step again, after a while.
    fn again(&mut self, useless: &Useless, cx: &mut Context, now: Now) -> Turn {
        if let Useless::Failed(failure) = useless
            && failure.kind == FailureKind::Local
        {
            return Turn::Lost(failure.message.clone());
        }
        tracing::info!(reason = %useless, step = ?self.step, "an upload waits");
        self.trouble = Some(useless.to_string());
        let delay = OUTAGE.delay(self.tries, &mut cx.rng);
        self.tries = self.tries.saturating_add(1);
        self.state = Await::Time(now.mono + delay);
        Turn::On
    }

    fn uploaded(&self, media_id: MediaId) -> Uploaded {
        let file = &self.wanted.file;
        Uploaded {
            kind: file.kind,
            media_id,
            name: file.facts.name.clone(),
            size: file.facts.size,
            signature: self
                .keys
                .as_ref()
                .map(|(_, signature)| signature.clone())
                .filter(|signature| !signature.is_empty()),
        }
    }
}

/// The delimiter of a body's parts: random, so that no file contains it except
/// by chance.
fn boundary(cx: &mut Context) -> String {
    const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut text = String::from("----WebKitFormBoundary");
    for _ in 0..16 {
        let drawn = usize::try_from(cx.rng.below(62)).unwrap_or_default();
        let letter = LETTERS.get(drawn).copied().unwrap_or(b'0');
        text.push(char::from(letter));
    }
    text
}
