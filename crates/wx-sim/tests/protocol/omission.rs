//! Parts that are left out of the answers, and the answers otherwise as they
//! are.

use serde_json::{Value, json};
use wx_sim::{Config, Push};

use crate::support::{JSLOGIN, World, get, login_poll, text};

fn without(parts: &[&str]) -> World {
    World::configured(json!({ "omit": parts }))
}

#[test]
fn of_scripts_an_assignment_or_a_member_is_left_out() {
    let mut world = without(&["jslogin.QRLogin.uuid"]);
    let code = world.text(get(JSLOGIN));
    assert_eq!(code.trim(), "window.QRLogin.code = 200;");

    for (part, left) in [("retcode", "selector:\"2\""), ("selector", "retcode:\"0\"")] {
        let part = format!("synccheck.{part}");
        let mut world = without(&[&part]);
        let session = world.log_in();
        // One that is held is answered without it as well.
        let held = world.start(session.check());
        world.push(&Push::text("hello"));
        let check = world.answered(held);
        assert_eq!(check, format!("window.synccheck={{{left}}}"));
        let omitted = world.control("state", json!({}))["omitted"].clone();
        assert_eq!(omitted, json!({ part: 1 }));
    }
}

#[test]
fn a_value_may_hold_semicolons() {
    let mut world = without(&["login.userAvatar"]);
    let uuid = world.ask_for_code();
    world.control("login", json!({"action": "scan"}));
    let scanned = world.text(get(&login_poll(&uuid, 0)));
    assert_eq!(scanned.trim(), "window.code=201;");
}

#[test]
fn of_the_login_page_elements_and_cookies_are_left_out() {
    let parts = [
        "webwxnewloginpage.pass_ticket",
        "webwxnewloginpage.Set-Cookie.wxuin",
    ];
    let mut world = without(&parts);
    let uuid = world.ask_for_code();
    let uri = world.await_confirmation(&uuid);
    let page = world.fetch(get(&format!("{uri}&fun=new&version=v2")));
    let xml = text(&page);
    assert!(xml.starts_with("<error><ret>0</ret>"), "{xml}");
    assert!(
        xml.contains("<wxuin>") && !xml.contains("pass_ticket"),
        "{xml}"
    );
    let names: Vec<&str> = (page.headers().get_all("set-cookie").iter())
        .map(|line| line.to_str().unwrap().split('=').next().unwrap())
        .collect();
    assert!(
        names.contains(&"wxsid") && !names.contains(&"wxuin"),
        "{names:?}"
    );
}

#[test]
fn of_json_a_member_is_left_out_wherever_the_path_leads() {
    let mut world = without(&["webwxinit.User.NickName", "webwxsync.AddMsgList.MsgType"]);
    let mut session = world.log_in();
    let init = session.init(&mut world);
    assert_eq!(init["User"].get("NickName"), None);
    assert_eq!(init["User"]["UserName"], session.user_name);
    assert!(init["ContactList"][0].get("NickName").is_some());
    world.push(&Push::text("one"));
    world.push(&Push::text("two"));
    let page = session.sync(&mut world);
    assert_eq!(page["AddMsgCount"], 2);
    for (item, content) in page["AddMsgList"]
        .as_array()
        .unwrap()
        .iter()
        .zip(["one", "two"])
    {
        assert_eq!(item.get("MsgType"), None);
        assert_eq!(item["Content"], content);
    }
}

#[test]
fn what_is_not_there_is_not_counted_as_left_out() {
    let mut world = without(&["webwxinit.NoSuchMember", "webwxgetcontact.Seq"]);
    let session = world.log_in();
    let contacts = world.json(session.get("webwxgetcontact?seq=0"));
    assert_eq!(contacts.get("Seq"), None);
    let omitted = world.control("state", json!({}))["omitted"].clone();
    assert_eq!(omitted, json!({"webwxgetcontact.Seq": 1}));
}

#[test]
fn a_name_that_means_nothing_is_refused() {
    for name in [
        "webwxinit",
        "webwxinit.",
        "SyncKey",
        "webwxinnit.SyncKey",
        "",
    ] {
        let config: Result<Config, _> = serde_json::from_value::<Config>(json!({"omit": [name]}));
        let error = config.unwrap_err().to_string();
        assert!(error.contains(&format!("`{name}`")), "{error}");
    }
    let config: Config = serde_json::from_value(Value::Object(Default::default())).unwrap();
    assert!(config.omit.is_empty());
}
