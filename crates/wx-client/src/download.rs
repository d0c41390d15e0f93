//! Downloads to files and writers.

use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;
use tokio::io::AsyncWrite;
use tokio::task::spawn_blocking;
use wx_proto::command::Rejected;
use wx_proto::{Command, Done, MediaRef};

use crate::client::Client;
use crate::driver::Place;
use crate::error::{Error, ErrorKind};
use crate::media::{Login, Part, Sink, Target, Wish, Writer};
use crate::transfer::{Freight, Job, Transfer};

/// A download that still needs a target. Made by [`Client::download`].
#[derive(Clone, Debug)]
#[must_use = "nothing is fetched unless it is said where to"]
pub struct Downloading {
    client: Client,
    media: MediaRef,
    overwrite: bool,
    resume: bool,
}

/// A download that is in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SavedFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
    /// The MD5 of the whole, in lower-case hex digits.
    pub md5: String,
    /// The MIME type: as the server says, otherwise as the content shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
}

/// A download that a writer has taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Downloaded {
    /// Its size in bytes.
    pub bytes: u64,
    /// The MD5 of the whole, in lower-case hex digits.
    pub md5: String,
    /// The MIME type, if the server says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
}

impl Downloading {
    pub(crate) const fn new(client: Client, media: MediaRef) -> Self {
        Self {
            client,
            media,
            overwrite: false,
            resume: true,
        }
    }

    /// Whether a file of the same name is replaced. By default it never is.
    pub const fn overwrite(mut self, overwrite: bool) -> Self {
        self.overwrite = overwrite;
        self
    }

    /// Whether the download resumes from what an earlier one left, and leaves what it
    /// has if it fails. By default it does, except for avatars, which change. What
    /// an ended login has left is removed when the account next downloads into the
    /// folder.
    pub const fn resume(mut self, resume: bool) -> Self {
        self.resume = resume;
        self
    }

    /// Downloads to a file of this name.
    ///
    /// The bytes go into a hidden file beside it that only its owner can read, which
    /// gets the name when it is complete. The transfer ends with [`ErrorKind::File`] if
    /// the file exists already, if the disk is full or the folder does not exist, or if
    /// the same download is running elsewhere.
    pub fn to_path(self, path: impl Into<PathBuf>) -> Transfer<SavedFile> {
        self.fetch_to(Target::Path(path.into()))
    }

    /// Downloads into a folder, which must exist, as [`to_path`](Self::to_path) does.
    ///
    /// A file gets the name in its message, [made safe](crate::safe_file_name).
    /// Everything else is named by its kind, the number of the message, and an
    /// extension that fits the content. If a name is taken, a number is added.
    pub fn into_dir(self, dir: impl Into<PathBuf>) -> Transfer<SavedFile> {
        self.fetch_to(Target::Folder(dir.into()))
    }

    fn fetch_to(self, target: Target) -> Transfer<SavedFile> {
        let wish = Wish {
            target,
            overwrite: self.overwrite,
            resume: self.resume,
        };
        let media = self.media;
        Transfer::new(&self.client, |client, job| {
            to_disk(client, job, media, wish)
        })
    }

    /// Downloads to a writer, which is closed at the end. The client's runner writes to
    /// it and does nothing else meanwhile, so it must not block.
    ///
    /// If a connection breaks, the bytes that the writer already has are assumed to be
    /// the ones that the server would send again.
    pub fn to_writer(self, writer: impl AsyncWrite + Send + 'static) -> Transfer<Downloaded> {
        let media = self.media;
        let writer: Writer = Box::pin(writer);
        Transfer::new(&self.client, |client, job| {
            to_writer(client, job, media, writer)
        })
    }
}

async fn to_disk(
    client: Client,
    job: Arc<Job>,
    media: MediaRef,
    wish: Wish,
) -> Result<SavedFile, Error> {
    let account = client.overview().await?.account;
    let login = Login::of(&account.ok_or(Rejected::NotOnline {})?);
    let opened = {
        let (media, sweeper) = (media.clone(), client.sweeper());
        spawn_blocking(move || Part::open(wish, &media, &login, &sweeper)).await
    };
    let part = opened.map_err(|_| Error::stopped())??;
    let sink = part.sink.clone();
    match fetch(&client, &job, media, &sink).await {
        Ok((bytes, media_type)) => {
            let filled = sink.finish().await;
            let filled =
                filled.map_err(|error| Error::file("the download cannot be written", error))?;
            let Some(file) = filled.file.filter(|_| filled.bytes == bytes) else {
                let words = format!("the file has {} bytes of {bytes}", filled.bytes);
                return Err(part.give_up(0, Error::new(ErrorKind::File, words)));
            };
            let known = media_type.clone();
            let finished = spawn_blocking(move || part.finish(file, known.as_deref())).await;
            let (path, sniffed) = finished.map_err(|_| Error::stopped())??;
            Ok(SavedFile {
                path,
                bytes,
                md5: filled.md5,
                media_type: media_type.or_else(|| sniffed.media_type().map(str::to_owned)),
            })
        }
        Err(error) => {
            let bytes = sink.at().await;
            let given_up = spawn_blocking(move || part.give_up(bytes, error));
            Err(given_up.await.unwrap_or_else(|_| Error::stopped()))
        }
    }
}

async fn to_writer(
    client: Client,
    job: Arc<Job>,
    media: MediaRef,
    writer: Writer,
) -> Result<Downloaded, Error> {
    let sink = Sink::writer(writer);
    let (bytes, media_type) = fetch(&client, &job, media, &sink).await?;
    let filled = sink.finish().await;
    let filled = filled.map_err(|error| Error::file("the writer does not close", error))?;
    Ok(Downloaded {
        bytes,
        md5: filled.md5,
        media_type,
    })
}

/// Has the session fetch the bytes that the sink lacks.
async fn fetch(
    client: &Client,
    job: &Arc<Job>,
    media: MediaRef,
    sink: &Sink,
) -> Result<(u64, Option<String>), Error> {
    let from = sink.at().await;
    job.moved(from, media.size());
    let freight = Freight {
        job: Arc::clone(job),
        place: Place::Sink(sink.clone()),
    };
    match client
        .carry(Command::Download { media, from }, freight)
        .await?
    {
        Done::Downloaded {
            bytes, media_type, ..
        } => Ok((bytes, media_type)),
        _ => Err(Error::unexpected()),
    }
}
