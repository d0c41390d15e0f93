//! Where the bytes of a command's medium are.

use std::sync::Arc;

use crate::media::{Sink, Source};

/// Media never enter the core: it names places, and these are they.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// Of an upload.
    Source(Arc<Source>),
    /// Of a download.
    Sink(Sink),
}
