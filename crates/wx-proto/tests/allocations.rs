//! How often memory is asked for on the way of a text from a page to its
//! handler: in a binary of its own, as the allocator is everybody's.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must fail"
)]
#![expect(dead_code, reason = "the scenarios of the other binary need the rest")]

use std::alloc::System;

use http::StatusCode;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use support::{ANN, BOB, OWN, ROOM, Scenario, group, msg, page, path, quiet, response};
use wx_proto::event::EventKind;

mod support;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// What the service puts into a page at the most, as far as was seen.
const MESSAGES: usize = 200;

/// Allocations for each message of a page, from the body to the last event
/// taken; those of the page itself are shared out among them.
fn allocations(s: &mut Scenario, val: i64, item: impl Fn(usize) -> String) -> f64 {
    s.answer("synccheck", &support::synccheck(0, 2));
    let items: Vec<String> = (0..MESSAGES).map(item).collect();
    let body = page(val).msgs(&items).json();
    let request = s.out.iter().find(|request| path(request) == "webwxsync");
    let id = request.unwrap().id;
    s.out.retain(|request| request.id != id);
    let input = response(id, StatusCode::OK, &[], body.as_bytes());
    let mut texts = 0;
    let region = Region::new(ALLOCATOR);
    s.session.handle(s.now, input);
    let mut handed_over = Vec::with_capacity(MESSAGES);
    while let Some(event) = s.session.poll_event(s.now) {
        if let EventKind::Message(message) = &event.kind {
            texts += usize::from(message.text().is_some());
        }
        handed_over.push(event);
    }
    let change = region.change();
    assert_eq!(texts, MESSAGES);
    for event in handed_over {
        s.ack(event.id);
    }
    s.drain();
    f64::from(u32::try_from(change.allocations + change.reallocations).unwrap())
        / f64::from(u32::try_from(MESSAGES).unwrap())
}

#[test]
fn a_text_takes_three_and_a_half_allocations_at_the_most() {
    let mut s = Scenario::online(quiet());
    let room = group(ROOM, "Team", &[(OWN, "Me"), (BOB, "Bob")]);
    s.brings(&page(8).mods(&[room]));
    s.events();
    // The first pages make the room that later ones have.
    for val in 0..4 {
        let id = |number: usize| (10_000 * (val + 1) + number).to_string();
        let private = |number| msg(&id(number), ANN, OWN, "see you at 5 &amp; not later");
        let from = |sender: &'static str, first: usize| {
            let text = format!("{sender}:<br/>see you at 5, @all");
            move |number| msg(&id(first + number), ROOM, OWN, &text)
        };
        let val = i64::try_from(val).unwrap();
        let private = allocations(&mut s, 10 + 3 * val, private);
        let friend = allocations(&mut s, 11 + 3 * val, from(ANN, 3000));
        let stranger = allocations(&mut s, 12 + 3 * val, from(BOB, 6000));
        if val >= 2 {
            assert!(private <= 3.5, "{private} for a private text");
            assert!(friend <= 3.5, "{friend} for a friend's in a group");
            // The name of somebody who is no contact is copied once for a page.
            assert!(stranger <= 3.5, "{stranger} for a stranger's in a group");
        }
    }
}
