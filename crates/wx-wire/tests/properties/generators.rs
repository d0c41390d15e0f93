//! Texts, and how the service writes them.

use std::fmt::Write as _;

use proptest::{collection::vec, prelude::*, sample::select};

/// Texts rich in what the grammars look for.
pub(crate) fn text() -> impl Strategy<Value = String> {
    let markup = select(vec![
        "<",
        ">",
        "&",
        "\"",
        "'",
        "\n",
        ";",
        "\\",
        "@",
        ":",
        "#",
        "%",
        "+",
        "<br/>",
        "&lt;",
        "&amp;lt;",
        "&#39;",
        "&nbsp;",
        "]]>",
        "<![CDATA[",
        "<!--",
        "</a>",
        "<a b='",
        "</span",
        "\u{2005}",
        "<span class=\"emoji emoji1f604\"></span>",
        "<span class=\"emoji emoji",
        "\u{1f604}",
        "\u{263a}\u{fe0f}",
        "@0a:<br/>",
        "\\u0041",
        "\0",
    ]);
    let piece = prop_oneof![
        3 => markup.prop_map(str::to_owned),
        1 => any::<String>(),
        1 => "[ -~]{0,8}",
    ];
    vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// A content as the service writes it. `spans` says for one character after the
/// other, cyclically, whether an emoji goes out as a span.
pub(crate) fn content_of(text: &str, spans: &[bool], breaks: bool) -> String {
    let mut spans = spans.iter().cycle();
    let mut content = String::new();
    for c in text.chars() {
        match c {
            '&' => content.push_str("&amp;"),
            '<' => content.push_str("&lt;"),
            '>' => content.push_str("&gt;"),
            '\n' if breaks => content.push_str("<br/>"),
            '\u{2600}'..='\u{27bf}' | '\u{1f000}'..='\u{1faff}' if *spans.next().unwrap() => {
                write!(
                    content,
                    "<span class=\"emoji emoji{:x}\"></span>",
                    u32::from(c)
                )
                .unwrap();
            }
            other => content.push(other),
        }
    }
    content
}

/// A text as the inside of an element or a double-quoted attribute.
pub(crate) fn xml_of(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}
