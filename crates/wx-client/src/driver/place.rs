//! Where the bytes of a command's medium are.

use std::sync::Arc;

use crate::media::{Sink, Source};

/// Media never enter the core: it only names a command, and the driver knows
/// the place.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// The file of an upload.
    Source(Arc<Source>),
    /// The destination of a download.
    Sink(Sink),
}
