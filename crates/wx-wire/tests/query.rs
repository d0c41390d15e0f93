//! Known answers of percent-encoding.

use wx_wire::query::{Query, decode, encode, pairs};

#[test]
fn encoding_is_that_of_encode_uri_component() {
    // The unreserved marks of ECMA-262, and everything else of ASCII.
    assert_eq!(encode("AZaz09-_.!~*'()"), "AZaz09-_.!~*'()");
    assert_eq!(
        encode(" \"#$%&+,/:;<=>?@[\\]^`{|}\u{7f}"),
        "%20%22%23%24%25%26%2B%2C%2F%3A%3B%3C%3D%3E%3F%40%5B%5C%5D%5E%60%7B%7C%7D%7F"
    );
    assert_eq!(encode("你😀"), "%E4%BD%A0%F0%9F%98%80");
    assert_eq!(encode("1_2|3_4"), "1_2%7C3_4");
}

#[test]
fn an_encoded_value_is_encoded_again() {
    assert_eq!(encode("%2Ba%3D"), "%252Ba%253D");
}

#[test]
fn decoding_happens_once_and_keeps_the_plus() {
    for (text, decoded) in [
        ("%2Ba%2F%3D", "+a/="),
        ("a+b", "a+b"),
        ("%252B", "%2B"),
        ("%e4%BD%a0", "你"),
        ("a%2Eb%5Fc", "a.b_c"),
        ("100%", "100%"),
        ("%zz%4", "%zz%4"),
        ("%ff", "%ff"),
        ("ok%20%ff", "ok%20%ff"),
        ("", ""),
    ] {
        assert_eq!(decode(text), decoded, "{text}");
    }
}

#[test]
fn queries() {
    let query = Query::new()
        .pair("r", 1_700_000_000_000_u64)
        .pair("sid", "+a/b")
        .pair("empty", "")
        .pair("f", format_args!("a{}é", '&'))
        .pair("名", "=&");
    assert_eq!(
        query.as_str(),
        "r=1700000000000&sid=%2Ba%2Fb&empty=&f=a%26%C3%A9&%E5%90%8D=%3D%26"
    );
    assert_eq!(Query::new().as_str(), "");
    assert_eq!(query.clone().into_string(), query.as_str());
    assert_eq!(
        format!("{query:?}"),
        r#"{"r", "sid", "empty", "f", "%E5%90%8D"}"#
    );
}

/// What came encoded goes out as it came; what would spoil the query does not.
#[test]
fn values_that_came_encoded() {
    for (value, written) in [
        ("IMG%5F1%2EJPG", "IMG%5F1%2EJPG"),
        ("%e6%8a%a5.pdf", "%e6%8a%a5.pdf"),
        ("Desert.jpg", "Desert.jpg"),
        ("a b&c=d#e+f/报", "a%20b%26c%3Dd%23e%2Bf%2F%E6%8A%A5"),
        ("100%", "100%25"),
        ("%4", "%254"),
        ("%zz%é", "%25zz%25%C3%A9"),
        ("%%41", "%25%41"),
        ("", ""),
    ] {
        let query = Query::new().pair("a", 1).encoded_pair("n", value);
        assert_eq!(query.as_str(), format!("a=1&n={written}"), "{value}");
    }
}

#[test]
fn pairs_of_queries() {
    let found: Vec<_> = pairs("ticket=A@q_0&uuid=gd==&&lang=zh_CN&flag").collect();
    assert_eq!(
        found,
        [
            ("ticket", "A@q_0"),
            ("uuid", "gd=="),
            ("lang", "zh_CN"),
            ("flag", "")
        ]
    );
    assert_eq!(pairs("").count(), 0);
}
