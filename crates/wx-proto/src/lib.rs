//! The core of a WeChat Web client, without I/O: login, sync, outbox and
//! roster as state machines that take the time as an argument.
//!
//! A [`Session`] says which requests to send and which records to store, is
//! told what came of them, and gives events and completions. Sockets, clocks,
//! cookies and files are the driver's. The same configuration, seed and inputs
//! give the same outputs, byte for byte.

pub mod command;
pub mod config;
pub mod event;
pub mod io;
pub mod message;
pub mod outbox;
pub mod roster;
pub mod saved;
pub mod state;

mod backoff;
mod contacts;
mod context;
mod inbox;
mod journal;
mod login;
mod recent;
mod rng;
mod session;
mod sync;
mod time;

pub use command::{Command, CommandError, CommandId, Completion, Done, Rejected, SendText};
pub use config::Config;
pub use event::{Event, EventId, EventKind};
pub use io::{Failure, FailureKind, Input, Lane, Reached, Request, RequestId, Transmit};
pub use message::Message;
pub use rng::Seed;
pub use roster::Roster;
pub use saved::{Record, RecordSeq, Saved};
pub use session::Session;
pub use state::State;
pub use time::{Deadline, Instant, Now, Timer};
