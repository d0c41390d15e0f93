//! Every kind of message with its facts, as the command line's contract has
//! them, from items with invented values.

use serde_json::{Value, json};
use wx_proto::Config;
use wx_proto::message::MergedItem;

use crate::support::*;

/// The bodies of the messages that these items become, without what all
/// messages have.
pub(crate) fn bodies(config: Config, items: &[String]) -> Vec<Value> {
    let mut s = Scenario::online(config);
    s.answer("synccheck", &synccheck(0, 2));
    let team = group(ROOM, "Team", &[(OWN, "Me"), (ANN, "Ann"), (BOB, "Bob")]);
    s.answer("webwxsync", &page(8).mods(&[team]).msgs(items).json());
    s.messages()
        .into_iter()
        .map(|(_, message)| {
            let mut json = serde_json::to_value(&message).unwrap();
            let body = json.as_object_mut().unwrap();
            for common in ["msg_id", "time", "from_me", "key", "chat", "sender"] {
                assert!(body.remove(common).is_some(), "{common}");
            }
            // What is written can be read.
            let text = serde_json::to_string(&message).unwrap();
            let read: wx_proto::Message = serde_json::from_str(&text).unwrap();
            assert_eq!(serde_json::to_string(&read).unwrap(), text);
            json
        })
        .collect()
}

/// The body of one item of a type, whose content is XML as the service
/// escapes it.
fn xml(msg_type: i64, content: &str, members: &str) -> Value {
    let content = content
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "\\\"")
        .replace('\n', "<br/>");
    bodies(
        quiet(),
        &[typed(msg_type, "1", ANN, OWN, &content, members)],
    )
    .remove(0)
}

fn app(app_type: i64, inside: &str) -> Value {
    let content = format!(
        "<?xml version=\"1.0\"?>\n<msg>\n<appmsg appid=\"wx1\" sdkver=\"0\"><title>Title &amp; more</title>\
         <des>Words</des><type>{app_type}</type><url>http://x.example/?a=1&amp;b=2</url>{inside}</appmsg>\
         <fromusername>wxid_ann</fromusername><appinfo><version>7</version><appname>Reader</appname></appinfo></msg>"
    );
    xml(49, &content, &format!(",\n\"AppMsgType\": {app_type}"))
}

#[test]
fn an_image_with_its_file() {
    let body = xml(
        3,
        "<msg><img aeskey=\"00ff\" length=\"45956\" md5=\"abcd\" cdnthumbwidth=\"60\" hdlength=\"0\"/></msg>",
        ",\n\"ImgWidth\": 90,\n\"ImgHeight\": 120",
    );
    assert_eq!(
        body,
        json!({"kind": "image", "width": 90, "height": 120, "md5": "abcd", "aes_key": "00ff", "length": 45956})
    );
}

#[test]
fn a_reference_in_place_of_a_pictures_xml_says_nothing() {
    let reference = format!("@{}", "0a".repeat(600));
    assert_eq!(xml(3, &reference, ""), json!({"kind": "image"}));
}

#[test]
fn emoticons_of_the_store_are_marked() {
    let emoji = |product: &str| {
        format!(
            "<msg><emoji md5=\"abcd\" len=\"120\" productid=\"{product}\" aeskey=\"\" width = \"85\" height= \"84\"></emoji></msg>"
        )
    };
    assert_eq!(
        xml(47, &emoji(""), ""),
        json!({"kind": "emoticon", "width": 85, "height": 84, "md5": "abcd", "length": 120, "store": false})
    );
    assert_eq!(
        xml(47, &emoji("com.example.cats"), "")["store"],
        json!(true)
    );
    assert_eq!(
        xml(47, "", ",\n\"HasProductId\": 1"),
        json!({"kind": "emoticon", "store": true})
    );
}

#[test]
fn lengths_of_voices_and_videos_come_from_either_place() {
    let voice = "<msg><voicemsg voicelength=\"960\" length=\"1700\"/></msg>";
    assert_eq!(
        xml(34, voice, ",\n\"VoiceLength\": 1500"),
        json!({"kind": "voice", "length_ms": 1500})
    );
    assert_eq!(
        xml(34, voice, ""),
        json!({"kind": "voice", "length_ms": 960})
    );
    let video = "<msg><videomsg playlength=\"6\" length=\"90000\"/></msg>";
    assert_eq!(
        xml(62, video, ""),
        json!({"kind": "video", "length_s": 6, "small": true})
    );
}

#[test]
fn a_link_with_the_articles_of_a_public_account() {
    let reader = "<mmreader><category><item><title><![CDATA[One]]></title><url>http://a.example/1</url>\
                  <pub_time>1520927383</pub_time><cover>http://a.example/p|640|320</cover><digest>First</digest></item>\
                  <item><title>Two</title><url>http://a.example/2</url></item></category></mmreader>";
    assert_eq!(
        app(5, reader),
        json!({
            "kind": "link", "title": "Title & more", "description": "Words",
            "url": "http://x.example/?a=1&b=2", "app_type": 5, "app_name": "Reader", "app_id": "wx1",
            "articles": [
                {"title": "One", "url": "http://a.example/1", "description": "First",
                 "cover": "http://a.example/p", "time": 1_520_927_383},
                {"title": "Two", "url": "http://a.example/2"},
            ],
        })
    );
}

#[test]
fn music_mini_programs_and_other_applications() {
    let shared = |kind: &str, app_type: i64| {
        json!({
            "kind": kind, "title": "Title & more", "description": "Words",
            "url": "http://x.example/?a=1&b=2", "app_type": app_type, "app_name": "Reader", "app_id": "wx1",
        })
    };
    assert_eq!(
        app(3, "<dataurl>http://s.example/1.m4a</dataurl>"),
        shared("music", 3)
    );
    let mut program = shared("mini_program", 33);
    program["app_name"] = json!("Shop");
    program["app_id"] = json!("wx2");
    let inside = "<sourcedisplayname>Shop</sourcedisplayname>\
                  <weappinfo><username>gh_1@app</username><appid>wx2</appid><type>2</type></weappinfo>";
    assert_eq!(app(33, inside), program);
    assert_eq!(app(10, ""), shared("app", 10));
}

#[test]
fn music_without_a_page_is_at_its_sound() {
    let content = "<msg><appmsg appid=\"\"><title>Song</title><type>3</type><url></url>\
                   <dataurl>http://s.example/1.m4a</dataurl></appmsg></msg>";
    let body = xml(49, content, ",\n\"AppMsgType\": 3");
    assert_eq!(body["url"], "http://s.example/1.m4a");
}

#[test]
fn an_item_that_does_not_say_its_type_has_it_in_its_xml() {
    let content =
        "<msg><appmsg><title>T</title><type>5</type><url>http://u.example</url></appmsg></msg>";
    assert_eq!(
        xml(49, content, ""),
        json!({"kind": "link", "title": "T", "url": "http://u.example", "app_type": 5})
    );
}

#[test]
fn a_file_by_its_members_or_by_its_xml() {
    let attached = "<appattach><totallen>8939</totallen><attachid>@cdn_1</attachid><fileext>xlsx</fileext></appattach>";
    let content = format!(
        "<msg><appmsg><title>a &amp; b.xlsx</title><type>6</type>{attached}</appmsg></msg>"
    );
    assert_eq!(
        xml(49, &content, ",\n\"AppMsgType\": 6"),
        json!({"kind": "file", "file_name": "a & b.xlsx", "size": 8939, "ext": "xlsx", "media_id": "@cdn_1"})
    );
    let members = ",\n\"AppMsgType\": 6,\n\"FileName\": \"c.pdf\",\n\"FileSize\": \"633344\",\n\
                   \"MediaId\": \"@crypt_m\"";
    assert_eq!(
        xml(49, &content, members),
        json!({"kind": "file", "file_name": "c.pdf", "size": 633_344, "ext": "pdf", "media_id": "@crypt_m"})
    );
}

#[test]
fn a_reply_shows_what_it_quotes() {
    let refer = "<refermsg><type>1</type><svrid>5366901243628699568</svrid><fromusr>1@chatroom</fromusr>\
                 <chatusr>wxid_bob</chatusr><displayname>Bob</displayname><content>1 &amp;lt; 2</content></refermsg>";
    assert_eq!(
        app(57, refer),
        json!({
            "kind": "quote", "text": "Title & more",
            "quoted": {"sender": "Bob", "text": "1 &lt; 2", "type": 1, "msg_id": "5366901243628699568"},
        })
    );
    let inner = "&lt;msg&gt;&lt;appmsg&gt;&lt;title&gt;hh.xlsx&lt;/title&gt;&lt;type&gt;6&lt;/type&gt;&lt;/appmsg&gt;&lt;/msg&gt;";
    let refer = format!(
        "<refermsg><type>49</type><displayname>Bob</displayname><content>{inner}</content></refermsg>"
    );
    assert_eq!(
        app(57, &refer)["quoted"],
        json!({"sender": "Bob", "text": "hh.xlsx", "type": 49})
    );
}

#[test]
fn merged_messages_with_a_list_inside() {
    let inner = "<recordxml><recordinfo><datalist count=\"1\"><dataitem datatype=\"1\"><datadesc>deep</datadesc>\
                 </dataitem></datalist></recordinfo></recordxml>";
    let record = format!(
        "<recorditem><![CDATA[<recordinfo><title>Chat</title><datalist count=\"3\">\
         <dataitem datatype=\"1\" dataid=\"a\"><sourcename>Ann</sourcename><sourcetime>2018-3-13 15:49</sourcetime><datadesc>hi</datadesc></dataitem>\
         <dataitem datatype=\"8\"><sourcename>Bob</sourcename><datatitle>a.pdf</datatitle></dataitem>\
         <dataitem datatype=\"17\"><datatitle>Older</datatitle>{inner}</dataitem>\
         </datalist></recordinfo>]]></recorditem>"
    );
    assert_eq!(
        app(19, &record),
        json!({
            "kind": "merged", "title": "Title & more",
            "items": [
                {"sender": "Ann", "time": "2018-3-13 15:49", "type": 1, "text": "hi"},
                {"sender": "Bob", "type": 8, "text": "a.pdf"},
                {"type": 17, "text": "Older", "items": [{"type": 1, "text": "deep"}]},
            ],
        })
    );
}

#[test]
fn money_is_as_written() {
    let info = "<wcpayinfo><paysubtype>1</paysubtype><feedesc><![CDATA[￥0.10]]></feedesc>\
                <pay_memo><![CDATA[lunch]]></pay_memo></wcpayinfo>";
    assert_eq!(
        app(2000, info),
        json!({"kind": "transfer", "amount": "￥0.10", "memo": "lunch"})
    );
    let info = "<wcpayinfo><receivertitle><![CDATA[恭喜发财]]></receivertitle></wcpayinfo>";
    assert_eq!(
        app(2001, info),
        json!({"kind": "red_packet", "memo": "恭喜发财"})
    );
    assert_eq!(
        xml(1, "恭喜发财", ",\n\"AppMsgType\": 2001"),
        json!({"kind": "red_packet", "memo": "恭喜发财"})
    );
}

#[test]
fn a_place_with_its_coordinates() {
    let members = ",\n\"SubMsgType\": 48,\n\
                   \"Url\": \"http://apis.map.qq.com/uri/v1/geocoder?coord=40.061111,116.251111\"";
    let content = "Town hall:<br/>/cgi-bin/mmwebwx-bin/webwxgetpubliclinkimg?url=xxx&msgid=7&pictype=location";
    let item = typed(1, "1", ANN, OWN, content, members);
    assert_eq!(
        bodies(quiet(), &[item]),
        [json!({
            "kind": "location", "label": "Town hall", "x": "40.061111", "y": "116.251111",
            "url": "http://apis.map.qq.com/uri/v1/geocoder?coord=40.061111,116.251111",
        })]
    );
    let phone =
        "<msg><location x=\"39.9\" y=\"116.3\" scale=\"15\" label=\"\" poiname=\"Museum\"/></msg>";
    assert_eq!(
        xml(48, phone, ""),
        json!({"kind": "location", "label": "Museum", "x": "39.9", "y": "116.3", "url": ""})
    );
}

#[test]
fn people_by_their_xml_where_the_item_does_not_name_them() {
    let card =
        "<msg username=\"v3_1@stranger\" nickname=\"Cy &amp; co\" alias=\"cy1\" certflag=\"0\"/>";
    assert_eq!(
        xml(42, card, ""),
        json!({"kind": "card", "user_name": "v3_1@stranger", "nick_name": "Cy & co", "alias": "cy1"})
    );
    // No blank between two attributes, as the service writes them.
    let request = "<msg fromusername=\"wxid_cy\" encryptusername=\"v1_1@stranger\" fromnickname=\"Cy\" \
                   content=\"hello\" sign=\"\"percard=\"1\" ticket=\"v2_t\" opcode=\"2\"></msg>";
    assert_eq!(
        xml(37, request, ""),
        json!({"kind": "friend_request", "user_name": "v1_1@stranger", "nick_name": "Cy", "text": "hello", "ticket": "v2_t"})
    );
    assert_eq!(
        xml(40, request, ""),
        json!({"kind": "possible_friend", "user_name": "v1_1@stranger", "nick_name": "Cy"})
    );
}

#[test]
fn lines_of_the_service_say_what_they_are_about() {
    for (text, about) in [
        ("你邀请\\\"Bob\\\"加入了群聊", Some("joined")),
        (
            "Ann changed the group name to \\\"Team 2\\\"",
            Some("renamed"),
        ),
        ("你将\\\"Bob\\\"移出了群聊", Some("removed")),
        ("\\\"Ann\\\" 拍了拍我", Some("tickle")),
        ("收到红包，请在手机上查看", Some("red_packet")),
        ("你已添加了Cy，现在可以开始聊天了。", Some("friend_added")),
        ("the weather is fine", None),
    ] {
        let item = typed(10000, "1", ANN, OWN, text, "");
        let body = bodies(quiet(), &[item]).remove(0);
        let mut expected = json!({"kind": "system", "text": text.replace('\\', "")});
        if let Some(about) = about {
            expected["about"] = json!(about);
        }
        assert_eq!(body, expected);
    }
    let link = "hi &lt;a href=\\\"weixin://x\\\"&gt;there&lt;/a&gt;";
    let body = bodies(quiet(), &[typed(10000, "1", ANN, OWN, link, "")]).remove(0);
    assert_eq!(body["text"], "hi there");
}

#[test]
fn system_messages_in_xml_become_lines() {
    let pat = "<sysmsg type=\"pat\"><pat><fromusername>wxid_a</fromusername><template><![CDATA[\"Ann\" pats me]]></template></pat></sysmsg>";
    assert_eq!(
        xml(10002, pat, ""),
        json!({"kind": "system", "text": "\"Ann\" pats me", "about": "tickle"})
    );
    let invited = "<sysmsg type=\"sysmsgtemplate\"><sysmsgtemplate><content_template type=\"tmpl_type_profile\">\
        <plain></plain><template><![CDATA[\"$username$\"邀请\"$names$\"加入了群聊]]></template><link_list>\
        <link name=\"username\"><memberlist><member><username>wxid_a</username><nickname>Ann</nickname></member></memberlist></link>\
        <link name=\"names\"><memberlist><member><nickname>Bob</nickname></member><member><nickname>Cy</nickname></member></memberlist>\
        <separator>、</separator></link></link_list></content_template></sysmsgtemplate></sysmsg>";
    assert_eq!(
        xml(10002, invited, ""),
        json!({"kind": "system", "text": "\"Ann\"邀请\"Bob、Cy\"加入了群聊", "about": "joined"})
    );
}

#[test]
fn a_call_says_what_became_of_it() {
    let call = "<voipmsg type=\"VoIPBubbleMsg\"><VoIPBubbleMsg><msg><![CDATA[cancelled]]></msg>\
                <room_type>1</room_type></VoIPBubbleMsg></voipmsg>";
    assert_eq!(
        xml(50, call, ""),
        json!({"kind": "call", "text": "cancelled"})
    );
}

#[test]
fn what_is_not_xml_is_unknown_or_what_the_item_says() {
    assert_eq!(
        xml(
            49,
            "<msg><appmsg",
            ",\n\"AppMsgType\": 5,\n\"FileName\": \"T\",\n\"Url\": \"http://u.example\""
        ),
        json!({"kind": "link", "title": "T", "url": "http://u.example", "app_type": 5})
    );
    assert_eq!(
        xml(4711, "<a/>", ""),
        json!({"kind": "unknown", "msg_type": 4711, "app_type": 0, "text": "<a/>"})
    );
}

#[test]
fn a_stored_list_within_lists_is_read_to_serde_jsons_limit() {
    // A list and the object that it is in: two levels each, of 128.
    let nested = |lists: usize| {
        let start = "{\"type\":17,\"items\":[".repeat(lists);
        format!("{start}{{\"type\":1,\"text\":\"x\"}}{}", "]}".repeat(lists))
    };
    let read = |lists| serde_json::from_str::<MergedItem>(&nested(lists));
    let mut item = &read(63).unwrap();
    for _ in 0..63 {
        item = &item.items[0];
    }
    assert_eq!(item.text, "x");
    for lists in [64, 1 << 20] {
        let error = read(lists).unwrap_err().to_string();
        assert!(error.contains("recursion limit"), "{error}");
    }
}
