//! Changes to messages, contacts and groups.

use wx_wire::{
    code::StatusNotifyCode,
    endpoint::{
        webwxcreatechatroom, webwxoplog, webwxrevokemsg, webwxsearchcontact, webwxstatusnotify,
        webwxupdatechatroom, webwxverifyuser,
    },
    id::{MsgId, UserName},
};

use super::support::{TEXT, friend, keys, number, own, posted, shown};

const NOW: u64 = 1_700_000_000_456;

#[test]
fn a_recall() {
    let request = webwxrevokemsg::Request {
        credentials: &keys(),
        msg_id: &MsgId::from("1234567890123456789"),
        to: &friend(),
        client_msg_id: &number(),
    };
    assert_eq!(
        shown(&request.encode()),
        posted(
            "webwxrevokemsg?pass_ticket=p%252Bt%253D",
            r#"{"BaseRequest":KEYS,"SvrMsgId":"1234567890123456789","ToUserName":"@friend","ClientMsgId":"17000000000000123"}"#
        )
    );
}

/// A pin carries the remark, which the server would forget otherwise.
#[test]
fn remarks_and_pins() {
    let changed = |op| {
        let request = webwxoplog::Request {
            credentials: &keys(),
            user_name: &friend(),
            op,
        };
        shown(&request.encode())
    };
    let path = "webwxoplog?pass_ticket=p%252Bt%253D";
    let remark_name = TEXT;
    assert_eq!(
        changed(webwxoplog::Op::Remark { remark_name }),
        posted(
            path,
            r#"{"BaseRequest":KEYS,"UserName":"@friend","CmdId":2,"RemarkName":"TEXT"}"#
        )
    );
    for (pinned, op) in [(true, 1), (false, 0)] {
        let json = format!(
            r#"{{"BaseRequest":KEYS,"UserName":"@friend","CmdId":3,"OP":{op},"RemarkName":"TEXT"}}"#
        );
        let change = webwxoplog::Op::Pin {
            pinned,
            remark_name,
        };
        assert_eq!(changed(change), posted(path, &json));
    }
}

#[test]
fn friends() {
    for (opcode, number, ticket) in [
        (webwxverifyuser::Opcode::AddContact, 1, ""),
        (webwxverifyuser::Opcode::SendRequest, 2, ""),
        (webwxverifyuser::Opcode::VerifyOk, 3, "v2_0a@stranger"),
    ] {
        let request = webwxverifyuser::Request {
            credentials: &keys(),
            opcode,
            user_name: &friend(),
            ticket,
            content: TEXT,
            unix_ms: NOW,
        };
        let json = format!(
            r#"{{"BaseRequest":KEYS,"Opcode":{number},"VerifyUserListSize":1,"VerifyUserList":[{{"Value":"@friend","VerifyUserTicket":"{ticket}"}}],"VerifyContent":"TEXT","SceneListCount":1,"SceneList":[33],"skey":"@crypt_1a_2b"}}"#
        );
        assert_eq!(
            shown(&request.encode()),
            posted(
                "webwxverifyuser?r=1700000000456&pass_ticket=p%252Bt%253D",
                &json
            )
        );
    }
}

#[test]
fn a_search_and_what_it_finds() {
    let request = webwxsearchcontact::Request {
        credentials: &keys(),
        keyword: TEXT,
    };
    assert_eq!(
        shown(&request.encode()),
        posted(
            "webwxsearchcontact?pass_ticket=p%252Bt%253D",
            r#"{"BaseRequest":KEYS,"KeyWord":"TEXT"}"#
        )
    );
    let found = webwxsearchcontact::Response::decode(
        br#"{"BaseResponse":{"Ret":0,"ErrMsg":""},"List":[{"EncryUserName":"@a"},{"EncryUserName":"@b"}]}"#,
    )
    .unwrap();
    assert!(found.base_response().ret.is_ok());
    let names: Vec<&str> = found
        .list
        .iter()
        .map(|found| found.encry_user_name.as_str())
        .collect();
    assert_eq!(names, ["@a", "@b"]);
    assert!(webwxsearchcontact::Response::decode(b"{}").is_err());
}

#[test]
fn a_new_group() {
    let request = webwxcreatechatroom::Request {
        credentials: &keys(),
        topic: TEXT,
        members: &["@a", "@b"].map(UserName::from),
        unix_ms: NOW,
    };
    assert_eq!(
        shown(&request.encode()),
        posted(
            "webwxcreatechatroom?r=1700000000456&pass_ticket=p%252Bt%253D",
            r#"{"BaseRequest":KEYS,"MemberCount":2,"MemberList":[{"UserName":"@a"},{"UserName":"@b"}],"Topic":"TEXT"}"#
        )
    );
}

#[test]
fn changes_of_a_group() {
    use webwxupdatechatroom::Change;

    let members = ["@a", "@b"].map(UserName::from);
    for (change, fun, member) in [
        (
            Change::Add(&members),
            "addmember",
            r#","AddMemberList":"@a,@b""#,
        ),
        (
            Change::Invite(&members),
            "invitemember",
            r#","InviteMemberList":"@a,@b""#,
        ),
        (
            Change::Remove(&members[..1]),
            "delmember",
            r#","DelMemberList":"@a""#,
        ),
        (Change::Rename(TEXT), "modtopic", r#","NewTopic":"TEXT""#),
        (Change::Quit, "quitchatroom", ""),
    ] {
        let request = webwxupdatechatroom::Request {
            credentials: &keys(),
            group: &UserName::from("@@room"),
            change,
        };
        assert_eq!(
            shown(&request.encode()),
            posted(
                &format!("webwxupdatechatroom?fun={fun}&pass_ticket=p%252Bt%253D"),
                &format!(r#"{{"BaseRequest":KEYS,"ChatRoomName":"@@room"{member}}}"#)
            )
        );
    }
}

/// Code 1: the chat was read here.
#[test]
fn a_chat_that_was_read() {
    let request = webwxstatusnotify::Request {
        credentials: &keys(),
        code: StatusNotifyCode::READ,
        from: &own(),
        to: &friend(),
        unix_ms: 1_700_000_000_000,
    };
    assert_eq!(
        shown(&request.encode()),
        posted(
            "webwxstatusnotify?pass_ticket=p%252Bt%253D",
            r#"{"BaseRequest":KEYS,"Code":1,"FromUserName":"@own","ToUserName":"@friend","ClientMsgId":1700000000000}"#
        )
    );
}
