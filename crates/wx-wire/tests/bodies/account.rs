//! Bodies about an account and its contacts.

use wx_wire::{
    code::Ret,
    content::{EmojiTable, decode_name},
    endpoint::{webwxbatchgetcontact, webwxgetcontact, webwxinit},
    id::Uin,
};

/// In the service's own layout: every brace and its comma on lines of their own.
const INIT: &str = r#"{
"BaseResponse": {
"Ret": 0,
"ErrMsg": ""
}
,
"Count": 11,
"ContactList": [{
"Uin": 0,
"UserName": "filehelper",
"NickName": "Files",
"Statues": 1,
"Keyword": "fil",
"EncryChatRoomId": ""
}
,{
"UserName": "@@room",
"NickName": "Trip <span class=\"emoji emoji1f412\"></span> &amp; more",
"ContactFlag": 2051,
"AttrStatus": 4294967295,
"OwnerUin": 3000000000,
"MemberCount": 2,
"MemberList": [{
"UserName": "@a",
"NickName": ""
}
]
}
],
"SyncKey": {
"Count": 2,
"List": [{
"Key": 1,
"Val": 636444437
}
,{
"Key": 1000,
"Val": 9007199254740993
}
]
}
,
"User": {
"Uin": 2467332002,
"UserName": "@me",
"NickName": "Me"
}
,
"ChatSet": "filehelper,weixin,@@room,filehelper,",
"SKey": "@crypt_2",
"ClientVersion": 637865269,
"SystemTime": 1504157627,
"InviteStartCount": 40,
"MPSubscribeMsgCount": 22,
"MPSubscribeMsgList": [{
"UserName": "@mp",
"MPArticleCount": 2,
"MPArticleList": [{
"Title": "One",
"Digest": "First",
"Cover": "http://c.example/1",
"Url": "http://u.example/1"
}
,{
"Title": "Two",
"Cover": "http://c.example/2",
"Url": "http://u.example/2"
}
],
"Time": 1504150000,
"NickName": "News"
}
],
"ClickReportInterval": 600000
}
"#;

#[test]
fn an_initialisation() {
    let init = webwxinit::Response::decode(INIT.as_bytes()).unwrap();
    assert_eq!(init.base_response().ret, Ret::OK);
    // The number is not that of the list.
    assert_eq!((init.count, init.contact_list.len()), (11, 2));
    let [files, room] = &init.contact_list[..] else {
        panic!("not two");
    };
    assert_eq!(files.key_word.as_deref(), Some("fil"));
    assert_eq!(files.statues, Some(1));
    assert_eq!(files.is_owner, None);
    assert!(room.user_name.is_room());
    assert_eq!(room.owner_uin, Some(Uin(3_000_000_000)));
    assert_eq!(room.attr_status, Some(4_294_967_295));
    let nick = decode_name(room.nick_name.as_deref().unwrap(), EmojiTable::AsIs);
    assert_eq!(nick, "Trip \u{1f412} & more");
    assert_eq!(
        init.sync_key.to_string(),
        "1_636444437|1000_9007199254740993"
    );
    assert_eq!(init.user.uin.0, 2_467_332_002);
    assert_eq!(init.skey.expose(), "@crypt_2");
    let chats: Vec<String> = init.chat_set().map(|name| name.to_string()).collect();
    assert_eq!(chats, ["filehelper", "weixin", "@@room", "filehelper"]);
}

#[test]
fn articles_of_public_accounts() {
    let init = webwxinit::Response::decode(INIT.as_bytes()).unwrap();
    assert_eq!(init.mp_subscribe_msg_count, 22);
    let [news] = &init.mp_subscribe_msg_list[..] else {
        panic!("not one");
    };
    assert_eq!((news.nick_name.as_str(), news.article_count), ("News", 2));
    let articles: Vec<_> = news
        .articles
        .iter()
        .map(|article| {
            (
                article.title.as_str(),
                article.digest.as_str(),
                article.url.as_str(),
            )
        })
        .collect();
    assert_eq!(
        articles,
        [
            ("One", "First", "http://u.example/1"),
            ("Two", "", "http://u.example/2")
        ]
    );
}

#[test]
fn the_layout_does_not_matter() {
    let joined = INIT.replace('\n', "");
    let spaced = INIT.replace('\n', "\r\n\t ");
    let marked = format!("\u{feff}\n{INIT}");
    let expected = webwxinit::Response::decode(INIT.as_bytes()).unwrap();
    for body in [joined, spaced, marked] {
        assert_eq!(
            webwxinit::Response::decode(body.as_bytes()).unwrap(),
            expected
        );
    }
}

/// It has every member of a success, and only `Ret` tells.
#[test]
fn a_refused_initialisation() {
    let full = r#"{"BaseResponse":{"Ret":1,"ErrMsg":""},"Count":0,"ContactList":[],
        "SyncKey":{"Count":0,"List":[]},"User":{"Uin":0,"UserName":"","NickName":""},
        "ChatSet":"","SKey":"","ClientVersion":0,"SystemTime":0,"MPSubscribeMsgList":[]}"#;
    let refused = webwxinit::Response::decode(full.as_bytes()).unwrap();
    assert_eq!(refused.base_response().ret, Ret::PARAMETER_ERROR);
    let short = br#"{"BaseResponse":{"Ret":1102,"ErrMsg":""}}"#;
    let refused = webwxinit::Response::decode(short).unwrap();
    assert_eq!(refused.base_response().ret, Ret::COOKIE_INVALID);
    // The same without a verdict against it is no initialisation.
    let empty = full.replace("\"Ret\":1", "\"Ret\":0");
    assert!(webwxinit::Response::decode(empty.as_bytes()).is_err());
}

#[test]
fn pages_of_contacts() {
    let body = br#"{"BaseResponse":{"Ret":"0","ErrMsg":null},"MemberCount":149,"MemberList":[
        {"UserName":"@a","NickName":"A \"B\"","PYInitial":"ABSPANCLASSEMOJIEMOJI1F412SPAN",
         "ContactFlag":"34819","EncryChatRoomId":"0"},
        7, null, {"UserName":"@b","Sex":{"odd":1}}],"Seq":"12"}"#;
    let page = webwxgetcontact::Response::decode(body).unwrap();
    assert_eq!((page.seq, page.member_count), (12, 149));
    let contacts = page.into_contacts();
    assert_eq!(contacts.len(), 2);
    assert_eq!(contacts[0].nick_name.as_deref(), Some("A \"B\""));
    assert_eq!(contacts[0].contact_flag, Some(34819));
    assert_eq!(contacts[0].encry_chat_room_id.as_deref(), Some("0"));
    assert_eq!(contacts[1].user_name.as_str(), "@b");
    assert_eq!(contacts[1].sex, None);
    let last = br#"{"BaseResponse":{"Ret":0},"MemberList":[]}"#;
    assert_eq!(webwxgetcontact::Response::decode(last).unwrap().seq, 0);
}

#[test]
fn details_of_a_room() {
    let body = br#"{"BaseResponse":{"Ret":0,"ErrMsg":""},"Count":2,"ContactList":[
        {"UserName":"@@r","NickName":"","MemberCount":9,"EncryChatRoomId":"@0a","IsOwner":1,
         "MemberList":[{"UserName":"@a","NickName":"A","DisplayName":"&lt;a&gt;","Uin":0},
                       {"UserName":"@b","AttrStatus":2147583589}]}]}"#;
    let details = webwxbatchgetcontact::Response::decode(body).unwrap();
    assert_eq!(details.count, 2);
    let contacts = details.into_contacts();
    let [room] = &contacts[..] else {
        panic!("not one");
    };
    assert_eq!(room.is_owner, Some(1));
    assert_eq!(room.encry_chat_room_id.as_deref(), Some("@0a"));
    let members = room.member_list.as_ref().unwrap();
    assert_eq!(members.len(), 2);
    assert_eq!(
        decode_name(&members[0].display_name, EmojiTable::AsIs),
        "<a>"
    );
    assert_eq!(members[1].attr_status, 2_147_583_589);
}
