//! Where each kind of medium is asked for.

use http::StatusCode;
use wx_proto::MediaRef;

use crate::downloads::{range, start, voice};
use crate::support::*;

#[test]
fn voice_and_video_are_always_asked_for_by_range() {
    let mut s = Scenario::online(quiet());
    start(&mut s, voice(), 0);
    assert_eq!(range(&s, "webwxgetvoice").unwrap(), "bytes=0-");
    let video = MediaRef::Video { msg_id: "4".into() };
    start(&mut s, video, 0);
    assert_eq!(range(&s, "webwxgetvideo").unwrap(), "bytes=0-");
}

#[test]
fn pictures_of_people_groups_members_and_maps_have_their_paths() {
    let mut s = Scenario::online(quiet());
    s.answer("synccheck", &synccheck(0, 4));
    let team = contact(
        ROOM,
        "Team",
        &format!(
            ",\n\"EncryChatRoomId\": \"@encry1\",\n\"MemberCount\": 1,\n\
             \"MemberList\": [{{\n\"UserName\": \"{OWN}\",\n\"NickName\": \"Me\"\n}}\n]"
        ),
    );
    s.answer("webwxsync", &page(8).mods(&[team]).json());
    start(&mut s, MediaRef::avatar(ANN), 0);
    let query = s.query("webwxgeticon");
    assert!(
        query.contains(&format!("username={}", ANN.replace('@', "%40"))),
        "{query}"
    );
    s.answer_as("webwxgeticon", StatusCode::NOT_FOUND, &[], b"");
    let member = MediaRef::Avatar {
        user_name: BOB.into(),
        group: Some(ROOM.into()),
        msg_id: None,
    };
    start(&mut s, member, 0);
    let query = s.query("webwxgeticon");
    assert!(query.contains("chatroomid=%40encry1"), "{query}");
    start(&mut s, MediaRef::avatar(ROOM), 0);
    assert!(s.has("webwxgetheadimg"));
    start(
        &mut s,
        MediaRef::Map {
            msg_id: "41".into(),
        },
        0,
    );
    let query = s.query("webwxgetpubliclinkimg");
    assert!(
        query.contains("url=xxx&msgid=41&pictype=location"),
        "{query}"
    );
}
