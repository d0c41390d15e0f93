//! Options of `wx listen`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueHint};

use super::seconds;

/// Options of `wx listen`.
#[derive(Debug, Args)]
#[expect(clippy::exhaustive_structs, reason = "part of a binary")]
pub struct Listen {
    /// End after so many messages
    #[arg(long, value_name = "N")]
    pub max: Option<u64>,
    /// End after so many seconds without an event
    #[arg(long, value_name = "SECS", value_parser = seconds, allow_negative_numbers = true)]
    pub idle: Option<Duration>,
    /// End after so many seconds
    #[arg(long = "for", value_name = "SECS", value_parser = seconds, allow_negative_numbers = true)]
    pub duration: Option<Duration>,
    /// Answer each text from others with "echo " and the text
    #[arg(long)]
    pub echo: bool,
    /// Run this for each message, with the event on its stdin and its output on
    /// stderr; the message is acknowledged if it exits 0. A wx in it works on the
    /// same account
    #[arg(long, value_name = "CMD", value_hint = ValueHint::CommandString)]
    pub exec: Option<String>,
    /// Save what comes with a message there, before the message is printed
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub save_media: Option<PathBuf>,
    /// Add the item as it was received
    #[arg(long)]
    pub raw: bool,
}
