//! The command `wx`, as a library so that its parts can be tested.
//!
//! Nothing outside of this workspace should depend on it.

mod app;
pub mod args;
mod cmd;
pub mod error;
mod human;
mod logs;
pub mod output;
mod progress;
pub mod qr;
pub mod table;
pub mod terminal;
mod usage;

pub use cmd::run;
pub use logs::start as start_logs;
pub use usage::answer as answer_usage;
