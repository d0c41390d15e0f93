//! Files that go and files that come. All that go are the same pattern, of
//! different lengths; what comes is what the service says it is.

use std::ops::Range;
use std::sync::LazyLock;

use bytes::Bytes;
use md5::{Digest as _, Md5};
use wx_proto::io::Sink;
use wx_proto::{Command, CommandId, Done, FileKind, Input, LocalFile, Reached, SendContent};
use wx_wire::endpoint::webwxuploadmedia::FileFacts;
use wx_wire::id::UserName;

use super::World;
use crate::net::{Back, failed};
use crate::oracle::Verdict;
use crate::process::{Place, Process};

/// Lengths of files: around a piece's length, and beyond.
const LENGTHS: [usize; 6] = [1, 700, 524_287, 524_288, 524_289, 700_000];
/// The pattern that every file begins with.
static PATTERN: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let period = (b'a'..=b'w').cycle();
    period.take(1_000_000).collect()
});
/// Lengths of files, with their digests.
static FILES: LazyLock<Vec<(u64, String)>> = LazyLock::new(|| {
    let digest = |length: usize| {
        let digest = Md5::digest(&PATTERN[..length]);
        let hex = digest.iter().map(|byte| format!("{byte:02x}"));
        (length as u64, hex.collect())
    };
    LENGTHS.into_iter().map(digest).collect()
});

/// What a driver reads.
pub(super) fn pattern(range: Range<u64>) -> &'static [u8] {
    let at = |at: u64| usize::try_from(at).expect("files are short");
    &PATTERN[at(range.start)..at(range.end)]
}

impl World {
    /// A file for somebody, and what the oracle is to know it by.
    pub(super) fn compose_file(&mut self) -> (SendContent, (UserName, String)) {
        let to = self.app.receiver(&mut self.draw);
        // Most are small, for the sake of the time it takes.
        let most = if self.draw.odds(200) { FILES.len() } else { 2 };
        let (size, md5) = FILES[self.draw.count(0, most - 1)].clone();
        let (kind, extension) = self.draw.pick(&[
            (FileKind::Image, "png"),
            (FileKind::Video, "mp4"),
            (FileKind::Emoticon, "gif"),
            (FileKind::File, "txt"),
        ]);
        let name = format!("{}.{extension}", self.app.number());
        let facts = FileFacts {
            name: name.clone(),
            size,
            md5,
            media_type: "application/octet-stream".to_owned(),
            modified: 1_600_000_000,
        };
        let send = SendContent::new(to.clone(), LocalFile::new(kind, facts));
        (send, (to, format!("file {name}")))
    }

    pub(super) fn send_file(&mut self) {
        self.ask_owner(|world, p| {
            let (send, known_by) = world.compose_file();
            world.tally.files += 1;
            world.command(p, Command::SendContent(send), Some(known_by));
        });
    }

    /// Fetches what came with a message, of this login or of an earlier one.
    pub(super) fn download(&mut self) {
        self.ask_owner(|world, p| {
            if world.app.media.is_empty() {
                return;
            }
            let number = world.draw.count(0, world.app.media.len() - 1);
            let (msg_id, media) = world.app.media[number].clone();
            // Maps are drawn when they are asked for.
            if world.service.media(0, msg_id).is_none() {
                return;
            }
            let download = Command::Download { media, from: 0 };
            if let Some(command) = world.command(p, download, None) {
                let bytes = Vec::new();
                p.places.insert(command, Place { msg_id, bytes });
            }
        });
    }

    /// A file has come, whole as it is said.
    pub(super) fn downloaded(&mut self, p: &Process, command: CommandId, done: &Done) -> Verdict {
        let Done::Downloaded { bytes, .. } = done else {
            return Ok(());
        };
        let place = p.places.get(&command);
        let place = place.ok_or(format!("command {command} fetched nothing"))?;
        self.tally.downloads += 1;
        let whole = self.service.media(0, place.msg_id);
        let right =
            whole.is_some_and(|whole| *whole == place.bytes) && *bytes == place.bytes.len() as u64;
        if right {
            return Ok(());
        }
        Err(format!(
            "the file of {} came as {} bytes of its own",
            place.msg_id,
            place.bytes.len()
        ))
    }

    /// Puts what an answer holds of a file where it belongs, as a driver does.
    pub(super) fn land(
        &mut self,
        p: &mut Process,
        sink: &Sink,
        back: Back,
        input: Input,
    ) -> Vec<Input> {
        let Input::Response { id, head, body } = input else {
            return vec![input];
        };
        let Some(target) = sink.accepts(&head) else {
            return vec![Input::Response { id, head, body }];
        };
        // A transport sees that bytes are missing.
        let broken = matches!(back, Back::Cut | Back::Short | Back::Empty);
        let kept = if broken {
            self.draw.count(0, body.len().saturating_sub(1))
        } else {
            body.len()
        };
        let Some(place) = p.places.get_mut(&sink.command) else {
            self.judge(Err(format!("{id} has nowhere to put its bytes")));
            return Vec::new();
        };
        let from = usize::try_from(target.from).unwrap_or(usize::MAX);
        if from > place.bytes.len() {
            self.judge(Err(format!("{id} leaves a hole before byte {from}")));
            return Vec::new();
        }
        place.bytes.truncate(from);
        place.bytes.extend_from_slice(&body[..kept]);
        let at = place.bytes.len() as u64;
        let progress = Input::Progress { id, at };
        let end = if broken {
            failed(
                id,
                Reached::Maybe,
                wx_proto::FailureKind::BadBody,
                "cut off",
            )
        } else {
            let body = Bytes::new();
            Input::Response { id, head, body }
        };
        vec![progress, end]
    }

    /// Whether all that was uploaded is the pattern that was to be.
    pub(super) fn judge_uploads(&mut self) {
        let bad = self.service.uploads().iter().find_map(|upload| {
            let known = FILES.iter().find(|(size, _)| *size == upload.size);
            let right = known.is_some_and(|(_, md5)| {
                *md5 == upload.md5
                    && (upload.received_md5.is_empty() || *md5 == upload.received_md5)
            });
            (!right).then(|| format!("{} arrived as another file", upload.name))
        });
        self.judge(bad.map_or(Ok(()), Err));
    }
}
