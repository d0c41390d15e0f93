//! What the session asks and stores itself.

use serde_json::{Value, json};
use wx_proto::{Record, Saved};

use super::super::*;

/// The names of all members in a value.
fn members(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (name, member) in object {
                found.push(name.clone());
                members(member, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| members(item, found)),
        _ => {}
    }
}

#[test]
fn what_is_stored_of_own_messages_keeps_its_members_and_times() {
    let sent = json!({"fate": "sent", "msg_id": "320984672637990367"});
    let entry = json!({
        "client_msg_id": "15209273830000123", "to": "@77ab01cd", "digest": 4711, "shown": 4712,
        "key": "Rosebud", "attached": true, "accepted_ms": 1_520_927_383_000_u64,
        "sent_ms": 1_520_927_384_000_u64, "fate": sent,
    });
    let saved: Saved =
        serde_json::from_value(json!({"outbox": {"15209273830000123": entry}})).unwrap();
    let ended: Record = serde_json::from_value(json!({"change": {
        "change": "send_ended", "client_msg_id": "15209273830000123", "fate": sent,
        "at_ms": 1_520_927_384_000_u64,
    }}))
    .unwrap();
    let scrubber = Scrubber::default();
    for (before, after) in [
        (json!(saved), json!(scrubber.own(&saved).unwrap())),
        (json!(ended), json!(scrubber.own(&ended).unwrap())),
    ] {
        let (mut wanted, mut found) = (Vec::new(), Vec::new());
        members(&before, &mut wanted);
        members(&after, &mut found);
        assert_eq!(found, wanted);
        let text = after.to_string();
        assert!(text.contains("_ms\":1520927384000"), "{text}");
        assert!(!text.contains("Rosebud") && !text.contains("77ab01cd"));
    }
}

/// Every command, and every record that a process writes beside the one that polls.
fn asked_and_stored() -> Vec<Value> {
    let file = json!({"kind": "image", "facts": {
        "name": "Rosebud.jpg", "size": 4711, "md5": "77ab01cd77ab01cd77ab01cd77ab01cd",
        "media_type": "image/jpeg", "modified": 1_520_927_383,
    }});
    let uploaded = json!({"kind": "file", "media_id": "@crypt_77ab01cd", "name": "Rosebud.pdf",
        "size": 4711, "signature": "77ab01cd"});
    let contents = [
        json!({"type": "file", "kind": file["kind"], "facts": file["facts"]}),
        json!({"type": "emoticon", "md5": "77ab01cd"}),
        json!({"type": "card", "user_name": "@77ab01cd", "nick_name": "Rosebud"}),
        json!({"type": "raw", "msg_type": 49, "content": "<appmsg>Rosebud</appmsg>"}),
        json!({"type": "forward", "forward": "text", "text": "Rosebud"}),
        json!({"type": "forward", "forward": "image", "content": "<msg>Rosebud</msg>",
            "media_id": "@crypt_77ab01cd"}),
        json!({"type": "forward", "forward": "file", "name": "Rosebud.pdf", "size": 4711,
            "media_id": "@crypt_77ab01cd"}),
    ];
    let mut commands = vec![
        json!({"command": "send_text", "to": "@77ab01cd", "text": "Rosebud",
            "mentions": ["@77ab01ce"], "key": "Rosebud", "expires_ms": 1_520_927_383_000_u64}),
        json!({"command": "upload", "to": "@77ab01cd", "file": file}),
        json!({"command": "download", "from": 4711, "media":
            {"media": "image", "msg_id": "320984672637990367"}}),
        json!({"command": "download", "from": 0, "media": {"media": "file", "sender": "@77ab01cd",
            "media_id": "@crypt_77ab01cd", "file_name": "Rosebud.pdf",
            "encry_file_name": "Rosebud%2Epdf", "size": 4711}}),
        json!({"command": "download", "from": 0, "media": {"media": "avatar",
            "user_name": "@77ab01cd", "group": "@@77ab01cd", "msg_id": "320984672637990367"}}),
        json!({"command": "revoke", "msg_id": "320984672637990367", "to": "@77ab01cd",
            "client_msg_id": "15209273830000123"}),
        json!({"command": "set_remark", "to": "@77ab01cd", "remark": "Rosebud"}),
        json!({"command": "pin", "to": "@77ab01cd", "pinned": true}),
        json!({"command": "mark_read", "to": "@77ab01cd"}),
        json!({"command": "befriend", "befriend": "accept", "user_name": "@77ab01cd",
            "ticket": "Rosebud"}),
        json!({"command": "befriend", "befriend": "ask", "user_name": "@77ab01cd",
            "text": "Rosebud"}),
        json!({"command": "search_contacts", "keyword": "Rosebud"}),
        json!({"command": "create_group", "topic": "Rosebud", "members": ["@77ab01cd"]}),
        json!({"command": "change_group", "group": "@@77ab01cd", "change": "rename",
            "topic": "Rosebud"}),
        json!({"command": "change_group", "group": "@@77ab01cd", "change": "add",
            "members": ["@77ab01cd"]}),
        json!({"command": "fetch_contacts", "names": ["@77ab01cd"]}),
        json!({"command": "refresh_contacts"}),
        json!({"command": "identify", "id": "@77ab01cd", "key": "Rosebud"}),
        json!({"command": "probe"}),
        json!({"command": "logout"}),
        json!({"command": "cancel", "id": 3}),
    ];
    commands.extend(contents.map(|content| {
        json!({"command": "send_content", "to": "@77ab01cd", "content": content, "key": "Rosebud"})
    }));
    commands.push(
        json!({"command": "send_content", "to": "@77ab01cd", "content": {
            "type": "uploaded", "kind": uploaded["kind"], "media_id": uploaded["media_id"],
            "name": uploaded["name"], "size": uploaded["size"], "signature": uploaded["signature"],
        }}),
    );
    let fate = json!({"fate": "unknown", "reason": "Rosebud"});
    let records = [
        json!({"change": "send_accepted", "client_msg_id": "15209273830000123", "to": "@77ab01cd",
            "digest": 4711, "attached": true, "accepted_ms": 1_520_927_383_000_u64, "fate": fate}),
        json!({"change": "send_ended", "client_msg_id": "15209273830000123", "fate": fate}),
        json!({"change": "ended", "cause": "self", "at": 1_520_927_383,
            "since": 1_520_900_000}),
    ];
    let at = [12_345_678_u64, 1_520_927_383_123];
    let asked = commands
        .into_iter()
        .map(|command| json!({"at": at, "step": "asked", "id": 7, "ask": command}));
    let stored =
        records.map(|record| json!({"at": at, "step": "others", "records": [{"change": record}]}));
    asked.chain(stored).collect()
}

#[test]
fn commands_and_stored_records_keep_their_members_and_numbers_and_lose_their_people() {
    let scrubber = Scrubber::default();
    for line in asked_and_stored() {
        let step: Step = serde_json::from_value(line.clone()).expect("a step");
        let scrubbed = scrubber.step(step);
        let scrubbed = json!(scrubbed.unwrap_or_else(|| panic!("cannot be read back: {line}")));
        let (mut wanted, mut found) = (Vec::new(), Vec::new());
        members(&line, &mut wanted);
        members(&scrubbed, &mut found);
        assert_eq!(found, wanted, "{line}");
        for number in ["at", "step", "id"] {
            assert_eq!(scrubbed[number], line[number], "{line}");
        }
        for steers in ["command", "befriend", "change", "from"] {
            assert_eq!(scrubbed["ask"][steers], line["ask"][steers], "{line}");
        }
        if line["ask"]["command"] == "cancel" {
            assert_eq!(scrubbed["ask"]["id"], line["ask"]["id"], "{line}");
        }
        let text = scrubbed.to_string();
        assert!(
            !text.contains("Rosebud") && !text.contains("77ab01c"),
            "{text}"
        );
    }
}
