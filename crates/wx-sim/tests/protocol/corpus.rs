//! Bodies beside captured ones: the same members in the same order, and where
//! the capture is in the server's own layout, the same white space.
//!
//! The captures lie outside of this repository; without the variable
//! `WX_CORPUS` there is nothing to compare with.

use std::path::PathBuf;

use serde_json::{Value, json};
use wx_sim::{AccountSpec, Config, Push};

use crate::forms::{hello, post};
use crate::support::{JSLOGIN, World, get, online, percent, text};

/// A captured body, if captures are at hand and have it.
fn captured(file: &str) -> Option<String> {
    let path = PathBuf::from(std::env::var_os("WX_CORPUS")?).join(file);
    Some(std::fs::read_to_string(path).expect("a capture that the corpus lists"))
}

/// The paths of a body's members in the order of their writing. What repeats,
/// in the items of a list, counts once.
fn members(body: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (mut path, mut last) = (Vec::new(), String::new());
    let mut chars = body.char_indices();
    while let Some((start, c)) = chars.next() {
        match c {
            '{' => path.push(std::mem::take(&mut last)),
            '}' => last = path.pop().expect("as many braces closed as opened"),
            '"' => {
                let mut end = start;
                while let Some((index, c)) = chars.next() {
                    match c {
                        '\\' => drop(chars.next()),
                        '"' => {
                            end = index;
                            break;
                        }
                        _ => {}
                    }
                }
                if body[end + 1..].trim_start().starts_with(':') {
                    last = body[start + 1..end].to_owned();
                    let member = format!("{}/{last}", path.join("/"));
                    if !found.contains(&member) {
                        found.push(member);
                    }
                }
            }
            _ => {}
        }
    }
    found
}

/// A body with all of its strings and numbers emptied.
fn white_space(body: &str) -> String {
    let mut out = String::new();
    let mut chars = body.chars();
    while let Some(c) = chars.next() {
        if c == '"' {
            while let Some(c) = chars.next() {
                match c {
                    '\\' => drop(chars.next()),
                    '"' => break,
                    _ => {}
                }
            }
            out.push('s');
        } else if c.is_ascii_digit() || c == '-' {
            if !out.ends_with('0') {
                out.push('0');
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// The captured items of a list have the members of ours, in our order.
fn same_members(ours: &str, file: &str) {
    if let Some(captured) = captured(file) {
        assert_eq!(members(ours), members(&captured), "{file}");
    }
}

#[test]
fn syncs_have_the_members_of_captured_ones() {
    let (mut world, session) = online();
    world.push(&Push::text("x").from("group:0"));
    let sync = json!({"SyncKey": session.sync_key, "rr": 1});
    let page = world.text(session.post("webwxsync", sync.clone()));
    same_members(&page, "sync/05-native-group-text.json");
    same_members(&page, "sync/03-wire-2018-filehelper.json");
    world.control("contact/mod", json!({"contact": "friend:0", "remark": "r"}));
    world.control("contact/del", json!({"contact": "friend:1"}));
    let page = world.text(session.post("webwxsync", sync.clone()));
    same_members(&page, "sync/12-mod-and-del-contact.json");
    world.control("session", json!({"action": "logout"}));
    let gone = world.text(session.post("webwxsync", sync));
    if let Some(capture) = captured("sync/14-ret-1100.json") {
        assert_eq!(gone, capture);
    }
}

#[test]
fn contacts_have_the_members_of_captured_ones() {
    let (mut world, session) = online();
    let skey = percent(&session.skey);
    let request = session.get(&format!("webwxgetcontact?r=1&seq=0&skey={skey}"));
    same_members(&world.text(request), "contact/04-jamling.json");
    let room = world.user_name("group:0");
    let body = json!({"Count": 1, "List": [{"UserName": room}]});
    let list = world.text(session.post("webwxbatchgetcontact", body));
    same_members(&list, "batchcontact/04-jamling-display-names.json");
    same_members(&list, "batchcontact/05-wire-new-room-emoji-nick.json");
}

#[test]
fn inits_have_the_members_of_captured_ones() {
    // The capture has no group in its list.
    let mut world = World::with(Config::default(), &[AccountSpec::new(3, 0, 0, 3)]);
    let session = world.log_in();
    let init = world.text(session.post("webwxinit", json!({})));
    same_members(&init, "init/05-one-contact-placeholder.json");
}

#[test]
fn white_space_is_that_of_captured_bodies() {
    let (mut world, mut session) = online();
    let same = |ours: &str, file: &str| {
        if let Some(captured) = captured(file) {
            assert_eq!(white_space(ours), white_space(&captured), "{file}");
        }
    };
    world.push(&Push::text("x").from("group:0"));
    let sync = json!({"SyncKey": session.sync_key, "rr": 1});
    let page = world.text(session.post("webwxsync", sync));
    same(&page, "sync/05-native-group-text.json");
    let sent = session.text_to("filehelper", "x");
    let sent = world.text(session.post("webwxsendmsg", sent));
    same(&sent, "sendmsg/01-native-112.json");
    let notify: Value = json!({"Code": 1, "FromUserName": session.user_name,
        "ToUserName": "filehelper", "ClientMsgId": 1});
    let notify = world.text(session.post("webwxstatusnotify", notify));
    same(&notify, "statusnotify/01-native-80.json");
    world.push(&Push::text("x"));
    let check = world.text(session.check());
    same(&check, "synccheck/02-0-2.js");
    let url = JSLOGIN;
    same(&world.text(get(url)), "jslogin/01-plain.js");
}

#[test]
fn uploads_and_operations_have_the_members_of_captured_ones() {
    let (mut world, session) = online();
    let file = hello();
    let request = post(&session, &file.name, &file.parts(&session, 0));
    let uploaded = world.text(request);
    if let Some(captured) = captured("upload/01-native-final.json") {
        assert_eq!(white_space(&uploaded), white_space(&captured));
    }
    same_members(&uploaded, "upload/06-placeholder-mp4.json");
    let [first, second, third] = [0, 1, 2].map(|n| world.user_name(&format!("friend:{n}")));
    let list = json!([{"UserName": first}, {"UserName": second}]);
    let create = json!({"MemberCount": 2, "MemberList": list, "Topic": ""});
    let created = world.fetch(session.post("webwxcreatechatroom?r=1", create));
    let room: Value = serde_json::from_str(&text(&created)).unwrap();
    let add = json!({"ChatRoomName": room["ChatRoomName"], "AddMemberList": third});
    let added = world.text(session.post("webwxupdatechatroom?fun=addmember", add));
    same_members(&added, "other-json/02-updatechatroom-add.json");
    let rename = json!({"ChatRoomName": room["ChatRoomName"], "NewTopic": "x"});
    let renamed = world.text(session.post("webwxupdatechatroom?fun=modtopic", rename));
    same_members(&renamed, "other-json/04-updatechatroom-ok.json");
    let remark = json!({"UserName": first, "CmdId": 2, "RemarkName": "x"});
    let remarked = world.text(session.post("webwxoplog", remark));
    same_members(&remarked, "other-json/06-oplog-only-baseresponse.json");
}
