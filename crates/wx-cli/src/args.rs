//! The command line, as its contract has it.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use wx_client::Pace;
use wx_client::transport::{HostPort, Proxy};

use crate::qr::Choice;

/// A WeChat Web client for the terminal.
///
/// Data goes to stdout, everything else to stderr. Exit status: 0 done;
/// 1 failed; 2 wrong usage; 3 not logged in, or the session ended; 4 the server
/// refused; 5 network; 6 a message's fate is unknown; 130 and 143 interrupted.
#[derive(Debug, Parser)]
#[command(name = "wx", version, about, max_term_width = 100)]
pub struct Cli {
    /// Options of all commands.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of all commands, before or after the command.
#[derive(Clone, Debug, Args)]
pub struct Global {
    /// Where accounts live [default: the platform's data directory, wx/]
    #[arg(long, global = true, env = "WX_HOME", value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// Which account
    #[arg(long, global = true, env = "WX_ACCOUNT", value_name = "NAME", default_value = "default", value_parser = account_name)]
    pub account: String,
    /// Open every connection there; TLS names and Host headers stay what they are
    #[arg(long, global = true, env = "WX_CONNECT_TO", value_name = "HOST:PORT")]
    pub connect_to: Option<HostPort>,
    /// Trust these roots beside the system's
    #[arg(long, global = true, env = "WX_CA_FILE", value_name = "PEM")]
    pub ca_file: Option<PathBuf>,
    /// http:// (CONNECT) or socks5:// [env: HTTPS_PROXY, ALL_PROXY, NO_PROXY]
    #[arg(long, global = true, value_name = "URL")]
    pub proxy: Option<Proxy>,
    /// TOML: user_agent, lang, desktop = true, [login_page_headers]
    #[arg(long, global = true, env = "WX_PROFILE", value_name = "FILE")]
    pub profile: Option<PathBuf>,
    /// How fast messages may go out: 5/s, or off
    #[arg(
        long,
        global = true,
        env = "WX_PACE",
        value_name = "RATE",
        default_value = "1/s"
    )]
    pub pace: Rate,
    /// NDJSON on stdout, errors as JSON on stderr
    #[arg(long, global = true)]
    pub json: bool,
    /// Say nothing but what was asked for
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say more; repeatable. RUST_LOG is honoured
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
}

/// A name that is a folder's name and nothing else.
fn account_name(name: &str) -> Result<String, String> {
    let plain = name
        .chars()
        .all(|c| c.is_alphanumeric() || "-_.@+".contains(c));
    if plain && !name.is_empty() && !name.starts_with('.') {
        Ok(name.to_owned())
    } else {
        Err("letters, digits and - _ . @ + only, and no dot in front".to_owned())
    }
}

/// A rate at which messages may go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "part of a binary")]
pub struct Rate(pub Option<Pace>);

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const BURST: NonZeroU32 = NonZeroU32::new(5).unwrap();
        if text == "off" {
            return Ok(Self(None));
        }
        text.strip_suffix("/s")
            .and_then(|number| number.parse::<NonZeroU32>().ok())
            .map(|rate| Self(Some(Pace::per_second(rate, rate.max(BURST)))))
            .ok_or_else(|| "a whole number of messages a second, such as 5/s, or off".to_owned())
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
#[expect(clippy::exhaustive_enums, reason = "part of a binary")]
pub enum Command {
    /// Log in: by the saved session, a confirmation on the phone, or a QR code
    Login {
        /// How to show the code: auto, terminal, ascii, url, none, png=PATH
        #[arg(long, value_name = "HOW", default_value = "auto")]
        qr: Choice,
        /// Seconds until the login is given up
        #[arg(long, value_name = "SECS", default_value_t = 300)]
        timeout: u64,
        /// Ignore what was saved, and show a code
        #[arg(long)]
        fresh: bool,
    },
    /// Does the saved session still hold?
    Status,
    /// Print events until interrupted
    Listen(Listen),
    /// Send a message
    #[command(subcommand)]
    Send(Send),
    /// The contacts, one a line
    Contacts {
        /// Only these
        #[arg(long, value_enum)]
        kind: Option<Kind>,
        /// Only those with this in a name
        #[arg(long, value_name = "TEXT")]
        find: Option<String>,
        /// Ask the server anew
        #[arg(long)]
        refresh: bool,
    },
    /// The members of a group, one a line
    Members {
        /// A user name (@@…) or the group's name
        group: String,
    },
    /// End the session
    Logout,
    /// Run a simulated service
    Sim {
        /// Where to listen
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
        listen: std::net::SocketAddr,
        /// TOML: who scans when, which messages come, what fails
        #[arg(long, value_name = "FILE")]
        script: Option<PathBuf>,
        /// What everything invented is drawn from
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// The whole tour against an embedded simulated service; no account needed
    Demo,
}

/// Options of `wx listen`.
#[derive(Debug, Args)]
#[expect(clippy::exhaustive_structs, reason = "part of a binary")]
pub struct Listen {
    /// End after so many messages
    #[arg(long, value_name = "N")]
    pub max: Option<u64>,
    /// End after so many seconds without an event
    #[arg(long, value_name = "SECS")]
    pub idle: Option<f64>,
    /// End after so many seconds
    #[arg(long = "for", value_name = "SECS")]
    pub duration: Option<f64>,
    /// Answer each text from others with "echo " and the text
    #[arg(long)]
    pub echo: bool,
    /// Run this for each message, the event on its stdin; it is acknowledged if
    /// that exits 0
    #[arg(long, value_name = "CMD")]
    pub exec: Option<String>,
    /// Add the item as it was received
    #[arg(long)]
    pub raw: bool,
}

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
        #[arg(long)]
        key: Option<String>,
    },
}

/// What a contact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[expect(clippy::exhaustive_enums, reason = "part of a binary")]
pub enum Kind {
    /// People in the address book
    Friend,
    /// Groups
    Group,
    /// Public accounts
    Official,
    /// Accounts of the service itself
    Special,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn rates_are_a_number_a_second_or_off() {
        assert_eq!("off".parse::<Rate>().unwrap(), Rate(None));
        let five = "5/s".parse::<Rate>().unwrap().0.unwrap();
        assert_eq!(five.interval, std::time::Duration::from_millis(200));
        for bad in ["", "0/s", "5", "-1/s", "1/h"] {
            bad.parse::<Rate>().unwrap_err();
        }
    }

    #[test]
    fn an_account_is_no_path() {
        for bad in ["", "..", ".x", "a/b", "a\\b", "a\0"] {
            account_name(bad).unwrap_err();
        }
        assert_eq!(account_name("工作-1").unwrap(), "工作-1");
    }
}
