//! Script bodies, beside the `regex` crate with the expressions of known clients, and
//! the JavaScript engine `boa_engine`.

use std::hint::black_box;

use boa_engine::{Context, Source};
use regex::Regex;
use wx_wire::endpoint::{jslogin, login, synccheck};

use crate::{Amount, Case, inputs, kept};

/// The two values that such a body holds.
type Pair = (i64, String);

pub(super) fn cases() -> Vec<Case> {
    let ours: fn(&str) -> Pair = |body| {
        let answer = jslogin::Response::decode(body.as_bytes()).expect("a script");
        let uuid = answer.uuid.map(|uuid| uuid.to_string());
        (answer.code, uuid.unwrap_or_default())
    };
    let jslogin = compared(
        "script/jslogin",
        inputs::JSLOGIN,
        |body| jslogin::Response::decode(body.as_bytes()).expect("a script"),
        ours,
        r#"window.QRLogin.code = (\d+); window.QRLogin.uuid = "(\S+?)";"#,
        ["window.QRLogin.code", "window.QRLogin.uuid"],
        [Some(4.0), Some(500.0)],
    );
    let synccheck = compared(
        "script/synccheck",
        inputs::SYNC_CHECK,
        |body| synccheck::Response::decode(body.as_bytes()).expect("a script"),
        |body| {
            let answer = synccheck::Response::decode(body.as_bytes()).expect("a script");
            (answer.retcode.0, answer.selector.0.to_string())
        },
        r#"window.synccheck=\{retcode:"(\d+)",selector:"(\d+)"\}"#,
        ["window.synccheck.retcode", "window.synccheck.selector"],
        [None, None],
    );
    let confirmed = compared(
        "script/confirmed",
        inputs::CONFIRMED,
        |body| login::Response::decode(body.as_bytes()).expect("a script"),
        |body| {
            let answer = login::Response::decode(body.as_bytes()).expect("a script");
            let uri = answer.redirect_uri.expect("an address");
            (answer.code.0, uri.expose().to_owned())
        },
        r#"window.code=(\d+);\s*window.redirect_uri="(\S+?)";"#,
        ["window.code", "window.redirect_uri"],
        [None, None],
    );
    let scanned = compared(
        "script/scanned",
        kept(inputs::scanned()),
        |body| login::Response::decode(body.as_bytes()).expect("a script"),
        |body| {
            let answer = login::Response::decode(body.as_bytes()).expect("a script");
            (answer.code.0, answer.avatar.unwrap_or_default())
        },
        r"window.code=(\d+);\s*window.userAvatar\s*=\s*'(\S+?)';",
        ["window.code", "window.userAvatar"],
        [None, None],
    );
    vec![jslogin, synccheck, confirmed, scanned]
}

fn compared<T: 'static>(
    name: &'static str,
    body: &'static str,
    ours: fn(&'static str) -> T,
    shown: fn(&'static str) -> Pair,
    regex: &str,
    paths: [&'static str; 2],
    [of_regex, of_boa]: [Option<f64>; 2],
) -> Case {
    let regex = Regex::new(regex).expect("a regular expression");
    let by_regex = with_regex(body, &regex);
    Case::new(name, Amount::Bytes(body.len()), move || {
        ours(black_box(body))
    })
    .beside(
        "regex",
        of_regex,
        move || with_regex(black_box(body), &regex),
        (shown(body), by_regex),
    )
    .beside(
        "boa_engine",
        of_boa,
        move || with_engine(black_box(body), paths),
        (shown(body), with_engine(body, paths)),
    )
}

fn with_regex(body: &str, regex: &Regex) -> Pair {
    let captures = regex.captures(body).expect("a match");
    let (_, [code, text]) = captures.extract();
    (code.parse().expect("a number"), text.to_owned())
}

/// Runs each body in a new engine, as a client has to that does not let one answer of the
/// server change how it reads the next.
fn with_engine(body: &str, paths: [&str; 2]) -> Pair {
    let mut context = Context::default();
    let run = |context: &mut Context, text: &str| {
        let value = context.eval(Source::from_bytes(text)).expect("a script");
        value
            .to_string(context)
            .expect("a text")
            .to_std_string_lossy()
    };
    let window = "var window = globalThis; window.QRLogin = {};";
    context.eval(Source::from_bytes(window)).expect("a script");
    run(&mut context, body);
    let [code, text] = paths.map(|path| run(&mut context, path));
    (code.parse().expect("a number"), text)
}
