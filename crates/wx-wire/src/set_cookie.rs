//! The few cookies whose values go into bodies and parameters. Keeping and
//! sending cookies is the HTTP library's task.

use http::HeaderMap;
use http::header::SET_COOKIE;

/// The value that an answer sets a cookie to, if it does; the last one counts.
#[must_use]
pub fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(SET_COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .filter_map(|header| header.split(';').next()?.split_once('='))
        .filter(|(key, value)| key.trim() == name && !value.trim().is_empty())
        .map(|(_, value)| value.trim())
        .next_back()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_value_that_holds_equals_signs() {
        let mut headers = HeaderMap::new();
        let dashed = "webwx_data_ticket=gScQ+a/b==; Domain=.qq.com; Path=/; \
                      Expires=Mon, 31-Dec-2018 11:12:21 GMT";
        headers.append(SET_COOKIE, "wxsid=one; Path=/".parse().unwrap());
        headers.append(SET_COOKIE, dashed.parse().unwrap());
        headers.append(SET_COOKIE, "wxsid=two; Path=/".parse().unwrap());
        assert_eq!(value(&headers, "webwx_data_ticket"), Some("gScQ+a/b=="));
        assert_eq!(value(&headers, "wxsid"), Some("two"));
        assert_eq!(value(&headers, "wxuin"), None);
    }
}
