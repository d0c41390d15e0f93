//! The clients that go through the scenario. Each is a column of the table.

use std::path::{Path, PathBuf};
use std::process::Command;

use clap::ValueEnum;
use clap::builder::PossibleValue;
use serde::{Deserialize, Serialize};

use crate::peers::Peer;
use crate::workspace::Workspace;

/// A client: somebody else's, or this project's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Column {
    Peer(Peer),
    Own,
}

impl Column {
    pub(super) const ALL: [Self; 5] = [
        Self::Peer(Peer::Itchat),
        Self::Peer(Peer::ItchatUos),
        Self::Peer(Peer::Wxpy),
        Self::Peer(Peer::Wechat4u),
        Self::Own,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Peer(peer) => peer.name(),
            Self::Own => "wx-client",
        }
    }

    /// The table's heading.
    pub(super) fn heading(self) -> String {
        match self {
            Self::Peer(peer) => format!("{} {}", peer.name(), peer.version()),
            Self::Own => self.name().to_owned(),
        }
    }

    /// The form of the login page. itchat-uos takes its keys from the cookies, as a page of
    /// the desktop variant without a body asks for.
    pub(super) const fn login_page(self) -> &'static str {
        match self {
            Self::Peer(Peer::ItchatUos) => "cookies_only",
            _ => "xml",
        }
    }

    /// The command that starts its driver.
    pub(super) fn start(self, workspace: &Workspace, ca_file: &Path) -> anyhow::Result<Command> {
        let peers = workspace.root.join("xtask/peers");
        let script = |name: &str| -> PathBuf { peers.join(name) };
        Ok(match self {
            Self::Peer(peer) => {
                let script = match peer {
                    Peer::Itchat | Peer::ItchatUos => script("drive_itchat.py"),
                    Peer::Wxpy => script("drive_wxpy.py"),
                    Peer::Wechat4u => script("drive_wechat4u.js"),
                };
                peer.install(workspace)?.command(&script, ca_file)
            }
            Self::Own => {
                let mut own = Command::new(workspace.built("debug/examples", "driven"));
                own.env("WX_CA_FILE", ca_file);
                own
            }
        })
    }

    /// Its word for a kind of message.
    pub(super) fn word(self, kind: Kind) -> &'static str {
        use Kind::{
            Card, Emoticon, File, FriendRequest, Image, Link, Location, Revoke, StatusNotify,
            System, Text, Transfer, Video, Voice,
        };
        match self {
            // The other two took itchat's words.
            Self::Peer(Peer::Itchat | Peer::ItchatUos | Peer::Wxpy) => match kind {
                Text => "Text",
                Image | Emoticon => "Picture",
                Voice => "Recording",
                Video => "Video",
                File => "Attachment",
                Link => "Sharing",
                Transfer | System | Revoke => "Note",
                Card => "Card",
                Location => "Map",
                FriendRequest => "Friends",
                StatusNotify => "System",
            },
            Self::Peer(Peer::Wechat4u) => match kind {
                // A location is a text with a SubMsgType.
                Text | Location => "MSGTYPE_TEXT",
                Image => "MSGTYPE_IMAGE",
                Voice => "MSGTYPE_VOICE",
                Video => "MSGTYPE_VIDEO",
                Emoticon => "MSGTYPE_EMOTICON",
                File | Link | Transfer => "MSGTYPE_APP",
                Card => "MSGTYPE_SHARECARD",
                Revoke => "MSGTYPE_RECALLED",
                FriendRequest => "MSGTYPE_VERIFYMSG",
                System => "MSGTYPE_SYS",
                StatusNotify => "MSGTYPE_STATUSNOTIFY",
            },
            // The simulator uses the same words, with one exception.
            Self::Own => match kind {
                Revoke => "revoked",
                other => other.name(),
            },
        }
    }
}

impl ValueEnum for Column {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

/// The kinds of messages that the simulator pushes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Image,
    Voice,
    Video,
    Emoticon,
    File,
    Link,
    Transfer,
    Card,
    Location,
    Revoke,
    FriendRequest,
    System,
    StatusNotify,
}

impl Kind {
    pub(super) const ALL: [Self; 14] = [
        Self::Text,
        Self::Image,
        Self::Voice,
        Self::Video,
        Self::Emoticon,
        Self::File,
        Self::Link,
        Self::Transfer,
        Self::Card,
        Self::Location,
        Self::Revoke,
        Self::FriendRequest,
        Self::System,
        Self::StatusNotify,
    ];

    /// Its name in the control call `push`.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Image => "image",
            Self::Voice => "voice",
            Self::Video => "video",
            Self::Emoticon => "emoticon",
            Self::File => "file",
            Self::Link => "link",
            Self::Transfer => "transfer",
            Self::Card => "card",
            Self::Location => "location",
            Self::Revoke => "revoke",
            Self::FriendRequest => "friend_request",
            Self::System => "system",
            Self::StatusNotify => "status_notify",
        }
    }

    /// Whether there is something to download.
    pub(super) const fn has_file(self) -> bool {
        matches!(
            self,
            Self::Image | Self::Voice | Self::Video | Self::Emoticon | Self::File
        )
    }
}
