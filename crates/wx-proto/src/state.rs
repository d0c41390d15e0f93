//! Where a session stands: a value to watch, beside the events.

use serde::Serialize;
use wx_wire::id::QrUuid;

use crate::event::{CloseReason, How};
use crate::saved::Account;

/// Where a session stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
#[non_exhaustive]
pub enum State {
    /// On the way in.
    #[non_exhaustive]
    LoggingIn {
        /// How far.
        step: LoginStep,
    },
    /// Attached to a saved session, for commands only.
    Attached {},
    /// Polling.
    #[non_exhaustive]
    Online {
        /// Oneself.
        account: Account,
        /// The base host.
        host: String,
        /// Which way led in.
        how: How,
        /// Unix time in seconds.
        since: u64,
        /// Set while the service cannot be reached.
        #[serde(skip_serializing_if = "Option::is_none")]
        outage: Option<Outage>,
    },
    /// Stopped by the application; the session itself goes on.
    Closed {},
    /// Another owner has taken the account over; nothing is sent any more.
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
    /// The service is being asked.
    Starting {},
    /// A QR code waits to be scanned.
    #[non_exhaustive]
    AwaitScan {
        /// Its number.
        uuid: QrUuid,
        /// Its content.
        url: String,
    },
    /// The phone waits to be confirmed.
    #[non_exhaustive]
    AwaitConfirm {
        /// The number being polled for.
        uuid: QrUuid,
    },
    /// Confirmed; the session is being opened.
    Opening {},
}
