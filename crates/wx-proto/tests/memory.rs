//! What a large account's roster takes, counted by the allocator: in a binary
//! of its own, as the allocator is everybody's.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

use std::alloc::System;
use std::fmt::Write;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use wx_proto::Roster;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const MEMBERS: usize = 200_000;
const GROUP: usize = 500;

/// A stored roster of groups whose members are all different people, each with
/// a name of 8 Chinese characters, and one more in the group.
fn stored() -> String {
    let mut json = String::from(r#"{"own":"@0","contacts":{},"members":{"#);
    for group in 0..MEMBERS / GROUP {
        let comma = if group == 0 { "" } else { "," };
        write!(json, r#"{comma}"@@{group:064x}":["#).unwrap();
        for member in 0..GROUP {
            let comma = if member == 0 { "" } else { "," };
            let number = group * GROUP + member;
            write!(
                json,
                r#"{comma}{{"id":"@{number:064x}","nick_name":"一二三四五{member:03}","display_name":"甲乙丙丁戊己{member:03}"}}"#
            )
            .unwrap();
        }
        json.push(']');
    }
    json.push_str("}}");
    json
}

#[test]
fn two_hundred_thousand_members_take_25_megabytes_at_the_most() {
    let json = stored();
    let region = Region::new(ALLOCATOR);
    let roster: Roster = serde_json::from_str(&json).unwrap();
    let change = region.change();
    let held = change.bytes_allocated - change.bytes_deallocated;
    let groups = MEMBERS / GROUP;
    let known: usize = (0..groups)
        .map(|group| roster.member_count(&format!("@@{group:064x}").as_str().into()))
        .sum();
    assert_eq!(known, MEMBERS);
    assert!(held <= 25_000_000, "{held} bytes");
    assert!(held >= 5_000_000, "{held} bytes cannot be all");
}
