//! The roster under drawn updates: whatever their order, it is what a roster
//! would be that had been told the last state of each at once.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;
use wx_wire::contact as wire;
use wx_wire::id::UserName;

use super::Roster;

#[derive(Clone, Debug)]
enum Update {
    /// All about a person: remark, alias and flags by their numbers.
    Person {
        who: u8,
        remark: u8,
        flags: i64,
    },
    /// A group's members, each with a name in it or none.
    Group {
        which: u8,
        members: Vec<(u8, u8)>,
    },
    /// The same list without names, as the stream of changes has it.
    Nameless {
        which: u8,
    },
    Remove {
        which: u8,
    },
}

fn update() -> impl Strategy<Value = Update> {
    let members = vec((0..12u8, 0..3u8), 1..8);
    prop_oneof![
        1 => (0..12u8, 0..3u8, 0..0x1000i64)
            .prop_map(|(who, remark, flags)| Update::Person { who, remark, flags }),
        3 => (0..4u8, members).prop_map(|(which, members)| Update::Group { which, members }),
        1 => (0..4u8).prop_map(|which| Update::Nameless { which }),
        1 => (0..4u8).prop_map(|which| Update::Remove { which }),
    ]
}

/// Names of every form that a table of people knows.
fn person(who: u8) -> UserName {
    UserName::from(match who % 3 {
        0 => format!("@{who:032x}"),
        1 => format!("@{who:064x}"),
        _ => format!("person{who}"),
    })
}

fn room(which: u8) -> UserName {
    UserName::from(format!("@@{which:064x}"))
}

fn name(prefix: &str, number: u8) -> String {
    match number {
        0 => String::new(),
        _ => format!("{prefix}{number}"),
    }
}

fn details(who: u8, remark: u8, flags: i64) -> wire::Contact {
    let mut contact = wire::Contact::default();
    contact.user_name = person(who);
    contact.nick_name = Some(format!("nick{who}"));
    contact.remark_name = Some(name("remark", remark));
    contact.alias = Some(name("alias", remark));
    contact.contact_flag = Some(flags);
    contact.verify_flag = Some(flags & 8);
    contact
}

fn list(which: u8, members: &[(u8, u8)], named: bool) -> wire::Contact {
    let mut contact = wire::Contact::default();
    contact.user_name = room(which);
    contact.nick_name = Some(format!("topic{which}"));
    let member = |(who, display): &(u8, u8)| {
        let mut member = wire::Member::default();
        member.user_name = person(*who);
        if named {
            member.nick_name = format!("nick{who}");
            member.display_name = name("display", *display);
        }
        member
    };
    contact.member_list = Some(members.iter().map(member).collect());
    contact
}

fn own() -> UserName {
    UserName::from("@own")
}

proptest! {
    #[test]
    fn updates_in_any_order_come_to_what_a_fresh_roster_is_told(
        updates in vec(update(), 0..60)
    ) {
        let mut roster = Roster::new(own());
        let mut people = BTreeMap::new();
        let mut groups: BTreeMap<u8, Vec<(u8, u8)>> = BTreeMap::new();
        for update in updates {
            match update {
                Update::Person { who, remark, flags } => {
                    let details = details(who, remark, flags);
                    roster.merge(&details);
                    people.insert(who, details);
                }
                Update::Group { which, members } => {
                    let merged = roster.merge(&list(which, &members, true));
                    let before = groups.insert(which, members.clone());
                    let gone = before.iter().flatten().filter(|(who, _)| {
                        !members.iter().any(|(other, _)| other == who)
                    });
                    let gone: BTreeSet<_> = gone.map(|(who, _)| person(*who)).collect();
                    let left: BTreeSet<_> =
                        merged.left.into_iter().map(|member| member.id).collect();
                    prop_assert_eq!(left, gone);
                }
                Update::Nameless { which } => {
                    if let Some(members) = groups.get(&which) {
                        let merged = roster.merge(&list(which, members, false));
                        prop_assert!(!merged.is_change(), "names that are left out are kept");
                    }
                }
                Update::Remove { which } => {
                    roster.remove(&room(which));
                    groups.remove(&which);
                }
            }
        }
        let mut fresh = Roster::new(own());
        for (which, members) in groups.iter().rev() {
            fresh.merge(&list(*which, members, true));
        }
        for details in people.values() {
            fresh.merge(details);
        }
        prop_assert_eq!(&roster, &fresh);
        let stored = serde_json::to_string(&roster).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Roster>(&stored).unwrap(), &roster);
        for (which, members) in &groups {
            for (who, _) in members {
                let member = roster.member(&room(*which), &person(*who)).unwrap();
                prop_assert_eq!(member.nick_name, format!("nick{who}"));
            }
        }
        // Nobody is kept who is in no group.
        let members = groups.values().flatten();
        let distinct: BTreeSet<_> = members.map(|(who, _)| who).collect();
        prop_assert_eq!(roster.members.people_known(), distinct.len());
    }
}

#[test]
fn a_person_is_named_alike_in_all_groups() {
    let mut roster = Roster::new(own());
    roster.merge(&list(1, &[(1, 0), (2, 1)], true));
    roster.merge(&list(2, &[(1, 0)], false));
    let known = roster.member(&room(2), &person(1)).unwrap();
    assert_eq!(known.nick_name, "nick1");
    assert!(roster.is_detailed(&room(1)));
    assert!(
        !roster.is_detailed(&room(2)),
        "names from elsewhere are no reason not to ask"
    );
}

fn merged(roster: &mut Roster, id: &str, members: usize) {
    let mut contact = wire::Contact::renamed(id.into(), String::new(), String::new());
    let member = |n: usize| {
        let mut member = wire::Member::default();
        member.user_name = format!("@{n:064x}").as_str().into();
        member
    };
    contact.member_list = (members > 0).then(|| (0..members).map(member).collect());
    roster.merge(&contact);
}

#[test]
fn members_have_a_limit() {
    let mut roster = Roster::new("@me".into());
    for (members, kept) in [
        (super::MAX_MEMBERS, super::MAX_MEMBERS),
        (super::MAX_MEMBERS + 1, super::MAX_MEMBERS),
    ] {
        merged(&mut roster, "@@room", members);
        assert_eq!(roster.member_count(&"@@room".into()), kept);
    }
}

#[test]
fn contacts_have_a_limit() {
    let mut roster = Roster::new("@me".into());
    for n in 0..super::MAX_CONTACTS {
        merged(&mut roster, &format!("@{n}"), 0);
    }
    assert_eq!(roster.contacts().count(), super::MAX_CONTACTS);
    merged(&mut roster, "@more", 0);
    assert!(roster.contact(&"@more".into()).is_none());
    merged(&mut roster, "@me", 0);
    assert!(
        roster.contact(&"@me".into()).is_some(),
        "oneself is always there"
    );
}
