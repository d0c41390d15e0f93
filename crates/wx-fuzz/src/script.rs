//! The grammar of script bodies.

use wx_wire::script::{self, Value};

/// What the endpoints ask a script for.
const PATHS: [&str; 6] = [
    "window.code",
    "window.redirect_uri",
    "window.userAvatar",
    "window.QRLogin.uuid",
    "window.synccheck.retcode",
    "window.synccheck.selector",
];

/// Parses any bytes as a script.
///
/// # Panics
///
/// If an error points outside of the input, or blanks in front of the input
/// change anything but offsets.
pub fn script(bytes: &[u8]) {
    const BLANKS: &[u8] = b" ;\n/*;*/";
    let shifted = [BLANKS, bytes].concat();
    match (script::parse(bytes), script::parse(&shifted)) {
        (Ok(script), Ok(same)) => {
            assert_eq!(script, same);
            for path in PATHS {
                if let Some(value) = script.value(path) {
                    readable(value);
                }
            }
        }
        (Err(error), Err(same)) => {
            assert!(error.offset <= bytes.len());
            assert_eq!(error.offset + BLANKS.len(), same.offset);
            assert_eq!(error.expected, same.expected);
        }
        (one, other) => assert_eq!(one.is_ok(), other.is_ok()),
    }
}

/// Asks a value for everything it may be.
fn readable(value: &Value<'_>) {
    let number = value.as_i64();
    if let (Some(text), Some(number)) = (value.as_str(), number) {
        assert_eq!(text.trim().parse(), Ok(number));
    }
    assert!(value.member("code").is_none() || number.is_none());
    assert!(!format!("{value:?}").is_empty());
}
