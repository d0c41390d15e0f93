//! The one error type of this crate. It says whose fault an error is, and whether
//! trying again may help.

use std::fmt;
use std::time::Duration;

use wx_proto::CommandError;
use wx_proto::command::Rejected;
use wx_proto::event::{Cause, CloseReason};
use wx_proto::forward::NotForwardable;
use wx_proto::media::NoMedia;
use wx_proto::roster::Unresolved;
use wx_transport::Phase;
use wx_wire::code::Ret;
use wx_wire::id::ClientMsgId;

use crate::store::StoreError;

mod kind;

pub use kind::{ErrorKind, Origin};

/// What went wrong, and all that is known about it. It holds no secrets.
///
/// `Display` says what happened; what it was caused by is behind `source`, and
/// [`Chain`](crate::Chain) shows both in one line.
pub struct Error {
    kind: ErrorKind,
    message: String,
    ret: Option<Ret>,
    cause: Option<Cause>,
    client_msg_id: Option<ClientMsgId>,
    rejected: Option<Box<Rejected>>,
    retry_after: Option<Duration>,
    transient: bool,
    below: Option<Below>,
}

/// What an error was caused by.
enum Below {
    /// It says something that the error itself does not.
    Cause(BoxedError),
    /// The error says what this one says, whose causes are thus the error's.
    Same(BoxedError),
}

impl Below {
    fn debug(&self) -> &dyn fmt::Debug {
        match self {
            Self::Cause(error) | Self::Same(error) => error,
        }
    }
}

type BoxedError = Box<dyn std::error::Error + Send + Sync>;

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            ret: None,
            cause: None,
            client_msg_id: None,
            rejected: None,
            retry_after: None,
            transient: false,
            below: None,
        }
    }

    /// The core reported an outcome that does not fit its command.
    pub(crate) fn unexpected() -> Self {
        Self::new(
            ErrorKind::Unknown,
            "its outcome is not known, by a defect of this library",
        )
    }

    pub(crate) fn stopped() -> Self {
        Self::new(ErrorKind::Stopped, "the client has stopped")
    }

    /// A local file failed.
    pub(crate) fn file(message: impl Into<String>, source: std::io::Error) -> Self {
        Self {
            below: Some(Below::Cause(source.into())),
            ..Self::new(ErrorKind::File, message)
        }
    }

    /// A setting of this name makes no sense.
    pub(crate) fn setting(name: &str, source: wx_transport::Error) -> Self {
        Self {
            transient: source.is_transient(),
            below: Some(Below::Cause(source.into())),
            ..Self::new(ErrorKind::Config, name)
        }
    }

    /// The same error, with an addition to its text.
    pub(crate) fn note(mut self, words: &str) -> Self {
        self.message.push_str(words);
        self
    }

    pub(crate) fn cancelled() -> Self {
        Self::new(ErrorKind::Cancelled, "given up")
    }

    pub(crate) fn taken_over() -> Self {
        Self::new(
            ErrorKind::Locked,
            "another process has taken over the account",
        )
    }

    /// What went wrong. [`ErrorKind::origin`] says whose fault that is, and
    /// [`ErrorKind::remedy`] what to do about it.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The server's code, if it gave one.
    #[must_use]
    pub fn ret(&self) -> Option<Ret> {
        self.ret
    }

    /// Who or what ended the session, if it ended.
    #[must_use]
    pub fn cause(&self) -> Option<Cause> {
        self.cause
    }

    /// The client's number for the message, if the message may have gone out.
    #[must_use]
    pub fn client_msg_id(&self) -> Option<&ClientMsgId> {
        self.client_msg_id.as_ref()
    }

    /// Why the command was rejected at once, if it was.
    #[must_use]
    pub fn rejected(&self) -> Option<&Rejected> {
        self.rejected.as_deref()
    }

    /// How long to wait before trying again, if the server throttles.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// True if the same call may succeed later. [`ErrorKind::Unknown`] is never
    /// transient: sending the message again could double it.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.transient
    }
}

/// What is known, and not what is not: a `main` that returns an error prints it
/// so.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = f.debug_struct("Error");
        parts.field("kind", &self.kind);
        parts.field("message", &self.message);
        let optional: [(&str, Option<&dyn fmt::Debug>); 6] = [
            ("ret", self.ret.as_ref().map(|ret| ret as _)),
            ("cause", self.cause.as_ref().map(|cause| cause as _)),
            (
                "client_msg_id",
                self.client_msg_id.as_ref().map(|id| id as _),
            ),
            (
                "rejected",
                self.rejected.as_ref().map(|rejected| rejected as _),
            ),
            (
                "retry_after",
                self.retry_after.as_ref().map(|after| after as _),
            ),
            ("source", self.below.as_ref().map(Below::debug)),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                parts.field(name, value);
            }
        }
        parts.field("transient", &self.transient).finish()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self.below.as_ref()? {
            Below::Cause(cause) => Some(cause.as_ref()),
            Below::Same(error) => error.source(),
        }
    }
}

impl From<CommandError> for Error {
    fn from(error: CommandError) -> Self {
        let message = error.to_string();
        let of = |kind| Self::new(kind, message.clone());
        match error {
            CommandError::Refused { ret, message, .. } if ret.ends_session() => {
                CloseReason::by_server(ret, message).into()
            }
            CommandError::Refused { ret, .. } => Self {
                ret: Some(ret),
                ..of(ErrorKind::Refused)
            },
            CommandError::Throttled { retry_after_ms, .. } => Self {
                ret: Some(Ret::TOO_OFTEN),
                transient: true,
                retry_after: Some(Duration::from_millis(retry_after_ms)),
                ..of(ErrorKind::Throttled)
            },
            CommandError::Unknown { client_msg_id, .. } => Self {
                client_msg_id: Some(client_msg_id),
                ..of(ErrorKind::Unknown)
            },
            CommandError::NotSent { .. } => Self {
                transient: true,
                ..of(ErrorKind::NotSent)
            },
            CommandError::NotStored { .. } => of(ErrorKind::Store),
            CommandError::Failed { .. } => Self {
                transient: true,
                ..of(ErrorKind::Network)
            },
            CommandError::Decode { .. } => of(ErrorKind::Decode),
            CommandError::Missing { .. } => of(ErrorKind::Missing),
            CommandError::Ended { reason, .. } => reason.into(),
            CommandError::Cancelled {} => Self::cancelled(),
            _ => of(ErrorKind::Stopped),
        }
    }
}

impl From<CloseReason> for Error {
    fn from(reason: CloseReason) -> Self {
        let kind = match reason.cause {
            Cause::NoSession => ErrorKind::NotLoggedIn,
            _ => ErrorKind::Ended,
        };
        Self {
            ret: (!reason.ret.is_ok()).then_some(reason.ret),
            cause: Some(reason.cause),
            ..Self::new(kind, reason.to_string())
        }
    }
}

impl From<Rejected> for Error {
    fn from(rejected: Rejected) -> Self {
        let kind = match rejected {
            Rejected::NotOnline {} => ErrorKind::NotLoggedIn,
            Rejected::TooLarge { .. } => ErrorKind::TooLarge,
            _ => ErrorKind::Usage,
        };
        Self {
            transient: matches!(rejected, Rejected::Full { .. }),
            rejected: Some(Box::new(rejected.clone())),
            ..Self::new(kind, rejected.to_string())
        }
    }
}

impl From<NoMedia> for Error {
    fn from(error: NoMedia) -> Self {
        Self::new(ErrorKind::Usage, error.to_string())
    }
}

impl From<NotForwardable> for Error {
    fn from(error: NotForwardable) -> Self {
        Self::new(ErrorKind::Usage, error.to_string())
    }
}

impl From<Unresolved> for Error {
    fn from(unresolved: Unresolved) -> Self {
        let kind = match unresolved {
            Unresolved::Nobody { .. } => ErrorKind::NoSuchContact,
            _ => ErrorKind::Usage,
        };
        Self::new(kind, unresolved.to_string())
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        let kind = match error {
            StoreError::Locked(_) | StoreError::Fenced(_) => ErrorKind::Locked,
            StoreError::Unsupported(_) => ErrorKind::Unsupported,
            _ => ErrorKind::Store,
        };
        Self {
            transient: may_pass(&error),
            message: error.to_string(),
            below: Some(Below::Same(error.into())),
            ..Self::new(kind, "")
        }
    }
}

impl From<wx_transport::Error> for Error {
    fn from(error: wx_transport::Error) -> Self {
        let kind = match error.phase() {
            Phase::Config => ErrorKind::Config,
            Phase::Restore => ErrorKind::Store,
            _ => ErrorKind::Network,
        };
        Self {
            transient: error.is_transient(),
            message: error.to_string(),
            below: Some(Below::Same(error.into())),
            ..Self::new(kind, "")
        }
    }
}

/// True for errors that a store may recover from: a full disk, but not a file
/// in the place of a folder.
fn may_pass(error: &StoreError) -> bool {
    use std::io::ErrorKind as Io;
    match error {
        StoreError::Transient { source, .. } => !source.as_ref().is_some_and(|source| {
            matches!(
                source.kind(),
                Io::NotADirectory
                    | Io::IsADirectory
                    | Io::PermissionDenied
                    | Io::ReadOnlyFilesystem
            )
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use wx_transport::Chain;

    use super::*;

    #[test]
    fn only_what_is_known_is_shown() {
        let error: Error = CloseReason::by_server(Ret::OTHER_LOGIN, "kicked").into();
        assert_eq!(
            format!("{error:?}"),
            "Error { kind: Ended, message: \"kicked (code 1101)\", ret: Ret(1101), \
             cause: OtherLogin, transient: false }"
        );
    }

    #[test]
    fn an_error_of_the_transport_is_of_its_step() {
        let cookies = wx_transport::Jar::restore(b"no snapshot").unwrap_err();
        assert_eq!(Error::from(cookies).kind(), ErrorKind::Store);
        let address = "nowhere".parse::<wx_transport::HostPort>().unwrap_err();
        assert_eq!(Error::from(address).kind(), ErrorKind::Config);
    }

    #[test]
    fn what_an_error_says_its_causes_do_not_say_again() {
        let broken = || std::io::Error::other("broken");
        let store: Error = StoreError::io("cannot write /a/session", broken()).into();
        let settings = wx_transport::Config::default().add_roots_pem(b"x");
        let settings = Error::setting("WX_CA_FILE", settings.unwrap_err());
        for (error, said, chain) in [
            (
                Error::file("cat.jpg cannot be read", broken()),
                "cat.jpg cannot be read",
                "cat.jpg cannot be read: broken",
            ),
            (
                store,
                "cannot write /a/session",
                "cannot write /a/session: broken",
            ),
            (
                settings,
                "WX_CA_FILE",
                "WX_CA_FILE: the configuration or the request cannot be used: \
                 the PEM file holds no certificate",
            ),
        ] {
            assert_eq!(error.to_string(), said);
            // What other reporters make of it.
            let causes = std::iter::successors(std::error::Error::source(&error), |e| e.source());
            let each = causes.fold(said.to_owned(), |all, cause| format!("{all}: {cause}"));
            assert_eq!(each, chain);
            assert_eq!(Chain(&error).to_string(), chain);
        }
    }
}
