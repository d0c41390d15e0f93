//! Links, files, music and mini programs.

use wx_wire::{
    code::{AppMsgType, MsgType},
    message::App,
};

use super::wire::{decoded, span, wire};

fn app(xml: &str) -> App {
    *decoded!(MsgType::APP, wire(xml), App)
}

#[test]
fn a_link_in_every_form_of_empty_elements() {
    let link = app(
        "<?xml version=\"1.0\"?>\n<msg>\n <appmsg appid=\"\" sdkver=\"0\">\n <title>Soap</title>\n \
         <des>cheap: 1 &lt; 2</des>\n <action />\n <type>5</type>\n <content></content>\n \
         <url>https://s.example/?a=1&amp;b=2</url>\n <lowurl/>\n <appattach>\n \
         <totallen>0</totallen>\n <attachid />\n <aeskey>0a</aeskey>\n </appattach>\n \
         <thumburl>http://t.example/1.jpg</thumburl>\n <md5 />\n </appmsg>\n \
         <fromusername>ann</fromusername>\n <scene>0</scene>\n <appinfo>\n <version>1</version>\n \
         <appname></appname>\n </appinfo>\n</msg>\n\n",
    );
    assert_eq!(link.app_msg_type(), AppMsgType::LINK);
    assert_eq!(link.title.as_deref(), Some("Soap"));
    assert_eq!(link.des.as_deref(), Some("cheap: 1 < 2"));
    assert_eq!(link.url.as_deref(), Some("https://s.example/?a=1&b=2"));
    assert_eq!(link.lowurl.as_deref(), Some(""));
    assert_eq!(link.dataurl, None);
    assert_eq!(link.appid.as_deref(), Some(""));
    assert_eq!(link.fromusername.as_deref(), Some("ann"));
    assert_eq!(link.appname.as_deref(), Some(""));
    assert_eq!(link.version.as_deref(), Some("1"));
    let attach = link.appattach.unwrap();
    assert_eq!(attach.totallen.as_deref(), Some("0"));
    assert_eq!(attach.aeskey.as_deref(), Some("0a"));
    assert!(link.articles.is_empty());
}

/// Only the children of `appmsg` itself are the message's.
#[test]
fn a_link_to_articles() {
    let link = app(
        "<msg><appmsg appid=\"\"><mmreader><category type=\"20\" count=\"2\">\
         <name><![CDATA[N]]></name><topnew><cover><![CDATA[]]></cover></topnew>\
         <item><title><![CDATA[one]]></title><url><![CDATA[http://1?a=1&b=2]]></url>\
         <pub_time>15</pub_time><cover><![CDATA[http://c/1|700|300]]></cover>\
         <digest><![CDATA[first]]></digest></item>\
         <item><title><![CDATA[two]]></title><url><![CDATA[http://2]]></url></item>\
         </category></mmreader><title><![CDATA[both]]></title><des><![CDATA[a\n b]]></des>\
         <type>5</type><url>http://0</url></appmsg></msg>",
    );
    assert_eq!(link.title.as_deref(), Some("both"));
    assert_eq!(link.des.as_deref(), Some("a\n b"));
    assert_eq!(link.url.as_deref(), Some("http://0"));
    let titles: Vec<_> = link
        .articles
        .iter()
        .map(|article| article.title.as_deref())
        .collect();
    assert_eq!(titles, [Some("one"), Some("two")]);
    assert_eq!(link.articles[0].url.as_deref(), Some("http://1?a=1&b=2"));
    assert_eq!(link.articles[0].cover_url(), Some("http://c/1"));
    assert_eq!(link.articles[1].cover_url(), None);
}

#[test]
fn a_title_with_spans_outside_and_inside_of_cdata() {
    let moon = span("1f319");
    for (before, after) in [("<title>", "</title>"), ("<title><![CDATA[", "]]></title>")] {
        let content = format!(
            "<br/>{}{moon} at \"9\"{}",
            wire(&format!("<msg>\n\t<appmsg>{before}")),
            wire(&format!("{after}<type>5</type></appmsg></msg>")),
        );
        let link = decoded!(MsgType::APP, content, App);
        assert_eq!(link.title.as_deref(), Some("\u{1f319} at \"9\""));
    }
}

/// A line break behind the XML was escaped once more than others.
#[test]
fn a_file_and_a_break_behind_it() {
    let content = wire(
        "<msg><appmsg appid=\"wx1\" sdkver=\"0\"><title>a &amp; b.xlsx</title><type>6</type>\
         <appattach><attachid>@cdn_1</attachid><totallen>10039</totallen><fileext>xlsx</fileext>\
         <fileuploadtoken>null</fileuploadtoken><overwrite_newmsgid>36</overwrite_newmsgid>\
         <cdnthumbheight>-1</cdnthumbheight></appattach><md5>4f66</md5></appmsg>\
         <appinfo><appname>files</appname></appinfo></msg>",
    ) + "&lt;br/&gt;";
    let file = decoded!(MsgType::APP, content, App);
    assert_eq!(file.app_msg_type(), AppMsgType::FILE);
    assert_eq!(file.title.as_deref(), Some("a & b.xlsx"));
    assert_eq!(file.md5.as_deref(), Some("4f66"));
    assert_eq!(file.appname.as_deref(), Some("files"));
    let attach = file.appattach.unwrap();
    assert_eq!(attach.attachid.as_deref(), Some("@cdn_1"));
    assert_eq!(attach.totallen.as_deref(), Some("10039"));
    assert_eq!(attach.overwrite_newmsgid.as_deref(), Some("36"));
    assert_eq!(attach.cdnthumbheight.as_deref(), Some("-1"));
}

#[test]
fn a_file_that_is_only_announced() {
    let file = app(
        "<msg>\n    <appmsg appid=\"\" sdkver=\"0\">\n        <title><![CDATA[h.xlsx]]></title>\n\
         <type>74</type>\n<appattach>\n<totallen>89</totallen>\n<fileext><![CDATA[xlsx]]></fileext>\n\
         <status>0</status></appattach></appmsg></msg>",
    );
    assert_eq!(file.app_msg_type(), AppMsgType::FILE_ANNOUNCED);
    assert_eq!((file.des, file.url), (None, None));
    assert_eq!(file.appattach.unwrap().fileext.as_deref(), Some("xlsx"));
}

#[test]
fn an_appmsg_without_attributes_and_without_a_msg_around_it() {
    let link = app("<appmsg><title>t</title><type><![CDATA[5]]></type></appmsg>");
    assert_eq!(link.appid, None);
    assert_eq!(link.app_msg_type(), AppMsgType::LINK);
}

#[test]
fn music() {
    let song = app(
        "<msg><appmsg appid=\"wx4\"  sdkver=\"0\"><title></title><type>3</type><url></url>\
         <dataurl>http://m.example/1.m4a?a=1&amp;b=2</dataurl></appmsg>\
         <appinfo><version>29</version><appname>songs</appname></appinfo></msg>",
    );
    assert_eq!(song.app_msg_type(), AppMsgType::MUSIC);
    assert_eq!(
        song.dataurl.as_deref(),
        Some("http://m.example/1.m4a?a=1&b=2")
    );
}

/// It has a `type` of its own inside.
#[test]
fn a_mini_program() {
    let program = app(
        "<?xml version=\"1.0\"?><msg><appmsg appid=\"\"><title>t</title><weappinfo>\
         <username>gh_1@app</username><appid>wx2</appid><type>2</type>\
         <pagepath><![CDATA[pages/a.html?x=1&y]]></pagepath></weappinfo><type>33</type>\
         <sourcedisplayname>Shop</sourcedisplayname></appmsg></msg>",
    );
    assert_eq!(program.app_msg_type(), AppMsgType::MINI_PROGRAM);
    assert_eq!(program.sourcedisplayname.as_deref(), Some("Shop"));
    let info = program.weappinfo.unwrap();
    assert_eq!(info.username.as_deref(), Some("gh_1@app"));
    assert_eq!(info.pagepath.as_deref(), Some("pages/a.html?x=1&y"));
}

#[test]
fn a_live_location() {
    let live = app(
        "<msg>\n<appmsg appid=\"\">\n<type>17</type>\n<title><![CDATA[here]]></title>\n</appmsg>\n</msg>",
    );
    assert_eq!(live.app_msg_type(), AppMsgType::REALTIME_LOCATION);
    assert_eq!(live.title.as_deref(), Some("here"));
}
