//! A hash of what the stream shows of a message that our own account has sent,
//! if that is enough to recognise it.
//!
//! Of a text, the stream shows everything. Our own files come back without
//! their content, but with name and size; emoticons, and older pictures that
//! still carry XML, give their MD5 (protocol: content by type). Of a video the
//! stream gives only the length, and of newer pictures the width and height,
//! which do not identify them.

use wx_wire::id::UserName;

use super::echo::digest;
use crate::command::Content;
use crate::forward::Forward;
use crate::media::{FileKind, LocalFile};
use crate::message::{Body, Message, fnv1a};

/// What a message of the stream is recognised by.
pub(super) fn of_message(message: &Message) -> Option<u64> {
    let chat = &message.chat.id;
    match &message.body {
        Body::Text { text, .. } => Some(digest(chat, text)),
        Body::File {
            file_name,
            size: Some(size),
            ..
        } => Some(file(chat, file_name, *size)),
        Body::Emoticon { md5: Some(md5), .. } => Some(by_md5(chat, FileKind::Emoticon, md5)),
        Body::Image { md5: Some(md5), .. } => Some(by_md5(chat, FileKind::Image, md5)),
        _ => None,
    }
}

/// What an outgoing message will be recognised by, if not by its digest.
pub(super) fn of_content(to: &UserName, content: &Content) -> Option<u64> {
    match content {
        Content::File(LocalFile { kind, facts }) => match kind {
            FileKind::File => Some(file(to, &facts.name, facts.size)),
            FileKind::Emoticon | FileKind::Image => Some(by_md5(to, *kind, &facts.md5)),
            FileKind::Video => None,
        },
        Content::Uploaded(uploaded) if uploaded.kind == FileKind::File => {
            Some(file(to, &uploaded.name, uploaded.size))
        }
        Content::Forward(Forward::File { name, size, .. }) => Some(file(to, name, *size)),
        Content::Emoticon { md5 } | Content::Forward(Forward::Emoticon { md5 }) => {
            Some(by_md5(to, FileKind::Emoticon, md5))
        }
        Content::Uploaded(_) | Content::Card { .. } | Content::Raw { .. } | Content::Forward(_) => {
            None
        }
    }
}

fn file(chat: &UserName, name: &str, size: u64) -> u64 {
    fnv1a(format!("{chat}\0shown\0file\0{name}\0{size}").as_bytes())
}

fn by_md5(chat: &UserName, kind: FileKind, md5: &str) -> u64 {
    let md5 = md5.to_ascii_lowercase();
    fnv1a(format!("{chat}\0shown\0{kind}\0{md5}").as_bytes())
}
