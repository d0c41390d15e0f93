//! A login in progress: a QR code or a push, from its uuid to its ticket.

use serde::Deserialize;

use crate::service::RequestId;

#[derive(Debug)]
pub(crate) struct Login {
    /// Which account scans the code.
    pub(crate) account: usize,
    /// Whether the phone was asked to confirm, without a code.
    pub(crate) push: bool,
    /// The language that `jslogin` was asked in; `redirect_uri` repeats it.
    pub(crate) lang: String,
    pub(crate) stage: Stage,
    /// Whether a poll arrived; the phone's own delays count from then.
    pub(crate) polled: bool,
    /// Whether a 201 was answered: a poll with tip=0 waits for what is new.
    pub(crate) told_scanned: bool,
    pub(crate) held: Vec<RequestId>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Nothing happened on the phone yet.
    Waiting,
    /// The code was scanned.
    Scanned,
    /// Confirmed; the ticket can be traded once.
    Confirmed { ticket: String, unix_s: u64 },
    /// The user pressed cancel on the phone.
    Cancelled,
    /// Expired, or its ticket was traded.
    Dead,
}

impl Stage {
    /// The word for it in the control call `state`.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Scanned => "scanned",
            Self::Confirmed { .. } => "confirmed",
            Self::Cancelled => "cancelled",
            Self::Dead => "dead",
        }
    }
}

/// What the phone does with a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LoginAction {
    /// Scans the QR code.
    Scan,
    /// Confirms the login, scanning first if need be.
    Confirm,
    /// Refuses it.
    Cancel,
    /// Lets the code get too old.
    Expire,
}

impl Login {
    /// Whether somebody may still log in with it.
    pub(crate) fn is_open(&self) -> bool {
        match self.stage {
            Stage::Waiting | Stage::Scanned | Stage::Confirmed { .. } => true,
            Stage::Cancelled | Stage::Dead => false,
        }
    }
}
