//! Known requests: method, address, headers and body, byte for byte, as the
//! protocol has them. All names, numbers and texts are invented.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "the helpers of tests may fail"
)]

mod requests {
    mod changes;
    mod checkupload;
    mod downloads;
    mod multipart;
    mod sends;
    pub(crate) mod support;
    mod uploads;
}
