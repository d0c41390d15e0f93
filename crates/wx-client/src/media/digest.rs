//! MD5 as the service writes it.

use md5::{Digest, Md5};

/// The lower-case hex digits of a hash.
pub(crate) fn hex(hash: Md5) -> String {
    use std::fmt::Write;

    let mut text = String::with_capacity(32);
    for byte in hash.finalize() {
        // A String takes whatever is written to it.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The MD5 of a short text.
pub(crate) fn of(text: &[u8]) -> String {
    hex(Md5::new_with_prefix(text))
}
