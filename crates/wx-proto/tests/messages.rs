//! From an item of a page to a message as people see it.

use serde_json::{Value, json};
use wx_proto::Message;
use wx_wire::content::EmojiTable;

use crate::kinds::bodies;
use crate::support::*;

/// What becomes of an item, with the roster of [`Scenario::online`] and the
/// group Team.
fn translated(item: &str) -> (Message, Value) {
    let mut s = Scenario::online(quiet());
    s.answer("synccheck", &synccheck(0, 2));
    let team = group(ROOM, "Team", &[(OWN, "Me"), (ANN, "Ann"), (BOB, "Bob")]);
    let page = page(8).mods(&[team]).msgs(&[item.to_owned()]);
    s.answer("webwxsync", &page.json());
    let (_, message) = s.messages().remove(0);
    let mut json = serde_json::to_value(&message).unwrap();
    // Keys of ours are invented: see the tests of identities.
    for who in ["chat", "sender"] {
        let who = json[who].as_object_mut().unwrap();
        if who
            .get("key")
            .is_some_and(|key| key.as_str().unwrap().starts_with("k-"))
        {
            who.remove("key");
        }
    }
    (message, json)
}

#[test]
fn a_private_text() {
    let (message, json) = translated(&msg("320984672637990367", ANN, OWN, "1 &lt; 2<br/>ok"));
    assert_eq!(message.raw.first(), Some(&b'{'));
    assert_eq!(
        json,
        json!({
            "msg_id": "320984672637990367", "time": 1_520_927_383, "from_me": false,
            "key": "default/m/320984672637990367",
            "chat": {"id": ANN, "kind": "friend", "name": "Ann"},
            "sender": {"id": ANN, "name": "Ann"},
            "kind": "text", "text": "1 < 2\nok", "mentions_me": false,
        })
    );
}

#[test]
fn a_text_in_a_group_names_its_sender_in_front() {
    let (_, json) = translated(&msg("1", ROOM, OWN, &format!("{BOB}:<br/>hi all")));
    assert_eq!(json["sender"], json!({"id": BOB, "name": "Bob"}));
    assert_eq!(
        json["chat"],
        json!({"id": ROOM, "kind": "group", "name": "Team"})
    );
    assert_eq!(json["text"], "hi all");
}

#[test]
fn what_one_has_typed_in_a_group_is_no_prefix() {
    let (message, json) = translated(&msg("1", OWN, ROOM, "todo:<br/>buy milk"));
    assert!(message.from_me);
    assert_eq!(json["text"], "todo:\nbuy milk");
    assert_eq!(json["chat"]["id"], ROOM);
    assert_eq!(json["sender"]["id"], OWN);
}

#[test]
fn ones_own_name_in_front_of_an_own_message_is_one() {
    let (_, json) = translated(&msg("1", OWN, ROOM, &format!("{OWN}:<br/>hi")));
    assert_eq!(json["text"], "hi");
}

#[test]
fn a_system_line_has_no_sender_in_front() {
    let (_, json) = translated(&typed(10000, "1", ROOM, OWN, "note:<br/>x", ""));
    assert_eq!(
        (&json["kind"], &json["text"]),
        (&json!("system"), &json!("note:\nx"))
    );
}

#[test]
fn an_empty_sender_is_oneself() {
    let (message, json) = translated(&msg("1", "", ANN, "hi"));
    assert!(message.from_me);
    assert_eq!(json["chat"]["id"], ANN);
}

#[test]
fn a_message_to_oneself_is_in_ones_own_chat() {
    let (message, json) = translated(&msg("1", OWN, OWN, "hi"));
    assert!(message.from_me);
    assert_eq!(json["chat"]["kind"], "self");
}

#[test]
fn special_accounts_have_stable_keys() {
    let (_, json) = translated(&msg("1", OWN, "filehelper", "hi"));
    assert_eq!(json["chat"]["key"], "filehelper");
    assert_eq!(json["chat"]["kind"], "special");
}

#[test]
fn kinds_have_the_contracts_fields() {
    let card = ",\n\"RecommendInfo\": {\n\"UserName\": \"v1_x@stranger\",\n\"NickName\": \"Cy\",\n\
                \"Alias\": \"cy1\",\n\"Content\": \"hello &amp; hi\",\n\"Ticket\": \"v2_t\"\n}\n";
    let file = ",\n\"AppMsgType\": 6,\n\"FileName\": \"a.b.pdf\",\n\"FileSize\": \"633344\",\n\
                \"MediaId\": \"@crypt_m\"";
    let link = ",\n\"AppMsgType\": 5,\n\"FileName\": \"Title\",\n\
                \"Url\": \"http://x.example/?a=1&amp;b=2\"";
    let place = ",\n\"SubMsgType\": 48,\n\"Url\": \"http://apis.map.qq.com/?q=1\"";
    for (msg_type, members, content, expected) in [
        (
            3,
            ",\n\"ImgWidth\": 90,\n\"ImgHeight\": 120",
            "",
            json!({"kind": "image", "width": 90, "height": 120}),
        ),
        (3, "", "", json!({"kind": "image"})),
        (
            34,
            ",\n\"VoiceLength\": 1500",
            "",
            json!({"kind": "voice", "length_ms": 1500}),
        ),
        (
            43,
            ",\n\"PlayLength\": 7",
            "",
            json!({"kind": "video", "length_s": 7, "small": false}),
        ),
        (
            62,
            ",\n\"PlayLength\": 7",
            "",
            json!({"kind": "video", "length_s": 7, "small": true}),
        ),
        (
            47,
            ",\n\"HasProductId\": 1",
            "",
            json!({"kind": "emoticon", "store": true}),
        ),
        (
            42,
            card,
            "",
            json!({"kind": "card", "user_name": "v1_x@stranger", "nick_name": "Cy", "alias": "cy1"}),
        ),
        (
            37,
            card,
            "",
            json!({"kind": "friend_request", "user_name": "v1_x@stranger", "nick_name": "Cy", "text": "hello & hi", "ticket": "v2_t"}),
        ),
        (
            40,
            card,
            "",
            json!({"kind": "possible_friend", "user_name": "v1_x@stranger", "nick_name": "Cy"}),
        ),
        (
            49,
            file,
            "",
            json!({"kind": "file", "file_name": "a.b.pdf", "size": 633_344, "ext": "pdf", "media_id": "@crypt_m"}),
        ),
        (
            49,
            link,
            "",
            json!({"kind": "link", "title": "Title", "url": "http://x.example/?a=1&b=2", "app_type": 5}),
        ),
        (
            1,
            place,
            "Town hall:<br/>/cgi-bin/x?url=xxx",
            json!({"kind": "location", "label": "Town hall", "url": "http://apis.map.qq.com/?q=1"}),
        ),
        (
            10000,
            "",
            "you joined",
            json!({"kind": "system", "text": "you joined"}),
        ),
        (50, "", "", json!({"kind": "call", "text": ""})),
        (
            4711,
            "",
            "what?",
            json!({"kind": "unknown", "msg_type": 4711, "app_type": 0, "text": "what?"}),
        ),
    ] {
        let item = typed(msg_type, "1", ANN, OWN, content, members);
        assert_eq!(bodies(quiet(), &[item]), [expected]);
    }
}

#[test]
fn status_notes_and_notices_are_not_for_people() {
    let mut s = Scenario::online(quiet());
    s.answer("synccheck", &synccheck(0, 2));
    let items = [
        typed(51, "1", OWN, OWN, "", ",\n\"StatusNotifyCode\": 2"),
        typed(9999, "2", "weixin", OWN, "maintenance", ""),
        // A friend request from oneself.
        typed(
            37,
            "3",
            "fmessage",
            OWN,
            "",
            &format!(",\n\"RecommendInfo\": {{\n\"UserName\": \"{OWN}\"\n}}\n"),
        ),
    ];
    s.answer("webwxsync", &page(8).msgs(&items).json());
    assert!(s.messages().is_empty());
    assert_eq!(s.position(), 8, "they hold up nothing");
}

#[test]
fn a_face_that_the_service_mixes_up_can_be_put_right() {
    let item = msg(
        "1",
        ANN,
        OWN,
        "<span class=\\\"emoji emoji1f63c\\\"></span>",
    );
    for (table, face) in [
        (EmojiTable::AsIs, "\u{1f63c}"),
        (EmojiTable::Repaired, "\u{1f601}"),
    ] {
        let mut config = quiet();
        config.emoji = table;
        let mut s = Scenario::online(config);
        s.brings(&page(8).msgs(std::slice::from_ref(&item)));
        assert_eq!(s.messages()[0].1.text(), Some(face));
    }
}
