//! Uploads of long files: the keys of webwxcheckupload, and what the service
//! has already.

use serde_json::{Value, json};

use crate::forms::{File, counted, hello};
use crate::support::{Session, World, online, ret, string};

const TOO_LONG: usize = 25 * 1024 * 1024 + 1;
const TOO_LONG_MD5: &str = "a9fba050418c4f85cb6a7cfe86a23414";

fn check_upload(world: &mut World, session: &Session, file: &File) -> Value {
    let body = json!({
        "FileMd5": file.md5, "FileName": file.name, "FileSize": file.bytes.len(), "FileType": 7,
        "FromUserName": session.user_name, "ToUserName": "filehelper",
    });
    let answer = session.ask(world, "webwxcheckupload", body);
    assert_eq!(ret(&answer), 0, "{answer}");
    answer
}

#[test]
fn more_than_25_mib_need_the_keys_of_webwxcheckupload() {
    let (mut world, session) = online();
    let mut file = File::new("long.bin", &counted(TOO_LONG), TOO_LONG_MD5);
    assert_eq!(ret(&file.send_piece(&mut world, &session, 0)), 1);
    let reason = world.sim.uploads()[0].error.clone();
    assert_eq!(
        reason.as_deref(),
        Some("more than 25 MiB without webwxcheckupload")
    );

    let keys = check_upload(&mut world, &session, &file);
    assert_eq!(keys["MediaId"], "");
    assert_eq!(keys["EncryFileName"], "long%2Ebin");
    file.members = json!({"AESKey": keys["AESKey"], "Signature": "wrong"});
    assert_eq!(ret(&file.send_piece(&mut world, &session, 0)), 1);
    file.members = json!({"AESKey": keys["AESKey"], "Signature": keys["Signature"]});
    let media_id = file.upload(&mut world, &session);
    assert_eq!(world.sim.uploads().last().unwrap().pieces, 51);

    let content = format!(
        "<appmsg appid='wxeb7ec651dd0aefa9' sdkver=''><title>long.bin</title><type>6</type>\
         <appattach><totallen>{TOO_LONG}</totallen><attachid>{media_id}</attachid></appattach></appmsg>"
    );
    let mut send = |signature: &Value, scene: u8, id: &str| {
        let msg = json!({
            "Type": 6, "Content": content, "Signature": signature, "LocalID": id,
            "FromUserName": session.user_name, "ToUserName": "filehelper", "ClientMsgId": id,
        });
        let body = json!({"Scene": scene, "Msg": msg});
        let request = session.post("webwxsendappmsg?fun=async&f=json", body);
        ret(&world.json(request))
    };
    assert_eq!(send(&Value::Null, 0, "1"), 1);
    assert_eq!(send(&keys["Signature"], 0, "2"), 0);
    assert_eq!(send(&Value::Null, 2, "3"), 0, "sent on, it has none");
}

#[test]
fn a_file_that_the_service_has_needs_no_upload() {
    let (mut world, session) = online();
    let file = hello();
    assert_eq!(check_upload(&mut world, &session, &file)["MediaId"], "");
    file.upload(&mut world, &session);
    let held = check_upload(&mut world, &session, &file);
    assert!(string(&held["MediaId"]).starts_with("@crypt_"));
    let mut other = file.clone();
    other.bytes.push(b'!');
    let other = check_upload(&mut world, &session, &other);
    assert_eq!(other["MediaId"], "", "the same digest, another length");

    // What others sent is there, too.
    let pushed = world.control("push", json!({"kind": "file", "content": {"size": 700}}));
    let mut same = File::new("mine.bin", &[0; 700], "");
    same.md5 = string(&pushed["md5"]);
    let held = check_upload(&mut world, &session, &same);
    assert!(string(&held["MediaId"]).starts_with("@crypt_"));
}

#[test]
fn a_check_that_says_something_wrong_is_refused() {
    let (mut world, session) = online();
    let file = hello();
    for (member, wrong) in [
        ("FileMd5", json!("0")),
        ("FileSize", json!("x")),
        ("FileType", json!(6)),
        ("FromUserName", json!("filehelper")),
        ("ToUserName", json!("@0")),
    ] {
        let mut body = json!({
            "FileMd5": file.md5, "FileName": file.name, "FileSize": file.bytes.len(),
            "FileType": 7, "FromUserName": session.user_name, "ToUserName": "filehelper",
        });
        body[member] = wrong;
        let answer = session.ask(&mut world, "webwxcheckupload", body);
        assert_eq!(
            (ret(&answer), &answer["AESKey"]),
            (1, &json!("")),
            "{member}"
        );
    }
}
