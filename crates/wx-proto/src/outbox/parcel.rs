//! What a message carries, and the request that carries it (protocol: sending).

use bytes::Bytes;
use wx_wire::code::{AppMsgType, MsgType};
use wx_wire::endpoint::{
    Endpoint, Envelope, webwxsendappmsg, webwxsendemoticon, webwxsendmsg, webwxsendmsgimg,
    webwxsendvideomsg,
};
use wx_wire::id::{MediaId, UserName};

use super::echo::digest;
use crate::command::Content;
use crate::forward::Forward;
use crate::media::{FileKind, LocalFile, Uploaded};
use crate::message::{Body, Message, fnv1a};

/// What a message carries, complete enough to be sent.
#[derive(Clone, Debug)]
pub(super) enum Parcel {
    Text {
        text: String,
        mentions: Vec<UserName>,
    },
    Uploaded(Uploaded),
    Emoticon {
        md5: String,
    },
    Card {
        user_name: UserName,
        nick_name: String,
    },
    Raw {
        msg_type: MsgType,
        content: String,
    },
    Forward(Forward),
}

/// The part of a message's kind that the stream shows as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Text,
    Image,
    Emoticon,
    Video,
    File,
    Card,
    Location,
    Other,
}

impl Shape {
    /// The shape of a message in the stream, if we can send such messages.
    pub(super) const fn of(message: &Message) -> Option<Self> {
        Some(match &message.body {
            Body::Text { .. } => Self::Text,
            Body::Image { .. } => Self::Image,
            Body::Emoticon { .. } => Self::Emoticon,
            Body::Video { .. } => Self::Video,
            Body::File { .. } => Self::File,
            Body::Card { .. } => Self::Card,
            Body::Location { .. } => Self::Location,
            _ => return None,
        })
    }
}

/// A parcel, or the file that must be uploaded first.
pub(super) enum Packed {
    Ready(Parcel),
    Lacks(LocalFile),
}

impl From<Content> for Packed {
    fn from(content: Content) -> Self {
        Self::Ready(match content {
            Content::File(file) => return Self::Lacks(file),
            Content::Uploaded(uploaded) => Parcel::Uploaded(uploaded),
            Content::Emoticon { md5 } => Parcel::Emoticon { md5 },
            Content::Card {
                user_name,
                nick_name,
            } => Parcel::Card {
                user_name,
                nick_name,
            },
            Content::Raw { msg_type, content } => Parcel::Raw { msg_type, content },
            Content::Forward(forward) => Parcel::Forward(forward),
        })
    }
}

impl Parcel {
    pub(super) const fn shape(&self) -> Shape {
        match self {
            Self::Text { .. } | Self::Forward(Forward::Text { .. }) => Shape::Text,
            Self::Uploaded(uploaded) => match uploaded.kind {
                FileKind::Image => Shape::Image,
                FileKind::Emoticon => Shape::Emoticon,
                FileKind::Video => Shape::Video,
                FileKind::File => Shape::File,
            },
            Self::Emoticon { .. } | Self::Forward(Forward::Emoticon { .. }) => Shape::Emoticon,
            Self::Card { .. } => Shape::Card,
            Self::Raw { .. } => Shape::Other,
            Self::Forward(Forward::Image { .. }) => Shape::Image,
            Self::Forward(Forward::Video { .. }) => Shape::Video,
            Self::Forward(Forward::File { .. }) => Shape::File,
            Self::Forward(Forward::Location { .. }) => Shape::Location,
        }
    }

    /// The request, and the endpoint it goes to.
    pub(super) fn encode(
        &self,
        envelope: Envelope<'_>,
        desktop: bool,
    ) -> (Endpoint, http::Request<Bytes>) {
        let envelope = Envelope {
            forwarded: matches!(self, Self::Forward(_)),
            ..envelope
        };
        match self {
            Self::Text { text, mentions } => text_request(envelope, text, mentions),
            Self::Uploaded(uploaded) => uploaded_request(envelope, uploaded, desktop),
            Self::Emoticon { md5 } | Self::Forward(Forward::Emoticon { md5 }) => {
                emoticon_request(envelope, webwxsendemoticon::Emoticon::Md5(md5))
            }
            Self::Card {
                user_name,
                nick_name,
            } => {
                let content = webwxsendmsg::Content::Card {
                    user_name,
                    nick_name,
                };
                let request = webwxsendmsg::Request { envelope, content };
                (Endpoint::SendMsg, request.encode())
            }
            Self::Raw { msg_type, content } => {
                let content = webwxsendmsg::Content::Raw {
                    msg_type: *msg_type,
                    content,
                };
                let request = webwxsendmsg::Request { envelope, content };
                (Endpoint::SendMsg, request.encode())
            }
            Self::Forward(Forward::Text { text }) => text_request(envelope, text, &[]),
            Self::Forward(Forward::Image { content, media_id }) => {
                image_request(envelope, media_id, content)
            }
            Self::Forward(Forward::Video { content, media_id }) => {
                video_request(envelope, media_id, content)
            }
            Self::Forward(Forward::Location { content }) => {
                let content = webwxsendmsg::Content::Location {
                    ori_content: content,
                };
                let request = webwxsendmsg::Request { envelope, content };
                (Endpoint::SendMsg, request.encode())
            }
            Self::Forward(Forward::File {
                name,
                size,
                media_id,
            }) => {
                let content = webwxsendappmsg::file_content(name, *size, media_id, desktop);
                app_request(envelope, &content, None, desktop)
            }
        }
    }
}

type Encoded = (Endpoint, http::Request<Bytes>);

fn text_request(envelope: Envelope<'_>, text: &str, mentions: &[UserName]) -> Encoded {
    let content = webwxsendmsg::Content::Text { text, mentions };
    let request = webwxsendmsg::Request { envelope, content };
    (Endpoint::SendMsg, request.encode())
}

fn image_request(envelope: Envelope<'_>, media_id: &MediaId, content: &str) -> Encoded {
    let request = webwxsendmsgimg::Request {
        envelope,
        media_id,
        content,
    };
    (Endpoint::SendMsgImg, request.encode())
}

fn video_request(envelope: Envelope<'_>, media_id: &MediaId, content: &str) -> Encoded {
    let request = webwxsendvideomsg::Request {
        envelope,
        media_id,
        content,
    };
    (Endpoint::SendVideoMsg, request.encode())
}

fn emoticon_request(envelope: Envelope<'_>, emoticon: webwxsendemoticon::Emoticon<'_>) -> Encoded {
    let request = webwxsendemoticon::Request { envelope, emoticon };
    (Endpoint::SendEmoticon, request.encode())
}

fn app_request(
    envelope: Envelope<'_>,
    content: &str,
    signature: Option<&wx_wire::secret::UploadSignature>,
    desktop: bool,
) -> Encoded {
    let request = webwxsendappmsg::Request {
        envelope,
        app_type: AppMsgType::FILE,
        content,
        signature,
        desktop,
    };
    (Endpoint::SendAppMsg, request.encode())
}

fn uploaded_request(envelope: Envelope<'_>, uploaded: &Uploaded, desktop: bool) -> Encoded {
    let media_id = &uploaded.media_id;
    match uploaded.kind {
        FileKind::Image => image_request(envelope, media_id, ""),
        FileKind::Video => video_request(envelope, media_id, ""),
        FileKind::Emoticon => {
            emoticon_request(envelope, webwxsendemoticon::Emoticon::Media(media_id))
        }
        FileKind::File => {
            let (name, size) = (&uploaded.name, uploaded.size);
            let content = webwxsendappmsg::file_content(name, size, media_id, desktop);
            app_request(envelope, &content, uploaded.signature.as_ref(), desktop)
        }
    }
}

/// Equal for messages of the same receiver and content. Files are compared by
/// their bytes, not by when they were written.
pub(super) fn content_digest(to: &UserName, content: &Content) -> u64 {
    let text = match content {
        // The stream shows it like any other text.
        Content::Forward(Forward::Text { text }) => return digest(to, text),
        Content::File(LocalFile { kind, facts }) => {
            format!("{kind}\0{}\0{}\0{}", facts.name, facts.size, facts.md5)
        }
        Content::Uploaded(uploaded) => format!("uploaded\0{}", uploaded.media_id),
        Content::Emoticon { md5 } => format!("md5\0{md5}"),
        Content::Card { user_name, .. } => format!("card\0{user_name}"),
        Content::Raw { msg_type, content } => format!("{msg_type}\0{content}"),
        Content::Forward(Forward::Image { content, .. }) => format!("image\0{content}"),
        Content::Forward(Forward::Video { content, .. }) => format!("video\0{content}"),
        Content::Forward(Forward::Location { content }) => format!("place\0{content}"),
        Content::Forward(Forward::Emoticon { md5 }) => format!("md5\0{md5}"),
        Content::Forward(Forward::File { media_id, .. }) => format!("sent on\0{media_id}"),
    };
    fnv1a(format!("{to}\0content\0{text}").as_bytes())
}
