//! Messages inside messages.

use wx_wire::{
    code::MsgType,
    message::{App, Content, MAX_NESTING, Record},
};

use super::wire::{decoded, span, wire};

/// Text as it stands in an element.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn reply(title: &str, quoted_type: i64, quoted: &str) -> String {
    format!(
        "<msg><appmsg><title>{title}</title><type>57</type><refermsg><type>{quoted_type}</type>\
         <svrid>36</svrid><fromusr>47@chatroom</fromusr><chatusr>wxid_a</chatusr>\
         <displayname>Ann</displayname><content>{}</content></refermsg></appmsg></msg>",
        escaped(quoted)
    )
}

fn app(xml: &str) -> App {
    *decoded!(MsgType::APP, wire(xml), App)
}

#[test]
fn a_reply_to_a_text() {
    let text = "\n@Bob\u{2005}1 &lt; 2 <br/> & so on";
    let reply = app(&reply("no", 1, text));
    assert_eq!(reply.title.as_deref(), Some("no"));
    assert_eq!(reply.app_msg_type().0, 57);
    let quote = reply.refermsg.unwrap();
    assert_eq!(quote.msg_type(), MsgType::TEXT);
    assert_eq!(quote.svrid.as_deref(), Some("36"));
    assert_eq!(quote.chatusr.as_deref(), Some("wxid_a"));
    assert_eq!(quote.displayname.as_deref(), Some("Ann"));
    assert_eq!(quote.content.as_deref(), Some(text));
    assert_eq!(quote.quoted, Some(Content::Text(text.into())));
}

#[test]
fn a_reply_to_a_text_with_spans_and_references() {
    let before =
        wire("<msg><appmsg><title>x</title><type>57</type><refermsg><type>1</type><content>");
    let after = wire("</content></refermsg></appmsg></msg>");
    let content = format!("{before}a&amp;#x0A;b&amp;#39;<br/>{}{after}", span("1f319"));
    let reply = decoded!(MsgType::APP, content, App);
    let quote = reply.refermsg.unwrap();
    assert_eq!(quote.content.as_deref(), Some("a\nb'\n\u{1f319}"));
}

#[test]
fn a_reply_to_a_file() {
    let file = "<msg><appmsg appid=\"\"  sdkver=\"0\"><title>a &amp; b.txt</title><type>6</type>\
                <appattach><totallen>9</totallen></appattach></appmsg></msg>";
    let quote = app(&reply("look", 49, file)).refermsg.unwrap();
    assert_eq!(quote.content.as_deref(), Some(file));
    let Some(Content::App(inner)) = quote.quoted else {
        panic!("no file");
    };
    assert_eq!(inner.title.as_deref(), Some("a & b.txt"));
}

#[test]
fn a_reply_to_a_picture() {
    let quote = app(&reply("nice", 3, "<msg><img length=\"5\"/></msg>"))
        .refermsg
        .unwrap();
    let Some(Content::Image(image)) = quote.quoted else {
        panic!("no picture");
    };
    assert_eq!(image.length.as_deref(), Some("5"));
}

#[test]
fn replies_to_replies_end_somewhere() {
    let mut message = reply("0", 1, "bottom");
    for level in 1..=MAX_NESTING + 2 {
        message = reply(&level.to_string(), 49, &message);
    }
    let mut quote = app(&message).refermsg;
    let mut depth = 0;
    while let Some(refer) = quote {
        assert!(refer.content.is_some());
        quote = match refer.quoted {
            Some(Content::App(inner)) => inner.refermsg,
            None => None,
            Some(other) => panic!("{other:?}"),
        };
        depth += 1;
    }
    // The one behind the last that is read is still there as text.
    assert_eq!(depth, MAX_NESTING + 1);
}

fn record(inside: &str) -> String {
    format!(
        "<recordinfo><title>Chat</title><info>a: [Picture]\nb: hi</info><datalist count=\"2\">\
         {inside}</datalist><desc>a: [Picture]\nb: hi</desc></recordinfo>"
    )
}

const ITEMS: &str = "<dataitem htmlid=\"h\" datatype=\"2\" dataid=\"d\"><sourcename>a</sourcename>\
    <datasize>7</datasize></dataitem><dataitem datatype=\"1\"><sourcename>b &amp; c</sourcename>\
    <datadesc>hi &lt;b&gt;</datadesc></dataitem>";

fn items(record: &Record) -> Vec<(Option<&str>, Option<&str>, Option<&str>)> {
    let items = record.items.iter();
    items
        .map(|item| {
            (
                item.datatype.as_deref(),
                item.sourcename.as_deref(),
                item.datadesc.as_deref(),
            )
        })
        .collect()
}

#[test]
fn merged_messages_in_cdata_as_text_and_as_elements() {
    let inner = record(ITEMS);
    for recorditem in [
        format!("<![CDATA[{inner}]]>"),
        format!("\n<![CDATA[<?xml version=\"1.0\"?>\n{inner}]]>\n"),
        escaped(&inner),
        escaped(&escaped(&inner)),
        inner.clone(),
    ] {
        let merged = app(&format!(
            "\n<msg><appmsg><title>t</title><type>19</type><recorditem>{recorditem}</recorditem>\
             </appmsg></msg>"
        ));
        let record = merged.recorditem.expect(&recorditem);
        assert_eq!(record.count.as_deref(), Some("2"));
        assert_eq!(record.title.as_deref(), Some("Chat"));
        assert_eq!(record.desc.as_deref(), Some("a: [Picture]\nb: hi"));
        assert_eq!(
            items(&record),
            [
                (Some("2"), Some("a"), None),
                (Some("1"), Some("b & c"), Some("hi <b>"))
            ]
        );
    }
}

#[test]
fn merged_messages_that_hold_others() {
    let inner = record(ITEMS);
    for recordxml in [inner.clone(), escaped(&inner)] {
        let outer = record(&format!(
            "<dataitem datatype=\"17\"><sourcename>c</sourcename><recordxml>{recordxml}</recordxml>\
             </dataitem>"
        ));
        let merged = app(&format!(
            "<msg><appmsg><type>19</type><recorditem><![CDATA[{outer}]]></recorditem></appmsg></msg>"
        ));
        let record = merged.recorditem.unwrap();
        assert_eq!(items(&record), [(Some("17"), Some("c"), None)]);
        let inside = record.items[0].record.as_ref().unwrap();
        assert_eq!(items(inside).len(), 2);
    }
}

#[test]
fn merged_messages_that_are_broken() {
    for recorditem in [
        "",
        "words",
        "<![CDATA[<recordinfo>]]>",
        "<![CDATA[<other/>]]>",
    ] {
        let merged = app(&format!(
            "<msg><appmsg><title>t</title><type>19</type><recorditem>{recorditem}</recorditem>\
             </appmsg></msg>"
        ));
        assert_eq!(merged.recorditem, None, "{recorditem}");
        assert_eq!(merged.title.as_deref(), Some("t"));
    }
}

#[test]
fn lists_inside_lists_end_somewhere() {
    let mut list = record(ITEMS);
    for _ in 0..20 {
        list = record(&format!(
            "<dataitem datatype=\"17\"><recordxml>{list}</recordxml></dataitem>"
        ));
    }
    let merged = app(&format!(
        "<msg><appmsg><type>19</type><recorditem>{list}</recorditem></appmsg></msg>"
    ));
    let mut record = merged.recorditem;
    let mut depth = 0;
    while let Some(inside) = record {
        depth += 1;
        record = inside.items.into_iter().next().and_then(|item| item.record);
    }
    assert_eq!(depth, MAX_NESTING);
}
