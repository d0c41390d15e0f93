//! The rules by which cookies are kept and sent (RFC 6265).

use std::collections::BTreeSet;

use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Request, Uri};
use wx_transport::{Chain, Jar, Phase, Reached};

fn uri(text: &str) -> Uri {
    text.parse().unwrap()
}

fn store(jar: &Jar, from: &str, cookies: &[&str]) {
    let mut headers = HeaderMap::new();
    for cookie in cookies {
        let value = HeaderValue::from_bytes(cookie.as_bytes()).unwrap();
        headers.append(SET_COOKIE, value);
    }
    jar.store(&uri(from), &headers);
}

/// The `Cookie` header of a request, empty if there is none.
fn sent(jar: &Jar, to: &str) -> String {
    let mut request = Request::get(to).body(()).unwrap();
    jar.apply(&mut request);
    assert!(request.headers().get_all(COOKIE).iter().count() <= 1);
    let value = request.headers().get(COOKIE).map(HeaderValue::as_bytes);
    String::from_utf8(value.unwrap_or_default().to_vec()).unwrap()
}

const HOST: &str = "https://a.example.com/dir/page?q=1";

#[test]
fn a_cookie_goes_where_it_belongs() {
    let table = [
        // No Domain: this host alone.
        ("c=1", "https://a.example.com/dir/x", true),
        ("c=1", "https://b.example.com/dir/x", false),
        ("c=1", "https://x.a.example.com/dir/x", false),
        // Domain: this domain and all below, with or without the dot.
        (
            "c=1; Domain=.example.com",
            "https://a.example.com/dir/",
            true,
        ),
        (
            "c=1; Domain=.example.com",
            "https://b.example.com/dir/",
            true,
        ),
        (
            "c=1; Domain=example.com",
            "https://b.c.example.com/dir/",
            true,
        ),
        (
            "c=1; DOMAIN=Example.COM",
            "https://B.EXAMPLE.com/dir/",
            true,
        ),
        ("c=1; Domain=example.com", "https://example.com/dir/", true),
        (
            "c=1; Domain=example.com",
            "https://badexample.com/dir/",
            false,
        ),
        (
            "c=1; Domain=a.example.com",
            "https://b.example.com/dir/",
            false,
        ),
        // Not the server's to set.
        (
            "c=1; Domain=b.example.com",
            "https://b.example.com/dir/",
            false,
        ),
        (
            "c=1; Domain=b.example.com",
            "https://a.example.com/dir/",
            false,
        ),
        (
            "c=1; Domain=example.org",
            "https://a.example.com/dir/",
            false,
        ),
        ("c=1; Domain=com", "https://a.example.com/dir/", false),
        ("c=1; Domain=.com", "https://example.com/dir/", false),
        // An empty Domain is as none.
        ("c=1; Domain=", "https://a.example.com/dir/", true),
        ("c=1; Domain=", "https://b.example.com/dir/", false),
        // Path: by default that of the answer's URI.
        ("c=1", "https://a.example.com/dir", true),
        ("c=1", "https://a.example.com/dir/deep/er", true),
        ("c=1", "https://a.example.com/directory", false),
        ("c=1", "https://a.example.com/", false),
        ("c=1; Path=/", "https://a.example.com/anything", true),
        ("c=1; Path=/other", "https://a.example.com/other?q", true),
        ("c=1; Path=/other", "https://a.example.com/dir/", false),
        // Any port, but Secure only over TLS.
        ("c=1", "https://a.example.com:8443/dir/", true),
        ("c=1", "http://a.example.com/dir/", true),
        ("c=1; Secure", "https://a.example.com/dir/", true),
        ("c=1; Secure", "http://a.example.com/dir/", false),
        ("c=1; HttpOnly", "https://a.example.com/dir/", true),
        // Expiry, in each form of a date.
        ("c=1; Max-Age=60", "https://a.example.com/dir/", true),
        ("c=1; Max-Age=0", "https://a.example.com/dir/", false),
        ("c=1; Max-Age=-1", "https://a.example.com/dir/", false),
        (
            "c=1; Expires=Mon, 31-Dec-2018 11:12:21 GMT",
            "https://a.example.com/dir/",
            false,
        ),
        (
            "c=1; Expires=Thu, 31-Dec-2099 11:12:21 GMT",
            "https://a.example.com/dir/",
            true,
        ),
        (
            "c=1; Expires=Thu, 31 Dec 2099 11:12:21 GMT",
            "https://a.example.com/dir/",
            true,
        ),
        (
            "c=1; Expires=Mon, 31 Dec 2018 11:12:21 GMT",
            "https://a.example.com/dir/",
            false,
        ),
        (
            "c=1; Expires=Monday, 31-Dec-18 11:12:21 GMT",
            "https://a.example.com/dir/",
            false,
        ),
        ("c=1; Expires=whenever", "https://a.example.com/dir/", true),
        // Malformed.
        ("c", "https://a.example.com/dir/", false),
        ("=1", "https://a.example.com/dir/", false),
        ("", "https://a.example.com/dir/", false),
    ];
    for (cookie, to, expected) in table {
        let jar = Jar::new();
        store(&jar, HOST, &[cookie]);
        let expected = if expected { "c=1" } else { "" };
        assert_eq!(sent(&jar, to), expected, "{cookie} to {to}");
        let value = jar.value(&uri(to), "c");
        assert_eq!(
            value.as_deref(),
            expected.strip_prefix("c="),
            "{cookie} to {to}"
        );
    }
}

/// The service has hosts below two domains, and keys of one are nothing to the
/// other.
#[test]
fn no_cookie_crosses_from_one_family_of_hosts_to_another() {
    let families = [
        (".qq.com", ["wx.qq.com", "wx2.qq.com", "file.wx2.qq.com"]),
        (
            ".wechat.com",
            [
                "web.wechat.com",
                "web2.wechat.com",
                "webpush.web2.wechat.com",
            ],
        ),
    ];
    let address = |host: &str| format!("https://{host}/cgi-bin/mmwebwx-bin/webwxinit");
    for (at, (domain, hosts)) in families.iter().enumerate() {
        let (foreign, strangers) = &families[1 - at];
        for from in hosts {
            let jar = Jar::new();
            let cookies = [
                "wxsid=1".to_owned(),
                format!("wxuin=2; Domain={domain}"),
                format!("webwx_data_ticket=3; Domain={foreign}"),
                format!("webwx_auth_ticket=4; Domain={}", strangers[0]),
                "webwxuvid=5; Domain=com".to_owned(),
                "mm_lang=6; Domain=.com".to_owned(),
            ];
            store(
                &jar,
                &address(from),
                &cookies.each_ref().map(String::as_str),
            );
            for to in strangers {
                assert_eq!(sent(&jar, &address(to)), "", "{from} to {to}");
            }
            for to in hosts {
                let cookies = sent(&jar, &address(to));
                let cookies: BTreeSet<&str> = cookies.split("; ").collect();
                let mut expected = BTreeSet::from(["wxuin=2"]);
                expected.extend((to == from).then_some("wxsid=1"));
                assert_eq!(cookies, expected, "{from} to {to}");
            }
        }
    }
}

#[test]
fn a_single_label_domain_is_for_that_host_alone() {
    let jar = Jar::new();
    store(&jar, "https://localhost/", &["c=1; Domain=localhost"]);
    assert_eq!(sent(&jar, "https://localhost/"), "c=1");
    assert_eq!(sent(&jar, "https://a.localhost/"), "");
}

#[test]
fn values_go_back_as_they_came() {
    for value in [
        "CIkvEK+/a1b==",
        "a%2Bb",
        "\"quoted\"",
        "x y",
        "",
        "ümlaut",
        "a=b=c",
    ] {
        let jar = Jar::new();
        store(&jar, HOST, &[&format!("c={value}; Path=/")]);
        assert_eq!(sent(&jar, HOST), format!("c={value}"));
        let restored = Jar::restore(&jar.snapshot()).unwrap();
        assert_eq!(sent(&restored, HOST), format!("c={value}"));
        assert_eq!(restored.value(&uri(HOST), "c").as_deref(), Some(value));
    }
}

#[test]
fn several_cookies_share_a_header_longer_paths_first() {
    let jar = Jar::new();
    let cookies = [
        "b=2; Path=/",
        "a=1; Path=/",
        "z=3; Path=/dir",
        "a=0; Path=/dir",
    ];
    store(&jar, HOST, &cookies);
    assert_eq!(sent(&jar, HOST), "a=0; z=3; a=1; b=2");
    assert_eq!(jar.value(&uri(HOST), "a").as_deref(), Some("0"));

    let mut request = Request::get("https://example.org/").body(()).unwrap();
    let stale = HeaderValue::from_static("stale=1");
    request.headers_mut().insert(COOKIE, stale);
    jar.apply(&mut request);
    assert_eq!(request.headers().get(COOKIE), None);
}

#[test]
fn the_version_tells_when_to_save() {
    let jar = Jar::new();
    let steps = [
        ("a=1", true),
        ("a=1", false),
        ("a=2", true),
        ("a=2; Secure", true),
        ("a=2; Secure; Expires=Thu, 31-Dec-2099 11:12:21 GMT", true),
        ("a=2; Secure; Expires=Thu, 31-Dec-2099 11:12:21 GMT", false),
        ("b=1; Domain=example.org", false),
        ("b=1; Max-Age=0", false),
        ("a=; Max-Age=0", true),
        ("a=; Max-Age=0", false),
    ];
    for (cookie, changes) in steps {
        let before = (jar.version(), jar.snapshot());
        store(&jar, HOST, &[cookie]);
        assert_eq!(jar.version() != before.0, changes, "{cookie}");
        assert_eq!(jar.snapshot() != before.1, changes, "{cookie}");
    }
    assert_eq!(sent(&jar, HOST), "");
}

#[test]
fn a_clone_is_the_same_jar() {
    let jar = Jar::new();
    store(&jar.clone(), HOST, &["c=1"]);
    assert_eq!(sent(&jar, HOST), "c=1");
}

#[test]
fn a_snapshot_restores_every_rule() {
    let jar = Jar::new();
    let cookies = [
        "host=1; Path=/",
        "wide=2; Domain=.example.com; Path=/; Expires=Thu, 31-Dec-2099 11:12:21 GMT",
        "deep=3; Path=/dir",
        "tls=4; Path=/; Secure; HttpOnly",
        "gone=5; Path=/; Max-Age=0",
    ];
    store(&jar, HOST, &cookies);
    let snapshot = jar.snapshot();
    let restored = Jar::restore(&snapshot).unwrap();
    for to in [
        "https://a.example.com/dir/",
        "https://b.example.com/dir/",
        "https://a.example.com/",
        "http://a.example.com/",
    ] {
        assert_eq!(sent(&restored, to), sent(&jar, to), "{to}");
    }
    assert_eq!(sent(&restored, "https://b.example.com/"), "wide=2");
    assert_eq!(restored.snapshot(), snapshot);

    let reordered = Jar::new();
    let mut cookies = cookies;
    cookies.reverse();
    store(&reordered, HOST, &cookies);
    assert_eq!(reordered.snapshot(), snapshot);
}

#[test]
fn what_is_no_snapshot_is_an_error_without_its_text() {
    let jar = Jar::new();
    store(&jar, HOST, &["sid=hunter2"]);
    let good = String::from_utf8(jar.snapshot()).unwrap();
    let line_break = good.replace("hunter2", "hunter2\\nSet-Cookie: x");
    let mut table = vec![
        "[]".to_owned(),
        "null".to_owned(),
        good.replace("sid=hunter2", "hunter2"),
        good.replace("\"version\":1", "\"version\":2"),
        line_break,
    ];
    table.extend((0..good.len()).map(|end| good[..end].to_owned()));
    for text in table {
        let error = Jar::restore(text.as_bytes()).unwrap_err();
        assert_eq!(error.phase(), Phase::Restore, "{text}");
        assert_eq!(error.reached(), Reached::No);
        let shown = format!("{} {error:?}", Chain(&error));
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}

#[test]
fn debug_shows_names_only() {
    let jar = Jar::new();
    store(&jar, HOST, &["sid=hunter2; Path=/hunter2", "uin=hunter2"]);
    assert_eq!(format!("{jar:?}"), r#"Jar(["sid", "uin"])"#);
}

#[test]
fn a_jar_holds_256_cookies() {
    let jar = Jar::new();
    for number in 0..1000 {
        store(&jar, HOST, &[&format!("c{number}=1")]);
    }
    assert_eq!(sent(&jar, HOST).split("; ").count(), 256);
    store(&jar, HOST, &["c0=; Max-Age=0", "late=1"]);
    assert_eq!(jar.value(&uri(HOST), "late").as_deref(), Some("1"));
}

#[test]
fn broken_set_cookie_headers_do_no_harm() {
    let pieces = [
        "a=b",
        "a",
        "=",
        ";",
        "Domain=",
        "Domain=..",
        "Domain=.",
        "Domain=xn--a",
        "Domain=\u{e9}\u{130}",
        "Path",
        "Path=\u{e9}",
        "Path=//",
        "Max-Age=99999999999999999999",
        "Max-Age=-",
        "Expires=Mon, 99-Xyz-9999 99:99:99 GMT",
        "Expires=Fri, 31-Dec-9999 23:59:59 GMT",
        "Expires=29-Feb-00 00:00:00 GMT",
        "Secure=\t",
        "\"",
        "\u{2028}",
    ];
    let jar = Jar::new();
    for one in pieces {
        for two in pieces {
            for three in pieces {
                store(&jar, HOST, &[&format!("{one}; {two}; {three}")]);
            }
        }
    }
    let mut headers = HeaderMap::new();
    headers.append(SET_COOKIE, HeaderValue::from_bytes(b"c=\xff\xfe").unwrap());
    jar.store(&uri(HOST), &headers);
    jar.store(&uri("/no-host"), &headers);
    let restored = Jar::restore(&jar.snapshot()).unwrap();
    assert_eq!(restored.snapshot(), jar.snapshot());
    assert_eq!(sent(&restored, HOST), sent(&jar, HOST));
    assert_eq!(jar.value(&uri(HOST), "a").as_deref(), Some("b"));
}
