//! One module per server path, each with its request and its response.

use std::fmt;

/// A server path that the client calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Endpoint {
    /// `/jslogin`
    Jslogin,
    /// `/cgi-bin/mmwebwx-bin/login`
    Login,
    /// `/cgi-bin/mmwebwx-bin/webwxnewloginpage`
    NewLoginPage,
    /// `/cgi-bin/mmwebwx-bin/webwxpushloginurl`
    PushLoginUrl,
    /// `/cgi-bin/mmwebwx-bin/webwxinit`
    Init,
    /// `/cgi-bin/mmwebwx-bin/webwxstatusnotify`
    StatusNotify,
    /// `/cgi-bin/mmwebwx-bin/webwxgetcontact`
    GetContact,
    /// `/cgi-bin/mmwebwx-bin/webwxbatchgetcontact`
    BatchGetContact,
    /// `/cgi-bin/mmwebwx-bin/synccheck`
    SyncCheck,
    /// `/cgi-bin/mmwebwx-bin/webwxsync`
    Sync,
    /// `/cgi-bin/mmwebwx-bin/webwxsendmsg`
    SendMsg,
    /// `/cgi-bin/mmwebwx-bin/webwxlogout`
    Logout,
}

impl Endpoint {
    /// The last segment of the path, which is the name that the protocol's
    /// documents use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jslogin => "jslogin",
            Self::Login => "login",
            Self::NewLoginPage => "webwxnewloginpage",
            Self::PushLoginUrl => "webwxpushloginurl",
            Self::Init => "webwxinit",
            Self::StatusNotify => "webwxstatusnotify",
            Self::GetContact => "webwxgetcontact",
            Self::BatchGetContact => "webwxbatchgetcontact",
            Self::SyncCheck => "synccheck",
            Self::Sync => "webwxsync",
            Self::SendMsg => "webwxsendmsg",
            Self::Logout => "webwxlogout",
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
