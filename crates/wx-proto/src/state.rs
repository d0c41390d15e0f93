//! The state of a session: a value to watch, beside the events.

use serde::Serialize;
use wx_wire::id::QrUuid;

use crate::event::{CloseReason, How};
use crate::saved::Account;

/// The state of a session. Match with `..`, since states gain facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
#[non_exhaustive]
pub enum State {
    /// The login is under way.
    #[non_exhaustive]
    LoggingIn {
        /// How far.
        step: LoginStep,
    },
    /// Attached to a saved session, for commands only.
    Attached {},
    /// Online and polling.
    #[non_exhaustive]
    Online {
        /// Your own account.
        account: Account,
        /// The base host.
        host: String,
        /// How the login was made.
        how: How,
        /// When the session began, in Unix seconds.
        since: u64,
        /// Set while the service cannot be reached.
        #[serde(skip_serializing_if = "Option::is_none")]
        outage: Option<Outage>,
    },
    /// Stopped by the application. The session can be resumed.
    Closed {},
    /// Another owner has taken over the account; nothing more is sent.
    Frozen {},
    /// Over.
    #[non_exhaustive]
    Ended {
        /// Why.
        reason: CloseReason,
    },
}

/// The service cannot be reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Outage {
    /// For people.
    pub reason: String,
    /// Unix time in seconds.
    pub since: u64,
}

/// How far a login has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
#[non_exhaustive]
pub enum LoginStep {
    /// The service has been asked for a session or a code.
    Starting {},
    /// A QR code waits to be scanned.
    #[non_exhaustive]
    AwaitScan {
        /// Its uuid.
        uuid: QrUuid,
        /// Its content.
        url: String,
    },
    /// The login waits for the confirmation on the phone.
    #[non_exhaustive]
    AwaitConfirm {
        /// The uuid that is polled for.
        uuid: QrUuid,
    },
    /// Confirmed; the session is being opened.
    Opening {},
}
