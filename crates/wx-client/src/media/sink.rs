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

/// A place that is being filled. One exchange at a time has it. A write that
/// outlives its exchange keeps it until it has ended.
pub(crate) struct Filling {
    outlet: Outlet,
    /// Of the bytes before `at`.
    hash: Md5,
    /// How many bytes are there.
    at: u64,
}

enum Outlet {
    File(File),
    Writer {
        writer: Writer,
        /// How many of the next bytes the writer already has.
        skip: u64,
    },
    /// The file was handed out, or the writer closed.
    Gone,
}

impl fmt::Debug for Filling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filling")
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

/// A finished place.
#[derive(Debug)]
pub(crate) struct Filled {
    /// The file, unless it was a writer.
    pub(crate) file: Option<File>,
    pub(crate) bytes: u64,
    pub(crate) md5: String,
}

impl Sink {
    /// A file, which may already have the first bytes of the medium. Reads
    /// these. Blocks.
    pub(crate) fn file(mut file: File) -> io::Result<Self> {
        let at = file.metadata()?.len();
        let hash = hash_of(&mut file, at)?;
        Ok(Self::new(Outlet::File(file), hash, at))
    }

    pub(crate) fn writer(writer: Writer) -> Self {
        Self::new(Outlet::Writer { writer, skip: 0 }, Md5::new(), 0)
    }

    fn new(outlet: Outlet, hash: Md5, at: u64) -> Self {
        Self(Arc::new(Mutex::new(Filling { outlet, hash, at })))
    }

    /// Waits until nobody else has it.
    pub(crate) async fn take(&self) -> OwnedMutexGuard<Filling> {
        Arc::clone(&self.0).lock_owned().await
    }

    /// How many bytes are there.
    pub(crate) async fn at(&self) -> u64 {
        self.0.lock().await.at
    }

    /// Closes the place: all bytes are there.
    pub(crate) async fn finish(&self) -> io::Result<Filled> {
        let mut filling = self.take().await;
        let file = match std::mem::replace(&mut filling.outlet, Outlet::Gone) {
            Outlet::File(file) => Some(file),
            Outlet::Writer { mut writer, .. } => {
                // Some writers, such as tokio's stdout, do not flush when they
                // are shut down.
                writer.flush().await?;
                writer.shutdown().await?;
                None
            }
            Outlet::Gone => None,
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

    /// Says that the next bytes are those from `from` on. A file drops what it
    /// has beyond that; a writer cannot, and skips the bytes that it already
    /// has.
    pub(crate) async fn begin(
        mut filling: OwnedMutexGuard<Self>,
        from: u64,
    ) -> (OwnedMutexGuard<Self>, io::Result<()>) {
        let at = filling.at;
        if let Outlet::Writer { skip, .. } = &mut filling.outlet {
            *skip = at.saturating_sub(from);
            return (filling, Ok(()));
        }
        blocking(filling, move |filling| filling.rewind(from)).await
    }

    fn rewind(&mut self, from: u64) -> io::Result<()> {
        let Outlet::File(file) = &mut self.outlet else {
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
        if matches!(filling.outlet, Outlet::Writer { .. }) {
            let result = filling.pass_on(chunk).await;
            return (filling, result);
        }
        blocking(filling, move |filling| {
            let Outlet::File(file) = &mut filling.outlet else {
                return Err(gone());
            };
            file.write_all(&chunk)?;
            filling.hash.update(&chunk);
            filling.at += chunk.len() as u64;
            Ok(())
        })
        .await
    }

    /// If it is dropped half way, it has counted exactly what the writer took.
    async fn pass_on(&mut self, mut chunk: Bytes) -> io::Result<()> {
        let Outlet::Writer { writer, skip } = &mut self.outlet else {
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

#[cfg(test)]
mod tests {
    use super::*;

    const HELLO_WORLD: &str = "5eb63bbbe01eeed093cb22bb8f5acdc3";
    const HELLO: &str = "5a8dd3ad0756a93ded72b823b19dd877";

    async fn take_in(sink: &Sink, from: u64, bytes: &'static str) {
        let (filling, begun) = Filling::begin(sink.take().await, from).await;
        begun.expect("it is there");
        let bytes = Bytes::from_static(bytes.as_bytes());
        let (_, written) = Filling::write(filling, bytes).await;
        written.expect("there is room");
    }

    fn file(content: &str) -> File {
        let mut file = tempfile::tempfile().expect("a temporary folder");
        file.write_all(content.as_bytes()).expect("room");
        file
    }

    #[tokio::test]
    async fn a_file_goes_on_where_it_ends() {
        let sink = Sink::file(file("hello ")).expect("a file");
        assert_eq!(sink.at().await, 6);
        take_in(&sink, 6, "world").await;
        let filled = sink.finish().await.expect("all is there");
        assert_eq!((filled.bytes, filled.md5.as_str()), (11, HELLO_WORLD));
    }

    #[tokio::test]
    async fn a_file_gives_up_what_is_replaced() {
        let sink = Sink::file(file("hello world")).expect("a file");
        take_in(&sink, 5, "!").await;
        let filled = sink.finish().await.expect("all is there");
        assert_eq!((filled.bytes, filled.md5.as_str()), (6, HELLO));
        let mut file = filled.file.expect("it is one");
        assert_eq!(file.metadata().expect("a file").len(), 6);
        let hash = hash_of(&mut file, 6).expect("it can be read");
        assert_eq!(digest::hex(hash), HELLO);
    }

    #[tokio::test]
    async fn a_writer_passes_over_what_it_has() {
        let (writer, mut reader) = tokio::io::duplex(64);
        let sink = Sink::writer(Box::pin(writer));
        take_in(&sink, 0, "hello").await;
        take_in(&sink, 0, "hel").await;
        take_in(&sink, 3, "lo world").await;
        let filled = sink.finish().await.expect("all is there");
        assert_eq!((filled.bytes, filled.md5.as_str()), (11, HELLO_WORLD));
        let mut text = String::new();
        let read = tokio::io::AsyncReadExt::read_to_string(&mut reader, &mut text);
        read.await.expect("text");
        assert_eq!(text, "hello world");
    }

    #[tokio::test]
    async fn a_download_that_is_over_takes_nothing_more() {
        let sink = Sink::file(file("")).expect("a file");
        sink.finish().await.expect("all is there");
        let (filling, begun) = Filling::begin(sink.take().await, 0).await;
        begun.expect_err("the file was given back");
        assert_eq!(filling.at(), 0);
    }
}
