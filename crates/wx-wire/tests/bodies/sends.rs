//! Answers to what a client sends and changes.

use wx_wire::{
    code::Ret,
    endpoint::{
        Endpoint, Receipt, webwxcreatechatroom, webwxoplog, webwxpushloginurl, webwxrevokemsg,
        webwxstatusnotify, webwxupdatechatroom, webwxuploadmedia, webwxverifyuser,
    },
};

const VERDICT: &[u8] = b"{\n\"BaseResponse\": {\n\"Ret\": 1205,\n\"ErrMsg\": \"\"\n}\n}\n";

#[test]
fn receipts() {
    let sent = Receipt::decode(
        Endpoint::SendMsgImg,
        br#"{"BaseResponse":{"Ret":0,"ErrMsg":""},"MsgID":"3053194738703673101","LocalID":"154"}"#,
    )
    .unwrap();
    assert_eq!(sent.msg_id.as_str(), "3053194738703673101");
    let refused = Receipt::decode(
        Endpoint::SendMsgImg,
        br#"{"BaseResponse":{"Ret":1204,"ErrMsg":""},"MsgID":"","LocalID":""}"#,
    )
    .unwrap();
    assert_eq!(refused.base_response().ret, Ret::NOT_A_FRIEND);
    // Success without a number: the message may have arrived or not.
    let doubtful = br#"{"BaseResponse":{"Ret":0,"ErrMsg":""},"MsgID":"","LocalID":""}"#;
    assert!(Receipt::decode(Endpoint::SendAppMsg, doubtful).is_err());
    let noted = webwxstatusnotify::Response::decode(VERDICT).unwrap();
    assert_eq!(noted.base_response().ret, Ret::TOO_OFTEN);
}

/// The verdict comes first: a refusal may name a medium, too.
#[test]
fn receipts_of_pieces() {
    let last = webwxuploadmedia::Response::decode(
        br#"{"BaseResponse":{"Ret":0,"ErrMsg":""},"MediaId":"@crypt_1","StartPos":"63048",
            "CDNThumbImgHeight":100,"CDNThumbImgWidth":66,"EncryFileName":"I%5F1%2EJPG"}"#,
    )
    .unwrap();
    assert_eq!(
        (last.media_id.as_str(), last.start_pos),
        ("@crypt_1", Some(63048))
    );
    assert_eq!(last.cdn_thumb_img_height, Some(100));
    assert_eq!(last.encry_file_name.as_deref(), Some("I%5F1%2EJPG"));
    let refused = webwxuploadmedia::Response::decode(
        br#"{"BaseResponse":{"Ret":1205,"ErrMsg":""},"MediaId":"@crypt_2"}"#,
    )
    .unwrap();
    assert_eq!(refused.base_response().ret, Ret::TOO_OFTEN);
    assert_eq!((refused.start_pos, refused.encry_file_name), (None, None));
}

#[test]
fn changes_of_groups() {
    let created = webwxcreatechatroom::Response::decode(
        br#"{"BaseResponse":{"Ret":0,"ErrMsg":"Everything is OK"},"Topic":"T","MemberCount":2,
            "MemberList":[{"UserName":"@a","MemberStatus":0},{"UserName":"@b","MemberStatus":4}],
            "ChatRoomName":"@@r","BlackList":"@b"}"#,
    )
    .unwrap();
    assert!(created.base_response().ret.is_ok());
    assert_eq!(created.chat_room_name.as_str(), "@@r");
    assert_eq!(created.topic, "T");
    assert_eq!(created.member_list[1].member_status, 4);
    assert_eq!(created.black_list, "@b");
    let updated = webwxupdatechatroom::Response::decode(
        br#"{"BaseResponse":{"Ret":1,"ErrMsg":""},"MemberCount":0,"MemberList":[]}"#,
    )
    .unwrap();
    assert_eq!(updated.base_response().ret, Ret::PARAMETER_ERROR);
    assert!(updated.member_list.is_empty());
}

#[test]
fn a_recall_with_words() {
    let revoked = webwxrevokemsg::Response::decode(
        r#"{"BaseResponse":{"Ret":0,"ErrMsg":""},"Introduction":"","SysWording":"已撤回"}"#
            .as_bytes(),
    )
    .unwrap();
    assert_eq!(
        (revoked.introduction.as_str(), revoked.sys_wording.as_str()),
        ("", "已撤回")
    );
}

#[test]
fn verdicts() {
    assert_eq!(
        webwxoplog::Response::decode(VERDICT)
            .unwrap()
            .base_response()
            .ret,
        Ret::TOO_OFTEN
    );
    let verified = webwxverifyuser::Response::decode(VERDICT).unwrap();
    assert_eq!(verified.base_response().ret, Ret::TOO_OFTEN);
    for body in ["", "{}", "[]", "<html></html>"] {
        let body = body.as_bytes();
        assert!(webwxoplog::Response::decode(body).is_err());
        assert!(webwxverifyuser::Response::decode(body).is_err());
        assert!(webwxuploadmedia::Response::decode(body).is_err());
        assert!(webwxcreatechatroom::Response::decode(body).is_err());
        assert!(webwxupdatechatroom::Response::decode(body).is_err());
        assert!(webwxrevokemsg::Response::decode(body).is_err());
    }
}

/// `ret` is a text or a number, and there is no BaseResponse.
#[test]
fn a_push_login() {
    for ret in ["\"0\"", "0"] {
        let body = format!("{{\"ret\":{ret},\"msg\":\"all ok\",\"uuid\":\"gY_-==\"}}");
        let granted = webwxpushloginurl::Response::decode(body.as_bytes()).unwrap();
        assert_eq!(granted.granted().unwrap().as_str(), "gY_-==");
    }
    let refused = webwxpushloginurl::Response::decode(br#"{"ret":"1","msg":"no"}"#).unwrap();
    assert_eq!(refused.granted(), None);
}
