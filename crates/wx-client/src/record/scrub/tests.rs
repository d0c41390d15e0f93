//! Bodies of our own making, scrubbed: what must go is gone, and what steers
//! stays.

use proptest::prelude::*;
use serde_json::Value;

use super::*;

mod own;

fn body(body: &str) -> String {
    Scrubber::default().body(body)
}

fn json(body: &str) -> (Scrubber, Value) {
    let scrubber = Scrubber::default();
    let scrubbed = scrubber.body(body);
    let value = serde_json::from_str(&scrubbed);
    (
        scrubber,
        value.unwrap_or_else(|error| panic!("{error}: {scrubbed}")),
    )
}

#[test]
fn a_page_keeps_its_shape_and_loses_its_people() {
    let page = r#"{
        "BaseResponse": {"Ret": 0, "ErrMsg": ""}, "AddMsgCount": 1,
        "AddMsgList": [{
            "MsgId": "320984672637990367", "NewMsgId": 320984672637990367, "MsgType": 1,
            "FromUserName": "@@9f01aa77", "ToUserName": "@5b3c00ef",
            "Content": "@77ab01cd:<br/>Dinner at Luigi&apos;s &lt;8pm&gt; <span class=\"emoji emoji1f31b\"></span> 0171 5550123",
            "CreateTime": 1520927383, "Whatever": "Rosebud", "Odd": 4711
        }],
        "SyncKey": {"Count": 1, "List": [{"Key": 1, "Val": 635705559}]},
        "SKey": "@crypt_9a8b7c6d_5e4f3a2b1c"
    }"#;
    let (scrubber, value) = json(page);
    let message = &value["AddMsgList"][0];
    assert_eq!(message["MsgType"], 1);
    assert_eq!(message["CreateTime"], 1_520_927_383);
    assert_eq!(value["SyncKey"]["List"][0]["Val"], 635_705_559);
    // The same number in both forms is still the same.
    let number = message["NewMsgId"].as_u64().unwrap();
    assert_eq!(message["MsgId"], number.to_string());
    assert_ne!(number, 320_984_672_637_990_367);
    // Names keep their marks, and are the same wherever they stand.
    let group = message["FromUserName"].as_str().unwrap();
    assert!(group.starts_with("@@") && group.len() == 10, "{group}");
    assert_eq!(group, scrubber.plain("@@9f01aa77"));
    let content = message["Content"].as_str().unwrap();
    let member = scrubber.plain("@77ab01cd");
    assert!(content.starts_with(&format!("{member}:<br/>")), "{content}");
    assert!(content.contains("&apos;") && content.contains("&lt;") && content.contains("&gt;"));
    assert!(content.contains("<span class=\"emoji emoji1f31b\"></span>"));
    assert!(value["SKey"].as_str().unwrap().starts_with("@crypt_"));
    let all = value.to_string();
    for gone in [
        "Luigi",
        "Dinner",
        "8pm",
        "0171",
        "5550123",
        "Rosebud",
        "Whatever",
        "4711",
        "9f01aa77",
        "5b3c00ef",
        "77ab01cd",
        "9a8b7c6d",
        "5e4f3a2b1c",
        "320984672637990367",
    ] {
        assert!(!all.contains(gone), "{gone}: {all}");
    }
}

#[test]
fn a_secret_is_the_same_in_all_its_encodings() {
    let scrubber = Scrubber::default();
    let plain = scrubber.plain("Ab3+xY/zz9=");
    assert_eq!(plain.len(), 11);
    assert_ne!(plain, "Ab3+xY/zz9=");
    let once = plain
        .replace('+', "%2B")
        .replace('/', "%2F")
        .replace('=', "%3D");
    assert_eq!(scrubber.plain("Ab3%2BxY%2Fzz9%3D"), once);
    assert_eq!(
        scrubber.plain("Ab3%252BxY%252Fzz9%253D"),
        once.replace('%', "%25")
    );
    assert_eq!(
        scrubber.body("<error><pass_ticket>Ab3%2BxY%2Fzz9%3D</pass_ticket></error>"),
        format!("<error><pass_ticket>{once}</pass_ticket></error>")
    );
    // What need not be encoded may be.
    let name = scrubber.plain("张三");
    let mut encoded = String::new();
    for byte in name.bytes() {
        encoded.push_str(&format!("%{byte:02X}"));
    }
    assert_eq!(scrubber.plain("%E5%BC%A0%E4%B8%89"), encoded);
    let (_, value) = {
        let text = scrubber.body("{\"NickName\":\"\\u5f20\\u4e09\"}");
        let value: Value = serde_json::from_str(&text).unwrap();
        (text, value)
    };
    assert_eq!(value["NickName"], name);
}

#[test]
fn the_scripts_of_a_login_keep_what_steers_it() {
    let scrubber = Scrubber::default();
    let scanned = "window.code=201;window.userAvatar = 'data:img/jpg;base64,/9j/4AAQSkZJRgABAQ==';";
    let scanned = scrubber.body(scanned);
    assert!(scanned.starts_with("window.code=201;window.userAvatar = 'data:img/jpg;base64,"));
    assert!(!scanned.contains("9j/4AAQ"), "{scanned}");
    let confirmed = "window.code=200;\nwindow.redirect_uri=\"https://wx2.qq.com/cgi-bin/mmwebwx-bin/\
                     webwxnewloginpage?ticket=AbC1xYz@qrticket_0&uuid=gdl0dOM6cg==&lang=zh_CN&scan=1520927383\";";
    let scrubbed = scrubber.body(confirmed);
    let ticket = scrubber.plain("AbC1xYz");
    let uuid = scrubber.plain("gdl0dOM6cg");
    assert_eq!(
        scrubbed,
        confirmed
            .replace("AbC1xYz", &ticket)
            .replace("gdl0dOM6cg", &uuid)
    );
    let check = "window.synccheck={retcode:\"1101\",selector:\"0\"}";
    assert_eq!(scrubber.body(check), check);
    let code = scrubber.body("window.QRLogin.code = 200; window.QRLogin.uuid = \"gdl0dOM6cg==\";");
    assert_eq!(
        code,
        format!("window.QRLogin.code = 200; window.QRLogin.uuid = \"{uuid}==\";")
    );
}

#[test]
fn contents_keep_their_elements_and_lose_their_texts() {
    let scrubber = Scrubber::default();
    let content = "&lt;msg&gt;&lt;appmsg appid=\"wxeb7ec651dd0aefa9\" sdkver=\"\"&gt;\
                   &lt;title&gt;Budget 2031.pdf&lt;/title&gt;&lt;type&gt;6&lt;/type&gt;\
                   &lt;appattach&gt;&lt;totallen&gt;4711&lt;/totallen&gt;\
                   &lt;aeskey&gt;0f3a99bc01de77aa&lt;/aeskey&gt;&lt;/appattach&gt;\
                   &lt;des&gt;&lt;![CDATA[Top Secret &amp;amp; more]]&gt;&lt;/des&gt;\
                   &lt;mine who=\"Mallory\"/&gt;&lt;/appmsg&gt;&lt;/msg&gt;";
    let scrubbed = scrubber.plain(content);
    for stays in [
        "&lt;title&gt;",
        ".pdf&lt;/title&gt;",
        "&lt;type&gt;6&lt;/type&gt;",
        "&lt;totallen&gt;4711&lt;/totallen&gt;",
        "&lt;![CDATA[",
        " &amp;amp; ",
        "]]&gt;&lt;/des&gt;",
    ] {
        assert!(scrubbed.contains(stays), "{stays}: {scrubbed}");
    }
    for gone in [
        "wxeb7ec651",
        "Budget",
        "2031",
        "0f3a99bc",
        "Secret",
        "more",
        "mine",
        "who",
        "Mallory",
    ] {
        assert!(!scrubbed.contains(gone), "{gone}: {scrubbed}");
    }
    let recalled = "<sysmsg type=\"revokemsg\"><revokemsg><msgid>320984672637990367</msgid>\
                    <replacemsg>\"张三\" 撤回了一条消息</replacemsg></revokemsg></sysmsg>";
    let scrubbed = scrubber.plain(recalled);
    assert!(scrubbed.contains("type=\"revokemsg\"") && scrubbed.contains("\" 撤回了一条消息<"));
    assert!(scrubbed.contains(&scrubber.plain("320984672637990367")));
    assert!(!scrubbed.contains("张三"));
}

#[test]
fn names_of_the_protocol_stay_and_those_of_people_go() {
    let scrubber = Scrubber::default();
    for stays in [
        "filehelper",
        "fmessage",
        "weixin,newsapp,",
        "notification_messages",
    ] {
        assert_eq!(scrubber.plain(stays), stays);
    }
    let ids = scrubber.plain("wxid_abc123,filehelper,4711@chatroom");
    assert!(ids.starts_with("wxid_") && ids.contains(",filehelper,") && ids.ends_with("@chatroom"));
    assert!(!ids.contains("abc123") && !ids.contains("4711"), "{ids}");
    let page = "https://shop.example:8443/cgi-bin/items?ticket=Rosebud&fun=Rosebud";
    let address = scrubber.plain(page);
    assert!(
        address.starts_with("https://") && address.contains(":8443/cgi-bin/"),
        "{address}"
    );
    assert!(
        !address.contains("shop") && !address.contains("Rosebud") && !address.contains("items")
    );
    // A password, where there should be a port.
    let login = scrubber.plain("https://mallory:Rosebud9@wx.qq.com/");
    assert!(login.ends_with("/") && login.matches(['/', ':', '@']).count() == 6);
    assert!(
        !login.contains("mallory") && !login.contains("Rosebud"),
        "{login}"
    );
    let evil = scrubber.plain("https://wx.qq.com.evil.example/");
    assert!(!evil.contains("qq.com"), "{evil}");
}

#[test]
fn what_is_broken_is_scrubbed_all_the_same() {
    for broken in [
        r#"{"NickName":"Rosebud"#,
        r#"{"NickName":Rosebud}"#,
        r#"{'Rosebud':1"#,
        r#"{"NickName":"\u00zz Rosebud\"#,
        "window.Rosebud = 'Rosebud",
        "<html><Rosebud class=\"Rosebud",
        "<html>Rosebud",
        "Rosebud",
        "&#82;osebud Rosebud &amp",
        "\u{feff}{\"x\":[\"Rosebud\"]}",
    ] {
        let scrubbed = body(broken);
        assert!(!scrubbed.contains("osebud"), "{broken}: {scrubbed}");
    }
}

#[test]
fn a_long_text_is_cut_between_its_characters() {
    let written = r"\u4f60\ud83c\udf38&amp;#20320;\\";
    for before in (1..written.len()).step_by(4) {
        let blanks = " ".repeat(text::PIECE - before);
        let (_, scrubbed) = json(&format!(r#"{{"Content":"{blanks}{written}"}}"#));
        let found = scrubbed["Content"]
            .as_str()
            .unwrap_or_default()
            .trim_start();
        // Words are replaced, and what is between them stays.
        let found: Vec<char> = found.chars().filter(|c| !c.is_alphanumeric()).collect();
        assert_eq!(found, ['🌸', '&', ';', '#', ';', '\\'], "{before}");
    }
}

#[test]
fn of_headers_only_what_a_session_reads_is_kept() {
    let scrubber = Scrubber::default();
    let cookie = "webwx_data_ticket=gSdRosebud+x==; Domain=.qq.com; Path=/";
    let kept = scrubber.header("set-cookie", cookie).unwrap();
    assert_eq!(
        kept,
        format!("webwx_data_ticket={}", scrubber.plain("gSdRosebud+x=="))
    );
    assert_eq!(scrubber.header("set-cookie", "other=Rosebud"), None);
    assert_eq!(scrubber.header("server", "Rosebud"), None);
    assert_eq!(
        scrubber
            .header("content-type", "text/plain; charset=Rosebud")
            .as_deref(),
        Some("text/plain")
    );
    assert_eq!(
        scrubber.header("content-range", "bytes 0-9/10").as_deref(),
        Some("bytes 0-9/10")
    );
    assert_eq!(scrubber.header("content-range", "bytes Rosebud"), None);
}

#[test]
fn errors_keep_the_words_that_errors_are_made_of() {
    let scrubber = Scrubber::default();
    let words = "wx2.qq.com: connection refused";
    assert_eq!(scrubber.words_of_error(words), words);
    let scrubbed =
        scrubber.words_of_error("cannot open /users/rosebud/diary.txt: permission denied");
    assert!(scrubbed.starts_with("cannot open /") && scrubbed.ends_with(": permission denied"));
    assert!(
        !scrubbed.contains("rosebud") && !scrubbed.contains("diary"),
        "{scrubbed}"
    );
}

/// Tokens of everything that is read in a body, to be put in any order.
const TOKENS: [&str; 32] = [
    "\"",
    "'",
    "\\",
    "\\u00",
    "{",
    "}",
    "[",
    ",",
    ":",
    "=",
    "&",
    "&lt;",
    "&amp;amp;",
    "&#",
    ";",
    "<",
    ">",
    "</",
    "<![CDATA[",
    "]]>",
    "%",
    "%25",
    "%E4%BD",
    "https://",
    "/cgi-bin/",
    "?",
    "#",
    "@@",
    "\n",
    "window.code",
    "wxid_",
    "\"MsgType\"",
];

proptest! {
    #[test]
    fn a_secret_goes_wherever_it_stands(
        before in prop::collection::vec(prop::sample::select(&TOKENS[..]), 0..12),
        after in prop::collection::vec(prop::sample::select(&TOKENS[..]), 0..12),
    ) {
        let text = format!("{}Zq7RosebudKx{}", before.concat(), after.concat());
        let scrubbed = body(&text);
        prop_assert!(!scrubbed.contains("Rosebud"), "{text}: {scrubbed}");
        prop_assert!(!scrubbed.contains("Zq7Ro"), "{text}: {scrubbed}");
    }

    #[test]
    fn any_text_is_scrubbed_and_keeps_what_is_between_its_words(text in any::<String>()) {
        let (scrubber, plain) = (Scrubber::default(), |c: &char| !c.is_alphanumeric() && *c != '_');
        let scrubbed = scrubber.plain(&text);
        prop_assert_eq!(scrubbed.clone(), scrubber.plain(&text));
        if !text.contains(['%', '&']) {
            let marks = |text: &str| text.chars().filter(plain).collect::<String>();
            prop_assert_eq!(marks(&scrubbed), marks(&text));
            prop_assert_eq!(scrubbed.chars().count(), text.chars().count());
        }
        body(&text);
    }
}
