//! What a session at rest holds, counted by the allocator: in a binary of its
//! own, as the allocator is everybody's.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must fail"
)]
#![expect(dead_code, reason = "the scenarios of the other binary need the rest")]

use std::alloc::System;
use std::time::Duration;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use support::{KEYS, OWN, REDIRECT, Scenario, confirmed, contact, contact_page, group};
use support::{init, jslogin, page, quiet, synccheck};
use wx_proto::Session;

mod support;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Ten thousand of them do in a process of many accounts.
const AT_MOST: usize = 12 * 1024;

const FRIENDS: usize = 20;
const GROUPS: usize = 3;
/// Of a group, oneself included.
const MEMBERS: usize = 5;

/// A user name in the longer of its forms.
fn person(number: usize) -> String {
    format!("@{number:064x}")
}

/// A friend who tells what most do (protocol: contacts).
fn friend(number: usize) -> String {
    let (id, picture) = (person(number), 640_000_001 + number);
    let path = format!("/cgi-bin/mmwebwx-bin/webwxgeticon?seq={picture}&username={id}&skey=");
    let members = format!(
        ",\n\"ContactFlag\": 3,\n\"VerifyFlag\": 0,\n\"HeadImgUrl\": \"{path}\",\n\
         \"Sex\": 1,\n\"Province\": \"广东\",\n\"City\": \"深圳\""
    );
    contact(&id, &format!("朋友 {number}"), &members)
}

fn team(number: usize) -> String {
    let ids: Vec<String> = (number..).map(person).take(MEMBERS - 1).collect();
    let others = ids.iter().map(|id| (id.as_str(), "朋友"));
    let members: Vec<(&str, &str)> = [(OWN, "我")].into_iter().chain(others).collect();
    group(&format!("@@{number:064x}"), "一组人", &members)
}

#[test]
fn a_session_at_rest_holds_little() {
    let mut s = Scenario::login(quiet());
    s.answer("jslogin", &jslogin("gdl0dOM6cg=="));
    s.answer("login", &confirmed(REDIRECT));
    s.answer("webwxnewloginpage", KEYS);
    s.answer("webwxinit", &init(""));
    let contacts = (0..FRIENDS).map(friend).chain((0..GROUPS).map(team));
    s.answer(
        "webwxgetcontact",
        &contact_page(0, &contacts.collect::<Vec<_>>()),
    );
    s.answer("webwxsync", &page(7).json());
    s.advance(Duration::from_secs(1));
    s.events();
    s.advance(Duration::from_secs(25));
    s.answer("synccheck", &synccheck(0, 0));
    assert_eq!(s.paths(), ["synccheck"]);
    let roster = s.session.roster();
    assert!(roster.contact_count() > FRIENDS + GROUPS, "oneself as well");
    let group = format!("@@{:064x}", 0).as_str().into();
    assert_eq!(roster.member_count(&group), MEMBERS);
    assert!(matches!(
        s.session.identity(&group),
        wx_proto::identity::Standing::Known { .. }
    ));

    let region = Region::new(ALLOCATOR);
    drop(s.session);
    let change = region.change();
    let held = change.bytes_deallocated - change.bytes_allocated + size_of::<Session>();
    assert!(held <= AT_MOST, "{held} bytes");
    assert!(held >= AT_MOST / 2, "{held} bytes cannot be all");
}
