//! Files that the service holds: what it draws for pushed messages, and what
//! clients upload.

pub(crate) mod draw;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use md5::{Digest as _, Md5};

use crate::rng::Rng;

/// A file, kept once however many messages carry it.
pub(crate) struct Media {
    pub(crate) bytes: Bytes,
    /// In lower-case hex.
    pub(crate) md5: String,
    /// The digest that messages give: the same, unless a test wants another.
    pub(crate) shown_md5: String,
    /// What messages name it by on the content network.
    pub(crate) aes_key: String,
    pub(crate) cdn_url: String,
}

impl Media {
    pub(crate) fn new(rng: &mut Rng, bytes: Bytes) -> Arc<Self> {
        let md5 = md5(&bytes);
        Self::with_md5(rng, bytes, md5)
    }

    /// The same where the digest is known already.
    pub(crate) fn with_md5(rng: &mut Rng, bytes: Bytes, md5: String) -> Arc<Self> {
        Self::build(rng, bytes, md5.clone(), md5)
    }

    /// The same under a digest that a test invented.
    pub(crate) fn shown_as(rng: &mut Rng, bytes: Bytes, shown_md5: String) -> Arc<Self> {
        let md5 = md5(&bytes);
        Self::build(rng, bytes, md5, shown_md5)
    }

    fn build(rng: &mut Rng, bytes: Bytes, md5: String, shown_md5: String) -> Arc<Self> {
        Arc::new(Self {
            bytes,
            md5,
            shown_md5,
            aes_key: rng.hex(32),
            cdn_url: format!("304b0201{}", rng.hex(144)),
        })
    }

    /// The picture shown for it in a list of messages.
    pub(crate) fn thumbnail(&self) -> Bytes {
        draw::jpeg(&format!("thumbnail of {}", self.md5), 0)
    }
}

impl fmt::Debug for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Media")
            .field("len", &self.bytes.len())
            .field("md5", &self.md5)
            .finish_non_exhaustive()
    }
}

/// The type of a file by its first bytes.
pub(crate) fn content_type(bytes: &[u8]) -> &'static str {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [b'G', b'I', b'F', b'8', ..] => "image/gif",
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => "video/mp4",
        [b'I', b'D', b'3', ..] => "audio/mp3",
        _ => "application/octet-stream",
    }
}

/// The MD5 digest in lower-case hex, as the protocol writes it.
pub(crate) fn md5(bytes: &[u8]) -> String {
    finish(Md5::new_with_prefix(bytes))
}

/// The digest of what was fed to it, likewise.
pub(crate) fn finish(digest: Md5) -> String {
    let digest = digest.finalize();
    let byte = |byte: &u8| format!("{byte:02x}");
    digest.iter().map(byte).collect()
}

/// All files of the service, over all accounts: a client need not upload what
/// is here.
#[derive(Debug, Default)]
pub(crate) struct Depot {
    by_md5: HashMap<String, Arc<Media>>,
    by_aes_key: HashMap<String, Arc<Media>>,
}

impl Depot {
    pub(crate) fn add(&mut self, media: &Arc<Media>) {
        for md5 in [&media.shown_md5, &media.md5] {
            self.by_md5.insert(md5.clone(), media.clone());
        }
        self.by_aes_key.insert(media.aes_key.clone(), media.clone());
    }

    pub(crate) fn by_md5(&self, md5: &str) -> Option<&Arc<Media>> {
        self.by_md5.get(md5)
    }

    pub(crate) fn by_aes_key(&self, aes_key: &str) -> Option<&Arc<Media>> {
        self.by_aes_key.get(aes_key)
    }
}

#[cfg(test)]
mod tests {
    use super::md5;

    /// From the algorithm's own document, RFC 1321.
    #[test]
    fn digests_are_written_in_lower_case_hex() {
        assert_eq!(md5(b""), "d41d8cd98f00b204e9800998ecf8427e");
        assert_eq!(md5(b"abc"), "900150983cd24fb0d6963f7d28e17f72");
    }
}
