//! Properties of the grammars: what the test writes they read back, and
//! nothing makes them panic or point outside of the input.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the helpers of tests may fail"
)]

mod properties {
    pub(crate) mod generators;
    mod messages;
    mod outgoing;
    mod set_cookie;
}

use std::{borrow::Cow, fmt::Write as _};

use properties::generators::{content_of, text, xml_of};
use proptest::{collection::vec, prelude::*, sample::select};
use wx_wire::{
    GrammarError,
    content::{self, EmojiTable},
    query, script,
    script::Value,
    xml,
};

/// A string literal in `quote`s, with every second character escaped.
fn literal_of(text: &str, quote: char, escapes: bool) -> String {
    let mut literal = String::from(quote);
    for (index, c) in text.chars().enumerate() {
        if escapes && index % 2 == 0 {
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(literal, "\\u{unit:04x}").unwrap();
            }
        } else if matches!(c, '\n' | '\r' | '\\' | '"' | '\'') {
            write!(literal, "\\x{:02X}", u32::from(c)).unwrap();
        } else {
            literal.push(c);
        }
    }
    literal.push(quote);
    literal
}

fn blanks() -> impl Strategy<Value = &'static str> {
    select(vec![
        "", "", " ", "\n", "\t \r\n", "/* ; */", "// '\n", "\u{feff}",
    ])
}

/// A literal of the script grammar and what it stands for.
fn literal() -> impl Strategy<Value = (String, Value<'static>)> {
    let quote = select(vec!['"', '\'']);
    let leaf = prop_oneof![
        any::<i64>().prop_map(|number| (number.to_string(), Value::Integer(number))),
        any::<bool>().prop_map(|truth| (truth.to_string(), Value::Bool(truth))),
        Just(("null".to_owned(), Value::Null)),
        Just(("undefined".to_owned(), Value::Undefined)),
        (text(), quote.clone(), any::<bool>()).prop_map(|(text, quote, escapes)| {
            (
                literal_of(&text, quote, escapes),
                Value::Text(Cow::Owned(text)),
            )
        }),
    ];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        let array = (vec(inner.clone(), 0..4), blanks(), any::<bool>());
        let member = (text(), quote.clone(), inner);
        let object = (vec(member, 0..4), blanks(), any::<bool>());
        prop_oneof![
            array.prop_map(|(items, blank, comma)| {
                let (texts, values): (Vec<_>, Vec<_>) = items.into_iter().unzip();
                let literal = list('[', &texts, blank, comma, ']');
                (literal, Value::Array(values))
            }),
            object.prop_map(|(members, blank, comma)| {
                let (texts, members): (Vec<_>, Vec<_>) = members
                    .into_iter()
                    .map(|(key, quote, (text, value))| {
                        let key_literal = literal_of(&key, quote, false);
                        (
                            format!("{key_literal}{blank}:{blank}{text}"),
                            (Cow::Owned(key), value),
                        )
                    })
                    .unzip();
                (list('{', &texts, blank, comma, '}'), Value::Object(members))
            }),
        ]
    })
}

fn list(open: char, items: &[String], blank: &str, comma: bool, close: char) -> String {
    let items = items.iter().map(|item| format!("{blank}{item}{blank}"));
    let mut list = format!("{open}{}", items.collect::<Vec<_>>().join(","));
    if comma && list.len() > 1 {
        list.push(',');
    }
    list + blank + &close.to_string()
}

/// A valid body with one piece of it replaced.
fn mutated(body: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let bytes = body.as_bytes();
    let garbage = prop_oneof![vec(any::<u8>(), 0..4), text().prop_map(String::into_bytes)];
    (0..=bytes.len(), 0..=bytes.len(), garbage).prop_map(move |(a, b, garbage)| {
        let (start, end) = (a.min(b), a.max(b).min(a.min(b) + 8));
        [&bytes[..start], &garbage, &bytes[end..]].concat()
    })
}

const SCRIPT: &str = "window.code=201;window.userAvatar = 'data:img/jpg;base64,/9j/\\u0041=';\n\
    window.synccheck={retcode:\"0\",selector:[1,-2.5,null]}";
const XML: &str = "<?xml version=\"1.0\"?><msg a=\"1\" b='&lt;'><!-- c --><t><![CDATA[x]]></t>\
    <u>&#65;&amp;</u><br/></msg>";
const CONTENT: &str = "@0a1b:<br/>&lt;a&gt;<br/><span class=\"emoji emoji1f604\"></span>&#39;&amp;\
    @Ann\u{2005}";

fn points_inside<T>(input: &str, outcome: Result<T, GrammarError>) {
    if let Err(error) = outcome {
        assert!(input.is_char_boundary(error.offset), "{error}");
        assert!(!error.expected.is_empty());
    }
}

fn every_grammar(bytes: &[u8]) {
    if let Err(error) = script::parse(bytes) {
        assert!(error.offset <= bytes.len(), "{error}");
    }
    let text = String::from_utf8_lossy(bytes);
    points_inside(&text, script::parse(text.as_bytes()));
    points_inside(&text, xml::parse(&text));
    points_inside(&text, xml::fragment(&text));
    for table in [EmojiTable::AsIs, EmojiTable::Repaired] {
        assert!(content::decode_text(&text, table).len() <= text.len());
        assert!(content::decode_name(&text, table).len() <= text.len());
        let xml = content::xml_text(&text, table);
        assert!(xml.is_empty() || xml.starts_with('<'));
        points_inside(&xml, xml::parse(&xml));
    }
    assert!(content::emoji_spans(&text) <= text.len());
    assert!(content::mentions(&text).all(|name| text.contains(&format!("@{name}\u{2005}"))));
    let (sender, body) = content::split_sender(&text, true);
    assert!(text.ends_with(body));
    assert_eq!(
        sender.is_some(),
        body.len() < text.len() && !text.contains("@chatroom:<br/>")
    );
    assert_eq!(
        query::pairs(&text).count(),
        text.split('&').filter(|p| !p.is_empty()).count()
    );
}

proptest! {
    #[test]
    fn contents_are_read_back(text in text(), spans in vec(any::<bool>(), 1..8)) {
        let content = content_of(&text, &spans, true);
        prop_assert_eq!(content::decode_text(&content, EmojiTable::AsIs), text);
    }

    #[test]
    fn names_are_read_back(text in text(), spans in vec(any::<bool>(), 1..8)) {
        let name = content_of(&text, &spans, false);
        prop_assert_eq!(content::decode_name(&name, EmojiTable::AsIs), text);
    }

    #[test]
    fn senders_are_read_back(name in "@[0-9a-f]{1,64}|[a-z0-9_-]{1,20}", text in text()) {
        let content = format!("{name}:<br/>{}", content_of(&text, &[true], true));
        let (sender, body) = content::split_sender(&content, true);
        prop_assert_eq!(sender, Some(name.as_str()));
        prop_assert_eq!(content::decode_text(body, EmojiTable::AsIs), text);
    }

    #[test]
    fn decoding_does_not_depend_on_what_stands_before(before in "[^<&]*", content in text()) {
        for table in [EmojiTable::AsIs, EmojiTable::Repaired] {
            let together = format!("{before}{content}");
            prop_assert_eq!(
                content::decode_text(&together, table),
                format!("{before}{}", content::decode_text(&content, table))
            );
        }
    }

    #[test]
    fn a_text_without_markup_is_borrowed(text in "[^<&]*") {
        prop_assert!(matches!(content::decode_text(&text, EmojiTable::Repaired), Cow::Borrowed(_)));
        prop_assert!(matches!(content::unescape(&text), Cow::Borrowed(_)));
    }

    #[test]
    fn xml_in_contents_is_read_back(text in text(), spans in vec(any::<bool>(), 1..8)) {
        let escaped = xml_of(&text);
        let cdata = text.replace("]]>", "");
        let source = format!("<m a=\"{escaped}\"><t>{escaped}</t><c><![CDATA[{cdata}]]></c></m>");
        let content = content_of(&source, &spans, true);
        let xml = content::xml_text(&content, EmojiTable::AsIs);
        let document = xml::parse(&xml).unwrap();
        let root = document.root();
        prop_assert_eq!(root.attribute("a"), Some(text.as_str()));
        prop_assert_eq!(root.child("t").unwrap().text(), text);
        prop_assert_eq!(root.child("c").unwrap().text(), cdata);
    }

    #[test]
    fn scripts_are_read_back(
        statements in vec((select(vec!["window.a", "window.b.c", "d"]), literal()), 0..5),
        blank in blanks(),
        end in select(vec![";", "\n", " ;\n", "\r\n;"]),
    ) {
        let body: String = statements
            .iter()
            .map(|(path, (literal, _))| format!("{blank}{path}{blank}={blank}{literal}{end}"))
            .collect();
        let script = script::parse(body.as_bytes()).unwrap();
        for path in ["window.a", "window.b.c", "d"] {
            let last = statements.iter().rev().find(|(other, _)| *other == path);
            prop_assert_eq!(script.value(path), last.map(|(_, (_, value))| value));
        }
    }

    #[test]
    fn queries_are_read_back(values in vec((text(), text()), 0..5)) {
        let query = values
            .iter()
            .fold(query::Query::new(), |query, (name, value)| query.pair(name, value));
        let found: Vec<_> = query::pairs(query.as_str())
            .map(|(name, value)| (query::decode(name).into_owned(), query::decode(value).into_owned()))
            .collect();
        prop_assert_eq!(found, values);
        prop_assert!(query.as_str().is_ascii());
    }

    #[test]
    fn arbitrary_bytes(bytes in vec(any::<u8>(), 0..200)) {
        every_grammar(&bytes);
    }

    #[test]
    fn arbitrary_markup(text in text()) {
        every_grammar(text.as_bytes());
    }

    #[test]
    fn mutated_bodies(bytes in prop_oneof![mutated(SCRIPT), mutated(XML), mutated(CONTENT)]) {
        every_grammar(&bytes);
    }
}
