//! Captured contents through a session: each becomes the kind of message that
//! it is, with the facts that an event has. The folder is named by `WX_CORPUS`;
//! without it there is nothing to check.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::*;

/// The bodies' folders, and the kinds of message that they hold.
const KINDS: [(&str, &[&str]); 22] = [
    ("app-file", &["file", "app"]),
    ("app-link", &["link"]),
    ("app-merged", &["merged"]),
    ("app-miniprogram", &["mini_program"]),
    ("app-music", &["music"]),
    ("app-quote", &["quote"]),
    ("app-redpacket", &["red_packet"]),
    ("app-transfer", &["transfer"]),
    ("card", &["card"]),
    ("emoji-text", &["text"]),
    ("emoticon", &["emoticon"]),
    ("friend-request", &["friend_request"]),
    ("group-text", &["text"]),
    ("image", &["image"]),
    ("location", &["location", "app"]),
    ("sysmsg-other", &["system"]),
    ("sysmsg-revoke", &["revoked"]),
    ("system-10000", &["system"]),
    ("text", &["text"]),
    ("video", &["video"]),
    ("voice", &["voice"]),
    ("voip", &["call"]),
];

/// Facts of the index, and the members of an event that hold them.
const FACTS: [(&str, &str); 16] = [
    ("text", "/text"),
    ("aeskey", "/aes_key"),
    ("md5", "/md5"),
    ("label", "/label"),
    ("x", "/x"),
    ("y", "/y"),
    ("feedesc", "/amount"),
    ("pay_memo", "/memo"),
    ("sourcedisplayname", "/app_name"),
    ("msgid", "/revoked_msg_id"),
    ("replacemsg", "/notice"),
    ("nickname", "/nick_name"),
    ("fromnickname", "/nick_name"),
    ("ticket", "/ticket"),
    ("refer_displayname", "/quoted/sender"),
    ("refer_svrid", "/quoted/msg_id"),
];

/// The event that a session gives for a body.
fn event(context: &Value, body: &str) -> Value {
    let room = context["room"] == true;
    let mut item = context.as_object().unwrap().clone();
    item.remove("room");
    item.insert("MsgId".to_owned(), json!("900"));
    item.insert(
        "FromUserName".to_owned(),
        json!(if room { ROOM } else { ANN }),
    );
    item.insert("ToUserName".to_owned(), json!(OWN));
    item.insert("Content".to_owned(), json!(body));
    let mut s = Scenario::online(quiet());
    s.answer("synccheck", &synccheck(0, 2));
    let item = Value::Object(item).to_string();
    s.answer("webwxsync", &page(8).msgs(&[item]).json());
    let (_, message) = s.messages().remove(0);
    serde_json::to_value(message).unwrap()
}

#[test]
fn captured_contents_become_the_messages_they_are() {
    let Some(folder) = std::env::var_os("WX_CORPUS") else {
        return;
    };
    let folder = Path::new(&folder);
    let index = std::fs::read_to_string(folder.join("index.json")).expect("an index");
    let index: Vec<Value> = serde_json::from_str(&index).unwrap();
    let mut checked = 0;
    for entry in &index {
        let kind = entry["kind"].as_str().unwrap();
        let kind = kind.strip_prefix("msg-content/").unwrap_or_default();
        let Some((_, kinds)) = KINDS.iter().find(|(name, _)| *name == kind) else {
            continue;
        };
        let file = entry["file"].as_str().unwrap();
        if entry["context"].get("field").is_some() {
            // A name, and no message's content.
            continue;
        }
        let body = std::fs::read_to_string(folder.join(file)).expect("a body");
        let event = event(&entry["context"], &body);
        assert!(
            kinds.contains(&event["kind"].as_str().unwrap()),
            "{file}: {event}"
        );
        let expected = &entry["expected"];
        if let Some(sender) = expected["sender"].as_str() {
            assert_eq!(event["sender"]["id"], sender, "{file}");
        }
        for (fact, member) in FACTS {
            let told = expected[fact].as_str().filter(|told| !told.is_empty());
            if let (Some(told), Some(given)) = (told, event.pointer(member)) {
                let newer = expected["newmsgid"].as_str();
                let told = newer.filter(|_| fact == "msgid").unwrap_or(told);
                assert_eq!(given, told, "{file}: {fact}");
                checked += 1;
            }
        }
    }
    assert!(checked > 30, "only {checked} facts were found to check");
}
