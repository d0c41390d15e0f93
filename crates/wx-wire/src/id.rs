//! Newtypes for the identifiers of the protocol, all opaque texts but [`Uin`].
//!
//! A copy of one shares its text, or holds it itself if that is short.

use std::fmt;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(SmolStr);

        impl $name {
            /// Takes the text over as it is.
            #[must_use]
            pub fn new(text: impl AsRef<str>) -> Self {
                Self(SmolStr::new(text))
            }

            /// The identifier's text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// True if the server left the identifier out.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                self.0.is_empty()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }

        impl From<&$name> for $name {
            fn from(id: &$name) -> Self {
                id.clone()
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self::new(text)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::convert::Infallible;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Ok(Self::new(text))
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, text: &str) -> bool {
                self.as_str() == text
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, text: &&str) -> bool {
                self.as_str() == *text
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

text_id! {
    /// Name of a person (`@` + hex), a group (`@@` + hex) or a special account
    /// (`filehelper`). Valid for one login: the server issues new ones at the
    /// next (protocol: User names).
    UserName
}
text_id! {
    /// What a QR code stands for: base64-like, may hold `_`, `-` and `=`
    /// (protocol: jslogin).
    QrUuid
}
text_id! {
    /// A message's number in the server's count, as decimal text of 17 to 19
    /// digits: larger than JavaScript's integers, so never a float.
    MsgId
}
text_id! {
    /// The client's own number of a message that it sends. Sent again with the
    /// same one, a message is not doubled (protocol: strings and ids we send).
    ClientMsgId
}
text_id! {
    /// What the service calls a file that it has: some hundred characters that
    /// tell nothing (protocol: upload).
    MediaId
}
text_id! {
    /// `e` and 15 digits, drawn by the client (protocol: DeviceID).
    DeviceId
}

impl UserName {
    /// The account that takes notes and files of one's own: the safe chat to
    /// try things in.
    pub const FILE_HELPER: &'static str = "filehelper";

    /// True for a group: `@@…`, or the `…@chatroom` of the phone's protocol.
    #[must_use]
    pub fn is_room(&self) -> bool {
        is_room(self.as_str())
    }

    /// True for an account of the service itself, whose name is the same at every
    /// login.
    #[must_use]
    pub fn is_special(&self) -> bool {
        let name = self.as_str();
        // Only names that are valid for one login begin with an `@`.
        (!name.starts_with('@') && SPECIAL.contains(&name))
            || ["@qqim", "@lbsroom", "@talkroom"]
                .iter()
                .any(|ending| name.ends_with(ending))
    }
}

/// Accounts whose names are the same in every login (protocol: special
/// accounts).
const SPECIAL: [&str; 30] = [
    "blogapp",
    "blogappweixin",
    "brandsessionholder",
    "facebookapp",
    "feedsapp",
    "filehelper",
    "floatbottle",
    "fmessage",
    "gh_22b87fa7cb3c",
    "lbsapp",
    "masssendapp",
    "medianote",
    "meishiapp",
    "newsapp",
    "notification_messages",
    "officialaccounts",
    "qmessage",
    "qqfriend",
    "qqmail",
    "qqsync",
    "readerapp",
    "shakeapp",
    "tmessage",
    "userexperience_alarm",
    "voip",
    "weibo",
    "weixin",
    "weixinreminder",
    "wxid_novlwrv3lqwv11",
    "wxitil",
];

/// What [`UserName::is_room`] says of a name that is borrowed.
pub(crate) fn is_room(name: &str) -> bool {
    name.starts_with("@@") || name.ends_with("@chatroom")
}

/// An account's number. It exceeds 2^31 and is 0 for everybody but oneself
/// since 2017 (protocol: contacts).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Uin(pub u64);

impl std::str::FromStr for Uin {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl fmt::Display for Uin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_compare_with_texts_and_are_read_from_them() {
        let helper: UserName = "filehelper".parse().unwrap();
        assert_eq!(helper, UserName::FILE_HELPER);
        assert_ne!(helper, "filehelper ");
        // Larger than 2^31 (protocol: contacts).
        assert_eq!("2600111222".parse(), Ok(Uin(2_600_111_222)));
        assert!("-1".parse::<Uin>().is_err());
    }
}
