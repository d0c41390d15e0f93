//! Spools a reader into a temporary file, because an upload needs the MD5
//! before its first byte.

use std::fs::File;
use std::io::{self, Write};

use bytes::{Bytes, BytesMut};
use md5::{Digest, Md5};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::task::spawn_blocking;

use super::kind::HEAD;
use super::source::OpenFile;
use super::{Sniffed, Source, digest};
use crate::error::{Error, ErrorKind};

/// How much is written at a time.
const BLOCK: usize = 256 * 1024;

pub(super) struct Spooled {
    pub(super) source: Source,
    pub(super) sniffed: Sniffed,
    pub(super) md5: String,
}

/// Reads a reader to its end, which must come after `length` bytes.
pub(super) async fn all(
    name: &str,
    length: u64,
    mut reader: impl AsyncRead + Send + Unpin,
) -> Result<Spooled, Error> {
    let failed = |error: io::Error| Error::file(format!("{name} cannot be kept"), error);
    let wrong = |came: &str| {
        let words = format!("{name} should have {length} bytes, but the reader gave {came}");
        Error::new(ErrorKind::Usage, words)
    };
    let mut spool = blocking(|| Ok((tempfile::tempfile()?, Md5::new())))
        .await
        .map_err(failed)?;
    let mut sniffed = None;
    let mut left = length;
    let mut block = BytesMut::with_capacity(BLOCK);
    while left > 0 {
        block.reserve(BLOCK);
        let most = left.min(BLOCK as u64);
        let mut wanted = (&mut reader).take(most);
        while (block.len() as u64) < most {
            let read = wanted.read_buf(&mut block).await;
            if read.map_err(|error| unread(name, error))? == 0 {
                return Err(wrong(&(length - left + block.len() as u64).to_string()));
            }
        }
        left -= most;
        let full = block.split().freeze();
        sniffed.get_or_insert_with(|| Sniffed::of(full.get(..HEAD).unwrap_or(&full)));
        spool = blocking(move || write(spool, &full))
            .await
            .map_err(failed)?;
    }
    let beyond = reader.read(&mut [0]).await;
    if beyond.map_err(|error| unread(name, error))? > 0 {
        return Err(wrong("more"));
    }
    let (file, hash) = spool;
    let metadata = file.metadata().map_err(failed)?;
    Ok(Spooled {
        source: Source::File(OpenFile::new(file, &metadata)),
        sniffed: sniffed.unwrap_or_else(|| Sniffed::of(&[])),
        md5: digest::hex(hash),
    })
}

fn write((mut file, mut hash): (File, Md5), block: &Bytes) -> io::Result<(File, Md5)> {
    file.write_all(block)?;
    hash.update(block);
    Ok((file, hash))
}

fn unread(name: &str, error: io::Error) -> Error {
    Error::file(format!("{name} cannot be read"), error)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    spawn_blocking(work).await.map_err(io::Error::other)?
}
