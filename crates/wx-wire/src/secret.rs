//! Values that open an account. They print as `<redacted>` and are wiped from
//! memory when dropped; [`expose`](Sid::expose) is the one way to the text.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// What a secret prints as.
pub const REDACTED: &str = "<redacted>";

macro_rules! secret {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the text over as it is.
            #[must_use]
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The secret itself, to be put into a request or a private file.
            #[must_use]
            pub fn expose(&self) -> &str {
                &self.0
            }

            /// True if the server gave none.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                self.0.is_empty()
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(REDACTED)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(REDACTED)
            }
        }

        impl Drop for $name {
            fn drop(&mut self) {
                self.0.zeroize();
            }
        }

        impl ZeroizeOnDrop for $name {}
    };
}

secret! {
    /// The session's number (`wxsid`). May hold `/` and `+`.
    Sid
}
secret! {
    /// The session's key (`@crypt_…`). Replaced by webwxinit and, now and
    /// then, by webwxsync.
    Skey
}
secret! {
    /// The login's ticket, percent-encoded as the server wrote it.
    PassTicket
}
secret! {
    /// The cookie `webwx_data_ticket`, which uploads and file downloads carry
    /// in their parameters.
    DataTicket
}
secret! {
    /// `AESKey` of webwxcheckupload, which the pieces of a large file carry.
    UploadKey
}
secret! {
    /// `Signature` of webwxcheckupload, which the pieces of a large file and
    /// the message that names it carry.
    UploadSignature
}
secret! {
    /// What a friend request is accepted with.
    FriendTicket
}
secret! {
    /// The key that a picture is encrypted with on the service's servers, in
    /// hex.
    MediaKey
}
secret! {
    /// The address with the one-use ticket that a confirmed scan gives.
    TicketUrl
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_nothing_of_itself() {
        let sid = Sid::new("pa/9d06Gz+f5OtcYq");
        assert_eq!(
            format!("{sid} {sid:?} {:?}", Some(&sid)),
            "<redacted> <redacted> Some(<redacted>)"
        );
    }

    #[test]
    fn survives_storage() {
        let json = serde_json::to_string(&Skey::new("@crypt_1_2")).unwrap();
        assert_eq!(json, r#""@crypt_1_2""#);
        assert_eq!(
            serde_json::from_str::<Skey>(&json).unwrap().expose(),
            "@crypt_1_2"
        );
    }
}
