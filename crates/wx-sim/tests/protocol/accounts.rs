//! Two accounts of the service who know each other.

use serde_json::{Value, json};
use wx_sim::{AccountSpec, Config};

use crate::forms::hello;
use crate::support::{Session, World, get, percent, ret, string};

/// Two sessions, and what each calls the other.
fn friends() -> (World, [Session; 2], [String; 2]) {
    let accounts = [AccountSpec::default(); 2];
    let mut world = World::with(Config::default(), &accounts);
    let mut sessions = [world.log_in(), world.log_in()];
    let wxid = world.control("state", json!({}))["accounts"][1]["wxid"].clone();
    let added = world.control("contact/add", json!({"wxid": wxid}));
    assert_eq!(added["id"], wxid);
    let names = [1, 0].map(|n: usize| {
        let page = sessions[1 - n].sync(&mut world);
        string(&page["ModContactList"][0]["UserName"])
    });
    (world, sessions, names)
}

#[test]
fn what_one_writes_the_other_reads_under_the_same_id() {
    let (mut world, [mut first, mut second], [to_second, to_first]) = friends();
    let sent = first.send(&mut world, &to_second, "a < b");
    let item = second.sync(&mut world)["AddMsgList"][0].clone();
    assert_eq!(item["MsgId"], sent["MsgID"]);
    assert_eq!(
        (&item["FromUserName"], &item["ToUserName"]),
        (&json!(to_first), &json!(second.user_name))
    );
    assert_eq!(item["Content"], "a &lt; b");
    second.send(&mut world, &to_first, "yes");
    let page = first.sync(&mut world);
    assert_eq!(page["AddMsgList"][1]["FromUserName"], to_second);
}

#[test]
fn a_message_taken_back_is_taken_back_from_both() {
    let (mut world, [mut first, mut second], [to_second, _]) = friends();
    let msg_id = first.send(&mut world, &to_second, "oops")["MsgID"].clone();
    second.sync(&mut world);
    let body = json!({"SvrMsgId": msg_id, "ToUserName": to_second, "ClientMsgId": "1"});
    assert_eq!(ret(&first.ask(&mut world, "webwxrevokemsg", body)), 0);
    let item = second.sync(&mut world)["AddMsgList"][0].clone();
    assert_eq!(item["MsgType"], 10002);
    let content = string(&item["Content"]);
    assert!(content.contains(&format!("&lt;msgid&gt;{}&lt;/msgid&gt;", string(&msg_id))));
    assert!(content.contains("\" 撤回了一条消息]]"), "{content}");
}

#[test]
fn a_file_reaches_the_other_whole() {
    let (mut world, [mut first, mut second], [to_second, to_first]) = friends();
    let media_id = hello().upload(&mut world, &first);
    let mut body = first.text_to(
        &to_second,
        &format!(
            "<appmsg appid='' sdkver=''><title>hello_1.txt</title><type>6</type><appattach>\
             <totallen>13</totallen><attachid>{media_id}</attachid></appattach></appmsg>"
        ),
    );
    body["Msg"]["Type"] = 6.into();
    assert_eq!(
        ret(&first.ask(&mut world, "webwxsendappmsg?fun=async&f=json", body)),
        0
    );
    let item = second.sync(&mut world)["AddMsgList"][0].clone();
    assert_eq!(
        (&item["AppMsgType"], &item["FileSize"]),
        (&json!(6), &json!("13"))
    );
    let content = string(&item["Content"]);
    assert!(
        content.contains("&lt;title&gt;hello_1.txt&lt;/title&gt;"),
        "{content}"
    );
    let url = format!(
        "https://file.{}/cgi-bin/mmwebwx-bin/webwxgetmedia?sender={to_first}&mediaid={}&\
         filename=hello_1.txt&fromuser={}&webwx_data_ticket={}",
        second.base,
        string(&item["MediaId"]),
        second.uin,
        percent(&second.jar["webwx_data_ticket"]),
    );
    let file = world.fetch(second.with_cookies(get(&url)));
    assert_eq!(file.body(), "hello, world\n");
}

#[test]
fn only_accounts_of_the_service_become_friends_so() {
    let (mut world, _, _) = friends();
    let state = world.control("state", json!({}));
    let wxid = |n: usize| state["accounts"][n]["wxid"].clone();
    for (wrong, why) in [
        (json!("wxid_0"), "nobody"),
        (wxid(0), "oneself"),
        (wxid(1), "a friend already"),
        (Value::from(1), "no text"),
    ] {
        let body = json!({"wxid": wrong});
        assert!(
            world.sim.control(world.now, "contact/add", &body).is_err(),
            "{why}"
        );
    }
}
