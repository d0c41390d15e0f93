//! What `wx send` sends.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};

/// What to send.
#[derive(Debug, Subcommand)]
#[expect(clippy::exhaustive_enums, reason = "part of a binary")]
pub enum Send {
    /// A text
    Text {
        /// A user name (@…, @@…, filehelper), me, or a name
        to: String,
        /// The text; - reads it from stdin
        #[arg(allow_hyphen_values = true)]
        text: String,
        /// An idempotency key: the same again prints the first outcome and
        /// sends nothing
        #[arg(long, value_parser = NonEmptyStringValueParser::new())]
        key: Option<String>,
    },
    /// A picture: jpeg, png, bmp; a gif goes as an emoticon
    Image(SendFile),
    /// A video: mp4
    Video(SendFile),
    /// A file, whatever is in it
    File(SendFile),
    /// An emoticon: gif, png, or md5:HEX for one that the service knows
    Emoticon(SendFile),
    /// The card of a friend or a public account of one's own
    Card {
        /// A user name (@…, @@…, filehelper), me, or a name
        to: String,
        /// Whose card
        who: String,
        /// An idempotency key: the same again prints the first outcome and
        /// sends nothing
        #[arg(long, value_parser = NonEmptyStringValueParser::new())]
        key: Option<String>,
    },
}

/// A file to send, and to whom.
#[derive(Debug, Args)]
#[expect(clippy::exhaustive_structs, reason = "part of a binary")]
pub struct SendFile {
    /// A user name (@…, @@…, filehelper), me, or a name
    pub to: String,
    /// The file
    pub path: PathBuf,
    /// An idempotency key: the same again prints the first outcome, and uploads
    /// and sends nothing
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    pub key: Option<String>,
}
