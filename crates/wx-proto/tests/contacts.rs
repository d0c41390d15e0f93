//! Fetching contacts: pages, batches, refusals, failures.

use std::time::Duration;

use wx_proto::{Command, CommandError, Done, EventKind, State};

use crate::support::*;

fn at_contacts(init_body: &str) -> Scenario {
    let mut s = Scenario::with_keys(quiet());
    s.answer("webwxinit", init_body);
    s.events();
    s
}

fn room(n: usize) -> String {
    format!("@@{n:032}")
}

/// The names that the batch which is out asks for.
fn asked(s: &Scenario) -> Vec<String> {
    let body: serde_json::Value = serde_json::from_str(&s.body("webwxbatchgetcontact")).unwrap();
    let list = body["List"].as_array().unwrap();
    assert_eq!(body["Count"], list.len());
    list.iter()
        .map(|item| item["UserName"].as_str().unwrap().to_owned())
        .collect()
}

fn refused() -> String {
    verdict(-1, ",\n\"Count\": 0,\n\"ContactList\": []")
}

/// Online, with these names wanted by a command.
fn fetching(names: Vec<String>) -> (Scenario, wx_proto::CommandId) {
    let mut s = Scenario::online(quiet());
    let names = names.into_iter().map(Into::into).collect();
    let command = s.command(Command::FetchContacts { names });
    s.advance(Duration::from_millis(200));
    (s, command)
}

fn loaded(events: &[EventKind]) -> Vec<(usize, usize)> {
    events
        .iter()
        .filter_map(|event| match event {
            EventKind::ContactsLoaded {
                contacts, groups, ..
            } => Some((*contacts, *groups)),
            _ => None,
        })
        .collect()
}

#[test]
fn pages_are_followed_by_their_numbers() {
    let mut s = at_contacts(&init(""));
    assert!(s.query("webwxgetcontact").contains("seq=0&"));
    s.answer("webwxgetcontact", &contact_page(11, &[friend(ANN, "Ann")]));
    assert!(s.query("webwxgetcontact").contains("seq=11&"));
    s.answer("webwxgetcontact", &contact_page(0, &[friend(BOB, "Bob")]));
    assert!(!s.has("webwxgetcontact"));
    let roster = s.session.roster();
    assert_eq!(roster.resolve("Bob").unwrap().as_str(), BOB);
    // Oneself is among them.
    assert_eq!(loaded(&s.events()), [(3, 0)]);
}

#[test]
fn numbers_that_come_again_end_the_pages() {
    let mut s = at_contacts(&init(""));
    s.answer("webwxgetcontact", &contact_page(11, &[]));
    s.answer("webwxgetcontact", &contact_page(12, &[]));
    s.answer("webwxgetcontact", &contact_page(11, &[]));
    assert!(!s.has("webwxgetcontact"));
}

#[test]
fn many_small_pages_are_followed_to_the_end() {
    let mut s = at_contacts(&init(""));
    for seq in 1..=40 {
        let id = format!("@{seq:032}");
        let page = contact_page(seq % 40, &[friend(&id, "x")]);
        s.answer("webwxgetcontact", &page);
    }
    assert!(!s.has("webwxgetcontact"));
    assert_eq!(loaded(&s.events()), [(41, 0)]);
}

#[test]
fn pages_that_never_end_are_followed_two_hundred_times() {
    let mut s = at_contacts(&init(""));
    for seq in 1..200 {
        s.answer("webwxgetcontact", &contact_page(seq, &[]));
        assert!(s.has("webwxgetcontact"), "{seq}");
    }
    s.answer("webwxgetcontact", &contact_page(200, &[]));
    assert!(!s.has("webwxgetcontact"));
    assert_eq!(loaded(&s.events()).len(), 1);
}

#[test]
fn groups_of_init_and_of_the_phones_chats_get_their_members() {
    let known = contact(ROOM, "Team", ",\n\"MemberCount\": 2,\n\"MemberList\": []");
    let mut s = at_contacts(&init_with(
        &known,
        &format!("{ROOM2},filehelper,filehelper,"),
    ));
    s.answer("webwxgetcontact", &contact_page(0, &[]));
    s.advance(Duration::from_millis(200));
    let mut names = asked(&s);
    names.sort();
    assert_eq!(names, [ROOM, ROOM2]);
    let team = group(ROOM, "Team", &[(OWN, "Me"), (ANN, "Ann")]);
    let pair = group(ROOM2, "", &[(OWN, "Me"), (BOB, "Bob")]);
    s.answer("webwxbatchgetcontact", &batch(&[team, pair]));
    let roster = s.session.roster();
    assert_eq!(roster.members(&ROOM.into()).len(), 2);
    assert_eq!(roster.name(&ROOM2.into()).as_deref(), Some("Bob"));
    assert_eq!(loaded(&s.events()), [(1, 2)], "and nothing of it is news");
}

#[test]
fn the_phones_list_of_chats_is_asked_for_fifty_at_a_time() {
    let mut s = Scenario::online(quiet());
    let names: Vec<String> = (0..120).map(room).collect();
    let list = format!(
        ",\n\"StatusNotifyCode\": 4,\n\"StatusNotifyUserName\": \"{},filehelper\"",
        names.join(",")
    );
    s.answer("synccheck", &synccheck(0, 2));
    let note = typed(51, "77", OWN, OWN, "", &list);
    s.answer("webwxsync", &page(8).msgs(&[note]).json());
    assert!(s.messages().is_empty(), "it is not for people");
    s.advance(Duration::from_millis(200));
    let mut sizes = Vec::new();
    while s.has("webwxbatchgetcontact") {
        sizes.push(asked(&s).len());
        s.answer("webwxbatchgetcontact", &batch(&[]));
    }
    assert_eq!(sizes, [50, 50, 20]);
}

#[test]
fn groups_are_asked_for_before_people() {
    let (s, _) = fetching(vec![ANN.to_owned(), ROOM.to_owned()]);
    assert_eq!(asked(&s), [ROOM, ANN]);
}

#[test]
fn a_refused_batch_is_asked_for_in_tens_fives_and_singly() {
    // The protocol's rule: 10 while 40 or more are left, 5 while 6 or more
    // are, else 1. One name is bad, and the last one.
    let names: Vec<String> = (0..50).map(room).collect();
    let bad = names.last().unwrap().clone();
    let (mut s, command) = fetching(names);
    let mut sizes = Vec::new();
    while s.end_of(command).is_none() {
        if s.has("webwxbatchgetcontact") {
            let batch_names = asked(&s);
            sizes.push(batch_names.len());
            let body = if batch_names.contains(&bad) {
                refused()
            } else {
                batch(&[])
            };
            s.answer("webwxbatchgetcontact", &body);
        } else {
            s.advance_to_deadline();
        }
        assert!(sizes.len() < 100, "{sizes:?}");
    }
    assert_eq!(sizes, [50, 10, 10, 5, 5, 5, 5, 5, 1, 1, 1, 1, 1]);
    assert!(matches!(s.end_of(command), Some(Ok(Done::Fetched {}))));
}

#[test]
fn three_refusals_in_a_row_lead_to_single_names() {
    let names: Vec<String> = (0..50).map(room).collect();
    let (mut s, _) = fetching(names);
    let mut sizes = Vec::new();
    for _ in 0..4 {
        sizes.push(asked(&s).len());
        s.answer("webwxbatchgetcontact", &refused());
        s.advance_to_deadline();
    }
    assert_eq!(sizes, [50, 10, 10, 1]);
}

#[test]
fn a_name_that_fails_alone_is_not_asked_for_again_unless_somebody_does() {
    let (mut s, command) = fetching(vec![ROOM.to_owned()]);
    s.answer("webwxbatchgetcontact", &refused());
    assert!(s.end_of(command).is_some());
    s.brings(&page(8).msgs(&[msg("901", ROOM, OWN, "hi")]));
    s.advance(Duration::from_secs(5));
    assert!(!s.has("webwxbatchgetcontact"));
    s.command(Command::FetchContacts {
        names: vec![ROOM.into()],
    });
    s.advance(Duration::from_millis(200));
    assert!(s.has("webwxbatchgetcontact"));
}

#[test]
fn two_network_failures_make_no_name_hopeless() {
    let (mut s, command) = fetching(vec![ROOM.to_owned()]);
    for _ in 0..2 {
        s.cut("webwxbatchgetcontact");
        s.advance_to_deadline();
        while !s.has("webwxbatchgetcontact") {
            s.advance_to_deadline();
        }
    }
    let team = group(ROOM, "Team", &[(OWN, "Me"), (ANN, "Ann")]);
    s.answer("webwxbatchgetcontact", &batch(&[team]));
    assert!(matches!(s.end_of(command), Some(Ok(Done::Fetched {}))));
    assert_eq!(s.session.roster().members(&ROOM.into()).len(), 2);
}

#[test]
fn too_often_makes_no_name_hopeless_and_batches_no_smaller() {
    let (mut s, _) = fetching((0..50).map(room).collect());
    let throttled = verdict(1205, ",\n\"Count\": 0,\n\"ContactList\": []");
    for pause in [5, 10] {
        s.answer("webwxbatchgetcontact", &throttled);
        s.advance(Duration::from_millis(pause * 1000 - 1));
        assert!(!s.has("webwxbatchgetcontact"));
        s.advance(Duration::from_millis(1));
        assert_eq!(asked(&s).len(), 50);
    }
    assert_eq!(names(&s.events()), ["throttled", "throttled"]);
}

#[test]
fn a_group_without_names_is_not_asked_for_at_every_message() {
    let mut s = Scenario::online(quiet());
    for n in 0..3 {
        s.answer("synccheck", &synccheck(0, 2));
        let item = msg(&format!("{}", 900 + n), ROOM, OWN, "hi");
        s.answer("webwxsync", &page(8 + n).msgs(&[item]).json());
        s.advance(Duration::from_millis(200));
        assert_eq!(s.has("webwxbatchgetcontact"), n == 0);
        if n == 0 {
            s.answer("webwxbatchgetcontact", &batch(&[]));
        }
    }
}

#[test]
fn a_failed_address_book_holds_up_no_messages_and_is_reported() {
    let mut s = at_contacts(&init(""));
    for _ in 0..4 {
        s.answer(
            "webwxgetcontact",
            &verdict(-1, ",\n\"MemberList\": [],\n\"Seq\": 0"),
        );
        while !s.has("webwxgetcontact") {
            s.advance_to_deadline();
        }
    }
    s.answer("webwxgetcontact", "<html></html>");
    assert!(s.has("webwxsync") || s.has("synccheck"), "{:?}", s.paths());
    let events = s.events();
    assert!(names(&events).contains(&"warning".to_owned()));
    assert_eq!(loaded(&events).len(), 1, "once, whatever came");
}

#[test]
fn a_verdict_on_the_session_ends_it() {
    let mut s = at_contacts(&init(""));
    s.answer(
        "webwxgetcontact",
        &verdict(1100, ",\n\"MemberList\": [],\n\"Seq\": 0"),
    );
    s.answer("webwxsync", &page(8).ret(1100).json());
    assert!(matches!(s.session.state(), State::Ended { .. }));
    assert!(s.session.is_idle());
}

#[test]
fn a_refresh_ends_with_the_last_page_and_loads_nothing_twice() {
    let mut s = Scenario::online(quiet());
    let first = s.command(Command::RefreshContacts {});
    let second = s.command(Command::RefreshContacts {});
    let requests = s
        .paths()
        .iter()
        .filter(|p| **p == "webwxgetcontact")
        .count();
    assert_eq!(requests, 1, "one round for both");
    s.answer("webwxgetcontact", &contact_page(3, &[friend(BOB, "Bob")]));
    assert_eq!(s.end_of(first), None);
    s.answer("webwxgetcontact", &contact_page(0, &[]));
    for command in [first, second] {
        assert!(matches!(s.end_of(command), Some(Ok(Done::Fetched {}))));
    }
    assert!(loaded(&s.events()).is_empty());
}

#[test]
fn fetches_can_be_cancelled() {
    let (mut s, fetch) = fetching(vec![ROOM.to_owned()]);
    let refresh = s.command(Command::RefreshContacts {});
    for command in [fetch, refresh] {
        s.cancel(command);
        assert!(matches!(
            s.end_of(command),
            Some(Err(CommandError::Cancelled {}))
        ));
    }
    s.answer("webwxbatchgetcontact", &batch(&[]));
    s.answer("webwxgetcontact", &contact_page(0, &[]));
}

#[test]
fn a_fetch_of_nobody_ends_at_once() {
    let mut s = Scenario::online(quiet());
    let command = s.command(Command::FetchContacts { names: Vec::new() });
    assert!(matches!(s.end_of(command), Some(Ok(Done::Fetched {}))));
}

/// Members as the service writes them, with names of eight Chinese characters.
#[test]
fn fifty_groups_of_five_hundred_members_fit_into_one_answer() {
    let names: Vec<String> = (0..50).map(|n| format!("@@{n:064x}")).collect();
    let member = |id: &str| {
        format!(
            "{{\n\"Uin\": 0,\n\"UserName\": \"{id}\",\n\"NickName\": \"一二三四五六七八\",\n\
             \"AttrStatus\": 4294967295,\n\"PYInitial\": \"\",\n\"PYQuanPin\": \"\",\n\
             \"RemarkPYInitial\": \"\",\n\"RemarkPYQuanPin\": \"\",\n\"MemberStatus\": 0,\n\
             \"DisplayName\": \"一二三四五六七八\",\n\"KeyWord\": \"abcdef\"\n}}\n"
        )
    };
    let groups: Vec<String> = names
        .iter()
        .enumerate()
        .map(|(at, name)| {
            let others = (1..500).map(|n| member(&format!("@{:064x}", at * 500 + n)));
            let members: Vec<String> = others.chain([member(OWN)]).collect();
            let list = members.join(",");
            contact(
                name,
                "Team",
                &format!(",\n\"MemberCount\": 500,\n\"MemberList\": [{list}]"),
            )
        })
        .collect();
    let body = batch(&groups);
    let (mut s, command) = fetching(names.clone());
    assert!(body.len() > 5_000_000, "{}", body.len());
    assert!(body.len() <= s.request("webwxbatchgetcontact").max_response);
    s.answer("webwxbatchgetcontact", &body);
    assert!(matches!(s.end_of(command), Some(Ok(Done::Fetched {}))));
    let count = |name: &String| s.session.roster().member_count(&name.as_str().into());
    assert_eq!(names.iter().map(count).sum::<usize>(), 25_000);
}
