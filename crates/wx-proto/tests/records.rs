//! What is stored: records fold to the state, survive their storage, and are
//! read by later versions.

use serde_json::Value;
use wx_proto::saved::JarSnapshot;
use wx_proto::{Command, Record, Saved, SendText};

use crate::support::*;

/// A session's life with every kind of record in it.
fn life() -> Scenario {
    let mut s = Scenario::online(quiet());
    s.answer("synccheck", &synccheck(0, 2));
    let body = page(8)
        .texts(&["901", "902"])
        .skey("@crypt_new")
        .check(80)
        .json();
    let cookie = "webwx_data_ticket=gSnew==; Domain=.qq.com; Path=/";
    s.answer_as(
        "webwxsync",
        http::StatusCode::OK,
        &[cookie],
        body.as_bytes(),
    );
    s.handle_messages();
    for (n, answer) in [sent("5001"), send_refused(1204), String::new()]
        .iter()
        .enumerate()
    {
        let send = SendText::new(ANN, format!("text {n}")).with_key(format!("k{n}"));
        s.command(Command::SendText(send));
        s.answer("webwxsendmsg", answer);
    }
    s.advance(std::time::Duration::from_secs(5));
    s.answer("synccheck", &synccheck(1101, 0));
    s
}

#[test]
fn the_records_fold_to_the_sessions_own_state() {
    let s = life();
    let kinds: std::collections::BTreeSet<String> = s
        .records
        .iter()
        .map(|r| {
            serde_json::to_value(r).unwrap()["change"]["change"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    let all = [
        "data_ticket",
        "ended",
        "handled",
        "identified",
        "online",
        "position",
        "send_accepted",
        "send_ended",
        "skey",
    ];
    assert_eq!(kinds, all.map(str::to_owned).into());
    let mut folded = Saved::new();
    for record in &s.records {
        folded.apply(record.clone());
    }
    assert_eq!(folded, s.session.snapshot(None));
    assert_eq!(folded, s.stored, "through JSON too");
}

#[test]
fn a_snapshot_survives_storage_with_its_jar() {
    let s = life();
    let saved = s.session.snapshot(Some(JarSnapshot::new("wxsid=1")));
    let json = serde_json::to_string(&saved).unwrap();
    let read: Saved = serde_json::from_str(&json).unwrap();
    assert_eq!(read, saved);
    assert_eq!(read.jar.unwrap().expose(), "wxsid=1");
}

#[test]
fn the_jar_of_a_record_is_kept() {
    let mut record = life().records.remove(0);
    record.jar = Some(JarSnapshot::new("wxsid=1"));
    let json = serde_json::to_string(&record).unwrap();
    let mut saved = Saved::new();
    saved.apply(serde_json::from_str(&json).unwrap());
    assert_eq!(saved.jar.unwrap().expose(), "wxsid=1");
}

/// Puts a member that this version does not know into every object.
fn with_strangers(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(with_strangers);
            members.insert("added_later".to_owned(), Value::from(17));
        }
        Value::Array(items) => items.iter_mut().for_each(with_strangers),
        _ => {}
    }
}

#[test]
fn members_of_a_later_version_are_tolerated() {
    let s = life();
    let mut folded = Saved::new();
    for record in &s.records {
        let mut json = serde_json::to_value(record).unwrap();
        with_strangers(&mut json);
        let read: Record = serde_json::from_value(json).unwrap();
        assert_eq!(read.change, record.change);
        folded.apply(read);
    }
    let mut json = serde_json::to_value(&folded).unwrap();
    let outbox = json["outbox"].take();
    with_strangers(&mut json);
    json["outbox"] = outbox;
    let read: Saved = serde_json::from_value(json).unwrap();
    assert_eq!(read, folded);
}

#[test]
fn what_the_first_version_stored_is_read() {
    // Written by hand in the first version's form: it may never change.
    let saved: Saved = serde_json::from_str("{}").unwrap();
    assert_eq!(saved, Saved::new());
    let records = [
        r#"{"change":{"change":"online","credentials":{"hosts":"wx2.qq.com","uin":2799942121,"sid":"s","skey":"k","pass_ticket":"p","device_id":"e123456789012345"},"data_ticket":"d","account":{"user_name":"@1","nick_name":"Me","uin":"2799942121"},"how":"qr","position":{"sync_key":{"Count":1,"List":[{"Key":1,"Val":2}]}},"at":1520927383},"jar":"[]"}"#,
        r#"{"change":{"change":"skey","skey":"k2"}}"#,
        r#"{"change":{"change":"data_ticket","data_ticket":"d2"}}"#,
        r#"{"change":{"change":"handled","msg_id":"901"}}"#,
        r#"{"change":{"change":"position","sync_key":{"Count":1,"List":[{"Key":1,"Val":3}]},"sync_check_key":{"Count":1,"List":[{"Key":1,"Val":4}]}}}"#,
        r#"{"change":{"change":"send_accepted","client_msg_id":"15209273830000123","to":"filehelper","digest":17,"key":"k1","accepted_ms":1520927383000,"fate":{"fate":"pending"}}}"#,
        r#"{"change":{"change":"send_ended","client_msg_id":"15209273830000123","fate":{"fate":"sent","msg_id":"5001"}}}"#,
    ];
    let mut saved = Saved::new();
    for text in records {
        let record: Record = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&record).unwrap(), text);
        saved.apply(record);
    }
    assert!(saved.is_live());
    assert_eq!(saved.credentials.as_ref().unwrap().skey.expose(), "k2");
    assert_eq!(saved.data_ticket.expose(), "d2");
    assert_eq!(saved.position.sync_key.to_string(), "1_3");
    assert_eq!(
        saved.position.sync_check_key.as_ref().unwrap().to_string(),
        "1_4"
    );
    assert_eq!(saved.jar.as_ref().unwrap().expose(), "[]");

    let mut next = Scenario::resume(quiet(), saved);
    next.answer("webwxinit", &init(""));
    next.answer("webwxgetcontact", &contact_page(0, &[]));
    next.answer(
        "webwxsync",
        &page(8)
            .texts(&["901", "902"])
            .msgs(&[msg("5001", OWN, ANN, "x")])
            .json(),
    );
    assert_eq!(
        next.handle_messages(),
        ["902"],
        "handled and sent ones are known"
    );
}

#[test]
fn old_sends_are_forgotten_keyed_ones_last() {
    let mut s = Scenario::online(quiet());
    let send = |key: Option<&str>, text: &str| {
        let send = SendText::new("filehelper", text);
        Command::SendText(match key {
            Some(key) => send.with_key(key),
            None => send,
        })
    };
    let kept = |s: &Scenario| {
        let json = serde_json::to_value(&s.stored).unwrap();
        json["outbox"].as_object().unwrap().len()
    };
    for (n, key) in [Some("k1"), None].into_iter().enumerate() {
        s.command(send(key, "hi"));
        s.answer("webwxsendmsg", &sent(&format!("{}", 5001 + n)));
    }
    assert_eq!(kept(&s), 2);
    s.now.unix_ms += 24 * 60 * 60 * 1000;
    s.command(send(None, "a day later"));
    s.answer("webwxsendmsg", &sent("5003"));
    assert_eq!(kept(&s), 2, "the one with a key, at least a day");
    let again = s.command(send(Some("k1"), "hi"));
    assert!(s.end_of(again).unwrap().is_ok());
    assert!(!s.has("webwxsendmsg"));
    s.now.unix_ms += 2 * 24 * 60 * 60 * 1000;
    s.command(send(None, "later still"));
    s.answer("webwxsendmsg", &sent("5004"));
    assert_eq!(kept(&s), 1);
}

#[test]
fn a_clock_that_was_set_back_makes_no_number_come_twice() {
    let mut s = Scenario::online(quiet());
    s.send("filehelper", "hi");
    s.answer("webwxsendmsg", &sent("5001"));
    let mut next = s.after_kill(quiet());
    next.now.unix_ms -= 3_600_000;
    next.send("filehelper", "ho");
    let json = serde_json::to_value(&next.stored).unwrap();
    assert_eq!(json["outbox"].as_object().unwrap().len(), 2);
}

#[test]
fn a_login_that_is_folded_in_twice_begins_one_stretch() {
    let s = Scenario::online(quiet());
    let online = |record: &&Record| {
        let json = serde_json::to_value(&record.change).unwrap();
        json["change"] == "online"
    };
    let record = s.records.iter().find(online).unwrap().clone();
    let mut saved = s.stored.clone();
    saved.apply(record);
    assert_eq!(saved.stretches.len(), 1);
    assert_eq!(saved.stretches, s.stored.stretches);
}
