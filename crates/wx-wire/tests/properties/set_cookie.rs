//! Cookies, as a server may set them.

use http::header::{HeaderMap, SET_COOKIE};
use proptest::{collection::vec, prelude::*};
use wx_wire::set_cookie;

/// A value, and what stands behind it.
const VALUE: &str = "[a-zA-Z0-9+/=_%@-]{1,30}";
const ATTRIBUTES: &str =
    "( ?; ?(Path=/|Secure|wxsid=no|Expires=Mon, 31-Dec-2018 11:12:21 GMT)){0,3}";

proptest! {
    /// The last one counts, in whatever company.
    #[test]
    fn cookies_are_read_back(
        cookies in vec(("wxsid|wxuin|wxsid2|xwxsid|WXSID", VALUE, ATTRIBUTES), 0..6),
    ) {
        let mut headers = HeaderMap::new();
        for (name, value, attributes) in &cookies {
            let line = format!("{name}={value}{attributes}");
            headers.append(SET_COOKIE, line.parse().unwrap());
        }
        for name in ["wxsid", "wxuin"] {
            let last = cookies.iter().rev().find(|(other, ..)| other == name);
            let expected = last.map(|(_, value, _)| value.as_str());
            prop_assert_eq!(set_cookie::value(&headers, name), expected);
        }
    }
}
