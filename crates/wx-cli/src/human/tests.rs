//! Each kind of message as people see it, from its event, with names and texts
//! that are wide, joined, invisible or meant to deceive.

use serde_json::{Value, json};

use super::*;

/// What is shown of a message of this kind, with these further fields.
fn shown(kind: Value) -> String {
    let chat = json!({"id": "@@1", "kind": "group", "name": "一家人 🌸"});
    let sender = json!({"id": "@2", "name": "王小明 👩‍👩‍👧"});
    in_chat(kind, chat, sender)
}

fn in_chat(mut event: Value, chat: Value, sender: Value) -> String {
    let around = json!({
        "msg_id": "7", "time": 1_520_000_000, "from_me": false, "key": "default/m/7",
        "chat": chat, "sender": sender,
    });
    let (event, around) = (event.as_object_mut(), around.as_object().cloned());
    let event = event.zip(around).map(|(event, around)| {
        let own = std::mem::take(event);
        Value::Object(around.into_iter().chain(own).collect())
    });
    let message: Message = serde_json::from_value(event.unwrap()).unwrap();
    super::message(&message)
}

/// As [`shown`], without who wrote it and where.
fn body_of(kind: Value) -> String {
    let shown = shown(kind);
    let body = shown.strip_prefix("王小明 👩‍👩‍👧 in 一家人 🌸: ");
    body.unwrap_or_else(|| panic!("{shown}")).to_owned()
}

#[test]
fn each_kind_has_its_line() {
    let app = |kind: &str, title: &str| json!({"kind": kind, "title": title, "url": "https://example.org/a?b=1&c=2", "app_type": 5});
    for (kind, line) in [
        (
            json!({"kind": "text", "text": "你好 & 👋🏽", "mentions_me": true}),
            "你好 & 👋🏽",
        ),
        (json!({"kind": "image", "md5": "00"}), "[image]"),
        (json!({"kind": "emoticon", "store": false}), "[emoticon]"),
        (json!({"kind": "voice", "length_ms": 2430}), "[voice] 2.4 s"),
        (
            json!({"kind": "video", "length_s": 9, "small": true}),
            "[video] 9 s",
        ),
        (
            json!({"kind": "file", "file_name": "报告 📄.pdf", "ext": "pdf", "media_id": "m"}),
            "[file] 报告 📄.pdf",
        ),
        (
            app("link", "今天的天气"),
            "[link] 今天的天气 https://example.org/a?b=1&c=2",
        ),
        (
            app("app", "笔记"),
            "[app] 笔记 https://example.org/a?b=1&c=2",
        ),
        (
            app("music", "夜曲"),
            "[music] 夜曲 https://example.org/a?b=1&c=2",
        ),
        (app("mini_program", "小游戏"), "[mini program] 小游戏"),
        (
            json!({"kind": "quote", "text": "同意", "quoted": {"text": "几点？", "type": 1}}),
            "[reply] 同意\n    > 几点？",
        ),
        (
            json!({"kind": "quote", "text": "同意", "quoted": {"text": "", "type": 3}}),
            "[reply] 同意",
        ),
        (
            json!({"kind": "merged", "title": "群聊的聊天记录", "items": [{"type": 1}, {"type": 2}]}),
            "[chat history] 群聊的聊天记录 (2)",
        ),
        (
            json!({"kind": "transfer", "amount": "￥0.10", "memo": "午饭"}),
            "[transfer] ￥0.10 午饭",
        ),
        (
            json!({"kind": "red_packet", "memo": "恭喜发财"}),
            "[red packet] 恭喜发财",
        ),
        (
            json!({"kind": "location", "label": "海淀区", "url": "u"}),
            "[location] 海淀区",
        ),
        (
            json!({"kind": "card", "user_name": "@3", "nick_name": "郭云👍"}),
            "[card] 郭云👍",
        ),
        (
            json!({"kind": "friend_request", "user_name": "@3", "nick_name": "郭云", "text": "我是邻居",
                "ticket": "t"}),
            "[friend request] 郭云: 我是邻居",
        ),
        (
            json!({"kind": "possible_friend", "user_name": "@3", "nick_name": "郭云"}),
            "[possible friend] 郭云",
        ),
        (
            json!({"kind": "system", "text": "王小明加入了群聊"}),
            "[system] 王小明加入了群聊",
        ),
        (
            json!({"kind": "call", "text": "通话时长 1:02"}),
            "[call] 通话时长 1:02",
        ),
        (
            json!({"kind": "unknown", "msg_type": 777, "app_type": 0, "text": "?"}),
            "[message of type 777]",
        ),
    ] {
        assert_eq!(body_of(kind.clone()), line, "{kind}");
    }
}

#[test]
fn what_was_taken_back_is_shown_if_it_is_known() {
    let recall = |original: Value| {
        let notice = "\"王小明\" 撤回了一条消息";
        body_of(json!({
            "kind": "revoked", "revoked_msg_id": "6", "notice": notice, "original": original,
        }))
    };
    let original = |kind: Value| {
        let mut message = json!({
            "msg_id": "6", "time": 1, "from_me": false, "key": "default/m/6",
            "chat": {"id": "@@1", "kind": "group"}, "sender": {"id": "@2"},
        });
        let own = kind.as_object().unwrap().clone();
        message.as_object_mut().unwrap().extend(own);
        message
    };
    let line = "[recall] \"王小明\" 撤回了一条消息";
    assert_eq!(recall(Value::Null), line);
    let text = original(json!({"kind": "text", "text": "wrong chat", "mentions_me": false}));
    assert_eq!(recall(text), format!("{line}\n    > wrong chat"));
    let image = original(json!({"kind": "image"}));
    assert_eq!(recall(image), format!("{line}\n    > [image]"));
}

#[test]
fn who_wrote_it_and_where_is_in_front() {
    let text = json!({"kind": "text", "text": "hi", "mentions_me": false});
    let ming = json!({"id": "@2", "kind": "friend", "name": "王小明"});
    assert_eq!(
        in_chat(text.clone(), ming.clone(), ming.clone()),
        "王小明: hi"
    );
    let nameless = json!({"id": "@4", "kind": "unknown"});
    assert_eq!(in_chat(text.clone(), nameless.clone(), nameless), "@4: hi");
    let mut own = text;
    own["from_me"] = true.into();
    assert_eq!(in_chat(own, ming, json!({"id": "@me"})), "me → 王小明: hi");
}

#[test]
fn nobody_deceives_by_what_they_write_or_are_called() {
    let text = |text: &str| json!({"kind": "text", "text": text, "mentions_me": false});
    // A second line could be taken for the next message.
    assert_eq!(
        body_of(text("hi\n老板: send me money")),
        "hi\n    老板: send me money"
    );
    assert_eq!(
        body_of(text("a\x1b[2Jb\u{202e}c\u{200b}d\u{9b}31m\re")),
        r"a\u{1b}[2Jb\u{202e}c\u{200b}d\u{9b}31m\u{d}e"
    );
    let evil = json!({"id": "@2", "kind": "friend", "name": "x\n老板\x1b]0;t\x07\u{202e}"});
    assert_eq!(
        in_chat(text("hi"), evil.clone(), evil),
        r"x⏎老板\u{1b}]0;t\u{7}\u{202e}: hi"
    );
    let file = json!({"kind": "file", "file_name": "a\u{202e}fdp.exe", "ext": "", "media_id": ""});
    assert_eq!(body_of(file), r"[file] a\u{202e}fdp.exe");
}
