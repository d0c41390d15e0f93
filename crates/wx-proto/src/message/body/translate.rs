//! Makes a body from an item and its content (protocol: type numbers, content
//! by type). The item's own members take precedence over its XML, which is
//! often missing.

use wx_wire::code::{AppMsgType, MsgType};
use wx_wire::content::{EmojiTable, decode_text};
use wx_wire::id::{MsgId, UserName};
use wx_wire::message as wire;
use wx_wire::message::{AddMsg, Content, Context};

use super::{About, Body, FriendTicket, MediaKey, app, text};
use crate::message::decoded_name;

impl Body {
    /// Translates an item. `body` is its content without the prefixes.
    pub(in crate::message) fn of(msg: &AddMsg<'_>, context: &Context<'_>, body: &str) -> Self {
        let plain = || decode_text(body, context.emoji).into_owned();
        let content = match Content::decode_body(context, body) {
            Content::Text(text) if msg.app_msg_type != AppMsgType::RED_PACKET => {
                return Self::Text {
                    text: text.into_owned(),
                    mentions_me: false,
                    mentions_all: false,
                };
            }
            other => other,
        };
        match (msg.msg_type, &content) {
            (_, Content::Revoke(revoke)) => Self::Revoked {
                revoked_msg_id: MsgId::from(revoke.revoked().unwrap_or_default()),
                notice: text(&revoke.replacemsg),
                original: None,
            },
            (_, Content::SysMsg(message)) => system_xml(message),
            (_, Content::Notice(notice)) => Self::System {
                text: notice.text.clone().into_owned(),
                about: notice.about.and_then(About::of),
            },
            (MsgType::TEXT, _) if msg.app_msg_type == AppMsgType::RED_PACKET => Self::RedPacket {
                amount: String::new(),
                memo: plain(),
            },
            (MsgType::TEXT | MsgType::LOCATION, Content::Location(place)) => location(msg, place),
            (MsgType::TEXT, _) => Self::Text {
                text: plain(),
                mentions_me: false,
                mentions_all: false,
            },
            (MsgType::IMAGE, content) => image(msg, content),
            (MsgType::EMOTICON, content) => emoticon(msg, content),
            (MsgType::VOICE, content) => Self::Voice {
                length_ms: match content {
                    Content::Voice(voice) if msg.voice_length <= 0 => number(&voice.voicelength),
                    _ => None,
                }
                .unwrap_or(msg.voice_length),
            },
            (MsgType::VIDEO | MsgType::SMALL_VIDEO, content) => Self::Video {
                length_s: match content {
                    Content::Video(video) if msg.play_length <= 0 => number(&video.playlength),
                    _ => None,
                }
                .unwrap_or(msg.play_length),
                small: msg.msg_type == MsgType::SMALL_VIDEO,
            },
            (MsgType::APP, Content::App(app)) => app::of(msg, app),
            (MsgType::APP, _) => app::of(msg, &wire::App::default()),
            (MsgType::CARD, content) => card(msg, content),
            (MsgType::FRIEND_REQUEST | MsgType::POSSIBLE_FRIEND, content) => person(msg, content),
            (MsgType::SYSTEM, _) => Self::System {
                text: plain(),
                about: None,
            },
            (MsgType::VOIP | MsgType::VOIP_END | MsgType::VOIP_INVITE, content) => Self::Call {
                text: match content {
                    Content::Voip(call) => text(&call.msg),
                    _ => plain(),
                },
            },
            (other, _) => Self::Unknown {
                msg_type: other,
                app_type: msg.app_msg_type,
                text: plain(),
            },
        }
    }
}

fn system_xml(message: &wire::SysMsg) -> Body {
    let text = message.shown().into_owned();
    let about = match message.sysmsg_type.as_str() {
        "pat" => Some(About::Tickle),
        _ => wire::About::of(&text).and_then(About::of),
    };
    Body::System { text, about }
}

fn image(msg: &AddMsg, content: &Content<'_>) -> Body {
    let image = match content {
        Content::Image(image) => (**image).clone(),
        _ => wire::Image::default(),
    };
    Body::Image {
        width: positive(msg.img_width).or_else(|| number(&image.cdnthumbwidth)),
        height: positive(msg.img_height).or_else(|| number(&image.cdnthumbheight)),
        md5: image.md5.filter(|md5| !md5.is_empty()),
        aes_key: key(image.aeskey),
        length: bytes(&image.length),
    }
}

fn emoticon(msg: &AddMsg, content: &Content<'_>) -> Body {
    let emoticon = match content {
        Content::Emoticon(emoticon) => (**emoticon).clone(),
        _ => wire::Emoticon::default(),
    };
    let product = emoticon.productid.as_deref().unwrap_or_default();
    Body::Emoticon {
        width: positive(msg.img_width).or_else(|| number(&emoticon.width)),
        height: positive(msg.img_height).or_else(|| number(&emoticon.height)),
        store: msg.has_product_id != 0 || !product.is_empty(),
        md5: emoticon.md5.filter(|md5| !md5.is_empty()),
        aes_key: key(emoticon.aeskey),
        length: bytes(&emoticon.len),
    }
}

fn location(msg: &AddMsg, place: &wire::Location) -> Body {
    let label = text(&place.label);
    // A path may follow the label: some picture's, which says nothing about the
    // place.
    let label = match label.split_once(":\n/") {
        Some((label, _)) => label.to_owned(),
        None => label,
    };
    Body::Location {
        label: if label.is_empty() {
            text(&place.poiname)
        } else {
            label
        },
        x: text(&place.x),
        y: text(&place.y),
        url: match &place.url {
            Some(url) => url.clone(),
            None => decoded_name(&msg.url),
        },
    }
}

fn card(msg: &AddMsg, content: &Content<'_>) -> Body {
    let card = match content {
        Content::Card(card) => (**card).clone(),
        _ => wire::Card::default(),
    };
    let person = msg.recommend_info();
    Body::Card {
        user_name: either(&person.user_name, card.username).into(),
        nick_name: either(&decoded_name(&person.nick_name), card.nickname),
        alias: either(&person.alias, card.alias),
    }
}

/// A friend request, or somebody you may know.
fn person(msg: &AddMsg, content: &Content<'_>) -> Body {
    let request = match content {
        Content::FriendRequest(request) | Content::PossibleFriend(request) => (**request).clone(),
        _ => wire::FriendRequest::default(),
    };
    let person = msg.recommend_info();
    let id = request.encryptusername.filter(|id| !id.is_empty());
    let user_name: UserName = either(&person.user_name, id.or(request.fromusername)).into();
    let nick_name = either(&decoded_name(&person.nick_name), request.fromnickname);
    if msg.msg_type == MsgType::POSSIBLE_FRIEND {
        return Body::PossibleFriend {
            user_name,
            nick_name,
        };
    }
    let greeting = decode_text(&person.content, EmojiTable::AsIs);
    Body::FriendRequest {
        user_name,
        nick_name,
        text: either(&greeting, request.content),
        ticket: FriendTicket::new(either(person.ticket.expose(), request.ticket)),
    }
}

/// The item's value, or else the XML's.
fn either(item: &str, xml: Option<String>) -> String {
    if item.is_empty() {
        xml.unwrap_or_default()
    } else {
        item.to_owned()
    }
}

fn positive(number: i64) -> Option<i64> {
    (number > 0).then_some(number)
}

/// A number in the XML; `null`, `-1` and `0` stand for none.
fn number(text: &Option<String>) -> Option<i64> {
    text.as_deref()?.trim().parse().ok().and_then(positive)
}

fn bytes(text: &Option<String>) -> Option<u64> {
    number(text).and_then(|bytes| u64::try_from(bytes).ok())
}

fn key(text: Option<String>) -> Option<MediaKey> {
    text.filter(|key| !key.is_empty()).map(MediaKey::new)
}
