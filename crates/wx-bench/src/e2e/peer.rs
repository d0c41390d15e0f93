//! Other people's clients.

use std::str::FromStr;

use tokio::process::Command;

use crate::stage::Stage;

/// A client that finds the service under its host names and trusts it by
/// `REQUESTS_CA_BUNDLE` or `NODE_EXTRA_CA_CERTS`. With `WX_BENCH_MESSAGES` in its
/// environment it ends once it has received that many messages; without, it answers
/// each text for ever.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    pub(crate) name: String,
    /// A program and its arguments, separated by spaces.
    command: String,
}

impl Peer {
    pub(super) fn command(&self, stage: &Stage) -> Command {
        let mut words = self.command.split_ascii_whitespace();
        let mut command = stage.command(words.next().unwrap_or_default());
        let ca_file = stage.ca_file();
        command
            .args(words)
            .current_dir(stage.folder())
            .env("REQUESTS_CA_BUNDLE", &ca_file)
            .env("NODE_EXTRA_CA_CERTS", &ca_file);
        command
    }
}

impl FromStr for Peer {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=') {
            Some((name, command)) if !name.is_empty() && !command.trim().is_empty() => Ok(Self {
                name: name.to_owned(),
                command: command.to_owned(),
            }),
            _ => Err("expected NAME=COMMAND"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_has_a_name_and_a_command() {
        let peer: Peer = "itchat=python3 bot.py --x=1".parse().unwrap();
        assert_eq!(
            (peer.name.as_str(), peer.command.as_str()),
            ("itchat", "python3 bot.py --x=1")
        );
        for bad in ["itchat", "=python3", "itchat= "] {
            assert!(bad.parse::<Peer>().is_err(), "{bad}");
        }
    }
}
