//! Known answers of the XML reader, one for each liberty that the service
//! takes with XML. All values are invented.

#![expect(clippy::unwrap_used, reason = "the helpers of tests may fail")]

use std::borrow::Cow;

use wx_wire::xml::{self, Document, MAX_ATTRIBUTES, MAX_DEPTH, MAX_NODES};

fn parse(text: &str) -> Document<'_> {
    xml::parse(text).unwrap()
}

/// Asserts that `text` is refused, and where.
#[track_caller]
fn refused(text: &str, offset: usize, expected: &str) {
    let error = xml::parse(text).unwrap_err();
    assert_eq!((error.offset, error.expected), (offset, expected));
}

const LOGIN: &str = "<error><ret>0</ret><message></message><skey>@crypt_0a1b2c3d_ffee</skey>\
    <wxsid>a/b+c</wxsid><wxuin>4000000000</wxuin><pass_ticket>%2Ba%2F%3D</pass_ticket></error>";

#[test]
fn elements_and_text() {
    let document = parse(LOGIN);
    let root = document.root();
    assert_eq!(root.name(), "error");
    let members: Vec<_> = root.children().map(|e| (e.name(), e.text())).collect();
    assert_eq!(
        members,
        [
            ("ret", "0"),
            ("message", ""),
            ("skey", "@crypt_0a1b2c3d_ffee"),
            ("wxsid", "a/b+c"),
            ("wxuin", "4000000000"),
            ("pass_ticket", "%2Ba%2F%3D"),
        ]
        .map(|(name, text)| (name, Cow::Borrowed(text)))
    );
    assert!(root.child("isgrayscale").is_none());
    assert_eq!(root.text(), "");
    assert_eq!(document.roots().count(), 1);
}

#[test]
fn white_space_between_elements() {
    let document = parse("\n<error>\r\n\t<ret> 1203 </ret>\n</error>\n");
    assert_eq!(document.root().child("ret").unwrap().text(), " 1203 ");
    assert_eq!(document.root().text(), "\r\n\t\n");
}

#[test]
fn descending_takes_the_first_of_each_name() {
    let document = parse(
        "<msg><appmsg><title>one</title><type>5</type><mmreader><category><item><title>two</title>\
         </item></category></mmreader><weappinfo><type>2</type></weappinfo><title>three</title>\
         </appmsg><appmsg><other/></appmsg></msg>",
    );
    let root = document.root();
    let text = |path: &[&str]| root.descend(path).map(|element| element.text());
    assert_eq!(text(&["appmsg", "title"]).as_deref(), Some("one"));
    assert_eq!(text(&["appmsg", "type"]).as_deref(), Some("5"));
    assert_eq!(text(&["appmsg", "other"]), None);
    assert_eq!(
        text(&["appmsg", "mmreader", "category", "item", "title"]).as_deref(),
        Some("two")
    );
    assert_eq!(root.descend(&[]).unwrap().name(), "msg");
    assert_eq!(root.descend(&["title"]).map(|e| e.name()), None);
}

#[test]
fn attributes_in_every_spacing() {
    let document = parse(
        "<emoji a=\"1\"b='2'  c = \"3\" d= '4'\n\te\t=\"\" f=\"it's\" g='\"q\"' ns:h-1.x=\"<>\" >\
         </emoji>",
    );
    assert_eq!(
        document.root().attributes().collect::<Vec<_>>(),
        [
            ("a", "1"),
            ("b", "2"),
            ("c", "3"),
            ("d", "4"),
            ("e", ""),
            ("f", "it's"),
            ("g", "\"q\""),
            ("ns:h-1.x", "<>"),
        ]
    );
    assert_eq!(document.root().attribute("d"), Some("4"));
    assert_eq!(document.root().attribute("D"), None);
}

#[test]
fn of_doubled_attributes_the_first_counts() {
    let document = parse("<a b='1' b='2'/>");
    assert_eq!(document.root().attribute("b"), Some("1"));
    assert_eq!(document.root().attributes().count(), 2);
}

#[test]
fn references_are_undone_once_and_unknown_ones_stay() {
    let document = parse(
        "<a u=\"x?a=1&amp;b=2&amp;amp;&quot;&apos;\">&lt;msg&gt;&amp;lt;&#65;&#x1F600; &nbsp;&foo; & \
         &#xD800;</a>",
    );
    assert_eq!(document.root().attribute("u"), Some("x?a=1&b=2&amp;\"'"));
    assert_eq!(
        document.root().text(),
        "<msg>&lt;A😀 &nbsp;&foo; & &#xD800;"
    );
}

#[test]
fn cdata_is_text_as_it_stands() {
    let document = parse("<a>x&amp;<![CDATA[<b>&amp;]]]><c/><![CDATA[]]> y</a>");
    assert_eq!(document.root().text(), "x&<b>&amp;] y");
    assert_eq!(document.root().children().count(), 1);
    let title = parse("<t><![CDATA[plain]]></t>");
    assert!(matches!(title.root().text(), Cow::Borrowed("plain")));
}

#[test]
fn what_is_skipped() {
    let document = parse(
        "\u{feff}<?xml version=\"1.0\"?>\n<!-- <a> -- -><!x --><a><?php > ?>x<!-- y -->z</a><!---->",
    );
    assert_eq!(document.root().name(), "a");
    assert_eq!(document.root().text(), "xz");
}

#[test]
fn empty_elements_in_both_forms() {
    let document = parse("<a><b/><b /><b></b><b x='1'/></a >");
    assert_eq!(document.root().children().count(), 4);
    assert!(document.root().children().all(|b| b.text().is_empty()));
}

#[test]
fn several_roots() {
    let document = parse("<a>1</a>\n<b><a>2</a></b><br/>");
    let names: Vec<_> = document.roots().map(|root| root.name()).collect();
    assert_eq!(names, ["a", "b", "br"]);
    assert_eq!(document.root().text(), "1");
}

#[test]
fn fragments_pass_over_the_text_around() {
    let text = "see <a>1</a> and <b/> &amp; more";
    refused(text, 0, "an element");
    let document = xml::fragment(text).unwrap();
    let names: Vec<_> = document.roots().map(|root| root.name()).collect();
    assert_eq!(names, ["a", "b"]);
    assert!(xml::fragment("no element").is_err());
}

#[test]
fn what_is_no_document() {
    refused("", 0, "an element");
    refused(" ", 1, "an element");
    refused("<!-- -->", 8, "an element");
    refused("text", 0, "an element");
    refused("<a/>text", 4, "an element");
    refused("<![CDATA[x]]><a/>", 0, "an element");
    refused("</a>", 0, "an element");
    refused(
        "<!DOCTYPE html><html></html>",
        0,
        "a tag, comment or CDATA section",
    );
    refused(
        "<a><!ENTITY x 'y'></a>",
        3,
        "a tag, comment or CDATA section",
    );
    refused("<a", 2, "an attribute or the end of the tag");
    refused("<a b", 4, "`=`");
    refused("<a b>", 4, "`=`");
    refused("<a b=", 5, "a quoted value");
    refused("<a b=c>", 5, "a quoted value");
    refused("<a b=\"c'>", 5, "a quoted value");
    refused("<a / >", 3, "an attribute or the end of the tag");
    refused("<a>", 3, "a closing tag");
    refused("<a>x", 4, "a closing tag");
    refused("<a></b>", 3, "the closing tag of the open element");
    refused("<a><b></a></b>", 6, "the closing tag of the open element");
    refused("<a></a b='1'>", 3, "a tag, comment or CDATA section");
    refused("<a>1 < 2</a>", 5, "a tag, comment or CDATA section");
    refused("<1/>", 0, "a tag, comment or CDATA section");
    refused("<a><!-- </a>", 7, "the end of the comment");
    refused("<a><![CDATA[ ]]</a>", 12, "the end of the CDATA section");
    refused("<?xml", 2, "the end of the instruction");
}

#[test]
fn depth_nodes_and_attributes_are_bounded() {
    let nested = |depth: usize| "<a>".repeat(depth) + &"</a>".repeat(depth);
    assert_eq!(parse(&nested(MAX_DEPTH)).roots().count(), 1);
    refused(
        &nested(MAX_DEPTH + 1),
        3 * MAX_DEPTH,
        "fewer nested elements",
    );
    refused(
        &"<a>".repeat(1 << 20),
        3 * MAX_DEPTH,
        "fewer nested elements",
    );

    let attributes = |count: usize| format!("<a{}/>", " b=''".repeat(count));
    assert_eq!(
        parse(&attributes(MAX_ATTRIBUTES))
            .root()
            .attributes()
            .count(),
        MAX_ATTRIBUTES
    );
    refused(
        &attributes(MAX_ATTRIBUTES + 1),
        2 + 5 * MAX_ATTRIBUTES,
        "fewer attributes",
    );

    let siblings = |count: usize| "<a/>".repeat(count);
    assert_eq!(parse(&siblings(MAX_NODES)).roots().count(), MAX_NODES);
    refused(&siblings(MAX_NODES + 1), 4 * MAX_NODES, "fewer elements");
}

#[test]
fn debug_shows_no_content() {
    let document = parse("<a b='secret'>secret<c>secret</c></a>");
    assert_eq!(
        format!("{document:?}"),
        r#"[Element { name: "a", attributes: ["b"], children: 1 }]"#
    );
}

#[test]
fn what_only_a_tolerant_reader_takes() {
    for (text, offset) in [
        (r#"<a b="1"c="2"/>"#, 8),
        ("<a/><b/>", 4),
        (r#"<a b="1" b="2"/>"#, 8),
        (r#"<a b="1 < 2"/>"#, 2),
        ("<a>b & c</a>", 3),
        ("<a>&nbsp;</a>", 3),
        (r#"<a b="c?d=1&e=2"/>"#, 2),
        ("<a>]]></a>", 3),
        (" <?xml version=\"1.0\"?><a/>", 1),
        ("<a>\u{1}</a>", 3),
        ("<a>&#1;</a>", 3),
        ("<a>&#X4f60;</a>", 3),
        ("<a/><??>", 4),
        ("<a><? b?></a>", 3),
        ("<a><!-- b -- c --></a>", 3),
        ("<a><!-- b ---></a>", 3),
    ] {
        assert!(xml::parse(text).is_ok(), "{text}");
        let error = xml::strict(text).unwrap_err();
        assert_eq!(error.offset, offset, "{text}: {error}");
    }
    assert!(xml::strict("<a/> text").is_err());
    assert!(xml::strict("<a>").is_err());
    assert!(xml::strict("").is_err());
}

#[test]
fn what_a_strict_reader_takes() {
    for text in [
        "<a/>",
        "\u{feff}<?xml version=\"1.0\"?>\n<a  b='\"' c = \"'\">\t&amp;&#x4f60;&lt;</a>\n",
        "<a><![CDATA[<&]] >]]><!-- & < - --><?b ??><b/><b/></a>",
        "<a x:b=\"1\" b=\"2\">]]</a>",
    ] {
        assert!(xml::strict(text).is_ok(), "{text}");
    }
}

#[test]
fn descendants_at_any_depth() {
    let document = xml::parse("<a><b><c>1</c>t<d/></b><e/></a><f><g/></f>").unwrap();
    let names: Vec<&str> = document.root().descendants().map(|e| e.name()).collect();
    assert_eq!(names, ["b", "c", "d", "e"]);
    let last = document.roots().last().unwrap();
    let names: Vec<&str> = last.descendants().map(|e| e.name()).collect();
    assert_eq!(names, ["g"]);
}
