//! The command line, as its contract has it.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueHint};
use clap_complete::Shell;
use wx_client::transport::HostPort;

use crate::qr::Choice;

mod chat;
mod listen;
mod send;
mod value;

pub use chat::{Friend, Group, Kind};
pub use listen::Listen;
pub use send::{Send, SendFile};
pub use value::{ProxyUrl, Rate};
use value::{QrValue, account_name, host_port, json_object, seconds, socket_addr};

/// A WeChat Web client for the terminal.
///
/// Data goes to stdout, everything else to stderr. Exit status: 0 done;
/// 1 failed; 2 wrong usage; 3 not logged in, or the session ended; 4 the server
/// refused; 5 network; 6 a message's fate is unknown; 130 and 143 interrupted.
#[derive(Debug, Parser)]
#[command(
    name = "wx",
    version,
    max_term_width = 100,
    arg_required_else_help = true
)]
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
#[command(next_help_heading = "Options of all commands")]
pub struct Global {
    /// Where accounts live [default: the platform's data directory, wx/]
    #[arg(
        long,
        global = true,
        env = "WX_HOME",
        hide_env_values = true,
        value_name = "DIR",
        value_hint = ValueHint::DirPath
    )]
    pub home: Option<PathBuf>,
    /// Which account
    #[arg(long, global = true, env = "WX_ACCOUNT", hide_env_values = true, value_name = "NAME", default_value = "default", value_parser = account_name)]
    pub account: String,
    /// Open every connection there; TLS names and Host headers stay what they are
    #[arg(long, global = true, env = "WX_CONNECT_TO", hide_env_values = true, value_name = "HOST:PORT", value_parser = host_port)]
    pub connect_to: Option<HostPort>,
    /// Trust these roots beside the system's
    #[arg(
        long,
        global = true,
        env = "WX_CA_FILE",
        hide_env_values = true,
        value_name = "PEM"
    )]
    pub ca_file: Option<PathBuf>,
    /// http:// (CONNECT) or socks5:// [env: HTTPS_PROXY, ALL_PROXY, NO_PROXY]
    #[arg(long, global = true, value_name = "URL")]
    pub proxy: Option<ProxyUrl>,
    /// TOML: user_agent, lang, desktop = true, a table login_page_headers
    #[arg(
        long,
        global = true,
        env = "WX_PROFILE",
        hide_env_values = true,
        value_name = "FILE"
    )]
    pub profile: Option<PathBuf>,
    /// How fast messages may go out: 5/s, or off
    #[arg(
        long,
        global = true,
        env = "WX_PACE",
        hide_env_values = true,
        value_name = "RATE",
        default_value = "1/s"
    )]
    pub pace: Rate,
    /// Write a trace, scrubbed of keys, names and texts, for a bug report; the
    /// file must not be there yet
    #[arg(
        long,
        global = true,
        env = "WX_RECORD",
        hide_env_values = true,
        value_name = "FILE"
    )]
    pub record: Option<PathBuf>,
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

impl Global {
    /// The variables that make another `wx` work on this account.
    pub(crate) fn variables(&self) -> impl Iterator<Item = (&'static str, OsString)> {
        let path = |path: &Option<PathBuf>| path.clone().map(OsString::from);
        let address = self.connect_to.as_ref().map(HostPort::to_string);
        let variables = [
            ("WX_HOME", path(&self.home)),
            ("WX_ACCOUNT", Some(self.account.clone().into())),
            ("WX_CONNECT_TO", address.map(OsString::from)),
            ("WX_CA_FILE", path(&self.ca_file)),
            ("WX_PROFILE", path(&self.profile)),
        ];
        let given = |(name, value): (&'static str, Option<OsString>)| Some((name, value?));
        variables.into_iter().filter_map(given)
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
#[expect(clippy::exhaustive_enums, reason = "part of a binary")]
pub enum Command {
    /// Log in: by the saved session, a confirmation on the phone, or a QR code
    Login {
        /// How to show the code; terminal=light and ascii=light are for a
        /// light background without colours
        #[arg(long, value_name = "HOW", default_value = "auto", value_parser = QrValue)]
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
    /// Send on the message whose event is on stdin, as listen --json --raw
    /// prints it
    Forward {
        /// User names (@…, @@…, filehelper), me, or names
        #[arg(required = true)]
        to: Vec<String>,
    },
    /// Take a message back; the service allows it for two minutes
    Revoke {
        /// The server's number of it: the msg_id that send printed
        msg_id: String,
        /// Where it was sent to
        #[arg(long)]
        to: String,
        /// The client's number of it, if this machine does not remember it
        #[arg(long, value_name = "ID")]
        client_msg_id: Option<String>,
    },
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
    /// Set the remark of a contact; an empty one takes it away
    Remark {
        /// A user name (@…) or a name
        to: String,
        /// The remark
        #[arg(allow_hyphen_values = true)]
        text: String,
    },
    /// Put a chat at the top of the list
    Pin {
        /// A user name (@…, @@…) or a name
        to: String,
    },
    /// Put a chat back in its place
    Unpin {
        /// A user name (@…, @@…) or a name
        to: String,
    },
    /// Tell the phone that a chat was read
    Read {
        /// A user name (@…, @@…) or a name
        to: String,
    },
    /// Friend requests, and public accounts
    #[command(subcommand)]
    Friend(Friend),
    /// Make and change groups
    #[command(subcommand)]
    Group(Group),
    /// Save what came with the message whose event is on stdin
    ///
    /// A picture, a voice, a video, a file or an emoticon. What was interrupted
    /// is gone on with.
    Download {
        #[expect(missing_docs, reason = "clap would take it for the command's")]
        #[command(flatten)]
        target: Target,
    },
    /// Save the picture of a person or a group
    Avatar {
        /// A user name (@…, @@…), me, or a name
        to: String,
        /// The group that the person is a member of, if they are no contact
        #[arg(long)]
        group: Option<String>,
        #[expect(missing_docs, reason = "clap would take it for the command's")]
        #[command(flatten)]
        target: Target,
    },
    /// End the session
    Logout,
    /// Run a simulated service
    Sim {
        /// Where to listen
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0", value_parser = socket_addr)]
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
    /// The facts in a captured body, as the client reads it. No network
    Decode {
        /// What it is: jslogin, login-poll, newloginpage, init, contact, sync,
        /// msg-content/image …
        kind: String,
        /// What the message around a content says: {"MsgType":3,"room":true}
        #[arg(long, value_name = "JSON", default_value = "{}", value_parser = json_object)]
        context: serde_json::Value,
        /// The file; - is stdin
        #[arg(default_value = "-", value_name = "FILE")]
        file: PathBuf,
    },
    /// Feed a recorded trace to the core, and print its events; requests as
    /// well with -v
    Replay {
        /// The trace, as --record wrote it; - is stdin
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// What stands in the way: DNS, TLS, the clock, the hosts, the account
    ///
    /// With a saved session the server is asked whether it holds. Without one
    /// a login is tried, for only that shows whether the account may use the
    /// web at all: scan the code, and stay logged in.
    Doctor {
        /// Seconds until the login is given up; 0 tries none
        #[arg(long, value_name = "SECS", default_value_t = 60)]
        timeout: u64,
    },
    /// Print a script that completes command lines
    Completions {
        /// For which shell
        shell: Shell,
    },
    /// Print the manual page
    Man {
        /// Write it, and those of all commands, there
        #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
        dir: Option<PathBuf>,
    },
}

/// Where a medium goes.
#[derive(Debug, Args)]
#[expect(clippy::exhaustive_structs, reason = "part of a binary")]
pub struct Target {
    /// A file, a folder, or - for stdout [default: here, by its own name]
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<PathBuf>,
    /// Replace what is there
    #[arg(long)]
    pub force: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
