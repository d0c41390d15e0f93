//! An error as it is told: an object for programs, advice for people.

use serde::Serialize;
use wx_client::{Error as ClientError, ErrorKind};

use super::{Candidate, Error};
use crate::human;

/// An error as it is serialised.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct Report<'a> {
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoint: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ret: Option<i64>,
    message: String,
    transient: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_msg_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_ms: Option<u64>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    candidates: &'a [Candidate],
}

impl Error {
    fn kind(&self) -> String {
        let kind = match self {
            Self::Client(error) => return human::word(&error.kind()),
            Self::NotLoggedIn { .. } => "not_logged_in",
            Self::Ended { .. } => "ended",
            Self::Refused { .. } => "refused",
            Self::Usage(_)
            | Self::Ambiguous { .. }
            | Self::NoGroup(_)
            | Self::Stdin(_)
            | Self::Unfit(_) => "usage",
            Self::Decode(_) => "decode",
            Self::Io { .. } | Self::Closed => "io",
            Self::TimedOut(_) => "timed_out",
            Self::Unreachable(_) => "network",
            Self::Interrupted(_) | Self::GivenUp(_) => "interrupted",
            Self::Unwell(_) | Self::Failed(_) | Self::Trace(_) => "failed",
        };
        kind.to_owned()
    }

    /// The error as one JSON object, with a line of its own.
    #[must_use]
    pub fn json(&self) -> String {
        #[derive(Serialize)]
        struct Line<'a> {
            error: Report<'a>,
        }
        crate::output::json(&Line {
            error: self.report(),
        })
    }

    /// What programs are told.
    #[must_use]
    pub fn report(&self) -> Report<'_> {
        let client = match self {
            Self::Client(error) => Some(error),
            _ => None,
        };
        let ret = match self {
            Self::Ended { ret, .. } | Self::Refused { ret, .. } => Some(*ret),
            _ => client.and_then(ClientError::ret).map(|ret| ret.0),
        };
        let candidates = match self {
            Self::Ambiguous { candidates, .. } => candidates.as_slice(),
            _ => &[],
        };
        let decode = match self {
            Self::Decode(wx_wire::facts::Error::Decode {
                endpoint,
                expected,
                offset,
                ..
            }) => Some((*endpoint, *expected, *offset)),
            _ => None,
        };
        Report {
            kind: self.kind(),
            endpoint: decode.map(|(endpoint, ..)| endpoint),
            expected: decode.map(|(_, expected, _)| expected),
            offset: decode.map(|(.., offset)| offset),
            ret: ret.filter(|&ret| ret != 0),
            message: self.message(),
            transient: matches!(self, Self::Unreachable(_))
                || client.is_some_and(ClientError::is_transient),
            client_msg_id: client.and_then(|e| e.client_msg_id()).map(|id| id.as_str()),
            retry_after_ms: client
                .and_then(ClientError::retry_after)
                .map(|pause| u64::try_from(pause.as_millis()).unwrap_or(u64::MAX)),
            candidates,
        }
    }

    /// What to do about it, for people.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        const LOG_IN: &str = "log in: wx login";
        const LOG_IN_AGAIN: &str = "log in again: wx login";
        const NETWORK: &str =
            "check the network, --proxy and --ca-file, then try again; wx doctor tells more";
        match self {
            Self::Client(error) => match error.kind() {
                ErrorKind::NotLoggedIn => LOG_IN,
                ErrorKind::Ended => LOG_IN_AGAIN,
                ErrorKind::Locked => {
                    "one login or listen at a time; the other commands work beside it"
                }
                ErrorKind::Network => NETWORK,
                ErrorKind::NoSuchContact => {
                    "wx contacts lists whom you can name; with --find PART, those with that in a name"
                }
                ErrorKind::Usage => "nothing was done; --help of the command says what is allowed",
                ErrorKind::File => {
                    "check the path, its permissions and the disk; download and avatar replace a file with --force"
                }
                ErrorKind::Config => "see the options in wx --help",
                ErrorKind::Decode => "try again; if it happens again, report it with what -vv says",
                ErrorKind::Cancelled | ErrorKind::Stopped => "try again with -v to see more",
                kind => kind.remedy(),
            },
            Self::Refused { .. } => {
                "that is the server's decision: web login is closed to many accounts; see the README"
            }
            Self::NotLoggedIn { again: false, .. } => LOG_IN,
            Self::NotLoggedIn { .. } | Self::Ended { .. } | Self::TimedOut(_) => LOG_IN_AGAIN,
            Self::Unreachable(_) => NETWORK,
            Self::Ambiguous { .. } => "use the user name (@…) of the one you mean",
            Self::NoGroup(_) => "wx contacts --kind group lists those there are",
            Self::Usage(_) => "see the options in wx --help",
            Self::Stdin(_) => "for example: wx listen --json --raw --max 1 | wx …",
            Self::Unfit(_) => "nothing was sent: name a file that can be read",
            Self::Trace(_) => {
                "a trace is what --record FILE writes, and is read by the same version"
            }
            Self::Unwell(_) => "the lines with ✗ say what is wrong",
            Self::Decode(_) => "is it of that kind? mangled tries all of them",
            Self::Io { .. } => "check that it is there and may be used",
            Self::Closed | Self::Interrupted(_) | Self::GivenUp(_) | Self::Failed(_) => {
                "try again with -v to see more"
            }
        }
    }
}
