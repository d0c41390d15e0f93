//! What cannot be read is kept as text.

use wx_wire::{code::MsgType, message::Content};

use super::wire::{is_unknown, private, wire};

const XML_TYPES: &[MsgType] = &[
    MsgType::IMAGE,
    MsgType::VOICE,
    MsgType::VIDEO,
    MsgType::EMOTICON,
    MsgType::CARD,
    MsgType::FRIEND_REQUEST,
    MsgType::POSSIBLE_FRIEND,
    MsgType::APP,
    MsgType::STATUS_NOTIFY,
    MsgType::VOIP,
];

#[test]
fn words_where_xml_is_the_rule() {
    for msg_type in XML_TYPES {
        let content = Content::decode(&private(*msg_type), "a &lt; b<br/>c");
        assert_eq!(content, Content::Unknown("a < b\nc".into()), "{msg_type}");
    }
}

#[test]
fn broken_xml_and_xml_of_something_else() {
    for msg_type in XML_TYPES {
        for xml in [
            "<msg",
            "<msg>",
            "<msg></gsm>",
            "<other/>",
            "<!DOCTYPE msg><msg/>",
            "<html></html>",
        ] {
            assert!(is_unknown(*msg_type, &wire(xml)), "{msg_type}: {xml}");
        }
    }
}

#[test]
fn types_that_nobody_knows() {
    for msg_type in [0, 2, 11, 35, 36, 38, 39, 44, 9999, -1, i64::MAX].map(MsgType) {
        let content = Content::decode(&private(msg_type), "&lt;a/&gt;");
        assert_eq!(content, Content::Unknown("<a/>".into()), "{msg_type}");
    }
}
