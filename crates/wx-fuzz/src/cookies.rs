//! Set-Cookie headers: the jar, and the few values that a session reads by itself.

use http::header::{COOKIE, HeaderMap, HeaderValue, SET_COOKIE};
use http::{Request, Uri};
use wx_transport::Jar;
use wx_wire::set_cookie;

/// The most cookies that a jar keeps, as its documentation says.
const MAX_COOKIES: usize = 256;

/// Addresses that must never get an account's cookies.
const STRANGERS: [&str; 3] = [
    "https://qq.com.example/",
    "https://wechat.com/cgi-bin/mmwebwx-bin/webwxinit",
    "https://203.0.113.1/",
];

/// Reads each line of the input as a Set-Cookie header from `wx2.qq.com`, and the whole
/// input as a saved jar.
///
/// # Panics
///
/// If a cookie is sent to another site, is changed by saving, or breaks a header.
pub fn cookies(bytes: &[u8]) {
    let uri = Uri::from_static("https://wx2.qq.com/cgi-bin/mmwebwx-bin/webwxnewloginpage");
    let mut headers = HeaderMap::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append(SET_COOKIE, value);
        }
    }
    for name in ["wxsid", "wxuin", "webwx_data_ticket"] {
        if let Some(value) = set_cookie::value(&headers, name) {
            assert!(!value.is_empty() && !value.contains(';'));
            assert!(value.trim() == value);
        }
    }
    let jar = Jar::new();
    jar.store(&uri, &headers);
    sound(&jar, &uri);
    let again = jar.version();
    let restored = Jar::restore(&jar.snapshot());
    assert!(restored.is_ok_and(|restored| sent(&restored, &uri) == sent(&jar, &uri)));
    assert_eq!(jar.version(), again);
    for stranger in STRANGERS {
        assert_eq!(sent(&jar, &Uri::from_static(stranger)), None, "{stranger}");
    }
    if let Ok(jar) = Jar::restore(bytes) {
        sound(&jar, &uri);
        let snapshot = jar.snapshot();
        let again = Jar::restore(&snapshot);
        assert!(again.is_ok_and(|again| again.snapshot() == snapshot));
    }
}

fn sound(jar: &Jar, uri: &Uri) {
    let header = sent(jar, uri);
    let pairs = header
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b';'));
    assert!(pairs.count() <= MAX_COOKIES);
    if let Some(value) = jar.value(uri, "wxsid") {
        assert!(header.is_some_and(|header| {
            let header = String::from_utf8_lossy(header.as_bytes()).into_owned();
            header.contains(&format!("wxsid={value}"))
        }));
    }
}

/// The Cookie header of a request.
fn sent(jar: &Jar, uri: &Uri) -> Option<HeaderValue> {
    let mut request = Request::new(());
    *request.uri_mut() = uri.clone();
    jar.apply(&mut request);
    request.headers().get(COOKIE).cloned()
}
