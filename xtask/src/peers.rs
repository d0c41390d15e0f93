//! Clients that other people wrote for the real service: where they are installed,
//! and how they are started.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::command::output;
use crate::workspace::Workspace;

pub(crate) mod enclosure;

/// Installs all of them.
pub(crate) fn install(workspace: &Workspace) -> anyhow::Result<()> {
    for peer in Peer::ALL {
        let installed = peer.install(workspace)?;
        println!(
            "{} {} is in {}",
            peer.name(),
            peer.version(),
            installed.folder.display()
        );
    }
    Ok(())
}

/// Somebody else's client, as its registry has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Peer {
    Itchat,
    ItchatUos,
    Wxpy,
    Wechat4u,
}

impl Peer {
    pub(crate) const ALL: [Self; 4] = [Self::Itchat, Self::ItchatUos, Self::Wxpy, Self::Wechat4u];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Itchat => "itchat",
            Self::ItchatUos => "itchat-uos",
            Self::Wxpy => "wxpy",
            Self::Wechat4u => "wechat4u",
        }
    }

    pub(crate) const fn version(self) -> &'static str {
        match self {
            Self::Itchat => "1.3.10",
            Self::ItchatUos => "1.4.1",
            Self::Wxpy => "0.3.9.8",
            Self::Wechat4u => "0.7.14",
        }
    }

    /// Installs it below the target folder, unless it is there already.
    pub(crate) fn install(self, workspace: &Workspace) -> anyhow::Result<Installed> {
        let folder = workspace.target.join("peers").join(self.name());
        let wanted = workspace.root.join(self.wanted());
        let wanted = std::fs::read_to_string(&wanted)
            .with_context(|| format!("cannot read {}", wanted.display()))?;
        // Written last, so that an installation that broke off has none.
        let stamp = folder.join("installed");
        if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
            return Ok(Installed { peer: self, folder });
        }
        println!("installing {} {}", self.name(), self.version());
        workspace.empty_folder(&folder)?;
        match self {
            Self::Itchat | Self::ItchatUos | Self::Wxpy => {
                self.install_python(&folder, &workspace.root.join(self.wanted()))?;
            }
            Self::Wechat4u => install_node(&folder, &workspace.root.join("xtask/peers/wechat4u"))?,
        }
        std::fs::write(&stamp, wanted)?;
        Ok(Installed { peer: self, folder })
    }

    /// The file that pins its version and those of its dependencies.
    const fn wanted(self) -> &'static str {
        match self {
            Self::Itchat => "xtask/peers/itchat.txt",
            Self::ItchatUos => "xtask/peers/itchat-uos.txt",
            Self::Wxpy => "xtask/peers/wxpy.txt",
            Self::Wechat4u => "xtask/peers/wechat4u/package-lock.json",
        }
    }

    fn install_python(self, folder: &Path, wanted: &Path) -> anyhow::Result<()> {
        output(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
        output(
            Command::new(folder.join("bin/python"))
                .args(["-m", "pip", "install", "--quiet", "--no-input"])
                .args(["--disable-pip-version-check", "--requirement"])
                .arg(wanted),
        )?;
        Ok(())
    }
}

fn install_node(folder: &Path, wanted: &Path) -> anyhow::Result<()> {
    for file in ["package.json", "package-lock.json"] {
        std::fs::copy(wanted.join(file), folder.join(file))?;
    }
    output(Command::new("npm").current_dir(folder).args([
        "ci",
        "--silent",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
    ]))?;
    Ok(())
}

/// A peer that can be started.
#[derive(Clone, Debug)]
pub(crate) struct Installed {
    peer: Peer,
    folder: PathBuf,
}

impl Installed {
    /// A command for a script of ours that can import the peer. Python clients trust only
    /// the authority in `ca_file`; Node trusts it beside its own.
    pub(crate) fn command(&self, script: &Path, ca_file: &Path) -> Command {
        let mut command = match self.peer {
            Peer::Itchat | Peer::ItchatUos | Peer::Wxpy => {
                let mut python = Command::new(self.folder.join("bin/python"));
                // Unbuffered: a log is complete when the client is killed.
                python.arg("-u").env("REQUESTS_CA_BUNDLE", ca_file);
                python
            }
            Peer::Wechat4u => {
                let mut node = Command::new("node");
                node.env("NODE_EXTRA_CA_CERTS", ca_file)
                    .env("NODE_PATH", self.folder.join("node_modules"));
                node
            }
        };
        command.arg(script);
        command
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said about a peer is what is installed.
    #[test]
    fn the_pinned_version_is_the_one_that_is_named() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for peer in Peer::ALL {
            let pinned = std::fs::read_to_string(root.join(peer.wanted())).unwrap();
            let line = match peer {
                Peer::Wechat4u => format!("\"wechat4u\": \"{}\"", peer.version()),
                _ => format!("\n{}=={}\n", peer.name(), peer.version()),
            };
            assert!(pinned.contains(&line), "{line} is not in {}", peer.wanted());
        }
    }
}
