//! One module per server path, each with its request and its response.
//!
//! A request is encoded into an [`http::Request`] that lacks only what the
//! session adds: cookies and the browser's headers. A response is decoded from
//! the body alone; HTTP's status says little here, for errors come with 200.

use std::fmt;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, RANGE};
use http::{Method, Request, Uri};
use serde::Serialize;

use crate::code::Ret;
use crate::error::DecodeError;
use crate::json::object;
use crate::query::Query;

mod envelope;
pub mod jslogin;
pub mod login;
pub mod qrcode;
mod receipt;
pub mod synccheck;
pub mod webwxbatchgetcontact;
pub mod webwxcheckupload;
pub mod webwxcreatechatroom;
pub mod webwxgetcontact;
pub mod webwxgetheadimg;
pub mod webwxgeticon;
pub mod webwxgetmedia;
pub mod webwxgetmsgimg;
pub mod webwxgetpubliclinkimg;
pub mod webwxgetvideo;
pub mod webwxgetvoice;
pub mod webwxinit;
pub mod webwxlogout;
pub mod webwxnewloginpage;
pub mod webwxoplog;
pub mod webwxpreview;
pub mod webwxpushloginurl;
pub mod webwxrevokemsg;
pub mod webwxsearchcontact;
pub mod webwxsendappmsg;
pub mod webwxsendemoticon;
pub mod webwxsendmsg;
pub mod webwxsendmsgimg;
pub mod webwxsendvideomsg;
pub mod webwxstatusnotify;
pub mod webwxsync;
pub mod webwxupdatechatroom;
pub mod webwxuploadmedia;
pub mod webwxverifyuser;

pub use envelope::Envelope;
pub use receipt::Receipt;

/// The folder of all paths but `/jslogin` and `/qrcode`.
const ROOT: &str = "/cgi-bin/mmwebwx-bin/";

macro_rules! endpoints {
    ($($variant:ident = $name:literal,)*) => {
        /// A server path that the client calls.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Endpoint {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
        }

        impl Endpoint {
            /// The last segment of the path, which is the name that the
            /// protocol's documents use.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

endpoints! {
    Jslogin = "jslogin",
    QrCode = "qrcode",
    Login = "login",
    NewLoginPage = "webwxnewloginpage",
    PushLoginUrl = "webwxpushloginurl",
    Init = "webwxinit",
    StatusNotify = "webwxstatusnotify",
    GetContact = "webwxgetcontact",
    BatchGetContact = "webwxbatchgetcontact",
    SyncCheck = "synccheck",
    Sync = "webwxsync",
    SendMsg = "webwxsendmsg",
    SendMsgImg = "webwxsendmsgimg",
    SendVideoMsg = "webwxsendvideomsg",
    SendEmoticon = "webwxsendemoticon",
    SendAppMsg = "webwxsendappmsg",
    Logout = "webwxlogout",
    CheckUpload = "webwxcheckupload",
    UploadMedia = "webwxuploadmedia",
    GetMsgImg = "webwxgetmsgimg",
    GetVoice = "webwxgetvoice",
    GetVideo = "webwxgetvideo",
    GetMedia = "webwxgetmedia",
    GetIcon = "webwxgeticon",
    GetHeadImg = "webwxgetheadimg",
    GetPublicLinkImg = "webwxgetpubliclinkimg",
    Preview = "webwxpreview",
    SearchContact = "webwxsearchcontact",
    CreateChatRoom = "webwxcreatechatroom",
    UpdateChatRoom = "webwxupdatechatroom",
    RevokeMsg = "webwxrevokemsg",
    OpLog = "webwxoplog",
    VerifyUser = "webwxverifyuser",
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Bitwise NOT of the low 32 bits of a time in milliseconds, as a signed
/// number: what `~new Date()` gives in the official page (protocol: notation).
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    reason = "the low 32 bits are what the page sends"
)]
pub const fn not_ms(unix_ms: u64) -> i32 {
    !(unix_ms as i32)
}

object! {
    /// The verdict that every JSON answer opens with.
    #[derive(Eq)]
    #[non_exhaustive]
    pub struct BaseResponse {
        /// The server's code.
        pub ret: Ret = "Ret",
        /// The server's words, mostly empty.
        pub err_msg: String = "ErrMsg",
    }
}

/// What answers have in common that open with a verdict: `verdict!(Response)`
/// gives it out, and `verdict!(Response of OpLog)` also reads the answers that
/// need nothing else.
macro_rules! verdict {
    ($answer:ident of $endpoint:ident) => {
        impl $answer {
            /// Reads the JSON.
            ///
            /// # Errors
            /// If the body is not JSON with a BaseResponse.
            pub fn decode(body: &[u8]) -> Result<Self, $crate::DecodeError> {
                let answer: Self = $crate::json::body(Endpoint::$endpoint, body)?;
                BaseResponse::required(Endpoint::$endpoint, answer.base.clone())?;
                Ok(answer)
            }
        }

        verdict!($answer);
    };
    ($answer:ident) => {
        impl $answer {
            /// The server's verdict.
            #[must_use]
            pub fn base_response(&self) -> BaseResponse {
                self.base.clone().unwrap_or_default()
            }
        }
    };
}
use verdict;

impl BaseResponse {
    /// The verdict of a body that must have one: without it, it is a body of
    /// something else.
    fn required(endpoint: Endpoint, base: Option<Self>) -> Result<Self, DecodeError> {
        base.ok_or(DecodeError::new(endpoint, "a member BaseResponse", 0))
    }
}

/// `https://HOST/cgi-bin/mmwebwx-bin/NAME?QUERY`.
fn path(host: &str, endpoint: Endpoint, query: Query) -> String {
    [
        "https://",
        host,
        ROOT,
        endpoint.name(),
        "?",
        &query.into_string(),
    ]
    .concat()
}

/// A request without a body.
fn get(url: String) -> Request<Bytes> {
    request(Method::GET, url, Bytes::new())
}

/// A download that leaves out the first `offset` bytes.
fn get_from(url: String, offset: u64) -> Request<Bytes> {
    if offset > 0 {
        get_range(url, offset)
    } else {
        get(url)
    }
}

/// The same, by a range even if nothing is left out.
fn get_range(url: String, offset: u64) -> Request<Bytes> {
    let mut request = get(url);
    header(&mut request, RANGE, format!("bytes={offset}-"));
    request
}

/// A request with a JSON body: UTF-8 as it is, without `\u` escapes, since
/// the server shows those literally (protocol: strings we send).
fn post_json(url: String, body: &impl Serialize) -> Request<Bytes> {
    // Serialising to memory fails only for maps whose keys are not texts.
    let body = serde_json::to_vec(body).unwrap_or_default();
    let mut request = request(Method::POST, url, body.into());
    request.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/json;charset=UTF-8"),
    );
    request
}

/// Adds a header of text that was put together here.
fn header<B>(request: &mut Request<B>, name: HeaderName, value: String) {
    // Digits, hosts and boundaries are fit for one; what is not has no place in
    // a request.
    if let Ok(value) = HeaderValue::try_from(value) {
        request.headers_mut().insert(name, value);
    }
}

fn request<B>(method: Method, url: String, body: B) -> Request<B> {
    let mut request = Request::new(body);
    *request.method_mut() = method;
    // Hosts come from a known family and queries are percent-encoded, so the
    // address is well formed; were it not, the transport refuses it by name.
    *request.uri_mut() = Uri::try_from(url).unwrap_or_default();
    request
}
