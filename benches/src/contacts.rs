//! An address book of 5,000 people and the details of 500 groups of 400 members, beside
//! the values of serde_json.

use std::hint::black_box;

use bytes::Bytes;
use serde_json::Value;
use wx_wire::endpoint::{webwxbatchgetcontact, webwxgetcontact};

use crate::{Amount, Case, inputs::contacts};

const PEOPLE: usize = 5000;
const GROUPS: usize = 500;
const MEMBERS: usize = 400;
/// How many groups the service is asked for at once.
const AT_ONCE: usize = 50;

pub(super) fn people() -> Vec<Case> {
    vec![address_book()]
}

pub(super) fn groups() -> Vec<Case> {
    vec![details()]
}

fn address_book() -> Case {
    let body = Bytes::from(contacts::address_book(PEOPLE));
    let of_others = body.clone();
    let ours = webwxgetcontact::Response::decode(&body).expect("a list");
    let names = ours.into_contacts();
    let names = names.iter().map(|contact| contact.user_name.to_string());
    let same = (names.collect(), with_value(&body, "MemberList"));
    Case::new("contacts/people", Amount::Bytes(body.len()), move || {
        let answer = webwxgetcontact::Response::decode(black_box(&body));
        answer.expect("a list").into_contacts()
    })
    .beside(
        "serde_json::Value",
        None,
        move || serde_json::from_slice::<Value>(black_box(&of_others)).expect("JSON"),
        same,
    )
}

fn details() -> Case {
    let bodies: Vec<Bytes> = (0..GROUPS)
        .step_by(AT_ONCE)
        .map(|first| Bytes::from(contacts::details(first..first + AT_ONCE, MEMBERS)))
        .collect();
    let bytes = bodies.iter().map(Bytes::len).sum();
    let of_others = bodies.clone();
    let names = |body: &Bytes| {
        let answer = webwxbatchgetcontact::Response::decode(body).expect("a list");
        let groups = answer.into_contacts();
        assert!(groups.iter().all(|group| {
            let members = group.member_list.as_ref();
            members.is_some_and(|members| members.len() == MEMBERS)
        }));
        let names = groups.iter().map(|group| group.user_name.to_string());
        names.collect::<Vec<_>>()
    };
    let same = (
        bodies.iter().flat_map(names).collect::<Vec<_>>(),
        (bodies.iter())
            .flat_map(|body| with_value(body, "ContactList"))
            .collect(),
    );
    Case::new("contacts/groups", Amount::Bytes(bytes), move || {
        for body in &bodies {
            let answer = webwxbatchgetcontact::Response::decode(black_box(body));
            drop(black_box(answer.expect("a list").into_contacts()));
        }
    })
    .beside(
        "serde_json::Value",
        None,
        move || {
            for body in &of_others {
                let value = serde_json::from_slice::<Value>(black_box(body));
                drop(black_box(value.expect("JSON")));
            }
        },
        same,
    )
}

fn with_value(body: &[u8], list: &str) -> Vec<String> {
    let body: Value = serde_json::from_slice(body).expect("JSON");
    let list = body[list].as_array().expect("a list");
    let name = |contact: &Value| contact["UserName"].as_str().expect("a name").to_owned();
    list.iter().map(name).collect()
}
