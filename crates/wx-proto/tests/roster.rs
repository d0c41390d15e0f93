//! The roster: what updates change, joins and leaves, names, kinds.

use std::time::Duration;

use wx_proto::roster::{ContactKind, Unresolved};
use wx_proto::{Command, EventKind};

use crate::support::*;

/// Online with the group Team: oneself and Ann.
fn with_team() -> Scenario {
    let mut s = Scenario::online(quiet());
    fetch(&mut s, &group(ROOM, "Team", &[(OWN, "Me"), (ANN, "Ann")]));
    s.events();
    s
}

/// Fetches the details of one contact.
fn fetch(s: &mut Scenario, details: &str) {
    s.command(Command::FetchContacts {
        names: vec![ROOM.into()],
    });
    s.advance(Duration::from_millis(200));
    s.answer("webwxbatchgetcontact", &batch(&[details.to_owned()]));
}

/// A page in which a contact has changed.
fn change(s: &mut Scenario, val: i64, contact: String) {
    s.brings(&page(val).mods(&[contact]));
}

#[test]
fn joins_and_leaves_are_told_by_name() {
    let mut s = with_team();
    change(&mut s, 8, group(ROOM, "Team", &[(OWN, ""), (BOB, "Bob")]));
    let events = s.events();
    let moved = events.iter().find_map(|event| match event {
        EventKind::Members {
            group,
            joined,
            left,
            ..
        } => Some((group, joined, left)),
        _ => None,
    });
    let (group, joined, left) = moved.unwrap_or_else(|| panic!("{events:?}"));
    assert_eq!(group.as_str(), ROOM);
    assert_eq!((joined.len(), left.len()), (1, 1));
    assert_eq!(joined[0].name.as_deref(), Some("Bob"));
    assert_eq!(
        (left[0].id.as_str(), left[0].name.as_deref()),
        (ANN, Some("Ann"))
    );
    let own = s.session.roster().members(&ROOM.into())[0].clone();
    assert_eq!(own.nick_name, "Me", "a name that was left out is kept");
    s.advance(Duration::from_millis(200));
    assert!(s.has("webwxbatchgetcontact"), "details are asked for again");
}

#[test]
fn a_display_name_without_a_nick_name_is_taken_over() {
    let mut s = with_team();
    let list = format!(
        ",\n\"MemberList\": [{{\n\"UserName\": \"{OWN}\"\n}}\n,{{\n\"UserName\": \"{ANN}\",\n\
         \"NickName\": \"\",\n\"DisplayName\": \"Annie\"\n}}\n]"
    );
    change(&mut s, 8, contact(ROOM, "Team", &list));
    let roster = s.session.roster();
    let ann = &roster.members(&ROOM.into())[1];
    assert_eq!(
        (ann.nick_name.as_str(), ann.display_name.as_str()),
        ("Ann", "Annie")
    );
    assert_eq!(
        roster.member_name(&ROOM.into(), &ANN.into()).as_deref(),
        Some("Annie")
    );
}

#[test]
fn names_of_members_change_the_rosters_version() {
    let mut s = Scenario::online(quiet());
    fetch(&mut s, &group(ROOM, "Team", &[(OWN, ""), (ANN, "")]));
    let before = s.session.roster_version();
    fetch(&mut s, &group(ROOM, "Team", &[(OWN, "Me"), (ANN, "Ann")]));
    assert!(s.session.roster_version() > before);
}

#[test]
fn what_changes_nothing_does_not_change_the_version() {
    let mut s = with_team();
    let before = s.session.roster_version();
    fetch(&mut s, &group(ROOM, "Team", &[(OWN, "Me"), (ANN, "Ann")]));
    assert_eq!(s.session.roster_version(), before);
    assert!(s.events().is_empty());
}

#[test]
fn a_cleared_remark_is_cleared_and_a_missing_one_is_kept() {
    let mut s = Scenario::online(quiet());
    let remark = |text: &str| contact(ANN, "Ann", &format!(",\n\"RemarkName\": \"{text}\""));
    change(&mut s, 8, remark("Sis"));
    assert_eq!(s.session.roster().name(&ANN.into()).as_deref(), Some("Sis"));
    change(&mut s, 9, friend(ANN, "Ann"));
    assert_eq!(s.session.roster().name(&ANN.into()).as_deref(), Some("Sis"));
    change(&mut s, 10, remark(""));
    assert_eq!(s.session.roster().name(&ANN.into()).as_deref(), Some("Ann"));
}

#[test]
fn an_empty_nick_name_or_list_of_members_clears_nothing() {
    let mut s = with_team();
    change(&mut s, 8, contact(ROOM, "", ",\n\"MemberList\": []"));
    let roster = s.session.roster();
    assert_eq!(roster.name(&ROOM.into()).as_deref(), Some("Team"));
    assert_eq!(roster.members(&ROOM.into()).len(), 2);
}

#[test]
fn a_group_that_one_is_not_in_is_none() {
    let mut s = Scenario::online(quiet());
    fetch(
        &mut s,
        &group(ROOM, "Shadow", &[(ANN, "Ann"), (BOB, "Bob")]),
    );
    assert!(s.session.roster().contact(&ROOM.into()).is_none());
    assert!(s.events().is_empty());
}

#[test]
fn leaving_a_group_removes_it() {
    let mut s = with_team();
    change(&mut s, 8, group(ROOM, "Team", &[(ANN, "Ann")]));
    assert!(s.session.roster().contact(&ROOM.into()).is_none());
    let events = s.events();
    assert_eq!(names(&events), ["contact", "members"]);
    let EventKind::Contact {
        change, contact, ..
    } = &events[0]
    else {
        panic!("{events:?}");
    };
    assert_eq!(serde_json::to_value(change).unwrap(), "removed");
    assert_eq!(contact.nick_name, "Team");
}

#[test]
fn kinds_follow_the_flags() {
    let mut s = Scenario::online(quiet());
    let list = [
        contact("@1", "p", ",\n\"ContactFlag\": 3,\n\"VerifyFlag\": 0"),
        contact("@2", "o", ",\n\"ContactFlag\": 3,\n\"VerifyFlag\": 24"),
        contact("@3", "s", ",\n\"ContactFlag\": 0,\n\"VerifyFlag\": 0"),
        contact("weixin", "w", ",\n\"ContactFlag\": 1,\n\"VerifyFlag\": 56"),
    ];
    s.brings(&page(8).mods(&list));
    change(&mut s, 9, contact("@2", "o2", ",\n\"ContactFlag\": 3"));
    let roster = s.session.roster();
    let kinds: Vec<_> = ["@1", "@2", "@3", "weixin", ROOM, OWN]
        .iter()
        .map(|id| roster.kind(&(*id).into()))
        .collect();
    use ContactKind::{Friend, Group, Official, Own, Special, Unknown};
    assert_eq!(kinds, [Friend, Official, Unknown, Special, Group, Own]);
}

#[test]
fn pinned_and_muted_are_bits() {
    let mut s = Scenario::online(quiet());
    // 2051 = 0x803: contact, chat, pinned; 0x200: notify off.
    change(&mut s, 8, contact(ANN, "Ann", ",\n\"ContactFlag\": 2051"));
    let ann = s.session.roster().contact(&ANN.into()).unwrap();
    assert!(ann.pinned && !ann.muted);
    change(&mut s, 9, contact(ANN, "Ann", ",\n\"ContactFlag\": 515"));
    let ann = s.session.roster().contact(&ANN.into()).unwrap();
    assert!(!ann.pinned && ann.muted);
    // A group is muted when Statues is 0.
    let statues = |n| contact(ROOM, "Team", &format!(",\n\"Statues\": {n}"));
    change(&mut s, 10, statues(0));
    assert!(s.session.roster().contact(&ROOM.into()).unwrap().muted);
    change(&mut s, 11, statues(1));
    assert!(!s.session.roster().contact(&ROOM.into()).unwrap().muted);
}

#[test]
fn names_are_resolved_by_remark_then_group_then_nick_then_alias() {
    let mut s = Scenario::online(quiet());
    let list = [
        contact(
            "@1",
            "Kim",
            ",\n\"RemarkName\": \"Boss\",\n\"ContactFlag\": 3",
        ),
        contact("@2", "Boss", ",\n\"ContactFlag\": 3"),
        contact(ROOM, "Club", ",\n\"Statues\": 1"),
        contact("@3", "Club", ",\n\"ContactFlag\": 3"),
        contact("@4", "Twin", ",\n\"ContactFlag\": 3"),
        contact("@5", "Twin", ",\n\"Alias\": \"five\",\n\"ContactFlag\": 3"),
    ];
    s.brings(&page(8).mods(&list));
    let roster = s.session.roster();
    for (name, id) in [
        ("Boss", "@1"),
        ("Club", ROOM),
        ("Kim", "@1"),
        ("five", "@5"),
        ("me", OWN),
        ("filehelper", "filehelper"),
        ("@whoever", "@whoever"),
    ] {
        assert_eq!(roster.resolve(name).unwrap().as_str(), id, "{name}");
    }
    let twins = roster.resolve("Twin").unwrap_err();
    let told = twins.to_string();
    let Unresolved::Several { candidates, .. } = twins else {
        panic!("{told}");
    };
    assert_eq!(candidates.len(), 2);
    assert!(told.contains("@4") && told.contains("@5"), "{told}");
    for name in ["Nobody", ""] {
        let nobody = roster.resolve(name).unwrap_err();
        assert!(matches!(nobody, Unresolved::Nobody { .. }), "{nobody}");
    }
}

#[test]
fn contacts_are_found_by_a_part_of_any_name_and_by_kind() {
    let mut s = Scenario::online(quiet());
    let list = [
        contact(
            "@1",
            "Kim",
            ",\n\"RemarkName\": \"The Boss\",\n\"ContactFlag\": 3",
        ),
        contact("@2", "Bossa Nova", ",\n\"VerifyFlag\": 24"),
        contact("@3", "Lee", ",\n\"Alias\": \"noboss\",\n\"ContactFlag\": 3"),
        contact("@4", "老王", ",\n\"ContactFlag\": 3"),
    ];
    s.brings(&page(8).mods(&list));
    let roster = s.session.roster();
    let ids = |found: Vec<wx_proto::roster::Contact>| -> Vec<String> {
        found.iter().map(|contact| contact.id.to_string()).collect()
    };
    assert_eq!(ids(roster.find("BOSS").collect()), ["@1", "@2", "@3"]);
    assert_eq!(ids(roster.find("王").collect()), ["@4"]);
    assert_eq!(ids(roster.find("nobody at all").collect()), [""; 0]);
    assert_eq!(ids(roster.of_kind(ContactKind::Official).collect()), ["@2"]);
}

#[test]
fn names_are_decoded_once() {
    let mut s = Scenario::online(quiet());
    let nick = "A &amp; B <span class=\\\"emoji emoji1f31b\\\"></span>";
    change(&mut s, 8, friend(BOB, nick));
    let bob = s.session.roster().contact(&BOB.into()).unwrap();
    assert_eq!(bob.nick_name, "A & B \u{1f31b}");
}

#[test]
fn a_roster_survives_storage() {
    let s = with_team();
    let json = serde_json::to_string(s.session.roster()).unwrap();
    let read: wx_proto::Roster = serde_json::from_str(&json).unwrap();
    assert_eq!(read, *s.session.roster());
    let later = json.replacen('{', "{\"added_later\":1,", 1);
    let read: wx_proto::Roster = serde_json::from_str(&later).unwrap();
    assert_eq!(read, *s.session.roster());
}

/// Online, with an address book of these.
fn knowing(contacts: &[String]) -> Scenario {
    let mut s = Scenario::online(quiet());
    s.brings(&page(8).mods(contacts));
    s
}

fn living(id: &str, nick: &str, sex: i64, province: &str, city: &str) -> String {
    let members = format!(
        ",\n\"ContactFlag\": 3,\n\"VerifyFlag\": 0,\n\"Sex\": {sex},\n\
         \"Province\": \"{province}\",\n\"City\": \"{city}\""
    );
    contact(id, nick, &members)
}

#[test]
fn contacts_are_counted_by_kind_sex_and_place() {
    let s = knowing(&[
        living("@1", "One", 1, "四川", "成都"),
        living("@2", "Two", 2, "四川", ""),
        living("@3", "Three", 0, "", ""),
        contact("@4", "Shop", ",\n\"ContactFlag\": 3,\n\"VerifyFlag\": 8"),
    ]);
    let counts = serde_json::to_value(s.session.roster().statistics()).unwrap();
    assert_eq!(
        counts,
        // Ann, who is there from the start, tells nothing of herself.
        serde_json::json!({
            "kinds": {"friend": 4, "official": 1, "self": 1}, "male": 1, "female": 1,
            "provinces": {"四川": 2}, "cities": {"成都": 1},
        })
    );
}

#[test]
fn friends_of_two_accounts_are_found_by_what_they_say_of_themselves() {
    let ours = knowing(&[
        living("@1", "One", 1, "四川", "成都"),
        living("@2", "Twin", 2, "北京", ""),
        living("@3", "Twin", 2, "北京", ""),
    ]);
    let theirs = knowing(&[
        living("@91", "One", 1, "四川", "成都"),
        living("@92", "One", 2, "四川", "成都"),
        living("@93", "Twin", 2, "北京", ""),
    ]);
    let (ours, theirs) = (ours.session.roster(), theirs.session.roster());
    let found = ours.mutual_friends(theirs);
    let found = found
        .iter()
        .map(|(our, their)| (our.id.as_str(), their.id.as_str()));
    assert!(found.eq([(ANN, ANN), ("@1", "@91")]));
}
