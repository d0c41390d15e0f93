//! Files on their way in: pieces in their order, and what becomes of them.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use md5::{Digest as _, Md5};

use crate::media::{self, Media};

/// The length of every piece but the last. (protocol: upload)
pub(crate) const PIECE: u64 = 524_288;
/// Longer files need the keys of `webwxcheckupload`. (protocol: limits)
pub(crate) const CHECK_ABOVE: u64 = 25 * 1024 * 1024;

/// What an account has uploaded, or is about to.
#[derive(Debug, Default)]
pub(crate) struct Uploads {
    /// What can be sent, by MediaId.
    pub(crate) finished: HashMap<String, Arc<Media>>,
    /// By the key that tells uploads apart. Finished ones stay, so that their
    /// last piece can be repeated.
    pub(crate) started: HashMap<String, Started>,
    /// What `webwxcheckupload` gave out, by digest and length.
    keys: HashMap<(String, u64), Keys>,
}

/// `AESKey` and `Signature` of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Keys {
    pub(crate) aes_key: String,
    pub(crate) signature: String,
}

impl Uploads {
    pub(crate) fn keys(&self, md5: &str, size: u64) -> Option<&Keys> {
        self.keys.get(&(md5.to_owned(), size))
    }

    pub(crate) fn issue(&mut self, md5: String, size: u64, keys: Keys) {
        self.keys.insert((md5, size), keys);
    }
}

/// An upload of which at least one piece was taken.
#[derive(Debug)]
pub(crate) struct Started {
    /// Which entry of the record it is.
    pub(crate) record: usize,
    /// Empty while pieces are missing.
    pub(crate) media_id: String,
    pieces: Vec<Bytes>,
    digest: Md5,
}

/// How a piece fits to those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// It is the next one.
    Next,
    /// It is the last one again: its answer was lost.
    Again,
    /// Neither.
    OutOfOrder,
}

impl Started {
    pub(crate) fn new(record: usize) -> Self {
        Self {
            record,
            media_id: String::new(),
            pieces: Vec::new(),
            digest: Md5::new(),
        }
    }

    pub(crate) fn fit(&self, number: u64, piece: &Bytes) -> Fit {
        let taken = self.pieces.len() as u64;
        if number == taken && self.media_id.is_empty() {
            Fit::Next
        } else if number + 1 == taken && self.pieces.last() == Some(piece) {
            Fit::Again
        } else {
            Fit::OutOfOrder
        }
    }

    pub(crate) fn take(&mut self, piece: Bytes) {
        self.digest.update(&piece);
        self.pieces.push(piece);
    }

    /// How many pieces were taken.
    pub(crate) fn taken(&self) -> u64 {
        self.pieces.len() as u64
    }

    /// The digest of all pieces.
    pub(crate) fn md5(&self) -> String {
        media::finish(self.digest.clone())
    }

    /// The whole file.
    pub(crate) fn whole(&self) -> Bytes {
        match self.pieces.as_slice() {
            [only] => only.clone(),
            pieces => pieces.concat().into(),
        }
    }

    /// Ends the upload: the pieces are parts of `whole` from here on, so that
    /// the file is kept once.
    pub(crate) fn finish(&mut self, media_id: String, whole: &Bytes) {
        self.media_id = media_id;
        let mut start = 0;
        for piece in &mut self.pieces {
            let end = start + piece.len();
            *piece = whole.slice(start..end.min(whole.len()));
            start = end;
        }
    }
}
