//! The flat facts of bodies: one body of each kind, with invented values, and
//! the quirks that matter to the flat form.

#![expect(clippy::unwrap_used, reason = "the helpers of tests may fail")]

use serde_json::{Value, json};
use wx_wire::facts::{self, Error, kinds};

/// Every member of `expected` must be there as it says.
fn says(kind: &str, context: Value, body: &str, expected: Value) {
    let found = facts::of(kind, &context, body.as_bytes()).unwrap();
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(found.get(key), Some(value), "{kind}: {key} of {body}");
    }
}

#[test]
fn bodies_of_a_login() {
    says(
        "jslogin",
        json!({}),
        "window.QRLogin.code = 400; window.QRLogin.error = \"\";",
        json!({"code": 400, "uuid": null, "error": ""}),
    );
    says(
        "login-poll",
        json!(null),
        "window.code=200;\nwindow.redirect_uri=\"https://wx2.qq.com/p?ticket=A_b@qrticket_0&uuid=g-A==&lang=zh_CN&scan=1\";",
        json!({
            "code": 200, "host": "wx2.qq.com", "path": "/p", "ticket": "A_b@qrticket_0",
            "uuid": "g-A==", "lang": "zh_CN", "scan": "1", "avatar_prefix": null,
        }),
    );
    says(
        "login-poll",
        json!({}),
        "window.code=201;window.userAvatar = 'data:img/jpg;base64,iVBORw0KGgo=';",
        json!({
            "code": 201, "avatar_prefix": "data:img/jpg;base64,", "avatar_base64_len": 12,
            "avatar_sniff": "png", "redirect_uri": null, "host": null,
        }),
    );
    says(
        "newloginpage",
        json!({}),
        "<error><ret>0</ret><message></message><skey>@crypt_1</skey><wxsid>+a/b</wxsid>\
         <wxuin>2799942121</wxuin><pass_ticket>%2Bx%3D</pass_ticket></error>",
        json!({
            "ret": 0, "message": "", "skey": "@crypt_1", "wxsid": "+a/b", "wxuin": "2799942121",
            "pass_ticket": "%2Bx%3D", "pass_ticket_decoded": "+x=", "isgrayscale": null,
        }),
    );
    says(
        "synccheck",
        json!({}),
        "window.synccheck={retcode:\"1100\",selector:\"0\"}",
        json!({"retcode": "1100", "selector": "0"}),
    );
}

#[test]
fn empty_bodies_where_the_service_sends_them() {
    for (kind, key) in [
        ("synccheck", "retcode"),
        ("newloginpage", "skey"),
        ("sendmsg", "msg_id"),
        ("sync", "ret"),
        ("other-json", "ret"),
    ] {
        for body in ["", "\r\n"] {
            says(kind, json!({}), body, json!({"empty": true, key: null}));
        }
    }
    says(
        "login-poll",
        json!({}),
        "",
        json!({"empty": true, "code": 0}),
    );
    says(
        "msg-content/image",
        json!({}),
        "",
        json!({"kind": "empty", "sender": null}),
    );
}

#[test]
fn answers_to_uploads() {
    says(
        "upload",
        json!({}),
        r#"{"BaseResponse":{"Ret":1205,"ErrMsg":""},"MediaId":"@crypt_1","StartPos":7,
            "CDNThumbImgHeight":100,"CDNThumbImgWidth":66,"EncryFileName":"A%5F1%2EJPG"}"#,
        json!({
            "ret": 1205, "err_msg": "", "media_id": "@crypt_1", "media_id_len": 8, "start_pos": 7,
            "thumb_height": 100, "thumb_width": 66, "encry_file_name": "A%5F1%2EJPG",
            "encry_file_name_decoded": "A_1.JPG",
        }),
    );
    says(
        "upload",
        json!({}),
        r#"{"BaseResponse":{"Ret":0,"ErrMsg":""},"MediaId":"","StartPos":524288}"#,
        json!({
            "media_id": "", "media_id_len": 0, "start_pos": 524_288, "thumb_height": null,
            "encry_file_name": null, "encry_file_name_decoded": null,
        }),
    );
}

#[test]
fn answers_of_other_endpoints() {
    let created = r#"{"BaseResponse":{"Ret":0,"ErrMsg":"Everything is OK"},"Topic":"","MemberCount":1,
        "MemberList":[{"UserName":"@a","MemberStatus":4}],"ChatRoomName":"@@r","BlackList":""}"#;
    let updated = r#"{"BaseResponse":{"Ret":1,"ErrMsg":""},"MemberCount":0,"MemberList":[]}"#;
    let revoked = r#"{"BaseResponse":{"Ret":0,"ErrMsg":""},"Introduction":"","SysWording":"done"}"#;
    let verdict = r#"{"BaseResponse":{"Ret":0,"ErrMsg":""}}"#;
    let pushed = r#"{"ret":"0","msg":"all ok","uuid":"g-A=="}"#;
    let refused = r#"{"ret":1}"#;
    for (endpoint, body, expected) in [
        (
            "webwxcreatechatroom",
            created,
            json!({
                "ret": 0, "err_msg": "Everything is OK", "chat_room_name": "@@r", "topic": "",
                "member_count": 1, "members": ["@a"], "member_status": [4], "black_list": "",
            }),
        ),
        (
            "webwxupdatechatroom?fun=addmember",
            updated,
            json!({"ret": 1, "member_count": 0, "members": []}),
        ),
        (
            "webwxrevokemsg",
            revoked,
            json!({"ret": 0, "introduction": "", "sys_wording": "done"}),
        ),
        (
            "webwxoplog / webwxverifyuser",
            verdict,
            json!({"ret": 0, "err_msg": ""}),
        ),
        ("webwxverifyuser", verdict, json!({"ret": 0, "err_msg": ""})),
        (
            "webwxpushloginurl",
            pushed,
            json!({"ret": "0", "ret_is_string": true, "msg": "all ok", "uuid": "g-A=="}),
        ),
        (
            "webwxpushloginurl",
            refused,
            json!({"ret": 1, "ret_is_string": false, "msg": null, "uuid": null}),
        ),
    ] {
        says(
            "other-json",
            json!({"endpoint": endpoint}),
            body,
            expected.clone(),
        );
        says(
            "other-json",
            json!({"endpoint": endpoint}),
            body,
            json!({"endpoint": endpoint}),
        );
        // A body says what it is without a context as well.
        says("other-json", json!({}), body, expected);
    }
}

const ITEM: &str = r#"{"MsgId":"7790926566255614513","NewMsgId":7790926566255614513,
    "FromUserName":"@@r","ToUserName":"@me","MsgType":"34","Status":3,
    "Content":"@0a:<br/>&lt;msg&gt;&lt;voicemsg voicelength=\"9\"/&gt;&lt;/msg&gt;",
    "FileSize":"0","EncryFileName":"a%2Eb"}"#;

#[test]
fn an_item_of_a_page() {
    for context in [json!({"object": "AddMsg"}), json!({})] {
        says(
            "other-json",
            context,
            ITEM,
            json!({
                "msg_id": "7790926566255614513", "new_msg_id": "7790926566255614513",
                "msg_type": 34, "status": 3, "from": "@@r", "to": "@me", "room": true,
                "file_size": "0", "encry_file_name": "a%2Eb", "encry_file_name_decoded": "a.b",
                "create_time": null, "media_id_len": null, "recommend_user": null,
                "status_notify_users": 0,
            }),
        );
    }
    let body = format!(
        r#"{{"BaseResponse":{{"Ret":0,"ErrMsg":""}},"AddMsgCount":9,"AddMsgList":[{ITEM}]}}"#
    );
    let facts = facts::of("sync", &json!({}), body.as_bytes()).unwrap();
    assert_eq!(facts["msgs"], 1);
    assert_eq!(facts["add_msg_count"], 9);
    assert_eq!(facts["new_msg_id_equals_msg_id"], json!([true]));
    assert_eq!(facts["sync_key"], Value::Null);
    let content = &facts["contents"][0];
    assert_eq!(content["kind"], "voice");
    assert_eq!(content["sender"], "@0a");
    assert_eq!(content["voicelength"], "9");
    assert_eq!(content["well_formed"], true);
}

#[test]
fn members_that_an_initialisation_lacks() {
    says(
        "init",
        json!({}),
        r#"{"BaseResponse":{"Ret":1102,"ErrMsg":""}}"#,
        json!({"ret": 1102, "err_msg": "", "count": null, "sync_key": null, "skey": null}),
    );
}

#[test]
fn texts() {
    says(
        "msg-content/group-text",
        json!({"MsgType": 1, "room": true}),
        "@0a1b:<br/>@Ann\u{2005}1 &lt; 2<span class=\"emoji emoji1f639\"></span>",
        json!({
            "sender": "@0a1b", "kind": "text", "text": "@Ann\u{2005}1 < 2\u{1f639}",
            "text_naive": "@Ann\u{2005}1 < 2\u{1f639}", "text_wechat": "@Ann\u{2005}1 < 2\u{1f602}",
            "emoji_spans": 1, "mentions": ["Ann"],
        }),
    );
    says(
        "msg-content/system-10000",
        json!({"MsgType": 10000, "room": true}),
        "&lt;a href=\"weixin://x\"&gt;A<span class=\"emoji emoji1f639\"></span>&lt;/a&gt; 拍了拍我  ",
        json!({
            "sender": null, "kind": "text", "text": "A\u{1f639} 拍了拍我  ", "about": "tickle",
            "text_naive": "A\u{1f639} 拍了拍我  ", "text_wechat": "A\u{1f602} 拍了拍我  ",
        }),
    );
    let private = facts::of("msg-content/text", &json!({}), b"hi").unwrap();
    assert_eq!(private["sender"], Value::Null);
    assert_eq!(private.get("well_formed"), None);
}

#[test]
fn prefixes() {
    says(
        "msg-content/video",
        json!({"MsgType": 43, "room": true}),
        "@0a:<br/>wxid_q:<br/>&lt;msg&gt;&lt;videomsg length=\"1\"/&gt;&lt;/msg&gt;",
        json!({"sender": "@0a", "second_prefix": true, "second_sender": "wxid_q", "length": "1"}),
    );
    says(
        "msg-content/sysmsg-other",
        json!({"MsgType": 10002}),
        "47@chatroom:<br/>&lt;sysmsg type=\"pat\"&gt;&lt;pat/&gt;&lt;/sysmsg&gt;",
        json!({"sender": null, "room_prefix": "47@chatroom", "sysmsg_type": "pat", "links": {}}),
    );
}

#[test]
fn whether_the_xml_is_well_formed() {
    let request = |xml: &str| {
        let wire = xml.replace('<', "&lt;").replace('>', "&gt;");
        let facts = facts::of("msg-content/friend-request", &json!({}), wire.as_bytes()).unwrap();
        assert_eq!(facts["kind"], "friend-request", "{xml}");
        assert_eq!(facts["fromusername"], "a", "{xml}");
        facts["well_formed"].clone()
    };
    assert_eq!(request("<msg fromusername='a' sign=\"b\"/>"), true);
    assert_eq!(
        request("<msg fromusername='a' sign=\"b\"></msg><br/> "),
        true
    );
    assert_eq!(
        request("<msg fromusername='a' sign=\"b\"percard='1'/>"),
        false
    );
    assert_eq!(request("<msg fromusername='a' sign=\"b&c\"/>"), false);
    assert_eq!(request("<msg fromusername='a'/><msg/>"), false);
}

#[test]
fn what_stands_twice_in_an_application_message() {
    let xml = "<msg><appmsg><type>2000</type><title>t</title><md5>outer</md5>\
        <wcpayinfo><url>inner</url><feedesc>1</feedesc></wcpayinfo>\
        <weappinfo><username>gh_1</username><type>2</type></weappinfo></appmsg></msg>";
    let wire = xml.replace('<', "&lt;").replace('>', "&gt;");
    says(
        "msg-content/app-transfer",
        json!({}),
        &wire,
        json!({
            "kind": "appmsg", "appmsg_type": "2000", "url": "", "des": null, "feedesc": "1",
            "md5": "outer", "weapp_username": "gh_1", "weapp_type": "2", "well_formed": true,
        }),
    );
}

#[test]
fn a_kind_tells_what_the_context_leaves_out() {
    let xml = "&lt;msg&gt;&lt;img length=\"5\"/&gt;&lt;/msg&gt;";
    says(
        "msg-content/image",
        json!({}),
        xml,
        json!({"kind": "image", "length": "5"}),
    );
    says(
        "msg-content/location",
        json!({"room": false}),
        "Quay:<br/>/cgi-bin/mmwebwx-bin/webwxgetpubliclinkimg?url=xxx&msgid=5&pictype=location",
        json!({"kind": "location", "label": "Quay", "msgid": "5", "x": null}),
    );
    // What the context says counts more.
    says(
        "msg-content/image",
        json!({"MsgType": 1}),
        "hi",
        json!({"kind": "text"}),
    );
}

#[test]
fn errors_name_what_was_asked() {
    let error = |kind: &str, body: &[u8]| facts::of(kind, &json!({}), body).unwrap_err();
    assert_eq!(error("msg-content/nothing", b""), Error::UnknownKind);
    assert_eq!(error("", b""), Error::UnknownKind);
    let html = error("sync", b"<html></html>");
    assert!(
        matches!(
            html,
            Error::Decode {
                endpoint: "webwxsync",
                offset: 0,
                ..
            }
        ),
        "{html}"
    );
    let utf8 = error("msg-content/image", b"ab\xff");
    assert!(
        matches!(
            utf8,
            Error::Decode {
                endpoint: "msg-content/image",
                offset: 2,
                ..
            }
        ),
        "{utf8}"
    );
    let script = error("synccheck", "window.synccheck={retcode:”0”}".as_bytes());
    assert!(
        matches!(
            script,
            Error::Decode {
                endpoint: "synccheck",
                offset: 26,
                ..
            }
        ),
        "{script}"
    );
}

#[test]
fn a_mangled_body_is_tried_as_every_kind() {
    let facts = facts::of("mangled", &json!({}), b"window.code=408;").unwrap();
    assert_eq!(facts["readable_as"], json!(["login-poll"]));
    let image = b"<msg>\n  <img length=\"5\"/>\n</msg><br />";
    let facts = facts::of("mangled", &json!({}), image).unwrap();
    let kinds = facts["readable_as"].as_array().unwrap();
    assert!(kinds.contains(&json!("msg-content/image")), "{kinds:?}");
    let error = facts::of("mangled", &json!({}), b"{\"BaseResponse\":").unwrap_err();
    assert!(matches!(error, Error::Decode { .. }), "{error}");
}

#[test]
fn every_kind_is_read_or_refused_whatever_it_gets() {
    let bodies: [&[u8]; 6] = [
        b"",
        b"{}",
        b"[]",
        b"<msg/>",
        b"\xff\xfe",
        b"{\"BaseResponse\":{}}",
    ];
    for kind in kinds() {
        for body in bodies {
            if let Err(error) = facts::of(&kind, &json!({"room": true}), body) {
                assert_ne!(error, Error::UnknownKind, "{kind}");
            }
        }
    }
    assert_eq!(kinds().count(), 36);
}
