//! What the service may answer at each endpoint: bodies in its layout, with invented
//! values. The input chooses the body and the numbers in it.

use wx_proto::Request;

use super::path;

pub(crate) const OWN: &str = "@5e1f0000000000000000000000000001";
pub(crate) const ANN: &str = "@a0000000000000000000000000000001";
pub(crate) const ROOM: &str = "@@c000000000000000000000000000000000000000000000000000000000000003";

const REDIRECT: &str = "https://wx2.qq.com/cgi-bin/mmwebwx-bin/webwxnewloginpage?ticket=A1&scan=1";
const KEYS: &str = "<error><ret>0</ret><message></message><skey>@crypt_1</skey><wxsid>s</wxsid>\
     <wxuin>2799942121</wxuin><pass_ticket>t%2B</pass_ticket><isgrayscale>1</isgrayscale></error>";

/// A body that fits the request, or one that does not. `variant` chooses it, and `n` is the
/// number in it.
pub(crate) fn body(request: &Request, variant: usize, n: usize) -> String {
    let fitting = fitting(path(request), n);
    let odd = [
        "",
        "<html></html>",
        "{}",
        "{\"BaseResponse\": {\"Ret\": 1101}}",
        "window.synccheck={retcode:\"1102\",selector:\"0\"}",
        "\u{1f31b}",
    ];
    let odd = odd.iter().map(|odd| (*odd).to_owned());
    let all: Vec<String> = fitting.into_iter().chain(odd).collect();
    all.get(variant % all.len()).cloned().unwrap_or_default()
}

fn fitting(name: &str, n: usize) -> Vec<String> {
    match name {
        "jslogin" => vec![
            format!("window.QRLogin.code = 200; window.QRLogin.uuid = \"a{n}==\";"),
            "window.QRLogin.code = 400;".to_owned(),
        ],
        "login" => vec![
            format!("window.code=200;\nwindow.redirect_uri=\"{REDIRECT}\";"),
            "window.code=408;".to_owned(),
            "window.code=201;window.userAvatar = 'data:img/jpg;base64,/9j/';".to_owned(),
            "window.code=202;".to_owned(),
            "window.code=400;".to_owned(),
            "window.code=200;\nwindow.redirect_uri=\"http://x.example/\";".to_owned(),
        ],
        "webwxnewloginpage" => vec![
            KEYS.to_owned(),
            "<error><ret>1203</ret><message>no</message></error>".to_owned(),
            format!("<error><ret>301</ret><redirecturl>{REDIRECT}</redirecturl></error>"),
        ],
        "webwxpushloginurl" => vec![
            "{\"ret\":\"0\",\"msg\":\"all ok\",\"uuid\":\"p==\"}".to_owned(),
            "{\"ret\":\"1\",\"msg\":\"no\",\"uuid\":\"\"}".to_owned(),
        ],
        "webwxinit" => vec![init(n), verdict(-1, ""), verdict(1205, "")],
        "webwxgetcontact" => vec![
            verdict(0, &format!("\"MemberList\":[{}],\"Seq\":0", person(ANN))),
            verdict(0, &format!("\"MemberList\":[{}],\"Seq\":{n}", group(n))),
            verdict(-1, "\"MemberList\":[]"),
        ],
        "webwxbatchgetcontact" => vec![
            verdict(0, &format!("\"Count\":1,\"ContactList\":[{}]", group(n))),
            verdict(0, "\"Count\":0,\"ContactList\":[]"),
            verdict(1205, ""),
        ],
        "synccheck" => [(0, 2), (0, 0), (0, 6), (0, 7), (1205, 0), (-14, 0), (-1, 0)]
            .map(|(code, selector)| {
                format!("window.synccheck={{retcode:\"{code}\",selector:\"{selector}\"}}")
            })
            .to_vec(),
        "webwxsync" => sync(n),
        "webwxcheckupload" => vec![
            verdict(
                0,
                "\"MediaId\":\"\",\"AESKey\":\"00ff\",\"Signature\":\"s\"",
            ),
            verdict(
                0,
                "\"MediaId\":\"@media\",\"AESKey\":\"\",\"Signature\":\"\"",
            ),
            verdict(1, ""),
        ],
        "webwxuploadmedia" => vec![
            verdict(0, &format!("\"MediaId\":\"@media_{n}\",\"StartPos\":{n}")),
            verdict(0, "\"MediaId\":\"\",\"StartPos\":524288"),
            verdict(1205, "\"MediaId\":\"@other\""),
        ],
        "webwxcreatechatroom" => vec![
            verdict(0, &format!("\"ChatRoomName\":\"{ROOM}\",\"MemberList\":[]")),
            verdict(
                -2013,
                "\"MemberList\":[{\"UserName\":\"@b\",\"MemberStatus\":4}]",
            ),
        ],
        "webwxsearchcontact" => {
            vec![verdict(
                0,
                &format!("\"List\":[{{\"EncryUserName\":\"{ANN}\"}}]"),
            )]
        }
        // Receipts, and answers that are only a verdict. JSON instead of a medium is a
        // refusal too.
        _ => vec![
            verdict(
                0,
                &format!("\"MsgID\":\"{}\",\"LocalID\":\"1\"", 900 + n % 40),
            ),
            verdict(1204, "\"MsgID\":\"\""),
            verdict(1205, ""),
        ],
    }
}

fn verdict(ret: i64, members: &str) -> String {
    let comma = if members.is_empty() { "" } else { "," };
    format!("{{\"BaseResponse\":{{\"Ret\":{ret},\"ErrMsg\":\"\"}}{comma}{members}}}")
}

fn person(id: &str) -> String {
    format!("{{\"UserName\":\"{id}\",\"NickName\":\"Ann\",\"ContactFlag\":3,\"VerifyFlag\":0}}")
}

/// The group, with one to four members.
fn group(n: usize) -> String {
    let members: Vec<String> = [OWN, ANN, "@b1", "@b2"]
        .iter()
        .skip(n % 4)
        .map(|id| person(id))
        .collect();
    format!(
        "{{\"UserName\":\"{ROOM}\",\"NickName\":\"Team\",\"MemberCount\":{},\"MemberList\":[{}]}}",
        members.len(),
        members.join(",")
    )
}

fn key(n: usize) -> String {
    format!("{{\"Count\":1,\"List\":[{{\"Key\":1,\"Val\":{n}}}]}}")
}

fn init(n: usize) -> String {
    verdict(
        0,
        &format!(
            "\"ContactList\":[{}],\"SyncKey\":{},\"User\":{{\"Uin\":2799942121,\
             \"UserName\":\"{OWN}\",\"NickName\":\"Me\"}},\"ChatSet\":\"filehelper,{ROOM},\",\
             \"SKey\":\"@crypt_2\"",
            group(n),
            key(n)
        ),
    )
}

fn sync(n: usize) -> Vec<String> {
    let page = |messages: &[String], more: &str| {
        let messages = messages.join(",");
        verdict(
            0,
            &format!("\"AddMsgList\":[{messages}],\"SyncKey\":{}{more}", key(n)),
        )
    };
    let id = |k: usize| 900 + (n + k) % 40;
    let message = |kind: i64, id: usize, from: &str, to: &str, content: &str| {
        format!(
            "{{\"MsgId\":\"{id}\",\"FromUserName\":\"{from}\",\"ToUserName\":\"{to}\",\
             \"MsgType\":{kind},\"Content\":\"{content}\",\"CreateTime\":1520927383,\
             \"StatusNotifyCode\":4,\"StatusNotifyUserName\":\"{ROOM}\"}}"
        )
    };
    let revoke = format!(
        "&lt;sysmsg type=\\\"revokemsg\\\"&gt;&lt;revokemsg&gt;&lt;msgid&gt;{}&lt;/msgid&gt;\
         &lt;replacemsg&gt;&lt;![CDATA[gone]]&gt;&lt;/replacemsg&gt;&lt;/revokemsg&gt;&lt;/sysmsg&gt;",
        id(0)
    );
    vec![
        page(
            &[
                message(1, id(0), ANN, OWN, "hi"),
                message(1, id(1), ROOM, OWN, "@b1:<br/>ho"),
            ],
            "",
        ),
        page(&[], ""),
        page(
            &[
                message(1, id(1), OWN, ANN, "hi"),
                message(3, id(2), ANN, OWN, ""),
            ],
            ",\"ContinueFlag\":1",
        ),
        page(
            &[
                message(10002, id(3), ANN, OWN, &revoke),
                message(51, id(4), OWN, OWN, ""),
            ],
            "",
        ),
        page(
            &[
                "{}".to_owned(),
                "[]".to_owned(),
                message(9999, 0, "", "", ""),
            ],
            &format!(
                ",\"ModContactList\":[{},{}],\"DelContactList\":[{{\"UserName\":\"{ANN}\"}}],\
                 \"SyncCheckKey\":{},\"SKey\":\"@crypt_3\"",
                group(n),
                person("@b1"),
                key(n + 1)
            ),
        ),
        verdict(0, "\"AddMsgList\":[],\"SyncKey\":{\"Count\":0,\"List\":[]}"),
        verdict(-1, ""),
        verdict(1205, ""),
    ]
}
