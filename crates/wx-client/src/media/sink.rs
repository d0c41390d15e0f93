//! Where the bytes of a download go.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use md5::{Digest, Md5};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::task::spawn_blocking;

use super::digest;

/// How many bytes are read back at a time.
const BLOCK: usize = 256 * 1024;

/// A writer of the application's.
pub(crate) type Writer = Pin<Box<dyn AsyncWrite + Send>>;

/// The place of a download. Clones are the same place.
#[derive(Clone, Debug)]
pub(crate) struct Sink(Arc<Mutex<Filling>>);

/// A place that is being filled. One exchange at a time has it; a write that
/// goes on after its exchange was given up keeps it until it has ended.
pub(crate) struct Filling {
    place: Place,
    /// Of the bytes before `at`.
    hash: Md5,
    /// How many bytes are there.
    at: u64,
}

enum Place {
    File(File),
    Writer {
        writer: Writer,
        /// How many of the bytes to come are there already.
        skip: u64,
    },
    /// Given back.
    Gone,
}

impl fmt::Debug for Filling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filling")
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

/// What is there in the end.
#[derive(Debug)]
pub(crate) struct Filled {
    /// For a place on the disk.
    pub(crate) file: Option<File>,
    pub(crate) bytes: u64,
    pub(crate) md5: String,
}

impl Sink {
    /// A file, and what of the medium it has already. Reads that. Blocks.
    pub(crate) fn file(mut file: File) -> io::Result<Self> {
        let at = file.metadata()?.len();
        let hash = hash_of(&mut file, at)?;
        Ok(Self::new(Place::File(file), hash, at))
    }

    pub(crate) fn writer(writer: Writer) -> Self {
        Self::new(Place::Writer { writer, skip: 0 }, Md5::new(), 0)
    }

    fn new(place: Place, hash: Md5, at: u64) -> Self {
        Self(Arc::new(Mutex::new(Filling { place, hash, at })))
    }

    /// Waits until nobody else has it.
    pub(crate) async fn take(&self) -> OwnedMutexGuard<Filling> {
        Arc::clone(&self.0).lock_owned().await
    }

    /// How many bytes are there.
    pub(crate) async fn at(&self) -> u64 {
        self.0.lock().await.at
    }

    /// All bytes are there.
    pub(crate) async fn finish(&self) -> io::Result<Filled> {
        let mut filling = self.take().await;
        let file = match std::mem::replace(&mut filling.place, Place::Gone) {
            Place::File(file) => Some(file),
            Place::Writer { mut writer, .. } => {
                writer.shutdown().await?;
                None
            }
            Place::Gone => None,
        };
        Ok(Filled {
            file,
            bytes: filling.at,
            md5: digest::hex(filling.hash.clone()),
        })
    }
}

impl Filling {
    pub(crate) const fn at(&self) -> u64 {
        self.at
    }

    /// The next bytes are those of the whole from `from` on. A file gives up
    /// what it has beyond; a writer cannot, and passes over what it has.
    pub(crate) async fn begin(
        mut filling: OwnedMutexGuard<Self>,
        from: u64,
    ) -> (OwnedMutexGuard<Self>, io::Result<()>) {
        let at = filling.at;
        if let Place::Writer { skip, .. } = &mut filling.place {
            *skip = at.saturating_sub(from);
            return (filling, Ok(()));
        }
        blocking(filling, move |filling| filling.rewind(from)).await
    }

    fn rewind(&mut self, from: u64) -> io::Result<()> {
        let Place::File(file) = &mut self.place else {
            return Err(gone());
        };
        file.set_len(from)?;
        if from != self.at {
            self.hash = hash_of(file, from)?;
            self.at = from;
        }
        file.seek(SeekFrom::Start(from)).map(drop)
    }

    /// The next bytes.
    pub(crate) async fn write(
        mut filling: OwnedMutexGuard<Self>,
        chunk: Bytes,
    ) -> (OwnedMutexGuard<Self>, io::Result<()>) {
        if matches!(filling.place, Place::Writer { .. }) {
            let result = filling.pass_on(chunk).await;
            return (filling, result);
        }
        blocking(filling, move |filling| {
            let Place::File(file) = &mut filling.place else {
                return Err(gone());
            };
            file.write_all(&chunk)?;
            filling.hash.update(&chunk);
            filling.at += chunk.len() as u64;
            Ok(())
        })
        .await
    }

    /// Dropped in between, it has counted exactly what the writer took.
    async fn pass_on(&mut self, mut chunk: Bytes) -> io::Result<()> {
        let Place::Writer { writer, skip } = &mut self.place else {
            return Err(gone());
        };
        let known = usize::try_from(*skip).map_or(chunk.len(), |skip| skip.min(chunk.len()));
        drop(chunk.split_to(known));
        *skip -= known as u64;
        while !chunk.is_empty() {
            let taken = writer.write(&chunk).await?;
            if taken == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            let taken = chunk.split_to(taken.min(chunk.len()));
            self.hash.update(&taken);
            self.at += taken.len() as u64;
        }
        Ok(())
    }
}

/// Works on the place off the async threads. The work keeps the place until it
/// has ended, even if nobody awaits it any more.
async fn blocking(
    mut filling: OwnedMutexGuard<Filling>,
    work: impl FnOnce(&mut Filling) -> io::Result<()> + Send + 'static,
) -> (OwnedMutexGuard<Filling>, io::Result<()>) {
    let sink = Arc::clone(OwnedMutexGuard::mutex(&filling));
    let worked = spawn_blocking(move || {
        let result = work(&mut filling);
        (filling, result)
    });
    match worked.await {
        Ok(worked) => worked,
        // The runtime is going away.
        Err(error) => (sink.lock_owned().await, Err(io::Error::other(error))),
    }
}

fn gone() -> io::Error {
    io::Error::other("the download is over")
}

/// The hash of the first bytes of a file.
fn hash_of(file: &mut File, length: u64) -> io::Result<Md5> {
    let mut hash = Md5::new();
    if length == 0 {
        return Ok(hash);
    }
    file.seek(SeekFrom::Start(0))?;
    let mut block = vec![0; BLOCK];
    let mut left = length;
    while left > 0 {
        let most = usize::try_from(left).map_or(BLOCK, |left| left.min(BLOCK));
        let space = block.get_mut(..most).unwrap_or_default();
        let read = file.read(space)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        hash.update(space.get(..read).unwrap_or_default());
        left -= read as u64;
    }
    Ok(hash)
}
