//! The request for a medium.

use bytes::Bytes;
use wx_wire::endpoint::webwxgetmedia::FileName;
use wx_wire::endpoint::webwxgetmsgimg::PictureSize;
use wx_wire::endpoint::{
    Endpoint, webwxgetheadimg, webwxgeticon, webwxgetmedia, webwxgetmsgimg, webwxgetpubliclinkimg,
    webwxgetvideo, webwxgetvoice, webwxpreview,
};

use crate::context::Context;
use crate::media::MediaRef;

/// By which of its names a file is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Naming {
    /// The one that the server gave for downloads.
    Encrypted,
    /// The one that people see, which older servers want (protocol:
    /// webwxgetmedia).
    Plain,
}

impl Naming {
    pub(super) const fn first(media: &MediaRef) -> Self {
        match media {
            MediaRef::File {
                encry_file_name: Some(_),
                ..
            } => Self::Encrypted,
            _ => Self::Plain,
        }
    }

    /// What to try when this one brought nothing.
    pub(super) const fn next(self, media: &MediaRef) -> Option<Self> {
        match (self, media) {
            (Self::Encrypted, MediaRef::File { .. }) => Some(Self::Plain),
            _ => None,
        }
    }
}

/// The request for a medium from byte `from` on, and its endpoint. `None`
/// without a session.
pub(super) fn of(
    media: &MediaRef,
    naming: Naming,
    from: u64,
    cx: &Context,
) -> Option<(Endpoint, http::Request<Bytes>)> {
    let saved = cx.journal.saved();
    let credentials = saved.credentials.as_ref()?;
    let picture = |msg_id, size| {
        let request = webwxgetmsgimg::Request {
            credentials,
            msg_id,
            size,
        };
        (Endpoint::GetMsgImg, request.encode_from(from))
    };
    Some(match media {
        MediaRef::Image { msg_id } => picture(msg_id, PictureSize::Full),
        MediaRef::Thumbnail { msg_id } => picture(msg_id, PictureSize::Thumbnail),
        MediaRef::Emoticon { msg_id } => picture(msg_id, PictureSize::Emoticon),
        MediaRef::Voice { msg_id } => {
            let request = webwxgetvoice::Request {
                credentials,
                msg_id,
            };
            (Endpoint::GetVoice, request.encode_from(from))
        }
        MediaRef::Video { msg_id } => {
            let request = webwxgetvideo::Request {
                credentials,
                msg_id,
            };
            (Endpoint::GetVideo, request.encode_from(from))
        }
        MediaRef::Map { msg_id } => {
            let request = webwxgetpubliclinkimg::Request {
                credentials,
                msg_id,
            };
            (Endpoint::GetPublicLinkImg, request.encode_from(from))
        }
        MediaRef::File {
            sender,
            media_id,
            file_name,
            encry_file_name,
            ..
        } => {
            let name = match (naming, encry_file_name) {
                (Naming::Encrypted, Some(name)) => FileName::Encrypted(name),
                _ => FileName::Plain(file_name),
            };
            let request = webwxgetmedia::Request {
                credentials,
                data_ticket: &saved.data_ticket,
                sender,
                media_id,
                name,
            };
            (Endpoint::GetMedia, request.encode_from(from))
        }
        MediaRef::Avatar { user_name, .. } if user_name.is_room() => {
            let request = webwxgetheadimg::Request {
                credentials,
                user_name,
            };
            (Endpoint::GetHeadImg, request.encode_from(from))
        }
        MediaRef::Avatar {
            user_name,
            group,
            msg_id,
        } => {
            let room = group.as_ref().and_then(|group| cx.roster.contact(group));
            let room_id = room.map(|room| room.encry_chat_room_id);
            let request = webwxgeticon::Request {
                credentials,
                user_name,
                encry_chat_room_id: room_id.as_deref().filter(|id| !id.is_empty()),
                msg_id: msg_id.as_ref(),
                big: true,
            };
            (Endpoint::GetIcon, request.encode_from(from))
        }
        MediaRef::Preview { media_id } => {
            let request = webwxpreview::Request {
                credentials,
                media_id,
            };
            (Endpoint::Preview, request.encode_from(from))
        }
    })
}
