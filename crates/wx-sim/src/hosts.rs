//! The host families of the protocol.

use serde::Deserialize;

/// A family of hosts: the one that a login is redirected to serves the whole
/// session. (protocol: host families)
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Family {
    /// wx.qq.com
    Wx,
    /// wx2.qq.com
    #[default]
    Wx2,
    /// wx8.qq.com
    Wx8,
    /// web.wechat.com
    Web,
    /// web2.wechat.com
    Web2,
}

/// Login hosts that belong to no family or to all.
const COMMON_LOGIN_HOSTS: [&str; 1] = ["login.weixin.qq.com"];

impl Family {
    /// All families.
    pub const ALL: [Self; 5] = [Self::Wx, Self::Wx2, Self::Wx8, Self::Web, Self::Web2];

    /// The host of `redirect_uri` and of most calls.
    #[must_use]
    pub const fn base_host(self) -> &'static str {
        match self {
            Self::Wx => "wx.qq.com",
            Self::Wx2 => "wx2.qq.com",
            Self::Wx8 => "wx8.qq.com",
            Self::Web => "web.wechat.com",
            Self::Web2 => "web2.wechat.com",
        }
    }

    /// The host of `jslogin` and the login poll.
    #[must_use]
    pub fn login_host(self) -> String {
        format!("login.{}", self.base_host())
    }

    /// The host of uploads and of received files.
    #[must_use]
    pub fn file_host(self) -> String {
        format!("file.{}", self.base_host())
    }

    /// The host of `synccheck`.
    #[must_use]
    pub fn push_host(self) -> String {
        format!("webpush.{}", self.base_host())
    }

    /// The domain of `webwx_data_ticket`, shared by a family's hosts.
    pub(crate) const fn shared_domain(self) -> &'static str {
        match self {
            Self::Wx | Self::Wx2 | Self::Wx8 => ".qq.com",
            Self::Web | Self::Web2 => ".wechat.com",
        }
    }
}

/// Every host name that the service answers for.
#[must_use]
pub fn all_hosts() -> Vec<String> {
    let families = Family::ALL.into_iter().flat_map(|family| {
        [
            family.base_host().to_owned(),
            family.login_host(),
            family.file_host(),
            family.push_host(),
        ]
    });
    families
        .chain(COMMON_LOGIN_HOSTS.map(str::to_owned))
        .collect()
}

/// Whether logins begin at this host: before the family is known, any login
/// host serves.
pub(crate) fn is_login_host(host: &str) -> bool {
    COMMON_LOGIN_HOSTS.contains(&host) || Family::ALL.into_iter().any(|f| f.login_host() == host)
}

/// Whether the host is the base host of some family.
pub(crate) fn is_base_host(host: &str) -> bool {
    Family::ALL.into_iter().any(|f| f.base_host() == host)
}
