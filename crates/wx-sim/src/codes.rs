//! The service's numbers, by name.

use std::fmt;

/// What became of a request: `Ret` of a BaseResponse, `retcode` of `synccheck`,
/// `ret` of the login page, `code` of the scripts before it. (protocol:
/// retcode / Ret)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ret(pub(crate) i32);

impl Ret {
    pub(crate) const OK: Self = Self(0);
    pub(crate) const SYSTEM_ERROR: Self = Self(-1);
    pub(crate) const PARAMETER_ERROR: Self = Self(1);
    /// There is no such session, or the phone ended it.
    pub(crate) const LOGGED_OUT: Self = Self(1100);
    /// Another login replaced the session.
    pub(crate) const REPLACED: Self = Self(1101);
    pub(crate) const COOKIE_INVALID: Self = Self(1102);
    /// The account may not log in on the web.
    pub(crate) const LOGIN_REFUSED: Self = Self(1203);
    /// The receiver is no friend.
    pub(crate) const NO_FRIEND: Self = Self(1204);
    pub(crate) const TOO_OFTEN: Self = Self(1205);
}

impl fmt::Display for Ret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// `MsgType`. (protocol: type numbers)
pub(crate) mod msg_type {
    pub(crate) const TEXT: u32 = 1;
    pub(crate) const IMAGE: u32 = 3;
    pub(crate) const VOICE: u32 = 34;
    pub(crate) const FRIEND_REQUEST: u32 = 37;
    pub(crate) const CARD: u32 = 42;
    pub(crate) const VIDEO: u32 = 43;
    pub(crate) const EMOTICON: u32 = 47;
    /// Sent as it is; received as a text with this `SubMsgType`.
    pub(crate) const LOCATION: u32 = 48;
    pub(crate) const APP: u32 = 49;
    pub(crate) const STATUS_NOTIFY: u32 = 51;
    /// Only sent: it comes back as a video.
    pub(crate) const SMALL_VIDEO: u32 = 62;
    pub(crate) const SYSTEM: u32 = 10000;
    pub(crate) const REVOKE: u32 = 10002;
}

/// `AppMsgType` of messages of type 49. (protocol: type numbers)
pub(crate) mod app_msg_type {
    pub(crate) const LINK: u32 = 5;
    pub(crate) const FILE: u32 = 6;
    pub(crate) const TRANSFER: u32 = 2000;
}

/// `StatusNotifyCode`. (protocol: status notify)
pub(crate) mod notify_code {
    /// A chat was opened on the phone.
    pub(crate) const ENTER_SESSION: u32 = 2;
    /// The client is ready.
    pub(crate) const INITED: u32 = 3;
    /// The chats that the phone shows.
    pub(crate) const SYNC_CONV: u32 = 4;
    /// A chat was closed on the phone.
    pub(crate) const QUIT_SESSION: u32 = 5;
}

/// `selector` of `synccheck`. (protocol: selector)
pub(crate) mod selector {
    pub(crate) const NOTHING: i32 = 0;
    pub(crate) const MESSAGE: i32 = 2;
    /// A contact changed.
    pub(crate) const CONTACT: i32 = 4;
    /// A contact came or went.
    pub(crate) const ROSTER: i32 = 6;
    /// A chat was opened or closed on the phone.
    pub(crate) const PHONE: i32 = 7;
}
