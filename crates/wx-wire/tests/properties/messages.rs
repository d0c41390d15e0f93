//! Properties of messages: a content that the test writes is read back.

use proptest::{collection::vec, prelude::*, sample::select};
use wx_wire::{
    code::MsgType,
    facts,
    message::{Content, Context},
};

use super::generators::{content_of, text, xml_of};

const TYPES: &[i64] = &[
    1, 3, 34, 37, 40, 42, 43, 47, 48, 49, 50, 51, 52, 53, 62, 9999, 10000, 10002, 0,
];

/// Contents of every kind, to be damaged.
const CONTENTS: &[&str] = &[
    "@0a1b:<br/>wxid_q:<br/>&lt;msg&gt;&lt;img length=\"1\"md5='2'/&gt;&lt;/msg&gt;<br/>",
    "Quay:<br/>/cgi-bin/mmwebwx-bin/webwxgetpubliclinkimg?url=xxx&msgid=5&pictype=location",
    "&lt;msg&gt;&lt;appmsg&gt;&lt;title&gt;t&lt;/title&gt;&lt;type&gt;57&lt;/type&gt;&lt;refermsg&gt;\
     &lt;type&gt;49&lt;/type&gt;&lt;content&gt;&amp;lt;msg&amp;gt;&amp;lt;appmsg&amp;gt;\
     &amp;lt;title&amp;gt;&amp;amp;&amp;lt;/title&amp;gt;&amp;lt;/appmsg&amp;gt;&amp;lt;/msg&amp;gt;\
     &lt;/content&gt;&lt;/refermsg&gt;&lt;/appmsg&gt;&lt;/msg&gt;",
    "&lt;msg&gt;&lt;appmsg&gt;&lt;type&gt;19&lt;/type&gt;&lt;recorditem&gt;&lt;![CDATA[\
     &lt;recordinfo&gt;&lt;datalist count=\"1\"&gt;&lt;dataitem datatype=\"1\"&gt;&lt;datadesc&gt;\
     x&lt;/datadesc&gt;&lt;/dataitem&gt;&lt;/datalist&gt;&lt;/recordinfo&gt;]]&gt;\
     &lt;/recorditem&gt;&lt;/appmsg&gt;&lt;/msg&gt;",
    "47@chatroom:<br/>&lt;sysmsg type=\"sysmsgtemplate\"&gt;&lt;sysmsgtemplate&gt;\
     &lt;content_template&gt;&lt;template&gt;$a$&lt;/template&gt;&lt;link_list&gt;&lt;link name=\"a\"&gt;\
     &lt;memberlist&gt;&lt;member&gt;&lt;nickname&gt;&lt;![CDATA[<span class=\"emoji emoji1f319\">\
     </span>]]&gt;&lt;/nickname&gt;&lt;/member&gt;&lt;/memberlist&gt;&lt;/link&gt;&lt;/link_list&gt;\
     &lt;/content_template&gt;&lt;/sysmsgtemplate&gt;&lt;/sysmsg&gt;",
    "&lt;a href=\"weixin://x\"&gt;here&lt;/a&gt; 拍了拍",
    "&lt;msg&gt;&lt;op id='4'&gt;&lt;username&gt;a,b&lt;/username&gt;&lt;unreadchatlist&gt;&lt;chat&gt;\
     &lt;username&gt;a&lt;/username&gt;&lt;/chat&gt;&lt;/unreadchatlist&gt;&lt;/op&gt;&lt;/msg&gt;",
];

fn damaged() -> impl Strategy<Value = String> {
    let cut = (select(CONTENTS), any::<prop::sample::Index>(), text());
    cut.prop_map(|(content, at, garbage)| {
        let starts: Vec<usize> = content.char_indices().map(|(at, _)| at).collect();
        let (before, after) = content.split_at(*at.get(&starts));
        let mut rest = after.chars();
        rest.next();
        format!("{before}{garbage}{}", rest.as_str())
    })
}

fn context(msg_type: i64, room: bool, own: bool) -> Context<'static> {
    let mut context = Context::new(MsgType(msg_type));
    context.room = room;
    context.own = own;
    context
}

proptest! {
    #[test]
    fn texts_of_rooms(hash in "[0-9a-f]{32}|[0-9a-f]{64}", text in text(), spans in vec(any::<bool>(), 1..8)) {
        // A second prefix is a text's only if it is somebody's real id.
        prop_assume!(!text.contains("wxid_") && !text.is_empty());
        let content = format!("@{hash}:<br/>{}", content_of(&text, &spans, true));
        for own in [false, true] {
            let context = context(1, true, own);
            prop_assert_eq!(context.prefixes(&content).sender, content.get(..=hash.len()));
            prop_assert_eq!(Content::decode(&context, &content), Content::Text(text.as_str().into()));
        }
    }

    #[test]
    fn texts_of_people(text in text(), spans in vec(any::<bool>(), 1..8)) {
        prop_assume!(!text.is_empty());
        let content = content_of(&text, &spans, true);
        let context = context(1, false, false);
        prop_assert_eq!(Content::decode(&context, &content), Content::Text(text.into()));
    }

    #[test]
    fn cards(name in text(), spans in vec(any::<bool>(), 1..8)) {
        let xml = format!("<msg username=\"a\" nickname=\"{}\"  sex='2'/>", xml_of(&name));
        let content = content_of(&xml, &spans, true);
        let Content::Card(card) = Content::decode(&context(42, false, false), &content) else {
            return Err(TestCaseError::fail("no card"));
        };
        prop_assert_eq!(card.nickname, Some(name));
        prop_assert_eq!(card.sex.as_deref(), Some("2"));
    }

    #[test]
    fn replies(title in text(), quoted in text(), name in text(), spans in vec(any::<bool>(), 1..8)) {
        let inner = format!("<msg><appmsg><title>{}</title></appmsg></msg>", xml_of(&quoted));
        let cdata = name.replace("]]>", "");
        let xml = format!(
            "<msg><appmsg><title>{}</title><type>57</type><refermsg><type>49</type><displayname>\
             <![CDATA[{cdata}]]></displayname><content>{}</content></refermsg></appmsg></msg>",
            xml_of(&title),
            xml_of(&inner),
        );
        let content = content_of(&xml, &spans, true);
        let Content::App(app) = Content::decode(&context(49, false, false), &content) else {
            return Err(TestCaseError::fail("no reply"));
        };
        prop_assert_eq!(app.title, Some(title));
        let refer = app.refermsg.unwrap();
        prop_assert_eq!(&refer.displayname, &Some(cdata));
        prop_assert_eq!(&refer.content, &Some(inner));
        let Some(Content::App(inside)) = refer.quoted else {
            return Err(TestCaseError::fail("nothing quoted"));
        };
        // The inner XML has no layer of the service around it, so that a break
        // or a span in it would have been undone on the way.
        prop_assert_eq!(inside.title, Some(quoted));
    }

    #[test]
    fn merged_messages(texts in vec((text(), text()), 0..4), spans in vec(any::<bool>(), 1..8)) {
        let items: String = texts
            .iter()
            .map(|(name, text)| format!(
                "<dataitem datatype=\"1\"><sourcename>{}</sourcename><datadesc>{}</datadesc></dataitem>",
                xml_of(name),
                xml_of(text),
            ))
            .collect();
        let record = format!("<recordinfo><datalist count=\"9\">{items}</datalist></recordinfo>");
        let xml = format!(
            "<msg><appmsg><type>19</type><recorditem>{}</recorditem></appmsg></msg>",
            xml_of(&record),
        );
        let content = content_of(&xml, &spans, true);
        let Content::App(app) = Content::decode(&context(49, false, false), &content) else {
            return Err(TestCaseError::fail("no list"));
        };
        let found: Vec<(String, String)> = app
            .recorditem
            .unwrap()
            .items
            .into_iter()
            .map(|item| (item.sourcename.unwrap(), item.datadesc.unwrap()))
            .collect();
        prop_assert_eq!(found, texts);
    }

    #[test]
    fn nothing_is_lost_and_nothing_panics(
        content in prop_oneof![text(), damaged()],
        msg_type in select(TYPES),
        room in any::<bool>(),
        own in any::<bool>(),
    ) {
        let context = context(msg_type, room, own);
        let body = context.prefixes(&content).body;
        prop_assert!(content.ends_with(body));
        let decoded = Content::decode(&context, &content);
        prop_assert_eq!(decoded == Content::Empty, body.is_empty());
        prop_assert_eq!(decoded.clone().into_owned(), decoded);
        for kind in facts::kinds() {
            let context = serde_json::json!({"MsgType": msg_type, "room": room, "own": own});
            if let Ok(found) = facts::of(&kind, &context, content.as_bytes()) {
                prop_assert!(!found.is_empty());
            }
        }
    }
}
