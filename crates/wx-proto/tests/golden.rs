//! The events' lines of the command line's contract, as the serde types write
//! them.

use serde_json::{Value, json};
use wx_proto::EventKind;

use crate::support::*;

fn line(text: &str) -> Value {
    let event: EventKind = serde_json::from_str(text).unwrap();
    let written = serde_json::to_string(&event).unwrap();
    // Reading and writing changes nothing, and the name comes first.
    assert_eq!(written, text);
    assert!(written.starts_with("{\"event\":\""), "{written}");
    serde_json::from_str(&written).unwrap()
}

#[test]
fn every_line_of_the_contract_is_written_as_it_stands_there() {
    for text in [
        r#"{"event":"qr","uuid":"a==","url":"https://login.weixin.qq.com/l/a=="}"#,
        r#"{"event":"scanned","avatar":"a.jpg"}"#,
        r#"{"event":"scanned"}"#,
        r#"{"event":"confirmed"}"#,
        r#"{"event":"qr_expired"}"#,
        r#"{"event":"cancelled"}"#,
        r#"{"event":"push_login","uuid":"a=="}"#,
        r#"{"event":"online","account":{"user_name":"@1","nick_name":"Me","uin":"2799942121"},"host":"wx2.qq.com","how":"saved"}"#,
        r#"{"event":"contact","change":"added","contact":{"id":"@1","kind":"friend","nick_name":"Ann","remark":"Sis"}}"#,
        r#"{"event":"members","group":"@@1","joined":[{"id":"@1","name":"Ann"}],"left":[{"id":"@2"}]}"#,
        r#"{"event":"offline","reason":"no route","retry_in_ms":2000}"#,
        r#"{"event":"back_online","after_ms":7300}"#,
        r#"{"event":"throttled","for_ms":5000}"#,
        r#"{"event":"warning","kind":"disk","message":"full"}"#,
        r#"{"event":"warning","kind":"stuck","message":"bad page"}"#,
        r#"{"event":"warning","kind":"parked","message":"gave up"}"#,
        r#"{"event":"logged_out","cause":"logged_out_on_phone","ret":1100,"message":"bye"}"#,
        r#"{"event":"logged_out","cause":"other_login","ret":1101,"message":"bye"}"#,
        r#"{"event":"logged_out","cause":"cookie","ret":1102,"message":"bye"}"#,
        r#"{"event":"logged_out","cause":"refused","ret":1203,"message":"bye"}"#,
        r#"{"event":"logged_out","cause":"self","ret":0,"message":"logged out"}"#,
        r#"{"event":"message","msg_id":"320984672637990367","time":1520927383,"from_me":false,"key":"default/m/320984672637990367","chat":{"id":"@@1","kind":"group","name":"Team"},"sender":{"id":"@1","name":"Ann"},"kind":"text","text":"hi","mentions_me":true}"#,
    ] {
        assert!(line(text).is_object());
    }
}

#[test]
fn how_and_change_have_the_contracts_words() {
    for how in ["saved", "push", "qr"] {
        let text = format!(
            r#"{{"event":"online","account":{{"user_name":"@1","nick_name":"Me","uin":"1"}},"host":"h","how":"{how}"}}"#
        );
        assert_eq!(line(&text)["how"], how);
    }
    for change in ["added", "updated", "removed"] {
        let text = format!(
            r#"{{"event":"contact","change":"{change}","contact":{{"id":"@1","kind":"special","nick_name":""}}}}"#
        );
        assert_eq!(line(&text)["change"], change);
    }
}

#[test]
fn a_session_writes_the_lines_of_a_login() {
    let mut s = Scenario::login(quiet());
    s.answer("jslogin", &jslogin("a=="));
    s.answer_after(2, "login", &scanned());
    s.answer_after(2, "login", &confirmed(REDIRECT));
    s.answer("webwxnewloginpage", KEYS);
    s.answer("webwxinit", &init(""));
    let lines: Vec<Value> = s
        .events()
        .iter()
        .map(|event| serde_json::to_value(event).unwrap())
        .collect();
    assert_eq!(
        lines,
        [
            json!({"event": "qr", "uuid": "a==", "url": "https://login.weixin.qq.com/l/a=="}),
            json!({"event": "scanned"}),
            json!({"event": "confirmed"}),
            json!({
                "event": "online",
                "account": {"user_name": OWN, "nick_name": "Me", "uin": "2799942121"},
                "host": "wx2.qq.com", "how": "qr",
            }),
        ]
    );
}

#[test]
fn commands_and_their_ends_are_data() {
    use wx_proto::{Command, CommandError, Done, Rejected};
    let command = r#"{"command":"send_text","to":"filehelper","text":"hi","key":"k1"}"#;
    let read: Command = serde_json::from_str(command).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), command);
    let done = r#"{"done":"sent","msg_id":"1","client_msg_id":"2","to":"filehelper"}"#;
    let read: Done = serde_json::from_str(done).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), done);
    let error = r#"{"failed":"throttled","message":"","retry_after_ms":5000}"#;
    let read: CommandError = serde_json::from_str(error).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), error);
    assert_eq!(
        read.to_string(),
        "the server refused: too often: wait before the next (code 1205)"
    );
    let rejected = r#"{"rejected":"key_reused","key":"k1"}"#;
    let read: Rejected = serde_json::from_str(rejected).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), rejected);
}
