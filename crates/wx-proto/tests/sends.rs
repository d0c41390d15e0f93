//! Messages that are neither texts nor files: nothing is uploaded for them.

use wx_proto::wx_wire::code::MsgType;
use wx_proto::{Command, Content, SendContent};

use crate::support::*;

#[test]
fn an_md5_emoticon_and_a_card_need_no_upload() {
    let mut s = Scenario::online(quiet());
    let md5 = "5d41402abc4b2a76b9719d911017c592".to_owned();
    s.command(Command::SendContent(SendContent::new(
        ANN,
        Content::Emoticon { md5 },
    )));
    let body = s.body("webwxsendemoticon");
    assert!(
        body.contains("\"EMoticonMd5\":\"5d41402abc4b2a76b9719d911017c592\""),
        "{body}"
    );
    assert!(!body.contains("MediaId"), "{body}");
    let card = Content::Card {
        user_name: BOB.into(),
        nick_name: "B \"&\" B".to_owned(),
    };
    s.command(Command::SendContent(SendContent::new("filehelper", card)));
    let body = s.body("webwxsendmsg");
    assert!(body.contains("\"Type\":42"), "{body}");
    assert!(
        body.contains("nickname=\\\"B &quot;&amp;&quot; B\\\""),
        "{body}"
    );
}

#[test]
fn anything_can_be_sent_raw() {
    let mut s = Scenario::online(quiet());
    let content = Content::Raw {
        msg_type: MsgType::CARD,
        content: "<msg username=\"gh_x\"/>".to_owned(),
    };
    s.command(Command::SendContent(SendContent::new(ANN, content)));
    let body: serde_json::Value = serde_json::from_str(&s.body("webwxsendmsg")).unwrap();
    assert_eq!(body["Msg"]["Type"], 42);
    assert_eq!(body["Msg"]["Content"], "<msg username=\"gh_x\"/>");
}
