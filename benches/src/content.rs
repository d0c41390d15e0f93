//! Contents of messages, beside `html-escape` where there is no markup but entities.

use std::hint::black_box;

use wx_wire::content::{EmojiTable, decode_text, split_sender};

use crate::{Amount, Case, inputs::contents, kept};

pub(super) fn cases() -> Vec<Case> {
    let plain = kept(contents::plain());
    let marked = kept(contents::marked());
    let escaped = kept(contents::escaped());
    let emoji = kept(contents::emoji());
    vec![
        decoding("content/short", contents::SHORT),
        decoding("content/short marked up", contents::SHORT_MARKED),
        beside_html_escape(decoding("content/plain", plain).reaching(2e9), plain),
        decoding("content/marked up", marked).reaching(300e6),
        beside_html_escape(
            decoding("content/escaped", escaped).reaching(300e6),
            escaped,
        ),
        decoding("content/emoji", emoji).reaching(300e6),
    ]
}

fn decoding(name: &'static str, text: &'static str) -> Case {
    Case::new(name, Amount::Bytes(text.len()), move || {
        let (_, body) = split_sender(black_box(text), true);
        decode_text(body, EmojiTable::AsIs)
    })
}

fn beside_html_escape(case: Case, text: &'static str) -> Case {
    case.beside(
        "html-escape",
        None,
        move || html_escape::decode_html_entities(black_box(text)),
        (
            decode_text(text, EmojiTable::AsIs),
            html_escape::decode_html_entities(text),
        ),
    )
}
