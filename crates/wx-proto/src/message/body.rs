//! The content of a message.

use serde::{Deserialize, Serialize};
use wx_wire::code::{AppMsgType, MsgType};
use wx_wire::id::{MediaId, MsgId, UserName};

use super::Message;

mod about;
mod app;
mod parts;
mod translate;

pub use about::About;
pub use parts::{Article, MergedItem, Quoted};
pub use wx_wire::secret::{FriendTicket, MediaKey};

/// The content of a message, with a variant for each kind.
///
/// A fact that the server left out is an empty text or `None`, and is missing in
/// the serialised form. The item as it was received is
/// [`Message::raw`](super::Message::raw). Match with `..`, since kinds gain facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Body {
    /// Text. The service's faces appear in it as `[微笑]`.
    #[non_exhaustive]
    Text {
        /// Decoded Unicode.
        text: String,
        /// True if it names you after an `@`.
        mentions_me: bool,
        /// True if it names everybody in the group after an `@`.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        mentions_all: bool,
    },
    /// Picture.
    #[non_exhaustive]
    Image {
        /// Pixels of the small picture, where known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        width: Option<i64>,
        /// Pixels of the small picture, where known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        height: Option<i64>,
        /// Hex.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        md5: Option<String>,
        /// The key under which the picture is stored encrypted; hex.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        aes_key: Option<MediaKey>,
        /// Bytes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        length: Option<u64>,
    },
    /// Emoticon.
    #[non_exhaustive]
    Emoticon {
        /// Pixels, where known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        width: Option<i64>,
        /// Pixels, where known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        height: Option<i64>,
        /// Hex; with it the emoticon can be sent again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        md5: Option<String>,
        /// The key under which the picture is stored encrypted; hex.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        aes_key: Option<MediaKey>,
        /// Bytes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        length: Option<u64>,
        /// From the store: it cannot be downloaded or forwarded.
        store: bool,
    },
    /// Voice.
    #[non_exhaustive]
    Voice {
        /// Milliseconds.
        length_ms: i64,
    },
    /// Video.
    #[non_exhaustive]
    Video {
        /// Seconds.
        length_s: i64,
        /// Recorded in the chat.
        small: bool,
    },
    /// File.
    #[non_exhaustive]
    File {
        /// Its name as the sender gave it: not safe as a name on disk.
        file_name: String,
        /// Bytes, where the server said so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        size: Option<u64>,
        /// The extension of the name, without the dot.
        ext: String,
        /// The reference with which it can be downloaded or sent again.
        media_id: MediaId,
        /// The name as the server writes it for downloads.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        encry_file_name: Option<String>,
    },
    /// Link.
    #[non_exhaustive]
    Link {
        /// Headline.
        title: String,
        /// The text below the headline.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        description: String,
        /// Address.
        url: String,
        /// Application message type.
        app_type: AppMsgType,
        /// The application or public account that it was shared from.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        app_name: String,
        /// The id of the application.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        app_id: String,
        /// Of a public account's message, each article of it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        articles: Vec<Article>,
    },
    /// Music.
    #[non_exhaustive]
    Music {
        /// The piece.
        title: String,
        /// Usually the artist.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        description: String,
        /// Address of a page, or of the music itself.
        url: String,
        /// Application message type.
        app_type: AppMsgType,
        /// The application that it was shared from.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        app_name: String,
        /// The id of the application.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        app_id: String,
    },
    /// Mini program page.
    #[non_exhaustive]
    MiniProgram {
        /// Headline.
        title: String,
        /// The text below the headline.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        description: String,
        /// Address for clients without mini programs.
        url: String,
        /// Application message type.
        app_type: AppMsgType,
        /// The mini program's name.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        app_name: String,
        /// The id of the mini program.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        app_id: String,
    },
    /// Any other application message.
    #[non_exhaustive]
    App {
        /// Headline.
        title: String,
        /// The text below the headline.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        description: String,
        /// Address.
        url: String,
        /// Application message type.
        app_type: AppMsgType,
        /// The application's name.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        app_name: String,
        /// The id of the application.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        app_id: String,
    },
    /// Reply that quotes a message.
    #[non_exhaustive]
    Quote {
        /// The reply.
        text: String,
        /// What it replies to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        quoted: Option<Box<Quoted>>,
    },
    /// Several messages, forwarded as one.
    #[non_exhaustive]
    Merged {
        /// The title, which says where they come from.
        title: String,
        /// The messages, as far as they are included.
        items: Vec<MergedItem>,
    },
    /// Transfer of money.
    #[non_exhaustive]
    Transfer {
        /// The amount as written.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        amount: String,
        /// The sender's note.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        memo: String,
    },
    /// Red packet, to be opened on the phone.
    #[non_exhaustive]
    RedPacket {
        /// The amount as written; usually not given.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        amount: String,
        /// The sender's note.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        memo: String,
    },
    /// Name card.
    #[non_exhaustive]
    Card {
        /// The user name, for sending a friend request.
        user_name: UserName,
        /// The nick name, decoded.
        nick_name: String,
        /// The id that people search by.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        alias: String,
    },
    /// Friend request.
    #[non_exhaustive]
    FriendRequest {
        /// The user name, for accepting the request.
        user_name: UserName,
        /// The nick name, decoded.
        nick_name: String,
        /// The greeting.
        text: String,
        /// The ticket, for accepting the request.
        ticket: FriendTicket,
    },
    /// Suggestion of somebody you may know.
    #[non_exhaustive]
    PossibleFriend {
        /// The user name, for sending a friend request.
        user_name: UserName,
        /// The nick name, decoded.
        nick_name: String,
    },
    /// Location.
    #[non_exhaustive]
    Location {
        /// The place's name.
        label: String,
        /// Latitude in degrees, as written, where known.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        x: String,
        /// Longitude in degrees, as written, where known.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        y: String,
        /// A map.
        url: String,
    },
    /// Somebody took a message back.
    #[non_exhaustive]
    Revoked {
        /// The number of that message; empty if it is not known.
        revoked_msg_id: MsgId,
        /// The notice to show in its place.
        notice: String,
        /// The message itself, while it is still in memory.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        original: Option<Box<Message>>,
    },
    /// Notice of the service.
    #[non_exhaustive]
    System {
        /// Decoded, without links.
        text: String,
        /// What it is about, where that is recognised.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        about: Option<About>,
    },
    /// Call.
    #[non_exhaustive]
    Call {
        /// Decoded, as far as it is text.
        text: String,
    },
    /// Kind of message that this version does not know; all of it is in
    /// [`Message::raw`](super::Message::raw).
    #[non_exhaustive]
    Unknown {
        /// MsgType.
        msg_type: MsgType,
        /// AppMsgType.
        app_type: AppMsgType,
        /// The content, decoded as text.
        text: String,
    },
}

/// A text of the XML; empty where it is missing.
fn text(text: &Option<String>) -> String {
    text.clone().unwrap_or_default()
}
