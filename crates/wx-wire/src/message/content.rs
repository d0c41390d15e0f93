//! From a content and what stands around it to a typed value.

use std::borrow::Cow;

use super::{
    App, Card, Context, Emoticon, FriendRequest, Image, Location, MediaRef, Notice, Revoke,
    StatusNotify, SysMsg, Video, Voice, Voip, app, location, media, person, source, status_notify,
    system::{self, System},
    voip,
};
use crate::{
    code::MsgType,
    content::decode_text,
    xml::{self, Document},
};

/// How deep messages are read inside one another: a reply quotes a reply, a
/// list of forwarded messages holds another.
pub const MAX_NESTING: usize = 4;

/// What a message's content says.
///
/// Texts borrow from the content where nothing had to be undone.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Content<'a> {
    /// Nothing, as in one's own files, store emoticons and status notifies.
    Empty,
    /// Text.
    Text(Cow<'a, str>),
    /// A picture, voice, video or emoticon that the content only refers to.
    MediaRef(MediaRef<'a>),
    /// A picture.
    Image(Box<Image>),
    /// A voice.
    Voice(Box<Voice>),
    /// A video or a small one.
    Video(Box<Video>),
    /// An emoticon.
    Emoticon(Box<Emoticon>),
    /// Somebody's card.
    Card(Box<Card>),
    /// Somebody asks to be a friend.
    FriendRequest(Box<FriendRequest>),
    /// Somebody whom one may know.
    PossibleFriend(Box<FriendRequest>),
    /// A place.
    Location(Box<Location>),
    /// A link, file, mini program, quote …
    App(Box<App>),
    /// Somebody took a message back.
    Revoke(Box<Revoke>),
    /// Another system message in XML.
    SysMsg(Box<SysMsg>),
    /// A line of the service.
    Notice(Notice<'a>),
    /// News of the phone.
    StatusNotify(StatusNotify),
    /// A call.
    Voip(Voip),
    /// What could not be made sense of, its markup undone.
    Unknown(Cow<'a, str>),
}

impl<'a> Content<'a> {
    /// Decodes a content as it came, prefixes and all. This never fails: what
    /// cannot be read is [`Content::Unknown`].
    ///
    /// [`Context::prefixes`] tells who sent it.
    #[must_use]
    pub fn decode(context: &Context<'_>, content: &'a str) -> Self {
        Self::decode_body(context, context.prefixes(content).body)
    }

    /// Decodes a content whose prefixes are split off: [`Prefixes::body`] of
    /// [`Context::prefixes`].
    ///
    /// [`Prefixes::body`]: crate::content::Prefixes::body
    #[must_use]
    pub fn decode_body(context: &Context<'_>, body: &'a str) -> Self {
        let reader = Reader {
            context: *context,
            escaped: true,
            depth: 0,
        };
        reader.read(body)
    }

    /// The same without a borrow.
    #[must_use]
    pub fn into_owned(self) -> Content<'static> {
        match self {
            Self::Empty => Content::Empty,
            Self::Text(text) => Content::Text(Cow::Owned(text.into_owned())),
            Self::MediaRef(media) => Content::MediaRef(media.into_owned()),
            Self::Image(image) => Content::Image(image),
            Self::Voice(voice) => Content::Voice(voice),
            Self::Video(video) => Content::Video(video),
            Self::Emoticon(emoticon) => Content::Emoticon(emoticon),
            Self::Card(card) => Content::Card(card),
            Self::FriendRequest(request) => Content::FriendRequest(request),
            Self::PossibleFriend(request) => Content::PossibleFriend(request),
            Self::Location(location) => Content::Location(location),
            Self::App(app) => Content::App(app),
            Self::Revoke(revoke) => Content::Revoke(revoke),
            Self::SysMsg(message) => Content::SysMsg(message),
            Self::Notice(notice) => Content::Notice(notice.into_owned()),
            Self::StatusNotify(notify) => Content::StatusNotify(notify),
            Self::Voip(voip) => Content::Voip(voip),
            Self::Unknown(text) => Content::Unknown(Cow::Owned(text.into_owned())),
        }
    }
}

/// Reads contents without prefixes, at some depth inside one another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'c> {
    context: Context<'c>,
    /// Whether the service's layer of entities stands around the content.
    escaped: bool,
    depth: usize,
}

impl Reader<'_> {
    /// The reader of a message inside the one that this is reading, unless that
    /// would be too deep.
    pub(super) fn inside(&self, msg_type: MsgType) -> Option<Self> {
        let depth = self.depth + 1;
        let context = Context {
            emoji: self.context.emoji,
            ..Context::new(msg_type)
        };
        (depth <= MAX_NESTING).then_some(Self {
            context,
            escaped: false,
            depth,
        })
    }

    pub(super) fn read<'a>(&self, body: &'a str) -> Content<'a> {
        if body.is_empty() {
            return Content::Empty;
        }
        if let Some(media) = self.context.media_ref(body) {
            return Content::MediaRef(media);
        }
        match self.context.msg_type {
            MsgType::TEXT if !location::is_location(&self.context, body) => {
                Content::Text(self.text(body))
            }
            MsgType::TEXT | MsgType::LOCATION => {
                Content::Location(Box::new(location::read(&self.context, body, self.escaped)))
            }
            MsgType::SYSTEM | MsgType::SYSTEM_XML => self
                .xml(body)
                .unwrap_or_else(|| Content::Notice(Notice::read(self.text(body)))),
            _ => self
                .xml(body)
                .unwrap_or_else(|| Content::Unknown(self.text(body))),
        }
    }

    fn text<'a>(&self, body: &'a str) -> Cow<'a, str> {
        if self.escaped {
            decode_text(body, self.context.emoji)
        } else {
            Cow::Borrowed(body)
        }
    }

    fn xml(&self, body: &str) -> Option<Content<'static>> {
        let text = source::text(body, self.escaped, self.context.emoji);
        let document = xml::fragment(&text).ok()?;
        self.document(&document)
    }

    fn document(&self, document: &Document<'_>) -> Option<Content<'static>> {
        Some(match self.context.msg_type {
            MsgType::IMAGE => Content::Image(Box::new(media::image(document)?)),
            MsgType::VOICE => Content::Voice(Box::new(media::voice(document)?)),
            MsgType::VIDEO | MsgType::SMALL_VIDEO => {
                Content::Video(Box::new(media::video(document)?))
            }
            MsgType::EMOTICON => Content::Emoticon(Box::new(media::emoticon(document)?)),
            MsgType::CARD => Content::Card(Box::new(person::card(document)?)),
            MsgType::FRIEND_REQUEST => {
                Content::FriendRequest(Box::new(person::friend_request(document)?))
            }
            MsgType::POSSIBLE_FRIEND => {
                Content::PossibleFriend(Box::new(person::friend_request(document)?))
            }
            MsgType::APP => Content::App(Box::new(app::read(document, self)?)),
            MsgType::SYSTEM | MsgType::SYSTEM_XML => match system::read(document)? {
                System::Revoke(revoke) => Content::Revoke(Box::new(revoke)),
                System::Other(message) => Content::SysMsg(Box::new(message)),
            },
            MsgType::STATUS_NOTIFY => Content::StatusNotify(status_notify::read(document)?),
            MsgType::VOIP | MsgType::VOIP_END | MsgType::VOIP_INVITE => {
                Content::Voip(voip::read(document)?)
            }
            _ => return None,
        })
    }
}
