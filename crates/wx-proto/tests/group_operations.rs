//! Groups: made, joined, renamed, left.

use serde_json::json;
use wx_proto::command::{GroupChange, Joining, MemberOutcome};
use wx_proto::{Command, CommandError, Done, Rejected};

use crate::operations::{body, rejected, with_group};
use crate::support::*;

fn status(members: &[MemberOutcome]) -> Vec<(&str, i64)> {
    members.iter().map(|m| (m.id.as_str(), m.status)).collect()
}

#[test]
fn a_group_is_made_and_each_person_is_reported() {
    let mut s = Scenario::online(quiet());
    let id = s.command(Command::CreateGroup {
        topic: "Trip".to_owned(),
        members: vec![ANN.into(), OWN.into(), BOB.into()],
    });
    assert_eq!(
        body(&s, "webwxcreatechatroom"),
        json!({
            "MemberCount": 2, "MemberList": [{"UserName": ANN}, {"UserName": BOB}],
            "Topic": "Trip",
        }),
        "oneself is not listed"
    );
    let members = format!(
        ",\n\"ChatRoomName\": \"{ROOM}\",\n\"Topic\": \"Trip &amp; back\",\n\"MemberCount\": 2,\n\
         \"MemberList\": [{{\n\"UserName\": \"{ANN}\",\n\"MemberStatus\": 0\n}}\n,\
         {{\n\"UserName\": \"{BOB}\",\n\"MemberStatus\": 4\n}}\n]"
    );
    s.answer("webwxcreatechatroom", &verdict(0, &members));
    let Some(Ok(Done::GroupCreated {
        id, topic, members, ..
    })) = s.end_of(id)
    else {
        panic!("{:?}", s.end_of(id));
    };
    assert_eq!((id.as_str(), topic.as_str()), (ROOM, "Trip & back"));
    assert_eq!(status(members), [(ANN, 0), (BOB, 4)]);
}

#[test]
fn a_group_of_one_other_is_none() {
    let mut s = Scenario::online(quiet());
    let create = Command::CreateGroup {
        topic: String::new(),
        members: vec![ANN.into(), ANN.into(), OWN.into()],
    };
    assert_eq!(rejected(&mut s, create), Rejected::TooFew {});
}

#[test]
fn small_groups_are_joined_and_large_ones_by_invitation() {
    // Members and new ones together: 40 is too many to be added.
    for (size, new, how, fun, member) in [
        (37, 2, Joining::Added, "addmember", "AddMemberList"),
        (38, 2, Joining::Invited, "invitemember", "InviteMemberList"),
        (45, 1, Joining::Invited, "invitemember", "InviteMemberList"),
    ] {
        let mut s = with_group(size);
        let people = [ANN, BOB];
        let people = &people[..new];
        let change = GroupChange::Add {
            members: people.iter().map(|id| (*id).into()).collect(),
        };
        let id = s.command(Command::ChangeGroup {
            group: ROOM.into(),
            change,
        });
        assert!(
            s.query("webwxupdatechatroom")
                .contains(&format!("fun={fun}"))
        );
        assert_eq!(
            body(&s, "webwxupdatechatroom"),
            json!({"ChatRoomName": ROOM, member: people.join(",")})
        );
        let list = format!(
            ",\n\"MemberCount\": 1,\n\"MemberList\": [{{\n\"UserName\": \"{ANN}\",\n\"MemberStatus\": 3\n}}\n]"
        );
        s.answer("webwxupdatechatroom", &verdict(0, &list));
        let Some(Ok(Done::MembersAdded {
            how: told, members, ..
        })) = s.end_of(id)
        else {
            panic!("{:?}", s.end_of(id));
        };
        assert_eq!(*told, how, "{size} and {new}");
        assert_eq!(status(members), [(ANN, 3)]);
    }
}

#[test]
fn a_group_is_renamed_left_and_people_are_removed() {
    let mut s = with_group(3);
    for (change, fun, expected) in [
        (
            GroupChange::Rename {
                topic: "新名字".to_owned(),
            },
            "modtopic",
            json!({"ChatRoomName": ROOM, "NewTopic": "新名字"}),
        ),
        (
            GroupChange::Remove {
                members: vec![ANN.into(), BOB.into()],
            },
            "delmember",
            json!({"ChatRoomName": ROOM, "DelMemberList": format!("{ANN},{BOB}")}),
        ),
        (
            GroupChange::Quit {},
            "quitchatroom",
            json!({"ChatRoomName": ROOM}),
        ),
    ] {
        let group = ROOM.into();
        let id = s.command(Command::ChangeGroup { group, change });
        assert!(
            s.query("webwxupdatechatroom")
                .contains(&format!("fun={fun}"))
        );
        assert_eq!(body(&s, "webwxupdatechatroom"), expected);
        s.answer(
            "webwxupdatechatroom",
            &verdict(0, ",\n\"MemberCount\": 0,\n\"MemberList\": []"),
        );
        assert_eq!(s.end_of(id), Some(&Ok(Done::Changed {})));
    }
}

#[test]
fn minus_2013_is_no_failure_of_groups() {
    let mut s = with_group(3);
    let members = vec![ANN.into(), BOB.into()];
    let topic = String::new();
    let mut create = |name: &str| {
        let (topic, members) = (topic.clone(), members.clone());
        let id = s.command(Command::CreateGroup { topic, members });
        let answer = format!(",\n\"ChatRoomName\": \"{name}\",\n\"MemberList\": []");
        s.answer("webwxcreatechatroom", &verdict(-2013, &answer));
        s.end_of(id).cloned().unwrap()
    };
    assert!(matches!(create(ROOM2), Ok(Done::GroupCreated { .. })));
    // Without a name there is no group, whatever the code.
    assert!(matches!(create(""), Err(CommandError::Refused { ret, .. }) if ret.0 == -2013));
    let remark = String::new();
    let id = s.command(Command::SetRemark {
        to: ANN.into(),
        remark,
    });
    s.answer("webwxoplog", &verdict(-2013, ""));
    assert!(matches!(
        s.end_of(id),
        Some(Err(CommandError::Refused { .. }))
    ));
}

#[test]
fn a_group_says_who_owns_it() {
    let mut s = with_group(3);
    let team = contact(
        ROOM,
        "Team",
        &format!(",\n\"ChatRoomOwner\": \"{ANN}\",\n\"IsOwner\": 0"),
    );
    s.brings(&page(9).mods(&[team]));
    let roster = s.session.roster();
    let group = roster.contact(&ROOM.into()).unwrap();
    assert_eq!(group.owner.as_ref().unwrap().as_str(), ANN);
    assert_eq!(group.own, Some(false));
}

#[test]
fn nobody_is_named_twice_nor_oneself() {
    let mut s = with_group(3);
    let people = || vec![ANN.into(), OWN.into(), ANN.into(), BOB.into()];
    let topic = String::new();
    s.command(Command::CreateGroup {
        topic,
        members: people(),
    });
    assert_eq!(body(&s, "webwxcreatechatroom")["MemberCount"], 2);
    s.command(Command::ChangeGroup {
        group: ROOM.into(),
        change: GroupChange::Add { members: people() },
    });
    assert_eq!(
        body(&s, "webwxupdatechatroom")["AddMemberList"],
        format!("{ANN},{BOB}")
    );
    let oneself = Command::ChangeGroup {
        group: ROOM.into(),
        change: GroupChange::Remove {
            members: vec![OWN.into()],
        },
    };
    assert!(matches!(rejected(&mut s, oneself), Rejected::Empty { .. }));
}
