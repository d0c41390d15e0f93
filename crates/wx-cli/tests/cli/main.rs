//! The command line's contract, checked on the real binary against a simulated
//! service on loopback: bytes on stdout and stderr, and exit statuses.
//!
//! Every child process has a time limit, and tests wait for what happens, never
//! for time to pass.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of tests may fail"
)]

mod completions;
mod contacts;
mod decode;
mod demo;
mod doctor;
mod download;
mod errors;
mod forward;
mod large;
mod listen;
mod login;
mod media;
mod operations;
mod owner;
mod readme;
mod record;
mod screens;
mod secrets;
mod send;
mod signals;
mod sim;
mod support;
#[cfg(unix)]
mod terminal;
mod usage;
