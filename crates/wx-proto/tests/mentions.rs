//! Mentions in groups, seen and sent.

use serde_json::Value;
use wx_proto::{Command, Rejected, SendText};

use crate::support::*;

/// Online with the group Team, in which oneself is called `me too` and Ann
/// `Ann B @work`.
fn with_team() -> Scenario {
    let mut s = Scenario::online(quiet());
    let member = |id: &str, nick: &str, name: &str| {
        format!(
            "{{\n\"UserName\": \"{id}\",\n\"NickName\": \"{nick}\",\n\"DisplayName\": \"{name}\"\n}}\n"
        )
    };
    let list = [
        member(
            OWN,
            "Me",
            "me<span class=\\\"emoji emoji1f63c\\\"></span> too",
        ),
        member(ANN, "Ann", "Ann B @work"),
        member(BOB, "Bob", ""),
    ];
    let members = format!(",\n\"MemberList\": [{}]", list.join(","));
    s.brings(&page(8).mods(&[contact(ROOM, "Team", &members)]));
    s.events();
    s
}

fn seen(s: &mut Scenario, val: i64, from: &str, to: &str, content: &str) -> Value {
    s.answer("synccheck", &synccheck(0, 2));
    let item = msg(&val.to_string(), from, to, content);
    s.answer("webwxsync", &page(val).msgs(&[item]).json());
    let (_, message) = s.messages().remove(0);
    serde_json::to_value(&message).unwrap()
}

#[test]
fn oneself_is_mentioned_by_the_name_in_the_group_or_the_nick_name() {
    let mut s = with_team();
    let span = "<span class=\\\"emoji emoji1f601\\\"></span>";
    for (val, (text, mentioned)) in (9..).zip([
        (format!("@me{span} too\u{2005}look"), true),
        (format!("look @me{span} too"), true),
        ("@Me\u{2005}look".to_owned(), true),
        ("look @Me".to_owned(), true),
        ("@me too".to_owned(), false),
        ("@Meg look".to_owned(), false),
        ("Me look".to_owned(), false),
        ("@Ann B @work\u{2005}look".to_owned(), false),
    ]) {
        let json = seen(&mut s, val, ROOM, OWN, &format!("{BOB}:<br/>{text}"));
        assert_eq!(json["mentions_me"], mentioned, "{text}");
        assert!(json.get("mentions_all").is_none(), "{text}");
    }
}

#[test]
fn everybody_is_mentioned_in_groups_only() {
    let mut s = with_team();
    let json = seen(
        &mut s,
        9,
        ROOM,
        OWN,
        &format!("{BOB}:<br/>@所有人\u{2005}hi"),
    );
    assert_eq!(
        (&json["mentions_all"], &json["mentions_me"]),
        (&Value::from(true), &Value::from(false))
    );
    let json = seen(&mut s, 10, ANN, OWN, "@all hi @Me");
    assert!(json.get("mentions_all").is_none());
    assert_eq!(json["mentions_me"], false);
}

#[test]
fn a_mention_is_named_in_the_text_and_beside_it() {
    let mut s = with_team();
    let send = SendText::new(ROOM, "look").mention(ANN).mention(BOB);
    s.command(Command::SendText(send));
    let body: Value = serde_json::from_str(&s.body("webwxsendmsg")).unwrap();
    assert_eq!(
        body["Msg"]["Content"],
        "@Ann B @work\u{2005}@Bob\u{2005}look"
    );
    assert_eq!(
        body["Msg"]["MsgSource"],
        format!(
            "<msgsource><atusername>{ANN},{BOB}</atusername>\
             <atchatroomname>{ROOM}</atchatroomname></msgsource>"
        )
    );
}

#[test]
fn a_mention_that_the_text_makes_itself_is_not_made_again() {
    let mut s = with_team();
    let send = SendText::new(ROOM, "hello @Bob, look").mention(BOB);
    s.command(Command::SendText(send));
    let body: Value = serde_json::from_str(&s.body("webwxsendmsg")).unwrap();
    assert_eq!(body["Msg"]["Content"], "@Bob\u{2005}hello @Bob, look");
    s.answer("webwxsendmsg", &sent("1"));
    let send = SendText::new(ROOM, "hello @Bob look").mention(BOB);
    s.command(Command::SendText(send));
    let body: Value = serde_json::from_str(&s.body("webwxsendmsg")).unwrap();
    assert_eq!(body["Msg"]["Content"], "hello @Bob look");
}

#[test]
fn the_echo_of_a_mention_is_known_as_ones_own() {
    let mut s = with_team();
    let command = s.command(Command::SendText(SendText::new(ROOM, "look").mention(BOB)));
    s.answer("synccheck", &synccheck(0, 2));
    let echo = msg("5", OWN, ROOM, "@Bob\u{2005}look");
    s.answer("webwxsync", &page(9).msgs(&[echo]).json());
    s.answer("webwxsendmsg", &sent("5"));
    assert!(s.end_of(command).unwrap().is_ok());
    assert!(s.messages().is_empty());
}

#[test]
fn whom_nobody_knows_in_the_group_cannot_be_mentioned() {
    let mut s = with_team();
    for (to, who) in [(ROOM, "@stranger"), (ANN, ANN)] {
        let send = SendText::new(to, "look").mention(who);
        let rejected = s.session.command(s.now, Command::SendText(send));
        let Err(Rejected::NoMember { id, to: group, .. }) = rejected else {
            panic!("{rejected:?}");
        };
        assert_eq!((id.as_str(), group.as_str()), (who, to));
    }
    assert!(!s.has("webwxsendmsg"));
}

#[test]
fn a_text_without_mentions_names_no_source() {
    let mut s = with_team();
    s.send(ROOM, "<b>\"[微笑]\" / 你\n");
    let body = s.body("webwxsendmsg");
    assert!(!body.contains("MsgSource"));
    assert!(
        body.contains("\"Content\":\"<b>\\\"[微笑]\\\" / 你\\n\""),
        "{body}"
    );
}
