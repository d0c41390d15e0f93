//! The server's numeric codes as newtypes with constants, so that an unknown
//! code survives as what it is.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! code {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $value:literal,)* }) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl $name {
            $($(#[$vdoc])* pub const $variant: Self = Self($value);)*
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

code! {
    /// The server's verdict on a request (protocol: retcode / Ret).
    Ret {
        /// Done.
        OK = 0,
        /// System error: ask again, slowly.
        SYSTEM_ERROR = -1,
        /// Logic error.
        LOGIC_ERROR = -2,
        /// The ticket is wrong: initialise again.
        TICKET_ERROR = -14,
        /// A parameter is wrong.
        PARAMETER_ERROR = 1,
        /// The session does not exist: logged out on the phone.
        LOGGED_OUT = 1100,
        /// The session is invalid: logged in elsewhere.
        OTHER_LOGIN = 1101,
        /// The cookies are invalid.
        COOKIE_INVALID = 1102,
        /// Logging in is not allowed to this account or from this place.
        LOGIN_REFUSED = 1203,
        /// The receiver is not a friend, or is the account itself.
        NOT_A_FRIEND = 1204,
        /// Too often: wait.
        TOO_OFTEN = 1205,
        /// Of a new group or new members: some were not taken in. The official
        /// page treats it as done.
        GROUP_PARTLY = -2013,
    }
}

impl Ret {
    /// True for success.
    #[must_use]
    pub fn is_ok(self) -> bool {
        self == Self::OK
    }

    /// True for the three codes by which the server ends a session.
    #[must_use]
    pub fn ends_session(self) -> bool {
        matches!(
            self,
            Self::LOGGED_OUT | Self::OTHER_LOGIN | Self::COOKIE_INVALID
        )
    }

    /// What a refusal means, for people, where the server gives no sentence of
    /// its own; `None` for success and for codes that nobody has explained.
    #[must_use]
    pub const fn meaning(self) -> Option<&'static str> {
        Some(match self {
            Self::SYSTEM_ERROR => "the service failed",
            Self::LOGIC_ERROR => "the request does not fit the state of things",
            Self::TICKET_ERROR => "a ticket is wrong, or from an older login",
            Self::PARAMETER_ERROR => "a parameter is wrong",
            Self::LOGGED_OUT => "the session was ended on the phone",
            Self::OTHER_LOGIN => "another web or desktop login ended the session",
            Self::COOKIE_INVALID => "the server no longer accepts the session's cookies",
            Self::LOGIN_REFUSED => "web login is closed to this account, or from this place",
            Self::NOT_A_FRIEND => {
                "the receiver is not a friend, or is yourself, or is a name from an older login"
            }
            Self::TOO_OFTEN => "too often: wait before the next",
            Self::GROUP_PARTLY => "some people were not added to the group",
            _ => return None,
        })
    }
}

code! {
    /// What synccheck says is new. Everything but 0 means: call webwxsync
    /// (protocol: selector).
    Selector {
        /// Nothing.
        NOTHING = 0,
        /// A message.
        MESSAGE = 2,
        /// A contact's name.
        CONTACT = 4,
        /// A friend came or went.
        FRIENDS = 6,
        /// A chat was opened or left on the phone.
        CHAT = 7,
    }
}

code! {
    /// The answer of a login poll (protocol: login codes).
    LoginCode {
        /// The answer held no code at all, for example an empty body.
        NONE = 0,
        /// Confirmed on the phone.
        CONFIRMED = 200,
        /// Scanned, not yet confirmed.
        SCANNED = 201,
        /// Cancelled on the phone.
        CANCELLED = 202,
        /// The QR code has expired.
        EXPIRED = 400,
        /// Nothing happened while the poll was held.
        WAITING = 408,
        /// The server failed; the QR code is dead.
        SERVER_ERROR = 500,
    }
}

impl LoginCode {
    /// True if the QR code cannot be used any more and a new one is due. 402,
    /// 403 and 405 were never captured, but clients list them as such.
    #[must_use]
    pub fn is_dead(self) -> bool {
        matches!(self.0, 0 | 400 | 402 | 403 | 405 | 500)
    }
}

code! {
    /// A message's type (protocol: MsgType).
    MsgType {
        /// Text; with sub type 48 a location.
        TEXT = 1,
        /// Picture.
        IMAGE = 3,
        /// Voice.
        VOICE = 34,
        /// Friend request.
        FRIEND_REQUEST = 37,
        /// Somebody one may know.
        POSSIBLE_FRIEND = 40,
        /// Name card.
        CARD = 42,
        /// Video.
        VIDEO = 43,
        /// Emoticon.
        EMOTICON = 47,
        /// Location.
        LOCATION = 48,
        /// Link, file, mini program …: see the application type.
        APP = 49,
        /// Call.
        VOIP = 50,
        /// Status notify: news of the phone, for clients and not for people.
        STATUS_NOTIFY = 51,
        /// End of a call.
        VOIP_END = 52,
        /// Invitation to a call.
        VOIP_INVITE = 53,
        /// Small video.
        SMALL_VIDEO = 62,
        /// System notice to be dropped.
        SYSTEM_NOTICE = 9999,
        /// System text.
        SYSTEM = 10000,
        /// Recall, and other system XML.
        SYSTEM_XML = 10002,
    }
}

code! {
    /// What an application message is (protocol: AppMsgType).
    AppMsgType {
        /// Text.
        TEXT = 1,
        /// Picture.
        IMAGE = 2,
        /// Music.
        MUSIC = 3,
        /// Video.
        VIDEO = 4,
        /// Link.
        LINK = 5,
        /// File.
        FILE = 6,
        /// Something to open in an application.
        OPEN = 7,
        /// Emoticon.
        EMOJI = 8,
        /// Live location.
        REALTIME_LOCATION = 17,
        /// Several messages forwarded as one.
        MERGED = 19,
        /// Mini program.
        MINI_PROGRAM = 33,
        /// Mini program, in its other form.
        MINI_PROGRAM_LINK = 36,
        /// Reply to a message, which it quotes.
        QUOTE = 57,
        /// File whose upload has only begun; one of type 6 follows.
        FILE_ANNOUNCED = 74,
        /// Transfer of money.
        TRANSFER = 2000,
        /// Red packet.
        RED_PACKET = 2001,
    }
}

code! {
    /// What a status notify tells (protocol: status notify).
    StatusNotifyCode {
        /// A chat was read.
        READ = 1,
        /// A chat was opened.
        ENTER_SESSION = 2,
        /// A web client has initialised.
        INITED = 3,
        /// The phone's list of recent chats.
        SYNC_CONVERSATIONS = 4,
        /// A chat was left.
        QUIT_SESSION = 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_that_is_explained_is_a_refusal() {
        assert_eq!(Ret::OK.meaning(), None);
        assert_eq!(Ret(4711).meaning(), None);
        assert_eq!(
            Ret::LOGIN_REFUSED.meaning(),
            Some("web login is closed to this account, or from this place")
        );
    }
}
