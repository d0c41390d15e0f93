//! The recorder: writes everything that determines a session into a file,
//! scrubbed.
//!
//! A [trace](wx_proto::trace) holds what the driver told the session, in order.
//! It is scrubbed before a byte of it is written: see [`scrub`]. What the
//! session did is computed by replaying the trace, so that the two cannot
//! contradict each other, and a change of the core's behaviour shows.
//!
//! Scrubbing and writing have a thread of their own, with a short queue in
//! front of it. The file is written out once a second, and at the end. If it
//! can no longer be written, the recording ends and the session goes on; what
//! was written can be replayed.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde::Serialize;
use wx_proto::trace::{Head, Step};

mod core;
mod scrub;

pub(crate) use self::core::Core;
use scrub::Scrubber;

/// How many lines may wait for the writer. If there are more, the disk is
/// slower than the network, and the session waits for it.
const WAITING: usize = 64;
/// How often the file is written out.
const FLUSH_EVERY: Duration = Duration::from_secs(1);

enum Line {
    Head(Box<Head>),
    Step(Box<Step>),
}

/// Records lines until it is dropped. Dropping it waits until all are written.
#[derive(Debug)]
pub(crate) struct Recorder {
    /// None once there is nothing more to come.
    lines: Option<SyncSender<Line>>,
    writer: Option<JoinHandle<()>>,
}

impl Recorder {
    /// Creates the file, which nobody else may read. An existing file is an
    /// error.
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        let (lines, waiting) = sync_channel(WAITING);
        let writer = std::thread::Builder::new()
            .name("wx-record".to_owned())
            .spawn(move || {
                if let Err(error) = write(file, &waiting) {
                    tracing::warn!(%error, "the recording is over");
                }
            })?;
        Ok(Self {
            lines: Some(lines),
            writer: Some(writer),
        })
    }

    pub(crate) fn head(&self, head: Head) {
        self.line(Line::Head(Box::new(head)));
    }

    fn step(&self, step: Step) {
        self.line(Line::Step(Box::new(step)));
    }

    fn line(&self, line: Line) {
        if let Some(lines) = &self.lines {
            // A recording that is over has said so itself.
            let _ = lines.send(line);
        }
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.lines = None;
        if let Some(writer) = self.writer.take() {
            // One that panicked has nothing more to write.
            let _ = writer.join();
        }
    }
}

fn write(file: File, lines: &Receiver<Line>) -> io::Result<()> {
    let scrubber = Scrubber::default();
    let mut file = BufWriter::new(file);
    let mut flushed = Instant::now();
    loop {
        match lines.recv_timeout(FLUSH_EVERY) {
            Ok(Line::Head(head)) => put(&mut file, scrubber.head(*head))?,
            Ok(Line::Step(step)) => put(&mut file, scrubber.step(*step))?,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return file.flush(),
        }
        if flushed.elapsed() >= FLUSH_EVERY {
            file.flush()?;
            flushed = Instant::now();
        }
    }
}

/// Writes a line. A missing one is an error, because the lines after it would
/// be useless.
fn put(file: &mut impl Write, line: Option<impl Serialize>) -> io::Result<()> {
    let line = line.ok_or_else(|| io::Error::other("a line could not be scrubbed"))?;
    let mut line = serde_json::to_vec(&line)?;
    line.push(b'\n');
    file.write_all(&line)
}
