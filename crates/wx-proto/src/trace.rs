//! A session's life as data: everything that determines a session, in the order
//! in which it happened, so that it can be replayed.
//!
//! A trace is NDJSON: a [`Head`] on the first line, a [`Step`] on each of the
//! others. The steps are what the driver told the session. What the session
//! asked for is not recorded, except for the addresses of its requests: a
//! [`Replay`] computes it again, and reports where it differs.
//!
//! The types carry whatever they are given. Whoever records a trace that leaves
//! the machine has to scrub it.

mod replay;
mod settings;
mod step;

pub use replay::{Divergence, Output, Replay};
pub use settings::Settings;
pub use step::{Happening, Moment, Step};

use serde::{Deserialize, Serialize};

use crate::roster::Roster;
use crate::saved::Saved;

/// The version of the format. Steps may be added to it; a reader refuses those
/// that it does not know.
pub const FORM: u32 = 1;

/// The first line: what a session was made of.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Head {
    /// The version of the form.
    pub wx_trace: u32,
    /// The version of this crate that the session ran with.
    pub version: String,
    /// How it was started.
    pub start: Start,
    /// When.
    pub at: Moment,
    /// Where its random numbers came from.
    pub seed: u64,
    /// Its settings.
    pub settings: Settings,
    /// What was stored, without the cookies, which belong to the driver.
    pub saved: Saved,
    /// The contacts that were kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roster: Option<Roster>,
}

/// How a session was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Start {
    /// [`Session::resume`](crate::Session::resume), or
    /// [`Session::new`](crate::Session::new) where nothing was stored.
    Resume,
    /// [`Session::attach`](crate::Session::attach).
    Attach,
}

impl Head {
    /// The head of a new trace.
    #[must_use]
    pub fn new(start: Start, at: Moment, seed: u64, settings: Settings, saved: Saved) -> Self {
        Self {
            wx_trace: FORM,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            start,
            at,
            seed,
            settings,
            saved,
            roster: None,
        }
    }
}
