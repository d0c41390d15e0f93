//! Parts of bodies: articles, quoted and merged messages.

use serde::{Deserialize, Serialize};
use wx_wire::code::MsgType;
use wx_wire::id::MsgId;

/// An article of a public account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Article {
    /// Headline.
    pub title: String,
    /// Address.
    pub url: String,
    /// Summary.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Address of its picture.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cover: String,
    /// Unix time in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<i64>,
}

/// A message that another one quotes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Quoted {
    /// The name of who wrote it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sender: String,
    /// What it says; of what is no text its title, if it has one.
    pub text: String,
    /// Its message type.
    #[serde(rename = "type")]
    pub msg_type: MsgType,
    /// The server's number for it.
    #[serde(default, skip_serializing_if = "MsgId::is_empty")]
    pub msg_id: MsgId,
}

/// One of several messages that were forwarded as one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MergedItem {
    /// The name of who wrote it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sender: String,
    /// When it was sent, as the sender's phone wrote it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub time: String,
    /// The list's own type: 1 text, 2 picture, 3 voice, 4 video, 5 link,
    /// 6 location, 8 file, 17 another list …
    #[serde(rename = "type")]
    pub item_type: i64,
    /// What it says; of what is no text its title, if it has one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Of another list, its messages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<MergedItem>,
}
