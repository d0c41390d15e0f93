//! Bodies to the byte: the server's own layout, which clients parse with all
//! kinds of care.
//!
//! The lengths are those that captures had as Content-Length.

use serde_json::{Value, json};
use wx_sim::Push;

use crate::support::{JSLOGIN, World, get, login_poll, online, string, text};

const RECOMMEND_INFO: &str = r#""RecommendInfo": {
"UserName": "",
"NickName": "",
"QQNum": 0,
"Province": "",
"City": "",
"Content": "",
"Signature": "",
"Alias": "",
"Scene": 0,
"VerifyFlag": 0,
"AttrStatus": 0,
"Sex": 0,
"Ticket": "",
"OpCode": 0
}
"#;

const AFTER_MESSAGES: &str = r#""ModContactCount": 0,
"ModContactList": [],
"DelContactCount": 0,
"DelContactList": [],
"ModChatRoomMemberCount": 0,
"ModChatRoomMemberList": [],
"Profile": {
"BitFlag": 0,
"UserName": {
"Buff": ""
}
,
"NickName": {
"Buff": ""
}
,
"BindUin": 0,
"BindEmail": {
"Buff": ""
}
,
"BindMobile": {
"Buff": ""
}
,
"Status": 0,
"Sex": 0,
"PersonalCard": 0,
"Alias": "",
"HeadImgUpdateFlag": 0,
"HeadImgUrl": "",
"Signature": ""
}
,
"ContinueFlag": 0,
"#;

/// A SyncKey as a member, up to the line break after its brace.
fn sync_key(name: &str, key: &Value) -> String {
    let items: Vec<String> = (key["List"].as_array().unwrap().iter())
        .map(|item| {
            format!(
                "{{\n\"Key\": {},\n\"Val\": {}\n}}\n",
                item["Key"], item["Val"]
            )
        })
        .collect();
    format!(
        "\"{name}\": {{\n\"Count\": {},\n\"List\": [{}]\n}}\n",
        items.len(),
        items.join(",")
    )
}

#[test]
fn scripts_have_no_line_break_at_their_end() {
    let mut world = World::default();
    let url = JSLOGIN;
    let response = world.fetch(get(url));
    let script = text(&response);
    let uuid = script.split('"').nth(1).unwrap().to_owned();
    assert_eq!(
        script,
        format!("window.QRLogin.code = 200; window.QRLogin.uuid = \"{uuid}\";")
    );
    assert_eq!(script.len(), 64);
    let types: Vec<_> = response.headers().get_all("content-type").iter().collect();
    assert_eq!(types, ["text/javascript", "text/html; charset=gbk"]);

    world.control("login", json!({"action": "confirm"}));
    let confirmed = world.text(get(&login_poll(&uuid, 0)));
    // One more than on wx.qq.com, where captures have 183.
    assert_eq!(confirmed.len(), 184);

    let session = world.log_in();
    world.push(&Push::text("x"));
    assert_eq!(world.fetch(session.check()).body().len(), 43);
    world.control("session", json!({"action": "kick"}));
    assert_eq!(world.fetch(session.check()).body().len(), 46);
}

#[test]
fn a_sent_message_is_answered_in_112_bytes_and_refused_in_79() {
    let (mut world, mut session) = online();
    // As in the capture, a MsgID of 19 digits.
    let (answer, local_id) = loop {
        let body = session.text_to("filehelper", "x");
        let local_id = string(&body["Msg"]["LocalID"]);
        let answer = world.fetch(session.post("webwxsendmsg", body));
        if world.sim.sent().last().unwrap().msg_id >= 1_000_000_000_000_000_000 {
            break (answer, local_id);
        }
    };
    let msg_id = world.sim.sent().last().unwrap().msg_id;
    assert_eq!(
        text(&answer),
        format!(
            "{{\n\"BaseResponse\": {{\n\"Ret\": 0,\n\"ErrMsg\": \"\"\n}}\n,\n\"MsgID\": \"{msg_id}\",\n\
             \"LocalID\": \"{local_id}\"\n}}\n"
        )
    );
    assert_eq!(answer.body().len(), 112);
    assert_eq!(answer.headers()["content-type"], "text/plain");

    world.control(
        "fault",
        json!({"path": "webwxsendmsg", "kind": "ret", "ret": 1205}),
    );
    let body = session.text_to("filehelper", "x");
    let refused = world.fetch(session.post("webwxsendmsg", body));
    assert_eq!(
        text(&refused),
        "{\n\"BaseResponse\": {\n\"Ret\": 1205,\n\"ErrMsg\": \"\"\n}\n,\n\"MsgID\": \"\",\n\"LocalID\": \"\"\n}\n"
    );
    assert_eq!(refused.body().len(), 79);
}

#[test]
fn a_status_notify_is_answered_in_80_bytes() {
    let (mut world, session) = online();
    let body = json!({"Code": 1, "FromUserName": session.user_name, "ToUserName": "filehelper",
        "ClientMsgId": 1});
    let lens: Vec<usize> = (0..20)
        .map(|_| {
            world
                .fetch(session.post("webwxstatusnotify", body.clone()))
                .body()
                .len()
        })
        .collect();
    // 79 where the MsgID has 18 digits.
    assert!(
        lens.contains(&80) && lens.iter().all(|len| matches!(len, 79 | 80)),
        "{lens:?}"
    );
}

#[test]
fn a_refused_sync_has_every_member() {
    let (mut world, mut session) = online();
    session.sync_key = json!({"Count": 0, "List": []});
    let refuse = |ret: i32| {
        format!(
            "{{\n\"BaseResponse\": {{\n\"Ret\": {ret},\n\"ErrMsg\": \"\"\n}}\n,\n\"AddMsgCount\": 0,\n\
             \"AddMsgList\": [],\n{AFTER_MESSAGES}\"SyncKey\": {{\n\"Count\": 0,\n\"List\": []\n}}\n,\n\
             \"SKey\": \"\"\n}}\n"
        )
    };
    let body = json!({"SyncKey": session.sync_key, "rr": 1});
    let unknown = world.text(session.post("webwxsync", body.clone()));
    assert_eq!(unknown, refuse(-1));
    assert_eq!(unknown.len(), 579);
    world.control("session", json!({"action": "logout"}));
    let gone = world.text(session.post("webwxsync", body));
    assert_eq!(gone, refuse(1100));
    assert_eq!(gone.len(), 581);
}

#[test]
fn a_page_with_a_group_message() {
    let (mut world, session) = online();
    let msg_id = world.push(&Push::text("\"hi\"").from("group:0"));
    let body = json!({"SyncKey": session.sync_key, "rr": 1});
    let page = world.text(session.post("webwxsync", body));
    let parsed: Value = serde_json::from_str(&page).unwrap();
    let item = &parsed["AddMsgList"][0];
    let (sender, _) = item["Content"].as_str().unwrap().split_once(':').unwrap();
    let expected = [
        "{\n\"BaseResponse\": {\n\"Ret\": 0,\n\"ErrMsg\": \"\"\n}\n,\n\"AddMsgCount\": 1,\n",
        "\"AddMsgList\": [{\n",
        &format!("\"MsgId\": \"{msg_id}\",\n"),
        &format!("\"FromUserName\": {},\n", item["FromUserName"]),
        &format!("\"ToUserName\": \"{}\",\n", session.user_name),
        "\"MsgType\": 1,\n",
        &format!("\"Content\": \"{sender}:<br/>&quot;hi&quot;\",\n"),
        "\"Status\": 3,\n\"ImgStatus\": 1,\n",
        &format!("\"CreateTime\": {},\n", world.now.unix_s()),
        "\"VoiceLength\": 0,\n\"PlayLength\": 0,\n\"FileName\": \"\",\n\"FileSize\": \"\",\n",
        "\"MediaId\": \"\",\n\"Url\": \"\",\n\"AppMsgType\": 0,\n\"StatusNotifyCode\": 0,\n",
        "\"StatusNotifyUserName\": \"\",\n",
        RECOMMEND_INFO,
        ",\n\"ForwardFlag\": 0,\n\"AppInfo\": {\n\"AppID\": \"\",\n\"Type\": 0\n}\n,\n",
        "\"HasProductId\": 0,\n\"Ticket\": \"\",\n\"ImgHeight\": 0,\n\"ImgWidth\": 0,\n",
        &format!("\"SubMsgType\": 0,\n\"NewMsgId\": {msg_id},\n"),
        "\"OriContent\": \"\",\n\"EncryFileName\": \"\"\n}\n],\n",
        AFTER_MESSAGES,
        &sync_key("SyncKey", &parsed["SyncKey"]),
        ",\n\"SKey\": \"\",\n",
        &sync_key("SyncCheckKey", &parsed["SyncCheckKey"]),
        "}\n",
    ]
    .concat();
    assert_eq!(page, expected);
}

#[test]
fn an_entry_of_a_contact_list() {
    let (mut world, session) = online();
    let body = json!({"Count": 1, "List": [{"UserName": "filehelper", "EncryChatRoomId": ""}]});
    let list = world.text(session.post("webwxbatchgetcontact", body));
    let parsed: Value = serde_json::from_str(&list).unwrap();
    let picture = &parsed["ContactList"][0]["HeadImgUrl"];
    assert!(
        picture
            .as_str()
            .unwrap()
            .starts_with("/cgi-bin/mmwebwx-bin/webwxgeticon?seq=")
    );
    // The pinyin of characters that the service cannot read is empty.
    let expected = format!(
        r#"{{
"BaseResponse": {{
"Ret": 0,
"ErrMsg": ""
}}
,
"Count": 1,
"ContactList": [{{
"Uin": 0,
"UserName": "filehelper",
"NickName": "文件传输助手",
"HeadImgUrl": {picture},
"ContactFlag": 3,
"MemberCount": 0,
"MemberList": [],
"RemarkName": "",
"HideInputBarFlag": 0,
"Sex": 0,
"Signature": "",
"VerifyFlag": 0,
"OwnerUin": 0,
"PYInitial": "W",
"PYQuanPin": "wen",
"RemarkPYInitial": "",
"RemarkPYQuanPin": "",
"StarFriend": 0,
"AppAccountFlag": 0,
"Statues": 0,
"AttrStatus": 0,
"Province": "",
"City": "",
"Alias": "",
"SnsFlag": 0,
"UniFriend": 0,
"DisplayName": "",
"ChatRoomId": 0,
"KeyWord": "fil",
"EncryChatRoomId": "",
"IsOwner": 0
}}
]
}}
"#
    );
    assert_eq!(list, expected);
}
