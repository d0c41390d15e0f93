//! Pictures, videos, emoticons and files on their way out, and forwards.

use serde_json::{Value, json};
use wx_sim::{Config, Push, PushKind};

use crate::forms::{File, HELLO_MD5};
use crate::support::{Session, World, extend, online, online_with, ret, strict, string};

/// The query of each endpoint that sends, as the official page has it.
const IMAGE: &str = "webwxsendmsgimg?fun=async&f=json";
const VIDEO: &str = "webwxsendvideomsg?fun=async&f=json";
const EMOTICON: &str = "webwxsendemoticon?fun=sys";
const APP: &str = "webwxsendappmsg?fun=async&f=json";

fn upload(world: &mut World, session: &Session) -> String {
    File::new("a & b.txt", b"hello, world\n", HELLO_MD5).upload(world, session)
}

/// Sends a message of these members to filehelper; the answer.
fn send(world: &mut World, session: &mut Session, endpoint: &str, members: Value) -> Value {
    let mut body = session.text_to("filehelper", "");
    extend(&mut body["Msg"], members);
    session.ask(world, endpoint, body)
}

/// One level of entities undone, line breaks put back.
fn unescaped(content: &Value) -> String {
    let content = string(content).replace("<br/>", "\n");
    let content = content.replace("&lt;", "<").replace("&gt;", ">");
    content.replace("&amp;", "&")
}

fn file_xml(media_id: &str, size: usize) -> String {
    format!(
        "<appmsg appid='wxeb7ec651dd0aefa9' sdkver=''><title>a &amp; b.txt</title><des></des>\
         <action></action><type>6</type><content></content><url></url><lowurl></lowurl><appattach>\
         <totallen>{size}</totallen><attachid>{media_id}</attachid><fileext>txt</fileext></appattach>\
         <extinfo></extinfo></appmsg>"
    )
}

#[test]
fn a_picture_comes_back_with_its_names_on_the_content_network() {
    let (mut world, mut session) = strict();
    let media_id = upload(&mut world, &session);
    let answer = send(
        &mut world,
        &mut session,
        IMAGE,
        json!({"Type": 3, "MediaId": media_id}),
    );
    assert_eq!(ret(&answer), 0);
    let item = &session.sync(&mut world)["AddMsgList"][0];
    assert_eq!(item["MsgId"], answer["MsgID"]);
    assert_eq!(
        (&item["MsgType"], &item["MediaId"]),
        (&json!(3), &json!(""))
    );
    let xml = unescaped(&item["Content"]);
    assert!(
        xml.contains(&format!(" length=\"13\" md5=\"{HELLO_MD5}\" />")),
        "{xml}"
    );
    for name in [" aeskey=\"", " cdnthumburl=\"", " cdnmidimgurl=\""] {
        assert!(
            xml.contains(name) && !xml.contains(&format!("{name}\"")),
            "{xml}"
        );
    }
    let sent = &world.control("sent", json!({}))[0];
    assert_eq!(
        (&sent["endpoint"], &sent["MediaId"]),
        (&json!("webwxsendmsgimg"), &json!(media_id))
    );
}

#[test]
fn a_file_comes_back_without_content() {
    let (mut world, mut session) = online();
    let media_id = upload(&mut world, &session);
    let content = file_xml(&media_id, 13);
    let answer = send(
        &mut world,
        &mut session,
        APP,
        json!({"Type": 6, "Content": content}),
    );
    assert_eq!(ret(&answer), 0);
    let item = &session.sync(&mut world)["AddMsgList"][0];
    let shown =
        ["MsgType", "AppMsgType", "Content", "FileName", "FileSize"].map(|name| &item[name]);
    assert_eq!(
        shown,
        [
            &json!(49),
            &json!(6),
            &json!(""),
            &json!("a & b.txt"),
            &json!("13")
        ]
    );
    assert_eq!(item["MediaId"], media_id);
    assert_eq!(item["EncryFileName"], "a%20%26%20b%2Etxt");
    assert_eq!(world.sim.sent()[0].endpoint, "webwxsendappmsg");
}

#[test]
fn the_xml_of_a_file_is_checked() {
    let (mut world, mut session) = online();
    let media_id = upload(&mut world, &session);
    let good = file_xml(&media_id, 13);
    for (wrong, why) in [
        (file_xml(&media_id, 12), "another length"),
        (file_xml("@crypt_0_0", 13), "an unknown MediaId"),
        (good.replace("title>", "name>"), "no title"),
        (good.replace("a &amp; b.txt", ""), "an empty title"),
        (good.replace("appmsg", "msg"), "another element"),
        (good.replace("<type>6", "<type>5"), "another type"),
        (String::new(), "nothing"),
    ] {
        let answer = send(
            &mut world,
            &mut session,
            APP,
            json!({"Type": 6, "Content": wrong}),
        );
        assert_eq!(ret(&answer), 1, "{why}");
    }
    // Clients in the field do not escape names.
    let raw = good.replace("&amp;", "&");
    let answer = send(
        &mut world,
        &mut session,
        APP,
        json!({"Type": 6, "Content": raw}),
    );
    assert_eq!(ret(&answer), 0);
    assert_eq!(
        session.sync(&mut world)["AddMsgList"][0]["FileName"],
        "a & b.txt"
    );
}

#[test]
fn videos_and_emoticons_go_by_their_media_id() {
    let (mut world, mut session) = online();
    let media_id = upload(&mut world, &session);
    for kind in [43, 62] {
        let msg = json!({"Type": kind, "MediaId": media_id});
        assert_eq!(ret(&send(&mut world, &mut session, VIDEO, msg)), 0);
    }
    let msg = json!({"Type": 47, "EmojiFlag": 2, "MediaId": media_id});
    assert_eq!(ret(&send(&mut world, &mut session, EMOTICON, msg)), 0);
    let page = session.sync(&mut world);
    let types: Vec<&Value> = (0..3).map(|n| &page["AddMsgList"][n]["MsgType"]).collect();
    assert_eq!(types, [43, 43, 47]);
    let video = unescaped(&page["AddMsgList"][0]["Content"]);
    assert!(video.contains(&format!(" md5=\"{HELLO_MD5}\"")), "{video}");
    let emoticon = unescaped(&page["AddMsgList"][2]["Content"]);
    assert!(
        emoticon.contains(&format!(" md5=\"{HELLO_MD5}\" len=\"13\"")),
        "{emoticon}"
    );
}

#[test]
fn an_emoticon_that_the_service_knows_goes_by_its_md5() {
    let (mut world, mut session) = online();
    let unknown = json!({"Type": 47, "EmojiFlag": 2, "EMoticonMd5": HELLO_MD5});
    let pushed = json!({"kind": "emoticon", "content": HELLO_MD5});
    assert_eq!(
        ret(&send(&mut world, &mut session, EMOTICON, unknown.clone())),
        1
    );
    world.control("push", pushed);
    assert_eq!(ret(&send(&mut world, &mut session, EMOTICON, unknown)), 0);
    let both = json!({"Type": 47, "EMoticonMd5": HELLO_MD5, "MediaId": "@crypt_1"});
    assert_eq!(ret(&send(&mut world, &mut session, EMOTICON, both)), 1);
    let neither = json!({"Type": 47, "EmojiFlag": 2});
    assert_eq!(ret(&send(&mut world, &mut session, EMOTICON, neither)), 1);
    // One client in the field says that it is a text.
    let text = json!({"Type": 1, "EmojiFlag": 2, "EMoticonMd5": HELLO_MD5});
    assert_eq!(ret(&send(&mut world, &mut session, EMOTICON, text)), 0);
}

#[test]
fn strict_services_mind_types_and_queries() {
    let (mut world, mut session) = strict();
    let media_id = upload(&mut world, &session);
    for (endpoint, msg) in [
        (
            EMOTICON,
            json!({"Type": 1, "EmojiFlag": 2, "MediaId": media_id}),
        ),
        (EMOTICON, json!({"Type": 47, "MediaId": media_id})),
        (
            "webwxsendemoticon",
            json!({"Type": 47, "EmojiFlag": 2, "MediaId": media_id}),
        ),
        ("webwxsendmsgimg", json!({"Type": 3, "MediaId": media_id})),
    ] {
        assert_eq!(
            ret(&send(&mut world, &mut session, endpoint, msg)),
            1,
            "{endpoint}"
        );
    }
    let good = json!({"Type": 47, "EmojiFlag": 2, "MediaId": media_id});
    assert_eq!(ret(&send(&mut world, &mut session, EMOTICON, good)), 0);
}

#[test]
fn a_media_id_is_good_for_its_own_account_and_many_receivers() {
    let accounts = [wx_sim::AccountSpec::default(); 2];
    let mut world = World::with(Config::default(), &accounts);
    let mut first = world.log_in();
    let mut second = world.log_in();
    let media_id = upload(&mut world, &first);
    let msg = json!({"Type": 3, "MediaId": media_id});
    for _ in 0..2 {
        assert_eq!(ret(&send(&mut world, &mut first, IMAGE, msg.clone())), 0);
    }
    assert_eq!(ret(&send(&mut world, &mut second, IMAGE, msg)), 1);
}

#[test]
fn what_was_received_is_forwarded_by_its_xml() {
    let (mut world, mut session) = strict();
    world.push(&Push::new(PushKind::Image));
    world.push(&Push::new(PushKind::Video));
    world.push(&Push::new(PushKind::Link));
    let page = session.sync(&mut world);
    let contents: Vec<String> = (0..3)
        .map(|n| unescaped(&page["AddMsgList"][n]["Content"]))
        .collect();
    for (endpoint, msg) in [
        (
            IMAGE,
            json!({"Type": 3, "MediaId": "", "Content": contents[0]}),
        ),
        (
            VIDEO,
            json!({"Type": 43, "MediaId": "", "Content": contents[1]}),
        ),
        (APP, json!({"Type": 5, "Content": contents[2]})),
    ] {
        assert_eq!(
            ret(&send(&mut world, &mut session, endpoint, msg)),
            0,
            "{endpoint}"
        );
    }
    let page = session.sync(&mut world);
    for (n, content) in contents.iter().enumerate() {
        assert_eq!(&unescaped(&page["AddMsgList"][n]["Content"]), content);
    }
    for (endpoint, msg_type, nameless) in [
        (IMAGE, 3, "<msg><img length='1'/></msg>"),
        (IMAGE, 3, "<msg><img aeskey='1' md5='2'/></msg>"),
        (IMAGE, 3, "<msg><img aeskey='1' cdnmidimgurl='2'/></msg>"),
        (VIDEO, 43, "<msg><videomsg length='1'/></msg>"),
        (VIDEO, 43, "<msg><videomsg aeskey='1'/></msg>"),
        (VIDEO, 43, "<msg><videomsg cdnvideourl='1'/></msg>"),
    ] {
        let msg = json!({"Type": msg_type, "MediaId": "", "Content": nameless});
        let answer = send(&mut world, &mut session, endpoint, msg);
        assert_eq!(ret(&answer), 1, "{nameless}");
    }
}

#[test]
fn a_received_file_is_forwarded_by_its_media_id() {
    let (mut world, mut session) = online();
    let content = json!({"name": "a & b.txt", "bytes_base64": "aGVsbG8sIHdvcmxkCg=="});
    let pushed = world.control("push", json!({"kind": "file", "content": content}));
    assert_eq!(pushed["md5"], HELLO_MD5);
    let item = session.sync(&mut world)["AddMsgList"][0].clone();
    assert_eq!(item["FileSize"], "13");
    let content = file_xml(&string(&item["MediaId"]), 13);
    let answer = send(
        &mut world,
        &mut session,
        APP,
        json!({"Type": 6, "Content": content}),
    );
    assert_eq!(ret(&answer), 0);
    let msg_id = string(&answer["MsgID"]).parse().unwrap();
    assert_eq!(world.sim.media(0, msg_id).unwrap(), "hello, world\n");
}

#[test]
fn the_rules_of_texts_hold_for_all() {
    let (mut world, mut session) = online_with(json!({"send_limit": [1, 10]}));
    let media_id = upload(&mut world, &session);
    let mut body = session.text_to("filehelper", "");
    body["Msg"]["Type"] = 3.into();
    body["Msg"]["MediaId"] = media_id.clone().into();
    let first = session.ask(&mut world, IMAGE, body.clone());
    assert_eq!(session.ask(&mut world, IMAGE, body), first, "once");
    assert_eq!(world.sim.sent().len(), 1);
    let msg = json!({"Type": 3, "MediaId": media_id});
    assert_eq!(
        ret(&send(&mut world, &mut session, IMAGE, msg.clone())),
        1205
    );
    let mut stranger = msg;
    stranger["ToUserName"] = "@0".into();
    assert_eq!(ret(&send(&mut world, &mut session, IMAGE, stranger)), 1204);
}

#[test]
fn cards_and_places_are_sent_as_they_are_written() {
    let (mut world, mut session) = online();
    let card = "<msg username=\"filehelper\" nickname=\"a & b\"/>";
    let place = "<?xml version=\"1.0\"?>\n<msg><location x=\"1\" y=\"2\" /></msg>";
    for (msg_type, content) in [(42, card), (48, place)] {
        let msg = json!({"Type": msg_type, "Content": content});
        assert_eq!(ret(&send(&mut world, &mut session, "webwxsendmsg", msg)), 0);
    }
    let unknown = json!({"Type": 37, "Content": card});
    assert_eq!(
        ret(&send(&mut world, &mut session, "webwxsendmsg", unknown)),
        1
    );
    let page = session.sync(&mut world);
    let [sent_card, sent_place] = [0, 1].map(|n: usize| &page["AddMsgList"][n]);
    assert_eq!(sent_card["MsgType"], 42);
    assert_eq!(unescaped(&sent_card["Content"]), card);
    // A place comes as a text of which another member tells what it is.
    let types = (&sent_place["MsgType"], &sent_place["SubMsgType"]);
    assert_eq!(types, (&json!(1), &json!(48)));
    assert_eq!(sent_place["OriContent"], place);
}
