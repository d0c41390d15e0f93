//! The grammars of wx-wire against what other clients use on the same bodies:
//! regular expressions for scripts, and a pull parser for the login's XML.
//!
//! Before anything is timed, both sides have to give the same answer.

use std::{collections::BTreeMap, hint::black_box};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use quick_xml::{Reader, events::Event};
use regex::bytes::Regex;
use wx_wire::{
    content::{self, EmojiTable},
    script::{self, Value},
    xml,
};

const SYNC_CHECK: &str = r#"window.synccheck={retcode:"0",selector:"2"}"#;
const CONFIRMED: &str = "window.code=200;\nwindow.redirect_uri=\"https://wx.example/cgi-bin/\
    mmwebwx-bin/webwxnewloginpage?ticket=A0b1C2d3E4f5@qrticket_0&uuid=gd9xQm1c==&lang=zh_CN&scan=1\";";
const LOGIN: &str = "<error><ret>0</ret><message></message>\
    <skey>@crypt_0a1b2c3d_00112233445566778899aabbccddeeff</skey><wxsid>a/b+c</wxsid>\
    <wxuin>4000000000</wxuin><pass_ticket>%2Babc%2Fdef%3D</pass_ticket>\
    <isgrayscale>1</isgrayscale></error>";
const TEXT: &str = "@00112233445566778899aabbccddeeff:<br/>hello &amp; welcome<br/>\
    <span class=\"emoji emoji1f604\"></span> 1 &lt; 2";

/// The two values that a script body holds.
type Pair = (Option<String>, Option<String>);

fn with_grammar(body: &[u8], paths: [&str; 2]) -> Pair {
    let script = script::parse(body).expect("a script");
    let text = |path| match script.value(path)? {
        Value::Integer(number) => Some(number.to_string()),
        value => value.as_str().map(str::to_owned),
    };
    (text(paths[0]), text(paths[1]))
}

fn with_regex(body: &[u8], regex: &Regex) -> Pair {
    let captures = regex.captures(body).expect("a match");
    let text = |group| {
        let bytes = captures.get(group)?.as_bytes();
        String::from_utf8(bytes.to_vec()).ok()
    };
    (text(1), text(2))
}

fn scripts(criterion: &mut Criterion) {
    let scanned = format!(
        "window.code=201;window.userAvatar = 'data:img/jpg;base64,{}';",
        "A".repeat(6000)
    );
    let mut group = criterion.benchmark_group("script");
    for (name, body, paths, regex) in [
        (
            "synccheck",
            SYNC_CHECK,
            ["window.synccheck.retcode", "window.synccheck.selector"],
            r#"window\.synccheck=\{retcode:"(-?\d+)",selector:"(\d+)"\}"#,
        ),
        (
            "confirmed",
            CONFIRMED,
            ["window.code", "window.redirect_uri"],
            r#"window\.code=(\d+);\s*window\.redirect_uri="([^"]*)";"#,
        ),
        (
            "scanned",
            scanned.as_str(),
            ["window.code", "window.userAvatar"],
            r"window\.code=(\d+);\s*window\.userAvatar\s*=\s*'([^']*)';",
        ),
    ] {
        let body = body.as_bytes();
        let regex = Regex::new(regex).expect("a regular expression");
        assert_eq!(with_grammar(body, paths), with_regex(body, &regex));
        group.throughput(Throughput::Bytes(body.len() as u64));
        group.bench_with_input(BenchmarkId::new("wx-wire", name), body, |bencher, body| {
            bencher.iter(|| with_grammar(black_box(body), paths));
        });
        group.bench_with_input(BenchmarkId::new("regex", name), body, |bencher, body| {
            bencher.iter(|| with_regex(black_box(body), &regex));
        });
    }
    group.finish();
}

fn with_reader(text: &str) -> BTreeMap<String, String> {
    let document = xml::parse(text).expect("a document");
    document
        .root()
        .children()
        .map(|child| (child.name().to_owned(), child.text().into_owned()))
        .collect()
}

fn with_quick_xml(text: &str) -> BTreeMap<String, String> {
    let mut reader = Reader::from_str(text);
    let mut values = BTreeMap::new();
    let mut open: Vec<(String, String)> = Vec::new();
    loop {
        match reader.read_event().expect("an event") {
            Event::Start(tag) => {
                let name = String::from_utf8(tag.name().as_ref().to_vec()).expect("UTF-8");
                open.push((name, String::new()));
            }
            Event::Text(text) => {
                if let Some((_, value)) = open.last_mut() {
                    value.push_str(&text.decode().expect("UTF-8"));
                }
            }
            Event::End(_) => {
                if let Some((name, value)) = open.pop()
                    && !open.is_empty()
                {
                    values.insert(name, value);
                }
            }
            Event::Eof => return values,
            _ => {}
        }
    }
}

fn login(criterion: &mut Criterion) {
    assert_eq!(with_reader(LOGIN), with_quick_xml(LOGIN));
    let mut group = criterion.benchmark_group("login");
    group.throughput(Throughput::Bytes(LOGIN.len() as u64));
    group.bench_function("wx-wire", |bencher| {
        bencher.iter(|| with_reader(black_box(LOGIN)))
    });
    group.bench_function("quick-xml", |bencher| {
        bencher.iter(|| with_quick_xml(black_box(LOGIN)))
    });
    group.finish();
}

/// Nothing to compare with, but messages are what there is most of.
fn text(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("text");
    group.throughput(Throughput::Bytes(TEXT.len() as u64));
    group.bench_function("wx-wire", |bencher| {
        bencher.iter(|| {
            let (_, body) = content::split_sender(black_box(TEXT), true);
            content::decode_text(body, EmojiTable::Repaired).len()
        });
    });
    group.finish();
}

criterion_group!(benches, scripts, login, text);
criterion_main!(benches);
