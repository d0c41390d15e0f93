//! Known answers of the decoding of contents, one for each quirk of the
//! service. All names and texts are invented.

use std::borrow::Cow;

use wx_wire::content::{
    self, EmojiTable, decode_name, decode_text, emoji_spans, split_prefixes, split_sender, unescape,
};

/// The span of an emoji.
fn span(digits: &str) -> String {
    format!(r#"<span class="emoji emoji{digits}"></span>"#)
}

#[test]
fn senders_of_rooms() {
    let long = "@9a".to_owned() + &"0f".repeat(31);
    for (name, body) in [
        (long.as_str(), "a text"),
        ("@00112233445566778899aabbccddeeff", "@Ann\u{2005}hello"),
        ("@00112233445566778899aabbccddeeff", "@_@ wow"),
        ("@00112233445566778899aabbccddeeff", "ann@example.com"),
        ("@ABCxyz", ""),
        ("filehelper", "x"),
        ("gh_0a1b-2", "x:<br/>y"),
        (
            "@ff",
            "place:<br/>/cgi-bin/mmwebwx-bin/webwxgetpubliclinkimg?url=xxx",
        ),
    ] {
        let content = format!("{name}:<br/>{body}");
        assert_eq!(
            split_sender(&content, true),
            (Some(name), body),
            "{content}"
        );
        assert_eq!(
            split_sender(&content, false),
            (None, &*content),
            "{content}"
        );
    }
}

#[test]
fn what_is_no_sender() {
    for content in [
        "",
        "hello",
        ":<br/>hello",
        "@:<br/>hello",
        "@ab_c:<br/>hello",
        "@ab:hello",
        "@ab:<br>hello",
        "@ab :<br/>hello",
        "@ab:&lt;br/&gt;hello",
        " @ab:<br/>hello",
        "寒山路:<br/>/cgi-bin/mmwebwx-bin/webwxgetpubliclinkimg?url=xxx",
        "you: see<br/>this:<br/>",
        "4711@chatroom@:<br/>x",
    ] {
        assert_eq!(split_sender(content, true), (None, content));
    }
}

#[test]
fn two_prefixes() {
    let prefixes = split_prefixes("@0a1b:<br/>wxid_q7:<br/>&lt;msg/&gt;", true);
    assert_eq!(prefixes.sender, Some("@0a1b"));
    assert_eq!(prefixes.second_sender, Some("wxid_q7"));
    assert_eq!(prefixes.room, None);
    assert_eq!(prefixes.body, "wxid_q7:<br/>&lt;msg/&gt;");
    assert_eq!(
        split_sender(prefixes.body, true),
        (Some("wxid_q7"), "&lt;msg/&gt;")
    );
}

#[test]
fn a_room_in_place_of_a_sender() {
    let content = "4711@chatroom:<br/>&lt;sysmsg/&gt;";
    let prefixes = split_prefixes(content, true);
    assert_eq!(prefixes.room, Some("4711@chatroom"));
    assert_eq!((prefixes.sender, prefixes.second_sender), (None, None));
    assert_eq!(prefixes.body, "&lt;sysmsg/&gt;");
    let private = split_prefixes(content, false);
    assert_eq!((private.room, private.body), (None, content));
    for content in [
        "4711@chatrooms:<br/>x",
        "4711@chatroom x",
        "47é@chatroom:<br/>x",
    ] {
        assert_eq!(split_prefixes(content, true).room, None, "{content}");
    }
}

#[test]
fn spans_of_every_length() {
    for (digits, text) in [
        ("263a", "\u{263a}"),
        ("1f604", "\u{1f604}"),
        ("1F604", "\u{1f604}"),
        ("2320e3", "#\u{20e3}"),
        ("3120e3", "1\u{20e3}"),
        ("00a9fe0f", "\u{a9}\u{fe0f}"),
        ("1f1e81f1f3", "\u{1f1e8}\u{1f1f3}"),
    ] {
        let content = format!("a{}b", span(digits));
        let expected = format!("a{text}b");
        assert_eq!(
            decode_text(&content, EmojiTable::AsIs),
            expected,
            "{digits}"
        );
        assert_eq!(
            decode_name(&content, EmojiTable::Repaired),
            expected,
            "{digits}"
        );
        assert_eq!(emoji_spans(&content), 1, "{digits}");
    }
}

#[test]
fn spans_that_stay() {
    for content in [
        span(""),
        span("1f6"),
        span("1f60412"),
        span("1f6041f60"),
        span("1f1e81f1f31"),
        span("d83d"),
        span("d83dde00"),
        span("110000"),
        span("fffff0000g"),
        span("003c"),
        span("0026"),
        span("000a"),
        span("2620e3"),
        span("0022003e"),
        r#"<span class="emoji emoji1f604">"#.to_owned(),
        r#"<span class="emoji emoji1f604"></spam>"#.to_owned(),
        r#"<span class='emoji emoji1f604'></span>"#.to_owned(),
        r#"<span class="emoji"></span>"#.to_owned(),
        "<span".to_owned(),
        "<".to_owned(),
    ] {
        for table in [EmojiTable::AsIs, EmojiTable::Repaired] {
            assert!(matches!(decode_text(&content, table), Cow::Borrowed(text) if text == content));
        }
        assert_eq!(emoji_spans(&content), 0, "{content}");
    }
}

#[test]
fn a_span_without_its_last_bracket() {
    for (content, text) in [
        (r#"<span class="emoji emoji1f450"></span"#, "\u{1f450}"),
        (r#"<span class="emoji emoji1f450"></span!"#, "\u{1f450}!"),
        (
            r#"a<span class="emoji emoji1f450"></span<span class="emoji emoji1f604"></span>>"#,
            "a\u{1f450}\u{1f604}>",
        ),
    ] {
        assert_eq!(decode_text(content, EmojiTable::AsIs), text, "{content}");
    }
}

#[test]
fn the_nine_repairs() {
    for (wrong, sent) in [
        ("1f63c", "\u{1f601}"),
        ("1f639", "\u{1f602}"),
        ("1f63a", "\u{1f603}"),
        ("1f4ab", "\u{1f616}"),
        ("1f64d", "\u{1f614}"),
        ("1f63b", "\u{1f60d}"),
        ("1f63d", "\u{1f618}"),
        ("1f64e", "\u{1f621}"),
        ("1f63f", "\u{1f622}"),
    ] {
        let content = span(wrong);
        assert_eq!(decode_text(&content, EmojiTable::Repaired), sent, "{wrong}");
        let code = u32::from_str_radix(wrong, 16).unwrap();
        let as_is = char::from_u32(code).unwrap().to_string();
        assert_eq!(decode_text(&content, EmojiTable::AsIs), as_is, "{wrong}");
        // A raw character was never in the table.
        assert_eq!(decode_text(&as_is, EmojiTable::Repaired), as_is, "{wrong}");
    }
}

#[test]
fn texts() {
    for (content, text) in [
        ("a<br/>b<br/><br/>", "a\nb\n\n"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"),
        ("&quot;it&#39;s&quot;&nbsp;&apos;", "\"it's\"\u{a0}'"),
        ("&amp;lt;br/&amp;gt;", "&lt;br/&gt;"),
        ("typed &lt;br/&gt;", "typed <br/>"),
        (
            "typed &lt;span class=\"emoji emoji1f604\"&gt;&lt;/span&gt;",
            "typed <span class=\"emoji emoji1f604\"></span>",
        ),
        ("&amp;amp;amp;", "&amp;amp;"),
        (
            "<span class=\"emoji emoji1f635\"></span>\u{fe0f}\u{1f636}",
            "\u{1f635}\u{fe0f}\u{1f636}",
        ),
        ("[微笑]<br/>", "[微笑]\n"),
        ("&#x4f60;&#22909;&#X1F600;", "你好😀"),
        ("&#10;&#0000039;", "\n'"),
    ] {
        assert_eq!(decode_text(content, EmojiTable::AsIs), text, "{content}");
    }
}

#[test]
fn what_is_not_known_stays_and_is_borrowed() {
    for content in [
        "",
        "plain, 你好",
        "a & b",
        "&copy; &LT; &lt &; &",
        "&#; &#x; &#xg; &#39 &#-1; &#+1;",
        "&#0; &#xD800; &#x110000; &#99999999999;",
        "<br> <br /> <BR/> <b>bold</b>",
        "</span>",
    ] {
        for decoded in [decode_text(content, EmojiTable::AsIs), unescape(content)] {
            assert!(
                matches!(decoded, Cow::Borrowed(text) if text == content),
                "{content}"
            );
        }
    }
}

#[test]
fn names_keep_their_line_breaks() {
    let name = r#"<br/>"Ann" &amp; <span class="emoji emoji1f639"></span>"#;
    assert_eq!(
        decode_name(name, EmojiTable::AsIs),
        "<br/>\"Ann\" & \u{1f639}"
    );
    assert_eq!(
        decode_name(name, EmojiTable::Repaired),
        "<br/>\"Ann\" & \u{1f602}"
    );
}

#[test]
fn unescaping_undoes_one_level() {
    assert_eq!(unescape("&amp;lt;br/&amp;gt;<br/>"), "&lt;br/&gt;<br/>");
}

#[test]
fn xml_of_contents() {
    for (content, xml) in [
        ("&lt;msg/&gt;", "<msg/>"),
        ("<br/>&lt;msg/&gt;<br/>", "<msg/>\n"),
        ("@0a:<br/>wxid_q:<br/>&lt;msg/&gt;", "<msg/>"),
        ("&lt;a&gt;x &amp;amp; y&lt;/a&gt;", "<a>x &amp; y</a>"),
        (
            r#"&lt;a n="<span class="emoji emoji1f319"></span>"&gt;<br/>	&lt;/a&gt;"#,
            "<a n=\"\u{1f319}\">\n\t</a>",
        ),
        (
            "&lt;a&gt;&lt;![CDATA[x<br/><span class=\"emoji emoji1f639\"></span>]]&gt;&lt;/a&gt;",
            "<a><![CDATA[x\n\u{1f602}]]></a>",
        ),
        ("no markup &amp; no tag", ""),
        ("", ""),
    ] {
        assert_eq!(
            content::xml_text(content, EmojiTable::Repaired),
            xml,
            "{content}"
        );
    }
    assert!(matches!(
        content::xml_text("text <msg/>", EmojiTable::AsIs),
        Cow::Borrowed("<msg/>")
    ));
}

#[test]
fn mentions() {
    for (text, names) in [
        ("@Ann\u{2005}hi", &["Ann"][..]),
        ("@Ann\u{2005}and@Bob B.\u{2005} come", &["Ann", "Bob B."]),
        ("@Ann\u{2005} write to bob@example.com", &["Ann"]),
        ("bob@example.com says @Ann\u{2005}", &["Ann"]),
        ("@_@ wow @Ann\u{2005}", &["Ann"]),
        ("@Ann hi", &[]),
        ("Ann\u{2005}", &[]),
        ("@\u{2005}", &[]),
        ("mail me@\nAnn\u{2005}", &[]),
        ("", &[]),
    ] {
        assert_eq!(
            content::mentions(text).collect::<Vec<_>>(),
            names,
            "{text:?}"
        );
    }
}
