//! The JSON answers of every endpoint except webwxsync.

use std::fmt::Debug;

use serde_json::Value;
use wx_wire::DecodeError;
use wx_wire::endpoint::{
    Endpoint, Receipt, webwxbatchgetcontact, webwxcheckupload, webwxcreatechatroom,
    webwxgetcontact, webwxinit, webwxoplog, webwxpushloginurl, webwxrevokemsg, webwxsearchcontact,
    webwxstatusnotify, webwxupdatechatroom, webwxuploadmedia, webwxverifyuser,
};

/// What may be in front of a body without changing anything but offsets.
pub(crate) const BLANKS: &[u8] = "\u{feff} \r\n\t".as_bytes();

/// A decoder; its answer is compared in its debug form.
type Decode = fn(&[u8]) -> Result<String, DecodeError>;

/// The decoders of endpoints, each with the endpoint's name.
macro_rules! decoders {
    ($($module:ident),* $(,)?) => {
        [$((stringify!($module), |body| shown($module::Response::decode(body)))),*]
    };
}

/// All decoders, by endpoint. Everything that is sent shares one kind of answer, the receipt.
pub const JSON_ENDPOINTS: [(&str, Decode); 14] = {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m]: [(&str, Decode); 13] = decoders![
        webwxbatchgetcontact,
        webwxcheckupload,
        webwxcreatechatroom,
        webwxgetcontact,
        webwxinit,
        webwxoplog,
        webwxpushloginurl,
        webwxrevokemsg,
        webwxsearchcontact,
        webwxstatusnotify,
        webwxupdatechatroom,
        webwxuploadmedia,
        webwxverifyuser,
    ];
    let receipt: (&str, Decode) = ("webwxsendmsg", |body| {
        shown(Receipt::decode(Endpoint::SendMsg, body))
    });
    [a, b, c, d, e, f, g, h, i, j, k, l, m, receipt]
};

fn shown<T: Debug>(decoded: Result<T, DecodeError>) -> Result<String, DecodeError> {
    decoded.map(|response| format!("{response:?}"))
}

/// Reads any bytes as the answer of each endpoint.
///
/// # Panics
///
/// If an error points outside of the body, blanks in front of it change
/// anything but offsets, or JSON is refused for a member of another type.
pub fn json(bytes: &[u8]) {
    let shifted = [BLANKS, bytes].concat();
    let is_json = serde_json::from_slice::<Value>(bytes).is_ok_and(|value| value.is_object());
    for (name, decode) in JSON_ENDPOINTS {
        match (decode(bytes), decode(&shifted)) {
            (Ok(one), Ok(other)) => assert_eq!(one, other, "{name}"),
            (Err(error), Err(same)) => {
                assert!(error.offset <= bytes.len(), "{name}");
                // An error about a missing member is at the start of the body.
                assert!(
                    same.offset == error.offset + BLANKS.len() || same.offset == 0,
                    "{name}"
                );
                assert_eq!(error.expected, same.expected, "{name}");
                assert!(
                    !is_json || error.expected.starts_with("a member "),
                    "{name}"
                );
            }
            (one, other) => assert_eq!(one.is_ok(), other.is_ok(), "{name}"),
        }
    }
    if let Ok(response) = webwxinit::Response::decode(bytes) {
        assert!(response.chat_set().all(|name| !name.is_empty()));
    }
    if let Ok(response) = webwxpushloginurl::Response::decode(bytes) {
        assert!(response.granted().is_none_or(|uuid| !uuid.is_empty()));
    }
}
