//! Who is who over logins: real ids, evidence, and what is left open.

use serde_json::{Value, json};
use wx_proto::config::Ladder;
use wx_proto::identity::{StableKey, Standing};
use wx_proto::{Command, Config, Done, EventKind, Rejected, Saved};

use crate::support::*;

const OWN2: &str = "@5e1f0000000000000000000000000002";
const ANN2: &str = "@a1111111111111111111111111111112";
const BOB2: &str = "@b1111111111111111111111111111112";
const ROOM3: &str = "@@c111111111111111111111111111111111111111111111111111111111111113";
const WXID: &str = "wxid_ann0000000001";

fn by_qr() -> Config {
    let mut config = quiet();
    config.ladder = Ladder::qr_only();
    config
}

/// A login as `own`, with this address book.
fn login(saved: Saved, own: &str, contacts: &[String]) -> Scenario {
    let mut s = Scenario::resume(by_qr(), saved);
    s.scan();
    s.answer("webwxinit", &init("").replace(OWN, own));
    s.answer("webwxgetcontact", &contact_page(0, contacts));
    s
}

fn page_with(s: &mut Scenario, val: i64, items: &[String]) {
    if s.has("synccheck") {
        s.answer("synccheck", &synccheck(0, 2));
    }
    s.answer("webwxsync", &page(val).msgs(items).json());
}

/// A status notify that names chats by both of their names.
fn notify(id: &str, code: i64, names: &str, ids: &str) -> String {
    let content = if ids.is_empty() {
        String::new()
    } else {
        format!(
            "&lt;msg&gt;<br/>&lt;op id='{code}'&gt;<br/>&lt;username&gt;{ids}&lt;/username&gt;<br/>&lt;/op&gt;&lt;/msg&gt;"
        )
    };
    let members =
        format!(",\n\"StatusNotifyCode\": {code},\n\"StatusNotifyUserName\": \"{names}\"");
    typed(51, id, OWN, OWN, &content, &members)
}

fn person(id: &str, nick: &str, members: &str) -> String {
    let flags = ",\n\"ContactFlag\": 3,\n\"VerifyFlag\": 0";
    contact(id, nick, &format!("{flags}{members}"))
}

fn key(s: &Scenario, id: &str) -> Option<StableKey> {
    match s.session.identity(&id.into()) {
        Standing::Known { key, .. } => Some(key),
        _ => None,
    }
}

fn candidates(s: &Scenario, id: &str) -> Vec<StableKey> {
    match s.session.identity(&id.into()) {
        Standing::Unknown { candidates, .. } => candidates,
        known => panic!("{known:?}"),
    }
}

fn identity_events(s: &mut Scenario) -> Vec<Value> {
    let events = s.events().into_iter();
    let identities = events.filter(|event| matches!(event, EventKind::Identity { .. }));
    identities
        .map(|event| serde_json::to_value(event).unwrap())
        .collect()
}

#[test]
fn a_real_id_is_the_key_at_every_login() {
    let mut s = login(Saved::new(), OWN, &[person(ANN, "Ann", "")]);
    let names = format!("{ANN},filehelper,{ROOM},newaccount");
    let ids = format!("{WXID},filehelper,7000000001@chatroom,newaccount");
    page_with(
        &mut s,
        8,
        &[notify("1", 4, &names, &ids), msg("2", ANN, OWN, "hi")],
    );
    let (_, message) = s.messages().remove(0);
    assert_eq!(message.chat.key.as_deref(), Some(WXID));
    assert_eq!(message.sender.key.as_deref(), Some(WXID));
    assert_eq!(key(&s, ROOM).as_deref(), Some("7000000001@chatroom"));

    // At the next login all she is known by has changed but the real id.
    let mut s = login(s.stored.clone(), OWN2, &[person(ANN2, "Antonia", "")]);
    page_with(&mut s, 8, &[notify("3", 2, ANN2, WXID)]);
    assert_eq!(key(&s, ANN2).as_deref(), Some(WXID));
    assert_eq!(key(&s, ANN), None, "names of an older login are nobody's");
}

#[test]
fn a_key_of_ours_becomes_the_real_id_and_says_so() {
    let mut s = login(Saved::new(), OWN, &[person(ANN, "Ann", "")]);
    let ours = key(&s, ANN).expect("a key of ours");
    page_with(&mut s, 7, &[msg("2", ANN, OWN, "hi")]);
    let (_, message) = s.messages().remove(0);
    assert_eq!(message.chat.key.as_deref(), Some(ours.as_str()));
    page_with(&mut s, 8, &[notify("1", 4, ANN, WXID)]);
    assert_eq!(
        identity_events(&mut s),
        [json!({"event": "identity", "id": ANN, "key": WXID, "was": ours, "by": "real_id"})]
    );
    let Standing::Known { key, formerly, .. } = s.session.identity(&ANN.into()) else {
        panic!("nobody knows her");
    };
    assert_eq!((key.as_str(), formerly), (WXID, vec![ours]));
    // The same again is no news.
    page_with(&mut s, 9, &[notify("2", 2, ANN, WXID)]);
    assert!(identity_events(&mut s).is_empty());
}

#[test]
fn keys_that_nobody_has_seen_change_in_silence() {
    let mut s = login(Saved::new(), OWN, &[person(ANN, "Ann", "")]);
    page_with(&mut s, 8, &[notify("1", 4, ANN, WXID)]);
    assert!(identity_events(&mut s).is_empty());
    assert_eq!(key(&s, ANN).as_deref(), Some(WXID));
}

#[test]
fn lists_that_do_not_fit_pair_nobody() {
    let mut s = login(Saved::new(), OWN, &[person(ANN, "Ann", "")]);
    let ours = key(&s, ANN);
    let ann_and_room = format!("{ANN},{ROOM}");
    let items = [
        // Of different length.
        notify("1", 4, &ann_and_room, WXID),
        // A person beside a group.
        notify(
            "2",
            4,
            &ann_and_room,
            &format!("7000000001@chatroom,{WXID}"),
        ),
        // A special account beside a person.
        notify(
            "3",
            4,
            &format!("filehelper,{ANN}"),
            &format!("{WXID},filehelper"),
        ),
        // No content, as since 2017.
        notify("4", 4, ANN, ""),
        // A key of ours is no real id.
        notify("5", 4, ANN, "k-0123456789abcdef"),
    ];
    page_with(&mut s, 8, &items);
    assert_eq!(key(&s, ANN), ours);
    assert_eq!(key(&s, ROOM), None);
    assert!(identity_events(&mut s).is_empty());
}

/// Somebody with the facts of the first login, under a name of the second.
fn again(members: &[(&str, &str)]) -> (Option<StableKey>, Option<StableKey>, Vec<StableKey>) {
    let facts = ",\n\"Alias\": \"ann1\",\n\"RemarkName\": \"Sis\",\n\"Sex\": 2,\n\
                 \"Province\": \"P\",\n\"City\": \"C\",\n\"HeadImgUrl\": \"/cgi/icon?seq=7001&username=@x\"";
    let first = login(
        Saved::new(),
        OWN,
        &[person(ANN, "Ann", facts), person(BOB, "Bob", "")],
    );
    let before = key(&first, ANN);
    let mut nick = "Ann";
    let mut later = String::new();
    for (name, value) in members {
        if *name == "NickName" {
            nick = value;
        } else if value.parse::<i64>().is_ok() {
            later.push_str(&format!(",\n\"{name}\": {value}"));
        } else {
            later.push_str(&format!(",\n\"{name}\": \"{value}\""));
        }
    }
    let second = login(first.stored.clone(), OWN2, &[person(ANN2, nick, &later)]);
    let after = key(&second, ANN2);
    let open = if after.is_none() {
        candidates(&second, ANN2)
    } else {
        Vec::new()
    };
    (before, after, open)
}

#[test]
fn enough_evidence_finds_the_key_again() {
    let avatar = "/cgi/icon?seq=7001&username=@y";
    for facts in [
        vec![("Alias", "ann1")],
        vec![("Alias", "ann1"), ("NickName", "Antonia")],
        vec![("RemarkName", "Sis")],
        vec![("HeadImgUrl", avatar)],
        vec![
            ("RemarkName", "Sis"),
            ("HeadImgUrl", avatar),
            ("NickName", "Antonia"),
        ],
    ] {
        let (before, after, _) = again(&facts);
        assert!(before.is_some());
        assert_eq!(after, before, "{facts:?}");
    }
}

#[test]
fn little_evidence_leaves_it_open() {
    let place = [("Sex", "2"), ("Province", "P"), ("City", "C")];
    for facts in [
        vec![],
        place.to_vec(),
        vec![
            ("HeadImgUrl", "/cgi/icon?seq=7001"),
            ("NickName", "Antonia"),
        ],
    ] {
        let (before, after, open) = again(&facts);
        assert_eq!(after, None, "{facts:?}");
        assert_eq!(open, [before.unwrap()], "{facts:?}");
    }
}

#[test]
fn somebody_else_gets_a_key_of_their_own() {
    let facts = [
        ("NickName", "Cy"),
        ("Alias", "cy1"),
        ("HeadImgUrl", "/cgi/icon?seq=0"),
    ];
    let (before, after, _) = again(&facts);
    assert!(after.is_some());
    assert_ne!(after, before);
}

#[test]
fn having_no_picture_is_nothing_in_common() {
    let none = ",\n\"HeadImgUrl\": \"/cgi/icon?seq=0\"";
    let first = login(Saved::new(), OWN, &[person(ANN, "Ann", none)]);
    let second = login(first.stored.clone(), OWN2, &[person(ANN2, "Cy", none)]);
    assert!(key(&second, ANN2).is_some());
    assert_ne!(key(&second, ANN2), key(&first, ANN));
}

#[test]
fn two_who_fit_alike_are_both_left_open() {
    let avatar = ",\n\"HeadImgUrl\": \"/cgi/icon?seq=7001\"";
    let first = login(Saved::new(), OWN, &[person(ANN, "Twin", avatar)]);
    let ann = key(&first, ANN).unwrap();
    let twins = [person(ANN2, "Twin", avatar), person(BOB2, "Twin", avatar)];
    let second = login(first.stored.clone(), OWN2, &twins);
    for id in [ANN2, BOB2] {
        assert_eq!(candidates(&second, id), [ann.as_str()]);
    }
    // And the other way round.
    let twins = [person(ANN, "Twin", avatar), person(BOB, "Twin", avatar)];
    let first = login(Saved::new(), OWN, &twins);
    assert_ne!(key(&first, ANN), key(&first, BOB));
    let second = login(first.stored.clone(), OWN2, &[person(ANN2, "Twin", avatar)]);
    assert_eq!(candidates(&second, ANN2).len(), 2);
}

fn people(ids: [&'static str; 5]) -> Vec<(&'static str, &'static str)> {
    ids.into_iter().zip(["Me", "A", "B", "C", "D"]).collect()
}

/// Fetches a group that the phone names.
fn meet(s: &mut Scenario, details: &str, id: &str) {
    s.command(Command::FetchContacts {
        names: vec![id.into()],
    });
    s.advance(std::time::Duration::from_millis(200));
    s.answer("webwxbatchgetcontact", &batch(&[details.to_owned()]));
}

#[test]
fn a_group_is_known_again_by_its_topic_and_its_members() {
    let mut s = login(Saved::new(), OWN, &[]);
    meet(
        &mut s,
        &group(ROOM, "Team", &people([OWN, "@1", "@2", "@3", "@4"])),
        ROOM,
    );
    let team = key(&s, ROOM).expect("a key of ours");
    let stored = s.stored.clone();

    let mut s = login(stored.clone(), OWN2, &[]);
    page_with(&mut s, 8, &[msg("1", ROOM3, OWN, "@8:<br/>hi")]);
    assert_eq!(s.messages()[0].1.chat.key, None, "nobody knows yet");
    // One of four has another name by now.
    let mut later = people([OWN2, "@5", "@6", "@7", "@8"]);
    later[4].1 = "E";
    meet(&mut s, &group(ROOM3, "Team", &later), ROOM3);
    assert_eq!(key(&s, ROOM3), Some(team.clone()));
    assert_eq!(
        identity_events(&mut s),
        [json!({"event": "identity", "id": ROOM3, "key": team, "by": "evidence"})]
    );

    // The same topic with other members might be it or not.
    let mut s = login(stored, OWN2, &[]);
    meet(
        &mut s,
        &group(ROOM3, "Team", &[(OWN2, "Me"), ("@5", "X")]),
        ROOM3,
    );
    assert_eq!(candidates(&s, ROOM3), [team]);
}

#[test]
fn the_user_may_say_who_somebody_is() {
    let first = login(Saved::new(), OWN, &[person(ANN, "Ann", "")]);
    let ann = key(&first, ANN).unwrap();
    let mut s = login(first.stored.clone(), OWN2, &[person(ANN2, "Antonia", "")]);
    let second = key(&s, ANN2).unwrap();
    s.events();
    let identify = |key: &str| Command::Identify {
        id: ANN2.into(),
        key: key.into(),
    };
    let rejected = s.session.command(s.now, identify("k-nobody"));
    assert!(
        matches!(&rejected, Err(Rejected::NoSuchIdentity { key, .. }) if *key == "k-nobody"),
        "{rejected:?}"
    );
    let command = s.command(identify(&ann));
    assert_eq!(s.end_of(command), Some(&Ok(Done::Identified {})));
    assert_eq!(key(&s, ANN2).as_deref(), Some(ann.as_str()));
    assert_eq!(
        identity_events(&mut s),
        [json!({"event": "identity", "id": ANN2, "key": ann, "was": second, "by": "manual"})]
    );
    // The real id, once told, takes both over.
    page_with(&mut s, 8, &[notify("1", 4, ANN2, WXID)]);
    assert_eq!(key(&s, ANN2).as_deref(), Some(WXID));
}

#[test]
fn two_real_ids_are_two_accounts() {
    let contacts = [person(ANN, "Ann", ""), person(BOB, "Bob", "")];
    let mut s = login(Saved::new(), OWN, &contacts);
    let names = format!("{ANN},{BOB}");
    page_with(
        &mut s,
        8,
        &[notify("1", 4, &names, &format!("{WXID},wxid_bob"))],
    );
    let rejected = s.session.command(
        s.now,
        Command::Identify {
            id: BOB.into(),
            key: WXID.into(),
        },
    );
    assert!(matches!(rejected, Err(Rejected::NoSuchIdentity { .. })));
    assert_eq!(key(&s, BOB).as_deref(), Some("wxid_bob"));
}

#[test]
fn evidence_that_was_wrong_is_corrected_by_the_real_id() {
    let contacts = [person(ANN, "Ann", ",\n\"Alias\": \"a1\"")];
    let mut s = login(Saved::new(), OWN, &contacts);
    page_with(&mut s, 8, &[notify("1", 4, ANN, WXID)]);
    // Somebody took her alias over.
    let contacts = [person(BOB2, "Bob", ",\n\"Alias\": \"a1\"")];
    let mut s = login(s.stored.clone(), OWN2, &contacts);
    assert_eq!(key(&s, BOB2).as_deref(), Some(WXID));
    s.events();
    page_with(&mut s, 8, &[notify("2", 4, BOB2, "wxid_bob")]);
    assert_eq!(key(&s, BOB2).as_deref(), Some("wxid_bob"));
    let events = identity_events(&mut s);
    assert_eq!(events.len(), 1);
    assert!(events[0].get("was").is_none(), "they are not the same one");
}

#[test]
fn a_session_that_goes_on_keeps_its_keys() {
    let mut s = login(Saved::new(), OWN, &[person(ANN, "Ann", "")]);
    page_with(&mut s, 8, &[notify("1", 4, ANN, WXID)]);
    let next = s.after_kill(quiet());
    assert_eq!(key(&next, ANN).as_deref(), Some(WXID));
}
