//! Searching text. In this crate's own tests every byte that is looked at
//! counts as a step, so that parsing can be shown to take linear time.

#[cfg(not(test))]
pub(crate) use memchr::{memchr, memchr2, memchr3};
#[cfg(not(test))]
pub(crate) use nom::bytes::complete::{take_until, take_while, take_while1};

/// So many bytes were looked at one by one.
#[cfg(not(test))]
#[inline]
pub(crate) const fn looked(_bytes: usize) {}

#[cfg(test)]
pub(crate) use counted::{looked, memchr, memchr2, memchr3, take_until, take_while, take_while1};

#[cfg(test)]
mod counted {
    use std::cell::Cell;

    use nom::Parser;
    use nom::bytes::complete;

    use crate::script::fault::{Fault, Parsed};

    thread_local! {
        static STEPS: Cell<usize> = const { Cell::new(0) };
    }

    /// How many steps `of` takes in this thread.
    pub(super) fn steps(of: impl FnOnce()) -> usize {
        STEPS.set(0);
        of();
        STEPS.get()
    }

    pub(crate) fn looked(bytes: usize) {
        STEPS.set(STEPS.get() + bytes);
    }

    /// A search looks at everything up to its find, or at the whole text.
    fn searched(text: &[u8], found: Option<usize>) -> Option<usize> {
        looked(found.map_or(text.len(), |at| at + 1));
        found
    }

    pub(crate) fn memchr(one: u8, text: &[u8]) -> Option<usize> {
        searched(text, memchr::memchr(one, text))
    }

    pub(crate) fn memchr2(one: u8, two: u8, text: &[u8]) -> Option<usize> {
        searched(text, memchr::memchr2(one, two, text))
    }

    pub(crate) fn memchr3(one: u8, two: u8, three: u8, text: &[u8]) -> Option<usize> {
        searched(text, memchr::memchr3(one, two, three, text))
    }

    fn taken<'a>(input: &'a str, outcome: Parsed<'a, &'a str>) -> Parsed<'a, &'a str> {
        looked(match &outcome {
            Ok((_, taken)) => taken.len() + 1,
            Err(_) => input.len(),
        });
        outcome
    }

    pub(crate) fn take_until<'a>(
        end: &'static str,
    ) -> impl Parser<&'a str, Output = &'a str, Error = Fault<'a>> {
        move |input| taken(input, complete::take_until(end).parse(input))
    }

    pub(crate) fn take_while<'a>(
        fits: impl Fn(char) -> bool,
    ) -> impl Parser<&'a str, Output = &'a str, Error = Fault<'a>> {
        move |input| taken(input, complete::take_while(&fits).parse(input))
    }

    /// One character suffices to see that none fits.
    pub(crate) fn take_while1<'a>(
        fits: impl Fn(char) -> bool,
    ) -> impl Parser<&'a str, Output = &'a str, Error = Fault<'a>> {
        move |input| {
            let outcome: Parsed<'a, &'a str> = complete::take_while1(&fits).parse(input);
            looked(outcome.as_ref().map_or(1, |(_, taken)| taken.len() + 1));
            outcome
        }
    }
}

#[cfg(test)]
mod tests {
    use super::counted::steps;
    use crate::code::MsgType;
    use crate::content::{self, EmojiTable};
    use crate::endpoint::{webwxgetcontact, webwxsync};
    use crate::message::{Content, Context};
    use crate::{script, xml};

    const SMALL: usize = 4 * 1024;
    const MIDDLE: usize = 128 * 1024;
    const LARGE: usize = 10 * 1024 * 1024;

    /// What an input begins with, and what it then repeats.
    type Shape = (&'static str, &'static str);

    fn input((head, piece): Shape, length: usize) -> String {
        head.to_owned() + &piece.repeat((length - head.len()) / piece.len())
    }

    /// The steps for each byte, in thousandths.
    fn cost(parse: fn(&str), text: &str) -> usize {
        steps(|| parse(text)) * 1000 / text.len()
    }

    /// No byte of a larger input costs more than one of a small input does, and
    /// none is looked at more often than a constant. The first four shapes, the
    /// worst, are tried at the full length.
    fn flat(parse: fn(&str), shapes: &[Shape]) {
        let mut most = 0;
        for (index, shape) in shapes.iter().enumerate() {
            let length = if index < 4 { LARGE } else { MIDDLE };
            let small = cost(parse, &input(*shape, SMALL));
            let large = cost(parse, &input(*shape, length));
            assert!(
                large <= small + small / 10 + 10,
                "{shape:?}: {small}, {large}"
            );
            assert!(large <= 20_000, "{shape:?}: {large}");
            most = most.max(large);
        }
        assert!(most >= 500, "the steps are not counted");
    }

    #[test]
    fn a_script_takes_linear_time() {
        flat(
            |text| drop(script::parse(text.as_bytes())),
            &[
                ("a=", "["),
                ("", "/*"),
                ("a=\"", "\\u4f60"),
                ("a='", "\""),
                ("a=", "{b:"),
                ("a='", "x"),
                ("a='", "\\'"),
                ("a='", "'"),
                ("a=[", "'',"),
                ("", "/**/"),
                ("", "a=1;"),
                ("", "a."),
                ("", " "),
            ],
        );
    }

    #[test]
    fn xml_takes_linear_time() {
        flat(
            |text| {
                drop(xml::parse(text));
                drop(xml::fragment(text));
                drop(xml::strict(text));
            },
            &[
                ("", "<a>"),
                ("", "<!--"),
                ("<a>", "&amp;"),
                ("<a b='", "\""),
                ("<a>", "<b></b>"),
                ("<a>", "&"),
                ("<a>", "&#1"),
                ("<a b='", "&lt;"),
                ("<a ", "b='"),
                ("<a ", "b=''"),
                ("<a>", "<![CDATA["),
                ("<a>", "<![CDATA[]]>"),
                ("<a>", "]]>"),
                ("<a>", "x"),
            ],
        );
    }

    #[test]
    fn a_content_takes_linear_time() {
        flat(
            |text| {
                drop(content::decode_text(text, EmojiTable::Repaired));
                drop(content::xml_text(text, EmojiTable::AsIs));
                for msg_type in [MsgType::TEXT, MsgType::APP, MsgType::SYSTEM] {
                    let mut context = Context::new(msg_type);
                    context.room = true;
                    drop(Content::decode(&context, text));
                }
            },
            CONTENTS,
        );
    }

    #[test]
    fn json_takes_linear_time() {
        flat(
            |text| {
                drop(webwxsync::Response::decode(text.as_bytes()));
                drop(webwxgetcontact::Response::decode(text.as_bytes()));
            },
            &[
                ("{\"AddMsgList\":", "["),
                ("{\"AddMsgList\":[", "{\"RecommendInfo\":{\"a\":"),
                ("{\"AddMsgList\":[", "{\"Content\":\"\\ud800\"},"),
                ("{\"SKey\":\"", "\\u4f60"),
                ("{\"AddMsgList\":[", "{},"),
                ("{\"AddMsgList\":[{\"MsgType\":", "1"),
                ("{\"AddMsgList\":[{\"Content\":", "\""),
                ("{\"AddMsgList\":[{\"Content\":\"", "x"),
                ("{\"AddMsgList\":[{\"a\":", "[{\"a\":"),
                ("{\"MemberList\":[", "{\"MemberList\":["),
                ("{\"MemberList\":[", "{\"UserName\":[]},"),
                ("{", "\"AddMsgList\":[{}],"),
                ("{\"a\":", " "),
                ("{\"a\":-", "0.5e"),
            ],
        );
    }

    #[test]
    fn a_page_takes_linear_time() {
        flat(
            |text| {
                let page = format!(
                    r#"{{"BaseResponse":{{"Ret":0}},"AddMsgList":[{{"MsgType":49,"Content":{}}}]}}"#,
                    serde_json::to_string(text).unwrap()
                );
                let page = webwxsync::Response::decode(page.as_bytes()).unwrap();
                for item in &page.add_msg_list {
                    drop(Content::decode(&Context::of(&item.msg), &item.msg.content));
                }
            },
            CONTENTS,
        );
    }

    const CONTENTS: &[Shape] = &[
        ("", "&lt;a&gt;"),
        ("&lt;msg&gt;&lt;![CDATA[", "&lt;msg&gt;"),
        ("", "&amp;lt;"),
        ("&lt;msg a='", "\""),
        ("", "&amp;"),
        ("", "&"),
        ("", "<"),
        ("", "<br/>"),
        ("", "<span class=\"emoji emoji"),
        ("", "<span class=\"emoji emoji1f604\"></span>"),
        ("", "@a:<br/>"),
        ("&lt;msg&gt;", "&lt;appmsg&gt;&lt;/appmsg&gt;"),
        ("<a href=\"weixin://", "<a href=\"weixin://"),
        ("<a href=\"weixin://\">", "</a><a href=\"weixin://\">"),
    ];
}
