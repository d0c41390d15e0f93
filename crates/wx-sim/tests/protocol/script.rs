//! Scripts: control calls at given times.

use std::error::Error;
use std::iter::successors;

use serde_json::json;
use wx_sim::{Script, Service};

use crate::support::{World, checked};

fn script(text: &str) -> Script {
    text.parse().unwrap()
}

/// What is wrong with a script: the error and its causes.
fn error(text: &str) -> String {
    let error = text.parse::<Script>().unwrap_err();
    let causes = successors(Some(&error as &dyn Error), |&error| error.source());
    let words: Vec<_> = causes.map(ToString::to_string).collect();
    words.join(": ")
}

#[test]
fn steps_run_at_their_time() {
    let text = "
        seed = 3
        [config]
        hold_ms = 1000
        [[account]]
        contacts = 2
        [[step]]
        at_ms = 1500
        call = 'push'
        kind = 'text'
        content = 'on time'
    ";
    let mut world = World::around(Service::from_script(script(text), 1));
    assert_eq!(world.sim.config().hold_ms, 1000);
    world.pass(0);
    world.pass(1499);
    assert_eq!(world.sim.delivered(0).count(), 0);
    assert_eq!(
        world.sim.deadline().map(|at| at.unix_ms),
        Some(world.now.unix_ms + 1)
    );
    world.pass(1);
    assert_eq!(world.sim.delivered(0).next().unwrap().content, "on time");
}

#[test]
fn steps_can_wait_for_a_client() {
    let text = "
        [[step]]
        after = 'online'
        call = 'push'
        kind = 'text'
        content = 'welcome'
        [[step]]
        after = 'polling'
        ms = 200
        call = 'session'
        action = 'kick'
    ";
    let mut world = World::around(Service::from_script(script(text), 1));
    let mut session = world.log_in();
    world.pass(0);
    assert_eq!(
        session.sync(&mut world)["AddMsgList"][0]["Content"],
        "welcome"
    );
    let poll = world.start(session.check());
    world.pass(199);
    assert!(world.answer(poll).is_none());
    world.pass(1);
    let kicked = world.answered(poll);
    assert_eq!(kicked, checked(1101, 0));
}

#[test]
fn a_step_can_wait_for_a_confirmation() {
    let text = "
        [config]
        auto_confirm_ms = 'never'
        [[step]]
        after = 'confirmed'
        ms = 50
        call = 'push'
        kind = 'text'
    ";
    let mut world = World::around(Service::from_script(script(text), 1));
    world.ask_for_code();
    world.pass(10_000);
    assert_eq!(world.sim.delivered(0).count(), 0);
    world.control("login", json!({"action": "confirm"}));
    world.pass(49);
    assert_eq!(world.sim.delivered(0).count(), 0);
    world.pass(1);
    assert_eq!(world.sim.delivered(0).count(), 1);
}

#[test]
fn a_step_that_fails_is_reported() {
    let text = "
        [[step]]
        at_ms = 0
        call = 'push'
        kind = 'text'
        from = 'friend:500'
    ";
    let mut world = World::around(Service::from_script(script(text), 1));
    world.pass(0);
    assert!(
        world.sim.script_failures()[0]
            .to_string()
            .contains("`friend:500`")
    );
}

#[test]
fn unknown_keys_are_named() {
    assert!(error("sed = 1").contains("`sed`"));
    assert!(error("[config]\nfamilie = 'wx'").contains("`familie`"));
    assert!(error("[[account]]\nfriends = 1").contains("`friends`"));
    let step = error("[[step]]\nat_ms = 1\ncall = 'push'\nkind = 'text'\nfrm = 'x'");
    assert!(step.contains("step 1") && step.contains("`frm`"), "{step}");
    assert!(error("[[step]]\nat_ms = 1\ncall = 'shout'").contains("`shout`"));
    assert!(error("[[step]]\ncall = 'log'").contains("`at_ms`"));
    assert!(error("[[step]]\nafter = 'lunch'\ncall = 'log'").contains("`lunch`"));
}
