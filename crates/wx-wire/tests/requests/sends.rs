//! The five requests that send a message.

use wx_wire::{
    code::AppMsgType,
    endpoint::{
        Envelope, webwxsendappmsg, webwxsendemoticon, webwxsendmsg, webwxsendmsgimg,
        webwxsendvideomsg,
    },
    id::{MediaId, UserName},
    secret::UploadSignature,
};

use super::support::{TEXT, friend, keys, number, own, posted, shown};

/// What the five have behind the content.
const TAIL: &str = r#""FromUserName":"@own","ToUserName":"@friend","LocalID":"17000000000000123","ClientMsgId":"17000000000000123""#;

fn in_envelope<T>(forwarded: bool, encode: impl FnOnce(Envelope<'_>) -> T) -> T {
    encode(Envelope {
        credentials: &keys(),
        from: &own(),
        to: &friend(),
        client_msg_id: &number(),
        forwarded,
    })
}

fn expected(path: &str, json: &str) -> String {
    posted(path, &json.replace("TAIL", TAIL))
}

fn sent(content: webwxsendmsg::Content<'_>) -> String {
    let forwarded = matches!(content, webwxsendmsg::Content::Location { .. });
    in_envelope(forwarded, |envelope| {
        shown(&webwxsendmsg::Request { envelope, content }.encode())
    })
}

const SENDMSG: &str = "webwxsendmsg?pass_ticket=p%252Bt%253D";

#[test]
fn a_text() {
    let content = webwxsendmsg::Content::Text {
        text: TEXT,
        mentions: &[],
    };
    assert_eq!(
        sent(content),
        expected(
            SENDMSG,
            r#"{"BaseRequest":KEYS,"Msg":{"Type":1,"Content":"TEXT",TAIL},"Scene":0}"#
        )
    );
}

#[test]
fn a_text_that_mentions() {
    let mentions = ["@a", "@b,c", "@d<", "@e"].map(UserName::from);
    let content = webwxsendmsg::Content::Text {
        text: "@A\u{2005}@E\u{2005}",
        mentions: &mentions,
    };
    assert_eq!(
        sent(content),
        expected(
            SENDMSG,
            "{\"BaseRequest\":KEYS,\"Msg\":{\"Type\":1,\"Content\":\"@A\u{2005}@E\u{2005}\",TAIL,\
             \"MsgSource\":\"<msgsource><atusername>@a,@e</atusername>\
             <atchatroomname>@friend</atchatroomname></msgsource>\"},\"Scene\":0}"
        )
    );
}

#[test]
fn a_card() {
    let content = webwxsendmsg::Content::Card {
        user_name: &UserName::from("@card"),
        nick_name: "<b> & \"q\" 'a'\n名😀\u{1}",
    };
    assert_eq!(
        sent(content),
        expected(
            SENDMSG,
            r#"{"BaseRequest":KEYS,"Msg":{"Type":42,"Content":"<msg username=\"@card\" nickname=\"&lt;b&gt; &amp; &quot;q&quot; &apos;a&apos;&#10;名😀\"/>",TAIL},"Scene":0}"#
        )
    );
}

#[test]
fn a_location() {
    let content = webwxsendmsg::Content::Location {
        ori_content: "<?xml version=\"1.0\"?>\n<msg><location x=\"1.5\" label=\"a &amp; b\" /></msg>",
    };
    assert_eq!(
        sent(content),
        expected(
            SENDMSG,
            r#"{"BaseRequest":KEYS,"Msg":{"Type":48,"Content":"<?xml version=\"1.0\"?>\n<msg><location x=\"1.5\" label=\"a &amp; b\" /></msg>",TAIL},"Scene":2}"#
        )
    );
}

#[test]
fn a_picture_and_a_forwarded_one() {
    let sent = |forwarded, media_id: &MediaId, content| {
        in_envelope(forwarded, |envelope| {
            let request = webwxsendmsgimg::Request {
                envelope,
                media_id,
                content,
            };
            shown(&request.encode())
        })
    };
    let path = "webwxsendmsgimg?fun=async&f=json&pass_ticket=p%252Bt%253D";
    assert_eq!(
        sent(false, &MediaId::new("@crypt_1"), ""),
        expected(
            path,
            r#"{"BaseRequest":KEYS,"Msg":{"Type":3,"Content":"","MediaId":"@crypt_1",TAIL},"Scene":0}"#
        )
    );
    assert_eq!(
        sent(true, &MediaId::default(), "<msg><img length=\"1\"/></msg>"),
        expected(
            path,
            r#"{"BaseRequest":KEYS,"Msg":{"Type":3,"Content":"<msg><img length=\"1\"/></msg>","MediaId":"",TAIL},"Scene":2}"#
        )
    );
}

#[test]
fn a_video() {
    let request = in_envelope(false, |envelope| {
        let request = webwxsendvideomsg::Request {
            envelope,
            media_id: &MediaId::new("@crypt_2"),
            content: "",
        };
        shown(&request.encode())
    });
    assert_eq!(
        request,
        expected(
            "webwxsendvideomsg?fun=async&f=json&pass_ticket=p%252Bt%253D",
            r#"{"BaseRequest":KEYS,"Msg":{"Type":43,"Content":"","MediaId":"@crypt_2",TAIL},"Scene":0}"#
        )
    );
}

/// Only the member that is in use goes out.
#[test]
fn emoticons() {
    let sent = |emoticon| {
        in_envelope(false, |envelope| {
            shown(&webwxsendemoticon::Request { envelope, emoticon }.encode())
        })
    };
    let path = "webwxsendemoticon?fun=sys&pass_ticket=p%252Bt%253D";
    assert_eq!(
        sent(webwxsendemoticon::Emoticon::Md5("0a1b")),
        expected(
            path,
            r#"{"BaseRequest":KEYS,"Msg":{"Type":47,"EmojiFlag":2,"Content":"","EMoticonMd5":"0a1b",TAIL},"Scene":0}"#
        )
    );
    assert_eq!(
        sent(webwxsendemoticon::Emoticon::Media(&MediaId::new(
            "@crypt_3"
        ))),
        expected(
            path,
            r#"{"BaseRequest":KEYS,"Msg":{"Type":47,"EmojiFlag":2,"Content":"","MediaId":"@crypt_3",TAIL},"Scene":0}"#
        )
    );
}

#[test]
fn a_file() {
    let content = webwxsendappmsg::file_content("r.txt", 7, &MediaId::new("@crypt_4"), false);
    let signature = UploadSignature::new("sig");
    let sent = |signature, desktop| {
        in_envelope(false, |envelope| {
            let request = webwxsendappmsg::Request {
                envelope,
                app_type: AppMsgType::FILE,
                content: &content,
                signature,
                desktop,
            };
            shown(&request.encode())
        })
    };
    let xml = "<appmsg appid='wxeb7ec651dd0aefa9' sdkver=''><title>r.txt</title><des></des><action></action><type>6</type><content></content><url></url><lowurl></lowurl><appattach><totallen>7</totallen><attachid>@crypt_4</attachid><fileext>txt</fileext></appattach><extinfo></extinfo></appmsg>";
    let json = |signature: &str| {
        format!(
            "{{\"BaseRequest\":KEYS,\"Msg\":{{\"Type\":6,\"Content\":\"{xml}\",{signature}TAIL}},\"Scene\":0}}"
        )
    };
    assert_eq!(
        sent(None, false),
        expected(
            "webwxsendappmsg?fun=async&f=json&pass_ticket=p%252Bt%253D",
            &json("")
        )
    );
    assert_eq!(
        sent(Some(&signature), true),
        expected(
            "webwxsendappmsg?fun=async&f=json&mod=desktop&pass_ticket=p%252Bt%253D",
            &json("\"Signature\":\"sig\",")
        )
    );
}

/// protocol: file XML; the desktop page has no number of an application.
#[test]
fn contents_of_files() {
    assert_eq!(
        webwxsendappmsg::file_content(
            "a <b> & \"c\"'d'\u{0}\u{1f}\u{fffe}😀.第&",
            99,
            &MediaId::new("@m<"),
            true
        ),
        "<appmsg appid='' sdkver=''><title>a &lt;b&gt; &amp; \"c\"'d'😀.第&amp;</title>\
         <des></des><action></action><type>6</type><content></content><url></url>\
         <lowurl></lowurl><appattach><totallen>99</totallen><attachid>@m&lt;</attachid>\
         <fileext>第&amp;</fileext></appattach><extinfo></extinfo></appmsg>"
    );
    for (name, extension) in [("README", ""), ("a.tar.gz", "gz"), ("a.", ""), (".b", "b")] {
        let content = webwxsendappmsg::file_content(name, 1, &MediaId::default(), false);
        let member = format!("<fileext>{extension}</fileext>");
        assert!(content.contains(&member), "{name}: {content}");
    }
}
