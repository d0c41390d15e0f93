//! Requests: their encoding beside `serde_json::json!`, the form of an upload, and the
//! hash of a file.

use std::hint::black_box;
use std::rc::Rc;

use md5::{Digest, Md5};
use serde_json::{Value, json};
use wx_wire::Credentials;
use wx_wire::endpoint::webwxuploadmedia::{self, FileFacts, MediaKind};
use wx_wire::endpoint::{Envelope, synccheck, webwxsendmsg, webwxsync};
use wx_wire::host::Hosts;
use wx_wire::id::{ClientMsgId, DeviceId, Uin, UserName};
use wx_wire::secret::{DataTicket, PassTicket, Sid, Skey};
use wx_wire::sync_key::{SyncKey, SyncKeyEntry};

use crate::{Amount, Case, inputs};

const UNIX_MS: u64 = 1_520_927_383_000;
/// The most bytes that a piece of an upload has.
const PIECE: usize = 512 * 1024;

struct Session {
    credentials: Credentials,
    sync_key: SyncKey,
    own: UserName,
    to: UserName,
    client_msg_id: ClientMsgId,
}

pub(super) fn cases() -> Vec<Case> {
    let session = Rc::new(session());
    vec![
        synccheck(session.clone()),
        sync(session.clone()),
        text(session.clone()),
        form(session),
        hash(),
    ]
}

#[expect(
    clippy::field_reassign_with_default,
    reason = "the struct may grow, so that only its own crate can name all fields"
)]
fn session() -> Session {
    let mut sync_key = SyncKey::default();
    sync_key.list = [1, 2, 3, 11, 201, 203, 1000, 1001]
        .into_iter()
        .map(|key| {
            let mut entry = SyncKeyEntry::default();
            (entry.key, entry.val) = (key, 701_699_264);
            entry
        })
        .collect();
    sync_key.count = 8;
    Session {
        credentials: Credentials {
            hosts: Hosts::of("wx2.qq.com").expect("a known host"),
            uin: Uin(2_799_942_121),
            sid: Sid::new("a/b+cD3fGh1jKlMn"),
            skey: Skey::new("@crypt_0a1b2c3d_00112233445566778899aabbccddeeff"),
            pass_ticket: PassTicket::new("%2Babc%2FdefGhIjKlMnOpQrStUvWxYz%3D"),
            device_id: DeviceId::from("e012345678901234"),
        },
        sync_key,
        own: UserName::from(inputs::own()),
        to: UserName::from(inputs::person(1)),
        client_msg_id: ClientMsgId::from("15209273830000123"),
    }
}

fn synccheck(session: Rc<Session>) -> Case {
    let ours = move || {
        synccheck::Request {
            credentials: &session.credentials,
            sync_key: &session.sync_key,
            unix_ms: black_box(UNIX_MS),
        }
        .encode()
    };
    let bytes = ours().uri().to_string().len();
    Case::new("request/synccheck", Amount::Bytes(bytes), ours)
}

fn sync(session: Rc<Session>) -> Case {
    let of_others = session.clone();
    let ours = move || {
        webwxsync::Request {
            credentials: &session.credentials,
            sync_key: &session.sync_key,
            unix_ms: black_box(UNIX_MS),
        }
        .encode()
    };
    let body = ours().into_body();
    let rr = parsed(&body)["rr"].clone();
    let theirs = move || {
        let keys = &of_others.credentials;
        let list: Vec<Value> = (of_others.sync_key.list.iter())
            .map(|entry| json!({"Key": entry.key, "Val": entry.val}))
            .collect();
        let url = format!(
            "https://{}/cgi-bin/mmwebwx-bin/webwxsync?sid={}&skey={}&pass_ticket={}",
            keys.hosts.base(),
            keys.sid.expose(),
            keys.skey.expose(),
            keys.pass_ticket.expose(),
        );
        let body = json!({
            "BaseRequest": base_request(keys),
            "SyncKey": {"Count": list.len(), "List": list},
            "rr": black_box(&rr),
        });
        (url, body.to_string())
    };
    let same = (parsed(&body), parsed(theirs().1.as_bytes()));
    Case::new("request/webwxsync", Amount::Bytes(body.len()), ours).beside(
        "serde_json::json!",
        None,
        theirs,
        same,
    )
}

fn text(session: Rc<Session>) -> Case {
    const TEXT: &str = "好的，明天上午十点见 \"ok\"";
    let of_others = session.clone();
    let ours = move || {
        webwxsendmsg::Request {
            envelope: Envelope {
                credentials: &session.credentials,
                from: &session.own,
                to: &session.to,
                client_msg_id: &session.client_msg_id,
                forwarded: false,
            },
            content: webwxsendmsg::Content::Text {
                text: black_box(TEXT),
                mentions: &[],
            },
        }
        .encode()
    };
    let body = ours().into_body();
    let theirs = move || {
        let keys = &of_others.credentials;
        let url = format!(
            "https://{}/cgi-bin/mmwebwx-bin/webwxsendmsg?pass_ticket={}",
            keys.hosts.base(),
            keys.pass_ticket.expose(),
        );
        let body = json!({
            "BaseRequest": base_request(keys),
            "Msg": {
                "Type": 1,
                "Content": black_box(TEXT),
                "FromUserName": of_others.own,
                "ToUserName": of_others.to,
                "LocalID": of_others.client_msg_id,
                "ClientMsgId": of_others.client_msg_id,
            },
            "Scene": 0,
        });
        (url, body.to_string())
    };
    let same = (parsed(&body), parsed(theirs().1.as_bytes()));
    Case::new("request/webwxsendmsg", Amount::Bytes(body.len()), ours).beside(
        "serde_json::json!",
        None,
        theirs,
        same,
    )
}

fn base_request(keys: &Credentials) -> Value {
    json!({
        "Uin": keys.uin,
        "Sid": keys.sid.expose(),
        "Skey": keys.skey.expose(),
        "DeviceID": keys.device_id,
    })
}

fn parsed(body: &[u8]) -> Value {
    serde_json::from_slice(body).expect("JSON")
}

fn form(session: Rc<Session>) -> Case {
    let ticket = DataTicket::new("gSfTq0123456789abcdefghij");
    let file = FileFacts {
        name: "报告 \"2018\".pdf".to_owned(),
        size: 3 * PIECE as u64,
        md5: "00112233445566778899aabbccddeeff".to_owned(),
        media_type: "application/pdf".to_owned(),
        modified: 1_520_927_383,
    };
    let ours = move || {
        webwxuploadmedia::Request {
            credentials: &session.credentials,
            data_ticket: &ticket,
            from: &session.own,
            to: &session.to,
            file: black_box(&file),
            kind: MediaKind::Doc,
            client_media_id: UNIX_MS,
            keys: None,
            piece: 1,
            boundary: "----WebKitFormBoundaryAbCdEf0123456789",
        }
        .encode()
    };
    let bytes = ours().before.len();
    Case::new("request/multipart", Amount::Bytes(bytes), ours)
}

/// The hash that an upload names, over one piece: the crate that wx-client uses, beside
/// another one.
fn hash() -> Case {
    let piece: Rc<[u8]> = (0..PIECE).map(|at| (at * 31 % 251) as u8).collect();
    let of_others = piece.clone();
    let same = (
        Md5::digest(&piece).iter().copied().collect::<Vec<u8>>(),
        other_md5::compute(&piece).0.to_vec(),
    );
    Case::new("request/upload md5", Amount::Bytes(PIECE), move || {
        Md5::digest(black_box(&piece))
    })
    .beside(
        "md5",
        None,
        move || other_md5::compute(black_box(&of_others)),
        same,
    )
}
