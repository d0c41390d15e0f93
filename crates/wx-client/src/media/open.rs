//! Opens a file to be sent.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::time::UNIX_EPOCH;

use super::kind::HEAD;
use super::source::OpenFile;
use super::{Media, Sniffed, Source};
use crate::error::{Error, ErrorKind};

/// Opens one. Blocks.
pub(super) fn file(path: &Path) -> Result<Media, Error> {
    let origin = path.display().to_string();
    let failed = |error: io::Error| {
        let words = match error.kind() {
            io::ErrorKind::NotFound => format!("there is no {origin}"),
            io::ErrorKind::PermissionDenied => {
                format!("{origin} may not be read: check its permissions")
            }
            _ => return Error::file(format!("{origin} cannot be read"), error),
        };
        Error::new(ErrorKind::File, words)
    };
    // Checked before it is opened, because opening a pipe waits for its writer.
    if let Some(words) = unfit(&fs::metadata(path).map_err(failed)?) {
        return Err(Error::new(ErrorKind::File, format!("{origin} {words}")));
    }
    let mut file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if let Some(words) = unfit(&metadata) {
        return Err(Error::new(ErrorKind::File, format!("{origin} {words}")));
    }
    let mut head = Vec::with_capacity(HEAD);
    (&mut file)
        .take(HEAD as u64)
        .read_to_end(&mut head)
        .map_err(failed)?;
    let name = path.file_name().unwrap_or_default();
    let name = name.to_string_lossy().into_owned();
    let modified = metadata.modified().unwrap_or(UNIX_EPOCH);
    let source = Source::File(OpenFile::new(file, &metadata));
    Media::new(name, origin, source, Sniffed::of(&head), modified)
}

fn unfit(metadata: &fs::Metadata) -> Option<&'static str> {
    if metadata.is_dir() {
        Some("is a folder: pack it, or send the files in it")
    } else if metadata.is_file() {
        None
    } else {
        Some("is no regular file: copy what it gives into one")
    }
}
