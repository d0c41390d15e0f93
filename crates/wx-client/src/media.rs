//! Local media: files to send, and places for downloads.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use tokio::io::AsyncRead;
use tokio::task::spawn_blocking;
use wx_proto::config::FileLimits;
use wx_proto::{FileKind, LocalFile};
use wx_wire::endpoint::webwxuploadmedia::FileFacts;

use crate::error::{Error, ErrorKind};
use crate::transfer::Job;

mod digest;
mod kind;
mod leftover;
mod name;
mod open;
mod part;
mod sink;
mod source;
mod spool;

pub(crate) use kind::{Sniffed, extension};
pub(crate) use leftover::{Login, Sweeper};
pub use name::safe_file_name;
pub(crate) use part::{Part, Target, Wish};
pub(crate) use sink::{Filling, Sink, Writer};
pub(crate) use source::Source;

/// Something local to send: a file, or bytes.
///
/// A file is opened at once and stays open, so that the same file is sent even if
/// another one takes its name. If it is written to before all of it has gone out,
/// sending fails with [`ErrorKind::File`]. Clones are the same medium; it is hashed
/// once, when it is first sent.
#[derive(Clone)]
pub struct Media {
    source: Arc<Source>,
    name: String,
    /// For people: where it comes from.
    origin: String,
    media_type: Option<String>,
    sniffed: Sniffed,
    /// When it was changed last.
    modified: SystemTime,
    md5: Arc<OnceLock<String>>,
}

impl fmt::Debug for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Media")
            .field("name", &self.name)
            .field("size", &self.size())
            .field("media_type", &self.media_type())
            .finish_non_exhaustive()
    }
}

impl Media {
    /// A file, under its own name. Needs a tokio runtime.
    ///
    /// Cancel safe: a file that was opened is closed again.
    ///
    /// # Errors
    /// [`ErrorKind::File`] if it does not exist, is not a regular file, or cannot be
    /// read; [`ErrorKind::Empty`] if it is empty.
    pub async fn path(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref().to_owned();
        let opened = spawn_blocking(move || open::file(&path));
        opened.await.map_err(|_| Error::stopped())?
    }

    /// Bytes, under a name.
    ///
    /// # Errors
    /// [`ErrorKind::Empty`] if there are none.
    pub fn bytes(name: impl Into<String>, bytes: impl Into<Bytes>) -> Result<Self, Error> {
        let (name, bytes) = (name.into(), bytes.into());
        let sniffed = Sniffed::of(&bytes);
        let source = Source::Memory(bytes);
        Self::new(name.clone(), name, source, sniffed, SystemTime::now())
    }

    /// Exactly `length` bytes from a reader, under a name. They are kept in an unnamed
    /// temporary file until the medium is dropped. Needs a tokio runtime.
    ///
    /// Cancel safety: what has been read is lost.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] if the reader gives more or fewer bytes,
    /// [`ErrorKind::File`] if it fails or there is no room for them,
    /// [`ErrorKind::Empty`] for a length of 0.
    pub async fn reader(
        name: impl Into<String>,
        length: u64,
        reader: impl AsyncRead + Send + Unpin,
    ) -> Result<Self, Error> {
        let name = name.into();
        let spooled = spool::all(&name, length, reader).await?;
        let modified = SystemTime::now();
        let media = Self::new(
            name.clone(),
            name,
            spooled.source,
            spooled.sniffed,
            modified,
        )?;
        // Nothing has hashed it before.
        let _ = media.md5.set(spooled.md5);
        Ok(media)
    }

    fn new(
        name: String,
        origin: String,
        source: Source,
        sniffed: Sniffed,
        modified: SystemTime,
    ) -> Result<Self, Error> {
        if source.size() == 0 {
            let words = format!("{origin} is empty: the service takes no empty files");
            return Err(Error::new(ErrorKind::Empty, words));
        }
        Ok(Self {
            source: Arc::new(source),
            name,
            origin,
            media_type: None,
            sniffed,
            modified,
            md5: Arc::default(),
        })
    }

    /// With another name. People see it, and its extension says what the file is.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// With another MIME type than the detected one.
    #[must_use]
    pub fn with_media_type(mut self, media_type: impl Into<String>) -> Self {
        self.media_type = Some(media_type.into());
        self
    }

    /// The name that people see.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.source.size()
    }

    /// The MIME type: as set, otherwise by the extension of the name, otherwise by the
    /// content.
    #[must_use]
    pub fn media_type(&self) -> &str {
        match &self.media_type {
            Some(media_type) => media_type,
            None => kind::media_type(&self.name, self.sniffed),
        }
    }

    /// The kind as which it is sent: what was meant as a picture may be sent as
    /// an emoticon.
    pub(crate) fn kind(&self, wanted: FileKind) -> Result<FileKind, Error> {
        kind::of(wanted, &self.name, &self.origin, self.sniffed)
    }

    pub(crate) fn source(&self) -> Arc<Source> {
        Arc::clone(&self.source)
    }

    /// What the session needs to know to send it. Limits are checked first,
    /// since hashing a large file takes a while.
    pub(crate) async fn local_file(
        &self,
        wanted: FileKind,
        limits: &FileLimits,
        job: &Arc<Job>,
    ) -> Result<LocalFile, Error> {
        let kind = self.kind(wanted)?;
        if let Err(too_large) = limits.check(kind, &self.origin, self.size()) {
            let error = Error::from(too_large);
            return Err(match kind {
                FileKind::File => error.note("; send it in parts"),
                _ => error.note("; it can be sent as a file"),
            });
        }
        let modified = self.modified.duration_since(UNIX_EPOCH).unwrap_or_default();
        let facts = FileFacts {
            name: self.name.clone(),
            size: self.size(),
            md5: self.md5(job).await?,
            media_type: self.media_type().to_owned(),
            modified: i64::try_from(modified.as_secs()).unwrap_or(i64::MAX),
        };
        Ok(LocalFile::new(kind, facts))
    }

    async fn md5(&self, job: &Arc<Job>) -> Result<String, Error> {
        if let Some(known) = self.md5.get() {
            return Ok(known.clone());
        }
        let (source, job) = (self.source(), Arc::clone(job));
        let hashed = spawn_blocking(move || source.md5(|| job.is_cancelled()));
        let hashed = hashed.await.map_err(|_| Error::stopped())?;
        let md5 = hashed
            .map_err(|error| Error::file(format!("{} cannot be read", self.origin), error))?;
        let md5 = md5.ok_or_else(Error::cancelled)?;
        Ok(self.md5.get_or_init(|| md5).clone())
    }
}
