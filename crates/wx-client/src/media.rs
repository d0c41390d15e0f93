//! Media of this machine: what is sent, and where what comes in goes.

mod digest;
mod sink;
mod source;

pub(crate) use sink::{Filling, Sink};
pub(crate) use source::Source;
