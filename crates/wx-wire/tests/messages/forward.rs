//! What a received message is sent on as.

use serde_json::{Value, json};
use wx_wire::endpoint::webwxsync;
use wx_wire::message::{
    AddMsg, Context,
    forward::{emoticon_md5, file_forward, forward_content, recalled_image},
};

/// An item as it is read from a page.
fn item(item: Value) -> AddMsg<'static> {
    let page = json!({"BaseResponse": {"Ret": 0}, "AddMsgList": [item]});
    let page = page.to_string().leak();
    let mut page = webwxsync::Response::decode(page.as_bytes()).unwrap();
    page.add_msg_list.remove(0).msg
}

fn content(json: Value) -> String {
    let msg = item(json);
    forward_content(&Context::of(&msg), &msg)
}

const SENDER: &str = "@00112233445566778899aabbccddeeff";

/// Markup of the service is undone, what somebody typed is not.
#[test]
fn a_text_of_a_room() {
    let wire = format!(
        "{SENDER}:<br/>a &lt;b&gt; &amp;amp; \"q\" &lt;br/&gt;<br/>二\
         <span class=\"emoji emoji1f604\"></span>"
    );
    let json = json!({"MsgType": 1, "FromUserName": "@@r", "ToUserName": "@own", "Content": wire});
    assert_eq!(content(json), "a <b> &amp; \"q\" <br/>\n二😄");
}

#[test]
fn the_xml_of_a_picture() {
    for (from, prefix) in [("@a", String::new()), ("@@r", format!("{SENDER}:<br/>"))] {
        let wire = format!(
            "{prefix}&lt;?xml version=\"1.0\"?&gt;<br/>&lt;msg&gt;<br/>\
             \t&lt;img aeskey=\"0a\" cdnmidimgurl=\"u?a=1&amp;amp;b=2\" length=\"9\" /&gt;<br/>\
             &lt;/msg&gt;<br/>"
        );
        let json =
            json!({"MsgType": 3, "FromUserName": from, "ToUserName": "@own", "Content": wire});
        assert_eq!(
            content(json),
            "<?xml version=\"1.0\"?><msg>\t\
             <img aeskey=\"0a\" cdnmidimgurl=\"u?a=1&amp;b=2\" length=\"9\" /></msg>"
        );
    }
}

/// Since 2018 there is a reference in place of the XML.
#[test]
fn a_reference_stays_as_it_is() {
    for msg_type in [3, 43, 62] {
        let json = json!({"MsgType": msg_type, "FromUserName": "@a", "Content": "@0123abcdef"});
        assert_eq!(content(json), "@0123abcdef");
    }
}

/// OriContent came both with and without a layer of entities.
#[test]
fn a_location() {
    let xml = "<?xml version=\"1.0\"?>\n<msg><location x=\"1.5\" label=\"a &amp; b\" /></msg>";
    let escaped = xml
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let wire =
        "place:<br/>/cgi-bin/mmwebwx-bin/webwxgetpubliclinkimg?url=xxx&msgid=1&pictype=location";
    for (ori_content, expected) in [(xml, xml), (&escaped, xml), ("", "")] {
        for msg_type in [1, 48] {
            let json = json!({
                "MsgType": msg_type, "SubMsgType": 48, "FromUserName": "@a",
                "Content": wire, "OriContent": ori_content,
            });
            assert_eq!(content(json), expected);
        }
    }
}

/// The small picture's address takes the place of the one that is missing, and
/// all else is kept.
#[test]
fn a_picture_that_was_taken_back() {
    let repaired = "<msg><img aeskey=\"0a\" cdnthumburl=\"3052&amp;\" cdnthumbaeskey=\"0b\" \
                    md5=\"0c\" length=\"9\" cdnmidimgurl=\"3052&amp;\"/></msg>";
    for mid in ["", "cdnmidimgurl=\"\" "] {
        let xml = format!(
            "<?xml version=\"1.0\"?><msg>\t<img aeskey=\"0a\" {mid}cdnthumburl=\"3052&amp;\" \
             cdnthumbaeskey=\"0b\" md5='0c' length=\"9\" aeskey=\"twice\" /><commenturl/></msg>"
        );
        assert_eq!(recalled_image(&xml).as_deref(), Some(repaired));
    }
    for nothing_to_do in [
        "<msg><img cdnmidimgurl=\"1\" cdnthumburl=\"2\"/></msg>",
        "<msg><img aeskey=\"0a\" cdnthumburl=\"\"/></msg>",
        "<msg><voicemsg/></msg>",
        "<msg><img",
        "@0123abcdef",
        "",
    ] {
        assert_eq!(recalled_image(nothing_to_do), None, "{nothing_to_do}");
    }
}

fn file(json: Value) -> Option<String> {
    let msg = item(json);
    file_forward(&Context::of(&msg), &msg, false)
}

fn file_xml(name: &str, size: u64, media_id: &str, extension: &str) -> String {
    format!(
        "<appmsg appid='wxeb7ec651dd0aefa9' sdkver=''><title>{name}</title><des></des>\
         <action></action><type>6</type><content></content><url></url><lowurl></lowurl>\
         <appattach><totallen>{size}</totallen><attachid>{media_id}</attachid>\
         <fileext>{extension}</fileext></appattach><extinfo></extinfo></appmsg>"
    )
}

#[test]
fn a_file() {
    // One's own files have no content at all.
    let own = json!({
        "MsgType": 49, "AppMsgType": 6, "FromUserName": "@own", "ToUserName": "@a", "Content": "",
        "FileName": "a &amp; 报.pdf", "FileSize": "633344", "MediaId": "@crypt_1",
    });
    let expected = file_xml("a &amp; 报.pdf", 633_344, "@crypt_1", "pdf");
    assert_eq!(file(own), Some(expected));
    // What the item lacks is in the XML.
    let xml = "&lt;msg&gt;&lt;appmsg&gt;&lt;title&gt;b.zip&lt;/title&gt;&lt;type&gt;6&lt;/type&gt;\
               &lt;appattach&gt;&lt;totallen&gt;77&lt;/totallen&gt;&lt;/appattach&gt;\
               &lt;/appmsg&gt;&lt;/msg&gt;";
    for size in ["", "0"] {
        let sparse = json!({
            "MsgType": 49, "AppMsgType": 6, "FromUserName": "@a", "Content": xml,
            "FileName": "", "FileSize": size, "MediaId": "@crypt_2",
        });
        assert_eq!(file(sparse), Some(file_xml("b.zip", 77, "@crypt_2", "zip")));
    }
    let no_reference = json!({
        "MsgType": 49, "AppMsgType": 6, "FromUserName": "@a", "Content": xml, "MediaId": "",
    });
    assert_eq!(file(no_reference), None);
    let no_size = json!({"MsgType": 49, "AppMsgType": 6, "Content": "", "MediaId": "@crypt_3"});
    assert_eq!(file(no_size), None);
}

#[test]
fn emoticons() {
    let md5 = |product, content| {
        let msg = item(json!({"MsgType": 47, "HasProductId": product, "Content": content}));
        emoticon_md5(&Context::of(&msg), &msg)
    };
    let xml = "&lt;msg&gt;&lt;emoji md5 = \"0a1b\" len=\"3\"&gt;&lt;/emoji&gt;&lt;/msg&gt;";
    assert_eq!(md5(0, xml).as_deref(), Some("0a1b"));
    // Those of the store cannot be sent on.
    assert_eq!(md5(1, xml), None);
    assert_eq!(md5(0, ""), None);
    assert_eq!(md5(0, "@0123abcdef"), None);
}

/// A bad item costs nothing but what it lacks.
#[test]
fn items_are_read_leniently() {
    assert_eq!(item(json!([1, 2])), AddMsg::default());
    let msg = item(json!({"MsgId": 12, "MsgType": "3", "FileSize": 5, "EncryFileName": "a%2Eb"}));
    assert_eq!((msg.msg_id.as_str(), msg.msg_type.0), ("12", 3));
    assert_eq!(msg.file_size, "5");
    assert_eq!(msg.encry_file_name.as_deref(), Some("a%2Eb"));
}
