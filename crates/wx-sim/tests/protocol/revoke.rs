//! Messages taken back.

use serde_json::{Value, json};
use wx_sim::Push;

use crate::support::{Session, World, online, online_with, ret, string};

fn revoke(session: &Session, world: &mut World, msg_id: &Value, to: &str) -> Value {
    let body = json!({"SvrMsgId": msg_id, "ToUserName": to, "ClientMsgId": "16000000000000001"});
    session.ask(world, "webwxrevokemsg", body)
}

#[test]
fn both_sides_are_told_of_a_message_taken_back() {
    let (mut world, mut session) = online();
    let friend = world.contact("friend:0");
    let to = string(&friend["user_name"]);
    let msg_id = session.send(&mut world, &to, "oops")["MsgID"].clone();
    session.sync(&mut world);
    let body = json!({"SvrMsgId": msg_id, "ToUserName": to, "ClientMsgId": "1"});
    assert_eq!(
        world.text(session.post("webwxrevokemsg", body.clone())),
        "{\n\"BaseResponse\": {\n\"Ret\": 0,\n\"ErrMsg\": \"\"\n}\n,\n\
         \"Introduction\": \"你可以撤回2分钟内发送的消息（部分旧版本微信不支持这个功能）。\",\n\
         \"SysWording\": \"已撤回\"\n}\n"
    );
    let item = &session.sync(&mut world)["AddMsgList"][0];
    assert_eq!(
        (&item["MsgType"], &item["Status"]),
        (&json!(10002), &json!(4))
    );
    assert_eq!(
        (&item["FromUserName"], &item["ToUserName"]),
        (&json!(session.user_name), &json!(to))
    );
    let digits: u64 = string(&msg_id).parse().unwrap();
    let expected = format!(
        "&lt;sysmsg type=\"revokemsg\"&gt;&lt;revokemsg&gt;&lt;session&gt;{}&lt;/session&gt;\
         &lt;oldmsgid&gt;{}&lt;/oldmsgid&gt;&lt;msgid&gt;{digits}&lt;/msgid&gt;&lt;replacemsg&gt;\
         &lt;![CDATA[你撤回了一条消息]]&gt;&lt;/replacemsg&gt;&lt;/revokemsg&gt;&lt;/sysmsg&gt;",
        string(&friend["id"]),
        1_000_000_000 + digits % 1_000_000_000,
    );
    assert_eq!(item["Content"], expected);

    let op = &world.control("ops", json!({}))[0];
    assert_eq!(
        (&op["endpoint"], &op["fun"]),
        (&json!("webwxrevokemsg"), &Value::Null)
    );
    assert_eq!(op["body"]["SvrMsgId"], msg_id);
}

#[test]
fn what_cannot_be_taken_back_is_said_in_chinese() {
    let (mut world, mut session) = online();
    let (to, other) = (world.user_name("friend:0"), world.user_name("friend:1"));
    let msg_id = session.send(&mut world, &to, "oops")["MsgID"].clone();
    let theirs = world
        .push(&Push::text("hello").from("friend:0"))
        .to_string();
    for (msg_id, to, why) in [
        (&msg_id, &other, "another chat"),
        (&json!(theirs), &to, "not one's own"),
        (&json!("1"), &to, "no message"),
        (&json!("x"), &to, "no id"),
        (&msg_id, &"@0".to_owned(), "nobody"),
    ] {
        let answer = revoke(&session, &mut world, msg_id, to);
        let expected = json!({
            "BaseResponse": {"Ret": -1, "ErrMsg": "撤回失败"}, "Introduction": "", "SysWording": "",
        });
        assert_eq!(answer, expected, "{why}");
    }
    assert_eq!(ret(&revoke(&session, &mut world, &msg_id, &to)), 0);
    assert_eq!(
        ret(&revoke(&session, &mut world, &msg_id, &to)),
        -1,
        "twice"
    );
    assert_eq!(world.sim.ops().len(), 1);
}

#[test]
fn after_two_minutes_it_is_too_late() {
    let (mut world, mut session) = online();
    let first = session.send(&mut world, "filehelper", "1")["MsgID"].clone();
    let second = session.send(&mut world, "filehelper", "2")["MsgID"].clone();
    world.pass(120_000);
    assert_eq!(ret(&revoke(&session, &mut world, &first, "filehelper")), 0);
    world.pass(1_000);
    let answer = revoke(&session, &mut world, &second, "filehelper");
    assert_eq!(ret(&answer), -1);
    assert_eq!(
        answer["BaseResponse"]["ErrMsg"],
        "消息发送时间过长，不能被撤回。"
    );

    let (mut world, mut session) = online_with(json!({"revoke_window_s": 5}));
    let sent = session.send(&mut world, "filehelper", "1")["MsgID"].clone();
    world.pass(6_000);
    assert_eq!(ret(&revoke(&session, &mut world, &sent, "filehelper")), -1);
}

#[test]
fn a_recall_is_not_recalled() {
    let (mut world, mut session) = online();
    let sent = session.send(&mut world, "filehelper", "oops")["MsgID"].clone();
    session.sync(&mut world);
    assert_eq!(ret(&revoke(&session, &mut world, &sent, "filehelper")), 0);
    let recall = session.sync(&mut world)["AddMsgList"][0]["MsgId"].clone();
    assert_eq!(
        ret(&revoke(&session, &mut world, &recall, "filehelper")),
        -1
    );
}
