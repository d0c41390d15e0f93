//! Pages of webwxsync.

#![expect(clippy::unwrap_used, reason = "the helpers of tests may fail")]

use wx_wire::{
    code::{AppMsgType, MsgType, Ret, StatusNotifyCode},
    endpoint::webwxsync::Response,
};

fn page(body: &str) -> Response<'_> {
    Response::decode(body.as_bytes()).unwrap()
}

/// Numbers as texts and texts as numbers, members missing or null, an item that
/// is none, and a count that does not agree.
#[test]
fn a_page_of_odd_items() {
    let page = page(
        r#"{"BaseResponse":{"Ret":0,"ErrMsg":""},"AddMsgCount":7,"AddMsgList":[
            {"MsgId":"7790926566255614513","NewMsgId":7790926566255614513,"MsgType":"49",
             "AppMsgType":"6","FileSize":"633344","Url":"http://u?a=1&amp;b=2",
             "EncryFileName":"a%5Fb%2Ejpg","RecommendInfo":null},
            {"MsgId":177389166873616968,"FileSize":"","StatusNotifyCode":4,"MsgType":51,
             "StatusNotifyUserName":"@a,@@b,filehelper"},
            "nothing"],
            "SyncKey":{"Count":2,"List":[{"Key":"1","Val":"5"},{"Key":1000,"Val":7}]},
            "SKey":"","ContinueFlag":0}"#,
    );
    assert_eq!(page.add_msg_count, Some(7));
    let [file, notify, nothing] = &page.add_msg_list[..] else {
        panic!("not three");
    };
    assert_eq!(file.msg.msg_id.as_str(), "7790926566255614513");
    assert_eq!(file.msg.new_msg_id, 7_790_926_566_255_614_513);
    assert_eq!(
        (file.msg.msg_type, file.msg.app_msg_type),
        (MsgType::APP, AppMsgType::FILE)
    );
    assert_eq!(file.msg.file_size, "633344");
    assert_eq!(file.msg.encry_file_name.as_deref(), Some("a%5Fb%2Ejpg"));
    assert_eq!(file.msg.recommend_info().user_name, "");
    assert_eq!(notify.msg.msg_id.as_str(), "177389166873616968");
    assert_eq!(
        notify.msg.status_notify_code,
        StatusNotifyCode::SYNC_CONVERSATIONS
    );
    assert_eq!(notify.msg.encry_file_name, None);
    assert_eq!(nothing.raw, "\"nothing\"");
    assert_eq!(page.sync_key.unwrap().to_string(), "1_5|1000_7");
    assert!(page.sync_check_key.is_none());
}

/// In whatever order members stand, with blanks around their colons or with
/// escapes in their names: each is read, and of two the last.
#[test]
fn members_may_stand_anywhere() {
    let members = [
        r#""MsgId":"17""#,
        r#""FromUserName" : "@a""#,
        r#""ForwardFlag":{"MsgId":"none"}"#,
        r#""MsgType":"1""#,
        r#""Cont\u0065nt":"hello""#,
        r#""CreateTime":1520927383"#,
    ];
    let in_order = members.join(",");
    let reversed: Vec<&str> = members.into_iter().rev().collect();
    let twice = format!(r#""CreateTime":1,"MsgId":"1",{in_order}"#);
    for item in [in_order, reversed.join(","), twice] {
        let body = format!(r#"{{"BaseResponse":{{"Ret":0}},"AddMsgList":[{{{item}}}]}}"#);
        let page = page(&body);
        let msg = &page.add_msg_list[0].msg;
        assert_eq!((msg.msg_id.as_str(), &*msg.from_user_name), ("17", "@a"));
        assert_eq!((msg.msg_type, &*msg.content), (MsgType::TEXT, "hello"));
        assert_eq!(msg.create_time, 1_520_927_383);
    }
}

/// Up to the largest that fits, and no further.
#[test]
fn numbers_of_many_digits() {
    for (written, number, time) in [
        (
            "999999999999999999",
            999_999_999_999_999_999,
            999_999_999_999_999_999,
        ),
        ("9223372036854775807", 9_223_372_036_854_775_807, i64::MAX),
        ("9223372036854775808", 9_223_372_036_854_775_808, 0),
        ("9999999999999999999", 9_999_999_999_999_999_999, 0),
        ("18446744073709551615", u64::MAX, 0),
        ("18446744073709551616", 0, 0),
    ] {
        let body = format!(
            r#"{{"BaseResponse":{{"Ret":0}},"AddMsgList":[{{"NewMsgId":{written},"CreateTime":{written}}}]}}"#
        );
        let page = page(&body);
        let msg = &page.add_msg_list[0].msg;
        assert_eq!(
            (msg.new_msg_id, msg.create_time),
            (number, time),
            "{written}"
        );
    }
}

#[test]
fn changes_of_contacts() {
    let page = page(
        r#"{"BaseResponse":{"Ret":0,"ErrMsg":""},"AddMsgCount":0,"AddMsgList":[],
            "ModContactCount":1,"ModContactList":[{"UserName":"@@r","NickName":"R","ContactType":0,
              "HeadImgUpdateFlag":1,"ChatRoomOwner":"@a","RemarkName":"","MemberCount":1,
              "MemberList":[{"UserName":"@a","Uin":3000000001}]}],
            "DelContactCount":1,"DelContactList":[{"UserName":"@d","ContactFlag":0}],
            "ModChatRoomMemberCount":0,"ModChatRoomMemberList":[],
            "Profile":{"BitFlag":190,"NickName":{"Buff":"Me &amp; I"},"HeadImgUrl":"/h"},
            "ContinueFlag":1,"SyncKey":{"Count":0,"List":[]},"SKey":"@crypt_3"}"#,
    );
    let [room] = &page.mod_contact_list[..] else {
        panic!("not one");
    };
    assert_eq!(room.chat_room_owner.as_ref().unwrap().as_str(), "@a");
    // A remark that was cleared is there and empty; an alias is not there.
    assert_eq!(
        (room.remark_name.as_deref(), room.alias.as_deref()),
        (Some(""), None)
    );
    assert_eq!(page.del_contact_list[0].as_str(), "@d");
    assert_eq!(page.profile.nick_name(), "Me &amp; I");
    assert_eq!(page.continue_flag, Some(1));
    assert_eq!(page.skey.unwrap().expose(), "@crypt_3");
}

/// The key of a failure is empty and must not take the place of the old one.
#[test]
fn failures_have_the_members_of_a_success() {
    for ret in [-1, 1100] {
        let body = format!(
            r#"{{"BaseResponse":{{"Ret":{ret},"ErrMsg":""}},"AddMsgCount":0,"AddMsgList":[],
                "ModContactCount":0,"ModContactList":[],"DelContactCount":0,"DelContactList":[],
                "ContinueFlag":0,"SyncKey":{{"Count":0,"List":[]}},"SKey":""}}"#
        );
        let page = page(&body);
        assert_eq!(page.base_response.ret, Ret(ret));
        assert!(page.sync_key.unwrap().is_empty());
        assert!(page.skey.unwrap().is_empty());
    }
}

#[test]
fn what_is_no_page() {
    for body in [
        "",
        "<html></html>",
        "{}",
        r#"{"BaseResponse":{"Ret":0}}"#,
        r#"{"BaseResponse":"#,
    ] {
        assert!(Response::decode(body.as_bytes()).is_err(), "{body}");
    }
    let cut = "{\"BaseResponse\":{\"Ret\":0},\n\"AddMsgList\":[";
    let error = Response::decode(cut.as_bytes()).unwrap_err();
    assert!(
        (cut.len() - 1..=cut.len()).contains(&error.offset),
        "{error}"
    );
}

/// UTF-8 that somebody took for Latin-1 is a text like any other.
#[test]
fn mojibake_is_kept_as_it_is() {
    let page = page(
        "{\"BaseResponse\":{\"Ret\":0},\"AddMsgList\":[{\"Content\":\"æ–‡\u{a0}\u{85}\",\"MsgType\":1}]}",
    );
    assert_eq!(page.add_msg_list[0].msg.content, "æ–‡\u{a0}\u{85}");
}
