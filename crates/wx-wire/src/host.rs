//! Host families: the login, file and push hosts that belong to a base host
//! (protocol: host families).

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a login starts, before its family is known.
pub const LOGIN_HOST: &str = "login.wx.qq.com";
/// The host of QR codes' content and pictures.
pub const QR_HOST: &str = "login.weixin.qq.com";
/// The base host that jslogin's `redirect_uri` names.
pub const DEFAULT_BASE: &str = "wx.qq.com";

/// Base hosts that the service is known to use.
const BASES: [&str; 5] = [
    "wx.qq.com",
    "wx2.qq.com",
    "wx8.qq.com",
    "web.wechat.com",
    "web2.wechat.com",
];

/// The hosts of one session: those of a known family, chosen by the host to
/// which a confirmed login redirects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Hosts {
    base: Cow<'static, str>,
}

impl Hosts {
    /// The family of a redirect's host, if it is one of the known five.
    ///
    /// `None` for anything else, even a sub or super domain of them: a client
    /// must not send an account's keys there.
    #[must_use]
    pub fn of(host: &str) -> Option<Self> {
        Self::known().find(|known| known.base.eq_ignore_ascii_case(host))
    }

    /// The known families.
    pub fn known() -> impl Iterator<Item = Self> {
        BASES.into_iter().map(|base| Self {
            base: Cow::Borrowed(base),
        })
    }

    /// A family around a base host of the caller's own choice.
    #[must_use]
    pub fn custom(base: impl Into<String>) -> Self {
        let base = base.into();
        Self::of(&base).unwrap_or(Self {
            base: Cow::Owned(base),
        })
    }

    /// Host of most calls, for example `wx2.qq.com`.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Host of login polls.
    #[must_use]
    pub fn login(&self) -> String {
        format!("login.{}", self.base)
    }

    /// Host of uploads and file downloads.
    #[must_use]
    pub fn file(&self) -> String {
        format!("file.{}", self.base)
    }

    /// Host of the long poll.
    #[must_use]
    pub fn push(&self) -> String {
        format!("webpush.{}", self.base)
    }
}

impl Default for Hosts {
    fn default() -> Self {
        Self {
            base: Cow::Borrowed(DEFAULT_BASE),
        }
    }
}

impl From<String> for Hosts {
    fn from(base: String) -> Self {
        Self::custom(base)
    }
}

impl From<Hosts> for String {
    fn from(hosts: Hosts) -> Self {
        hosts.base.into_owned()
    }
}

impl fmt::Display for Hosts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_five_families_are_known() {
        // protocol.md's table of host families.
        for (base, file, push) in [
            ("wx.qq.com", "file.wx.qq.com", "webpush.wx.qq.com"),
            ("wx2.qq.com", "file.wx2.qq.com", "webpush.wx2.qq.com"),
            ("wx8.qq.com", "file.wx8.qq.com", "webpush.wx8.qq.com"),
            (
                "web.wechat.com",
                "file.web.wechat.com",
                "webpush.web.wechat.com",
            ),
            (
                "web2.wechat.com",
                "file.web2.wechat.com",
                "webpush.web2.wechat.com",
            ),
        ] {
            let hosts = Hosts::of(base).unwrap();
            assert_eq!((hosts.base(), hosts.file().as_str()), (base, file));
            assert_eq!(hosts.push(), push);
        }
        assert_eq!(Hosts::known().count(), 5);
    }

    #[test]
    fn neighbours_of_the_families_are_strangers() {
        for host in [
            "qq.com",
            "wx2.qq.com.evil.example",
            "a.wx2.qq.com",
            "wx3.qq.com",
            "",
        ] {
            assert_eq!(Hosts::of(host), None, "{host}");
        }
    }
}
