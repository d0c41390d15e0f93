//! No request and no control call makes the service panic.

use bytes::Bytes;
use http::Request;
use proptest::prelude::*;
use serde_json::{Value, json};
use wx_sim::{Push, PushKind, all_hosts};

use crate::forms::{hello, post};
use crate::support::{CGI, World, online, percent};

const ENDPOINTS: [&str; 34] = [
    "login",
    "webwxnewloginpage",
    "webwxpushloginurl",
    "webwxinit",
    "webwxstatusnotify",
    "webwxgetcontact",
    "webwxbatchgetcontact",
    "synccheck",
    "webwxsync",
    "webwxsendmsg",
    "webwxsendmsgimg",
    "webwxsendvideomsg",
    "webwxsendemoticon",
    "webwxsendappmsg",
    "webwxcheckupload",
    "webwxuploadmedia",
    "webwxgetmsgimg",
    "webwxgetvoice",
    "webwxgetvideo",
    "webwxgetmedia",
    "webwxgeticon",
    "webwxgetheadimg",
    "webwxgetpubliclinkimg",
    "webwxpreview",
    "webwxrevokemsg",
    "webwxoplog",
    "webwxverifyuser",
    "webwxsearchcontact",
    "webwxcreatechatroom",
    "webwxupdatechatroom",
    "webwxlogout",
    "",
    "../jslogin",
    "nothing",
];

const CALLS: [&str; 12] = [
    "reset",
    "login",
    "push",
    "push_all",
    "burst",
    "contact/add",
    "contact/mod",
    "contact/del",
    "group/member",
    "session",
    "synccheck",
    "fault",
];

/// A member of some kind's content.
fn detail() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "text",
        "width",
        "height",
        "length",
        "length_ms",
        "length_s",
        "md5",
        "name",
        "size",
        "title",
        "url",
        "amount",
        "memo",
        "contact",
        "label",
        "x",
        "y",
        "msg_id",
        "code",
        "bytes_base64",
        "MsgType",
        "Content",
        "VoiceLength",
        "FileName",
    ])
    .prop_map(str::to_owned)
}

/// Words that the protocol knows, between any others.
fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "0",
            "-1",
            "18446744073709551616",
            "filehelper",
            "friend:0",
            "group:0",
            "self",
            "new",
            "@crypt_",
            "1_2|3_4",
            "text",
            "revoke",
            "raw",
            "confirm",
            "|",
            "_",
            "%",
            "=",
            "",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ]
}

fn member() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "BaseRequest",
        "Uin",
        "Sid",
        "Skey",
        "SyncKey",
        "List",
        "Key",
        "Val",
        "Count",
        "Msg",
        "Type",
        "Content",
        "MediaId",
        "EMoticonMd5",
        "UserName",
        "CmdId",
        "OP",
        "RemarkName",
        "skey",
        "Opcode",
        "MemberList",
        "MemberCount",
        "AddMemberList",
        "NewTopic",
        "ChatRoomName",
        "SvrMsgId",
        "kind",
        "from",
        "to",
        "content",
        "contact",
        "account",
        "action",
        "group",
        "member",
        "path",
        "config",
        "page_size",
        "uuid",
    ])
    .prop_map(str::to_owned)
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        word().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((member(), inner), 0..4)
                .prop_map(|pairs| pairs.into_iter().collect()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn requests_of_any_kind_are_answered_or_held(
        host in prop::sample::select(all_hosts()),
        endpoint in prop::sample::select(ENDPOINTS.to_vec()),
        post: bool,
        query in prop::collection::vec(("[a-z_]{0,9}", word()), 0..5),
        body in prop_oneof![
            value().prop_map(|value| value.to_string().into_bytes()),
            any::<Vec<u8>>(),
        ],
    ) {
        let (mut world, session) = online();
        let query: Vec<String> = query
            .iter()
            .map(|(name, value)| format!("{name}={}", percent(value)))
            .collect();
        let url = format!("https://{host}{CGI}/{endpoint}?{}", query.join("&"));
        let method = if post { "POST" } else { "GET" };
        let request = Request::builder().method(method).uri(url).body(Bytes::from(body)).unwrap();
        let id = world.start(session.with_cookies(request));
        let answered = world.reply(id).is_some();
        prop_assert!(answered != (world.sim.held() == 1));
    }

    #[test]
    fn members_of_any_kind_are_taken_or_refused(
        endpoint in prop::sample::select(vec![
            "webwxsendmsg", "webwxsendmsgimg?fun=async&f=json", "webwxsendemoticon?fun=sys",
            "webwxsendappmsg?fun=async&f=json", "webwxcheckupload", "webwxrevokemsg", "webwxoplog",
            "webwxverifyuser", "webwxsearchcontact", "webwxcreatechatroom",
            "webwxupdatechatroom?fun=addmember", "webwxupdatechatroom?fun=delmember",
            "webwxupdatechatroom?fun=modtopic",
        ]),
        mut body in prop::collection::hash_map(member(), value(), 0..6),
        msg in prop::collection::hash_map(member(), word(), 0..6),
    ) {
        let (mut world, session) = online();
        body.remove("BaseRequest");
        let mut body: Value = body.into_iter().collect();
        let mut msg: Value = msg.into_iter().map(|(name, word)| (name, Value::from(word))).collect();
        msg["FromUserName"] = session.user_name.clone().into();
        msg["ToUserName"] = "filehelper".into();
        body["Msg"] = msg;
        let answer = session.ask(&mut world, endpoint, body);
        prop_assert!(answer["BaseResponse"]["Ret"].is_i64());
    }

    #[test]
    fn forms_of_any_kind_are_taken_or_refused(
        part in 0_usize..10,
        value in prop_oneof![word().prop_map(String::into_bytes), any::<Vec<u8>>()],
        cut in 0_usize..3000,
    ) {
        let (mut world, session) = online();
        let mut parts = hello().parts(&session, 0);
        parts[part].1 = value;
        let mut request = post(&session, "a.txt", &parts);
        let body = request.body().clone();
        let whole = world.json(request.clone());
        prop_assert!(whole["BaseResponse"]["Ret"].is_i64());
        *request.body_mut() = body.slice(..cut.min(body.len()));
        let short = world.json(request);
        prop_assert!(short["BaseResponse"]["Ret"].is_i64());
    }

    #[test]
    fn control_calls_of_any_kind_succeed_or_are_refused(
        call in prop::sample::select(CALLS.to_vec()),
        body in value(),
    ) {
        let mut world = World::default();
        world.log_in();
        if let Err(error) = world.sim.control(world.now, call, &body) {
            prop_assert!(!error.to_string().is_empty());
        }
    }

    #[test]
    fn pushes_of_any_content_are_fetched_or_refused(
        kind in prop::sample::select(PushKind::ALL.to_vec()),
        content in prop_oneof![
            word().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            (detail(), prop_oneof![any::<u64>().prop_map(Value::from), word().prop_map(Value::from)])
                .prop_map(|(name, value)| Value::from_iter([(name, value)])),
        ],
        from in prop::sample::select(vec!["self", "friend:0", "group:0", "mp:0", "filehelper"]),
    ) {
        let (mut world, mut session) = online();
        let push = Push::new(kind).from(from).content(content);
        let pushed = world.sim.push(world.now, &push);
        let page = session.sync(&mut world);
        prop_assert_eq!(&page["AddMsgCount"], &json!(u8::from(pushed.is_ok())));
    }
}
