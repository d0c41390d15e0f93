//! Known answers of the script grammar, one for each way in which the service
//! or those who wrote its answers down vary the form.

#![expect(clippy::unwrap_used, reason = "the helpers of tests may fail")]

use std::borrow::Cow;

use wx_wire::script::{self, MAX_DEPTH, Script, Value};

fn parse(body: &str) -> Script<'_> {
    script::parse(body.as_bytes()).unwrap()
}

/// The string that `literal` stands for.
fn text(literal: &str) -> String {
    let body = format!("a = {literal};");
    let script = parse(&body);
    script
        .value("a")
        .and_then(Value::as_str)
        .unwrap()
        .to_owned()
}

/// Asserts that `body` is refused, and where.
#[track_caller]
fn refused(body: &str, offset: usize, expected: &str) {
    let error = script::parse(body.as_bytes()).unwrap_err();
    assert_eq!((error.offset, error.expected), (offset, expected));
}

#[test]
fn statements_in_every_spacing() {
    for body in [
        "window.code=200;window.next=\"u\";",
        "window.code=200;\nwindow.next=\"u\";",
        "window.code=200;\r\n\r\nwindow.next=\"u\";",
        "window.code = 200; window.next = 'u' ;",
        "window.code=200\nwindow.next=\"u\"",
        "\u{feff}window.code=200;window.next=\"u\"",
        "\t;; window . code =\n200 ;; window\n.next=\"u\"\n;\n",
        "var code = 200; next='u'",
        "var\ncode=200;var next='u'",
        "// polled\nwindow.code=200;/* scanned */window.next=/**/\"u\";// end",
        "/*a*//*b*/ window.code=200 /* two\nlines */ window.next=\"u\"",
    ] {
        let script = parse(body);
        let code = script.value("window.code").and_then(Value::as_i64);
        let next = script.value("window.next").and_then(Value::as_str);
        assert_eq!((code, next), (Some(200), Some("u")), "{body}");
    }
}

#[test]
fn a_body_without_statements() {
    for body in ["", "\n", "\u{feff}", ";", "// nothing", "/* nothing */ ;"] {
        assert!(parse(body).is_empty(), "{body}");
    }
    assert!(!parse("a=1").is_empty());
}

#[test]
fn the_global_object_may_be_left_out_on_either_side() {
    let script = parse("window.a = 1; b = 2; window.window.c = 3; window = 4");
    for (path, value) in [
        ("a", 1),
        ("window.a", 1),
        ("b", 2),
        ("window.b", 2),
        ("window.window.c", 3),
        ("window", 4),
    ] {
        assert_eq!(script.value(path), Some(&Value::Integer(value)), "{path}");
    }
    assert_eq!(script.value("windows.a"), None);
    assert_eq!(script.value(""), None);
}

#[test]
fn the_last_assignment_wins() {
    let script = parse("q.code=408; q.code=200; p={code:1}; p.code=2; r.code=1; r={}");
    assert_eq!(script.value("q.code"), Some(&Value::Integer(200)));
    assert_eq!(script.value("p.code"), Some(&Value::Integer(2)));
    assert_eq!(script.value("r.code"), None);
    assert_eq!(script.value("q"), None);
}

#[test]
fn members_of_objects() {
    for body in [
        r#"window.synccheck={retcode:"0",selector:"2"}"#,
        r#"window.synccheck = { "retcode" : "0" , 'selector' : 2 , }"#,
        "window.synccheck={\nretcode:\t0, // fine\nselector:' 2 '};",
        "window.synccheck={selector:7,retcode:\"0\",selector:\"2\"}",
    ] {
        let script = parse(body);
        let at = |path| script.value(path).and_then(Value::as_i64);
        assert_eq!(at("window.synccheck.retcode"), Some(0), "{body}");
        assert_eq!(at("window.synccheck.selector"), Some(2), "{body}");
        assert_eq!(at("window.synccheck.other"), None, "{body}");
        assert_eq!(at("window.synccheck.retcode.deeper"), None, "{body}");
    }
    let script = parse("a={b:{c:[1,{d:2}]},3:'three'}");
    assert_eq!(
        script.value("a.b.c"),
        Some(&Value::Array(vec![
            Value::Integer(1),
            Value::Object(vec![(Cow::Borrowed("d"), Value::Integer(2))]),
        ]))
    );
    assert_eq!(script.value("a.3").and_then(Value::as_str), Some("three"));
}

#[test]
fn literals() {
    for (literal, value) in [
        ("0", Value::Integer(0)),
        ("-14", Value::Integer(-14)),
        ("9223372036854775807", Value::Integer(i64::MAX)),
        ("-9223372036854775808", Value::Integer(i64::MIN)),
        ("9223372036854775808", Value::Number("9223372036854775808")),
        ("1.5", Value::Number("1.5")),
        ("-.5e-3", Value::Number("-.5e-3")),
        ("1.", Value::Number("1.")),
        ("true", Value::Bool(true)),
        ("false", Value::Bool(false)),
        ("null", Value::Null),
        ("undefined", Value::Undefined),
        ("[]", Value::Array(vec![])),
        ("[ 1 , ]", Value::Array(vec![Value::Integer(1)])),
        ("{ }", Value::Object(vec![])),
        ("''", Value::Text(Cow::Borrowed(""))),
    ] {
        assert_eq!(
            parse(&format!("a={literal}")).value("a"),
            Some(&value),
            "{literal}"
        );
    }
}

#[test]
fn numbers_in_strings() {
    for (literal, number) in [
        ("\"1101\"", Some(1101)),
        ("' -14 '", Some(-14)),
        ("\"\"", None),
        ("\"12a\"", None),
        ("1.0", None),
        ("true", None),
    ] {
        let body = format!("a={literal}");
        assert_eq!(
            parse(&body).value("a").unwrap().as_i64(),
            number,
            "{literal}"
        );
    }
}

#[test]
fn escapes() {
    for (literal, value) in [
        (r#""it's""#, "it's"),
        (r#"'say "hi"'"#, r#"say "hi""#),
        (r#""\"\'\\\/""#, "\"'\\/"),
        (r"'\b\f\n\r\t\v'", "\u{8}\u{c}\n\r\t\u{b}"),
        (r"'\x41\u4f60\u{1F600}'", "A你😀"),
        (r"'\ud83d\ude00!'", "😀!"),
        (r"'\ud83d \ude00'", "\u{fffd} \u{fffd}"),
        (r"'\ud83d\ud83d\ude00'", "\u{fffd}😀"),
        (r"'x\ud83d'", "x\u{fffd}"),
        (r"'\0\12\101\4001\8\q'", "\0\nA 018q"),
        ("'one\\\ntwo\\\r\nthree\\\u{2028}four'", "onetwothreefour"),
        ("'你好\u{2028}'", "你好\u{2028}"),
        (r"'a\tb\tc'", "a\tb\tc"),
    ] {
        assert_eq!(text(literal), value, "{literal}");
    }
}

#[test]
fn a_string_without_escapes_is_borrowed() {
    let picture = "A".repeat(1 << 20);
    let body = format!("window.code=201;window.userAvatar = 'data:img/jpg;base64,{picture}';");
    let script = parse(&body);
    let Some(Value::Text(Cow::Borrowed(avatar))) = script.value("window.userAvatar") else {
        panic!("copied");
    };
    assert!(body.as_bytes().as_ptr_range().contains(&avatar.as_ptr()));
    assert_eq!(avatar.strip_prefix("data:img/jpg;base64,"), Some(&*picture));
}

#[test]
fn what_is_no_list_of_assignments_of_literals() {
    refused("<!DOCTYPE html><html></html>", 0, "an assignment");
    refused("{\"ret\":1}", 0, "an assignment");
    refused("200", 0, "an assignment");
    refused("alert(1)", 5, "`=`");
    refused("window", 6, "`=`");
    refused("window.=1", 7, "a name");
    refused("window.1a=1", 7, "a name");
    refused("a==1", 2, "a literal");
    refused("a=", 2, "a literal");
    refused("a=b", 2, "a literal");
    refused("a=f()", 2, "a literal");
    refused("a=-", 2, "a number");
    refused("a=--1", 2, "a number");
    refused("a=1+1", 3, "`;` or a new line");
    refused("a=1 b=2", 4, "`;` or a new line");
    refused("a=0x10", 3, "the end of the number");
    refused("a=1;b", 5, "`=`");
    refused("a='b", 2, "the closing quote");
    refused("a='b\\'", 2, "the closing quote");
    refused("a='b\nc'", 4, "the closing quote");
    refused("a='b\rc'", 4, "the closing quote");
    refused("a=“b”", 2, "a literal");
    refused(r"a='\x4'", 3, "an escape sequence");
    refused(r"a='\u12'", 3, "an escape sequence");
    refused(r"a='\u{110000}'", 3, "an escape sequence");
    refused(r"a='\u{+1}'", 3, "an escape sequence");
    refused("a={b:1", 6, "`,` or the end of the list");
    refused("a={b:1 c:2}", 7, "`,` or the end of the list");
    refused("a={b}", 4, "`:`");
    refused("a={,}", 3, "a key");
    refused("a=[1,,2]", 5, "a literal");
    refused("a=1;/* never closed", 4, "the end of the comment");
}

#[test]
fn what_is_not_utf_8() {
    let error = script::parse(b"a='\xff';").unwrap_err();
    assert_eq!((error.offset, error.expected), (3, "UTF-8"));
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| format!("a={}1{}", "[".repeat(depth), "]".repeat(depth));
    assert!(!parse(&nested(MAX_DEPTH)).is_empty());
    refused(
        &nested(MAX_DEPTH + 1),
        2 + MAX_DEPTH,
        "fewer nested literals",
    );
    refused(
        &format!("a={}", "{b:".repeat(100_000)),
        2 + 3 * MAX_DEPTH,
        "fewer nested literals",
    );
}

#[test]
fn debug_shows_no_content() {
    let script = parse("window.redirect_uri='https://x/?ticket=abc'; b={c:12345,d:[1e9]}");
    assert_eq!(
        format!("{script:?}"),
        r#"{"window.redirect_uri": text of 21 bytes, "b": {"c": integer, "d": [number of 3 bytes]}}"#
    );
}
