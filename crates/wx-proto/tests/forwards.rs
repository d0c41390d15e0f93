//! Messages that are sent on, as the requests that they become.

use serde_json::Value;
use wx_proto::forward::{Forward, NotForwardable};
use wx_proto::{Command, Message, SendContent};

use crate::support::*;

/// Takes in an item, and sends it on to the file helper.
fn sent_on(items: &[String], path: &str) -> Value {
    let mut s = Scenario::online(quiet());
    let forward = received(&mut s, items).forward().unwrap();
    let send = SendContent::new("filehelper", forward);
    s.command(Command::SendContent(send));
    let mut body: Value = serde_json::from_str(&s.body(path)).unwrap();
    assert_eq!(body["Scene"], 2, "it says that it is sent on");
    let msg = body["Msg"].take();
    assert_eq!(msg["ToUserName"], "filehelper");
    assert_eq!(msg["LocalID"], msg["ClientMsgId"]);
    msg
}

/// The last message that these items become.
fn received(s: &mut Scenario, items: &[String]) -> Message {
    s.brings(&page(8).msgs(items));
    s.messages().pop().unwrap().1
}

fn refusal(item: String) -> NotForwardable {
    let mut s = Scenario::online(quiet());
    received(&mut s, &[item]).forward().unwrap_err()
}

const PICTURE: &str = "&lt;?xml version=\\\"1.0\\\"?&gt;<br/>&lt;msg&gt;<br/>\\t&lt;img aeskey=\\\"k1\\\" \
     cdnthumburl=\\\"u1\\\" md5=\\\"m1\\\" length=\\\"9\\\" /&gt;<br/>&lt;/msg&gt;";

fn recall(of: &str) -> String {
    let content = format!(
        "&lt;sysmsg type=\\\"revokemsg\\\"&gt;&lt;revokemsg&gt;&lt;msgid&gt;{of}&lt;/msgid&gt;\
         &lt;replacemsg&gt;&lt;![CDATA[gone]]&gt;&lt;/replacemsg&gt;&lt;/revokemsg&gt;&lt;/sysmsg&gt;"
    );
    typed(10002, "99", ANN, OWN, &content, "")
}

#[test]
fn a_text_of_a_group_goes_on_without_its_senders_name() {
    let item = msg(
        "1",
        ROOM,
        OWN,
        &format!("{ANN}:<br/>1 &lt; 2<br/>3 &amp;amp; 4"),
    );
    let msg = sent_on(&[item], "webwxsendmsg");
    assert_eq!(
        (&msg["Type"], &msg["Content"]),
        (&1.into(), &"1 < 2\n3 &amp; 4".into())
    );
}

#[test]
fn a_picture_goes_on_as_its_xml() {
    let item = typed(3, "1", ROOM, OWN, &format!("{ANN}:<br/>{PICTURE}"), "");
    let msg = sent_on(&[item], "webwxsendmsgimg");
    assert_eq!((&msg["Type"], &msg["MediaId"]), (&3.into(), &"".into()));
    assert_eq!(
        msg["Content"],
        "<?xml version=\"1.0\"?><msg>\t<img aeskey=\"k1\" cdnthumburl=\"u1\" md5=\"m1\" length=\"9\" /></msg>"
    );
}

#[test]
fn a_picture_that_was_taken_back_goes_on_with_the_address_of_the_small_one() {
    let picture = typed(3, "4100000000000000001", ANN, OWN, PICTURE, "");
    let msg = sent_on(&[picture, recall("4100000000000000001")], "webwxsendmsgimg");
    let content = msg["Content"].as_str().unwrap();
    for part in [
        "aeskey=\"k1\"",
        "cdnthumburl=\"u1\"",
        "cdnmidimgurl=\"u1\"",
        "md5=\"m1\"",
    ] {
        assert!(content.contains(part), "{part}: {content}");
    }
}

#[test]
fn a_video_goes_on_as_its_xml() {
    let xml = "&lt;msg&gt;&lt;videomsg aeskey=\\\"k\\\" length=\\\"5\\\"/&gt;&lt;/msg&gt;";
    for msg_type in [43, 62] {
        let msg = sent_on(
            &[typed(msg_type, "1", ANN, OWN, xml, "")],
            "webwxsendvideomsg",
        );
        assert_eq!((&msg["Type"], &msg["MediaId"]), (&43.into(), &"".into()));
        assert_eq!(
            msg["Content"],
            "<msg><videomsg aeskey=\"k\" length=\"5\"/></msg>"
        );
    }
}

#[test]
fn an_emoticon_goes_on_by_its_md5() {
    let xml = "&lt;msg&gt;&lt;emoji md5=\\\"5d41402abc4b2a76b9719d911017c592\\\"/&gt;&lt;/msg&gt;";
    let msg = sent_on(&[typed(47, "1", ANN, OWN, xml, "")], "webwxsendemoticon");
    assert_eq!(msg["EMoticonMd5"], "5d41402abc4b2a76b9719d911017c592");
    assert_eq!((&msg["Type"], &msg["EmojiFlag"]), (&47.into(), &2.into()));
    assert_eq!(msg.get("MediaId"), None);
    let store = typed(47, "1", ANN, OWN, xml, ",\n\"HasProductId\": 1");
    assert_eq!(refusal(store), NotForwardable::StoreEmoticon);
}

#[test]
fn a_file_goes_on_by_its_reference() {
    let members = ",\n\"AppMsgType\": 6,\n\"FileName\": \"a &amp; b.pdf\",\n\"FileSize\": \"12\",\n\
         \"MediaId\": \"@crypt_f\",\n\"EncryFileName\": \"a%2Epdf\"";
    let xml = "&lt;msg&gt;&lt;appmsg&gt;&lt;title&gt;a&lt;/title&gt;&lt;type&gt;6&lt;/type&gt;&lt;/appmsg&gt;&lt;/msg&gt;";
    let msg = sent_on(&[typed(49, "1", ANN, OWN, xml, members)], "webwxsendappmsg");
    assert_eq!(msg["Type"], 6);
    assert_eq!(
        msg["Content"],
        "<appmsg appid='wxeb7ec651dd0aefa9' sdkver=''><title>a &amp; b.pdf</title><des></des>\
         <action></action><type>6</type><content></content><url></url><lowurl></lowurl>\
         <appattach><totallen>12</totallen><attachid>@crypt_f</attachid><fileext>pdf</fileext>\
         </appattach><extinfo></extinfo></appmsg>"
    );
}

#[test]
fn a_location_goes_on_as_its_original() {
    let members = ",\n\"SubMsgType\": 48,\n\"Url\": \"http://apis.map.qq.com/x\",\n\
         \"OriContent\": \"&lt;msg&gt;&lt;location x=\\\"1.5\\\" label=\\\"a\\\"/&gt;&lt;/msg&gt;\"";
    let content =
        "place:<br/>/cgi-bin/mmwebwx-bin/webwxgetpubliclinkimg?url=xxx&msgid=1&pictype=location";
    let msg = sent_on(&[typed(1, "1", ANN, OWN, content, members)], "webwxsendmsg");
    assert_eq!(msg["Type"], 48);
    assert_eq!(
        msg["Content"],
        "<msg><location x=\"1.5\" label=\"a\"/></msg>"
    );
}

#[test]
fn what_the_web_service_cannot_send_on_is_refused() {
    let voice = typed(
        34,
        "1",
        ANN,
        OWN,
        "&lt;msg&gt;&lt;voicemsg/&gt;&lt;/msg&gt;",
        "",
    );
    assert_eq!(refusal(voice), NotForwardable::OtherKind);
    assert_eq!(refusal(recall("4")), NotForwardable::Forgotten);
}

#[test]
fn an_event_that_was_kept_can_be_sent_on_later() {
    let mut s = Scenario::online(quiet());
    let message = received(&mut s, &[typed(3, "1", ANN, OWN, PICTURE, "")]);
    let kept = serde_json::to_string(&message).unwrap();
    let read: Message = serde_json::from_str(&kept).unwrap();
    assert_eq!(read.forward(), Err(NotForwardable::NoRaw));
    assert_eq!(
        read.with_raw(message.raw.clone()).forward(),
        message.forward()
    );
    assert!(matches!(message.forward(), Ok(Forward::Image { .. })));
}

#[test]
fn ones_own_message_goes_on_like_any_other() {
    let item = typed(3, "1", OWN, ANN, PICTURE, ",\n\"MediaId\": \"@crypt_i\"");
    let msg = sent_on(&[item], "webwxsendmsgimg");
    assert_eq!(msg["MediaId"], "@crypt_i");
    assert!(msg["Content"].as_str().unwrap().contains("aeskey=\"k1\""));
}
