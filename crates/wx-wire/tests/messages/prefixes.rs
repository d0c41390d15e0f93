//! What stands in front of contents.

use wx_wire::{
    code::MsgType,
    endpoint::webwxsync,
    message::{Content, Context},
};

use super::wire::{in_room, private, wire};

const LONG: &str = "@0123456789abcdef0123456789abcdef";

#[test]
fn a_second_prefix_in_front_of_xml() {
    let content = format!(
        "@0a1b:<br/>wxid_q7:<br/>{}",
        wire("<msg><videomsg length=\"1\"/></msg>")
    );
    let context = in_room(MsgType::VIDEO);
    let prefixes = context.prefixes(&content);
    assert_eq!(prefixes.sender, Some("@0a1b"));
    assert_eq!(prefixes.second_sender, Some("wxid_q7"));
    assert!(prefixes.body.starts_with("&lt;msg"));
    assert!(matches!(
        Content::decode(&context, &content),
        Content::Video(_)
    ));
    let reference = "@0a1b:<br/>wxid_q7:<br/>@0a1b2c";
    let Content::MediaRef(media) = Content::decode(&context, reference) else {
        panic!("no reference");
    };
    assert_eq!(media.as_str(), "@0a1b2c");
}

/// A word, a colon and a line break may have been typed.
#[test]
fn a_second_prefix_in_front_of_text() {
    let context = in_room(MsgType::TEXT);
    for (content, second, text) in [
        ("@0a:<br/>wxid_q7:<br/>hello", Some("wxid_q7"), "hello"),
        ("@0a:<br/>todo:<br/>sleep", None, "todo:\nsleep"),
    ] {
        assert_eq!(context.prefixes(content).second_sender, second);
        assert_eq!(
            Content::decode(&context, content),
            Content::Text(text.into())
        );
    }
}

#[test]
fn a_room_in_front_of_a_template() {
    let content = format!(
        "4711@chatroom:<br/>{}",
        wire("<sysmsg type=\"pat\"><pat/></sysmsg>")
    );
    for context in [in_room(MsgType::SYSTEM_XML), private(MsgType::SYSTEM_XML)] {
        let prefixes = context.prefixes(&content);
        assert_eq!(
            (prefixes.sender, prefixes.room),
            (None, Some("4711@chatroom"))
        );
        assert!(matches!(
            Content::decode(&context, &content),
            Content::SysMsg(_)
        ));
    }
}

#[test]
fn ones_own_messages_have_no_prefix_unless_it_is_a_name_that_was_issued() {
    let mut context = in_room(MsgType::TEXT);
    context.own = true;
    let issued = format!("{LONG}:<br/>hello");
    for (content, text) in [
        ("todo:<br/>sleep", "todo:\nsleep"),
        ("@bob:<br/>sleep", "@bob:\nsleep"),
        (issued.as_str(), "hello"),
    ] {
        assert_eq!(
            Content::decode(&context, content),
            Content::Text(text.into())
        );
    }
}

#[test]
fn lines_of_the_service_have_no_prefix() {
    let Content::Notice(notice) = Content::decode(&in_room(MsgType::SYSTEM), "a:<br/>b") else {
        panic!("no notice");
    };
    assert_eq!(notice.text, "a:\nb");
}

#[test]
fn what_follows_a_prefix_is_text_whatever_it_begins_with() {
    let context = in_room(MsgType::TEXT);
    for text in [
        "@Ann\u{2005}hi",
        "@_@",
        "ann@example.com",
        "@0a1b2c",
        "[微笑]",
    ] {
        let content = format!("{LONG}:<br/>{text}");
        assert_eq!(context.prefixes(&content).sender, Some(LONG));
        assert_eq!(
            Content::decode(&context, &content),
            Content::Text(text.into())
        );
    }
}

#[test]
fn the_context_of_an_item() {
    let body = br#"{"BaseResponse":{"Ret":0},"AddMsgList":[
        {"MsgType":"49","AppMsgType":6,"FromUserName":"@@r","ToUserName":"@me","Url":"u"},
        {"MsgType":1,"SubMsgType":48,"FromUserName":"@me","ToUserName":"@@r","OriContent":"o"},
        {"MsgType":1,"FromUserName":"@me","ToUserName":"filehelper"}]}"#;
    let page = webwxsync::Response::decode(body).unwrap();
    let contexts: Vec<Context<'_>> = page
        .add_msg_list
        .iter()
        .map(|item| Context::of(&item.msg))
        .collect();
    let [from_room, to_room, private] = contexts[..] else {
        panic!("not three");
    };
    assert_eq!(
        (from_room.msg_type, from_room.app_msg_type.0),
        (MsgType::APP, 6)
    );
    assert_eq!(
        (from_room.room, from_room.own, from_room.url),
        (true, false, "u")
    );
    assert_eq!((to_room.room, to_room.own), (true, true));
    assert_eq!((to_room.sub_msg_type, to_room.ori_content), (48, "o"));
    assert!(!private.room);
}
