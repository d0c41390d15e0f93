//! The handle for all calls: cheap to clone, and every clone is the same session.

use std::sync::Arc;

use tokio::sync::{oneshot, watch};
use wx_proto::config::FileLimits;
use wx_proto::identity::{StableKey, Standing};
use wx_proto::saved::{Account, Stretch};
use wx_proto::{Command, Done, Message, Publication, Roster, Saved, SendText, State};
use wx_wire::id::{ClientMsgId, MsgId, UserName};

use crate::builder::Builder;
use crate::driver::{Ask, Asks, End};
use crate::error::Error;
#[cfg(doc)]
use crate::error::ErrorKind;
use crate::media::Sweeper;
use crate::transfer::Freight;

mod operations;
mod sending;

pub use operations::{Group, MembersAdded};
pub use sending::{Forwarding, SendMedia};

/// A session. Clones are the same session.
///
/// Every future here may be dropped: what was asked for goes on all the same.
/// Calls that first fetch a contact say so; dropping one before that is done
/// cancels it.
///
/// Each method names the errors that are its own. Besides, any of them ends with
/// [`ErrorKind::NotLoggedIn`] if it asks the server for something before the session
/// is online, and with [`ErrorKind::Ended`], [`ErrorKind::Locked`] or
/// [`ErrorKind::Stopped`] once the client no longer runs.
#[derive(Clone, Debug)]
pub struct Client {
    asks: Asks,
    state: watch::Receiver<State>,
    end: Arc<End>,
    /// How large files to send may be.
    limits: FileLimits,
    sweeper: Arc<Sweeper>,
}

/// A message that the server accepted.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Sent {
    /// The server's number; recalls need it.
    pub msg_id: MsgId,
    /// The client's own number.
    pub client_msg_id: ClientMsgId,
    /// The receiver.
    pub to: UserName,
}

/// What is known of an account without asking the server.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Overview {
    /// The account as it was at the last login, if there ever was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<Account>,
    /// The base host of that login.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// When sessions began and ended, and why, oldest first.
    pub sessions: Vec<Stretch>,
}

impl Sent {
    fn of(done: Done) -> Result<Self, Error> {
        match done {
            Done::Sent {
                msg_id,
                client_msg_id,
                to,
                ..
            } => Ok(Self {
                msg_id,
                client_msg_id,
                to,
            }),
            _ => Err(Error::unexpected()),
        }
    }
}

impl Overview {
    pub(crate) fn of(saved: &Saved) -> Self {
        let keys = saved.credentials.as_ref();
        Self {
            account: saved.account.clone(),
            host: keys.map(|keys| keys.hosts.base().to_owned()),
            sessions: saved.stretches.clone(),
        }
    }
}

impl Client {
    /// A builder, to make the settings.
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) fn new(
        asks: Asks,
        state: watch::Receiver<State>,
        end: Arc<End>,
        limits: FileLimits,
    ) -> Self {
        Self {
            asks,
            state,
            end,
            limits,
            sweeper: Arc::default(),
        }
    }

    /// What removes parts of downloads of ended logins.
    pub(crate) fn sweeper(&self) -> Arc<Sweeper> {
        Arc::clone(&self.sweeper)
    }

    /// The state of the session.
    #[must_use]
    pub fn state(&self) -> State {
        self.state.borrow().clone()
    }

    /// The state of the session, to be watched for changes.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<State> {
        self.state.clone()
    }

    /// Waits until the session is online. An [attached](Builder::attach) session is
    /// taken to be online from the start, without asking the server.
    ///
    /// # Errors
    /// [`ErrorKind::NotLoggedIn`] or [`ErrorKind::Ended`] if the login failed,
    /// [`ErrorKind::Locked`] if another process has taken over the account,
    /// [`ErrorKind::Stopped`] if the client was stopped.
    pub async fn online(&self) -> Result<Account, Error> {
        let mut state = self.state.clone();
        let settled = state
            .wait_for(|state| !matches!(state, State::LoggingIn { .. }))
            .await
            .map_err(|_| self.gone())?
            .clone();
        let known = match settled {
            State::Online { account, .. } => Some(account),
            State::Attached {} => self.overview().await?.account,
            _ => None,
        };
        known.ok_or_else(|| self.gone())
    }

    async fn run(&self, command: Command) -> Result<Done, Error> {
        self.ask(|answer| Ask::Run(command, answer)).await?
    }

    /// Runs a command that moves the bytes of a file.
    pub(crate) async fn carry(&self, command: Command, freight: Freight) -> Result<Done, Error> {
        self.ask(|answer| Ask::Carry(command, freight, answer))
            .await?
    }

    pub(crate) const fn asks(&self) -> &Asks {
        &self.asks
    }

    /// Asks the driver something.
    async fn ask<T>(&self, ask: impl FnOnce(oneshot::Sender<T>) -> Ask) -> Result<T, Error> {
        let (sender, answer) = oneshot::channel();
        self.asks
            .send(Box::new(ask(sender)))
            .map_err(|_| self.gone())?;
        answer.await.map_err(|_| self.gone())
    }

    /// Why the driver no longer answers.
    pub(crate) fn gone(&self) -> Error {
        match &*self.state.borrow() {
            State::Ended { reason, .. } => reason.clone().into(),
            State::Frozen {} => Error::taken_over(),
            _ => Error::stopped(),
        }
    }

    /// Sends a text.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn send_text(
        &self,
        to: impl Into<UserName>,
        text: impl Into<String>,
    ) -> Result<Sent, Error> {
        self.send(SendText::new(to, text)).await
    }

    /// Answers a message with a text, in the chat in which it was written.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn reply(&self, to: &Message, text: impl Into<String>) -> Result<Sent, Error> {
        self.send_text(&to.chat.id, text).await
    }

    /// Sends a text, optionally with an idempotency key and an expiry.
    ///
    /// Cancel safety: dropping the future does not take the message back. If it has
    /// a key, sending it again returns its outcome.
    ///
    /// # Errors
    /// [`ErrorKind::Refused`] with the server's code, [`ErrorKind::NotSent`] if it
    /// has certainly not gone out, and [`ErrorKind::Unknown`] if it may have
    /// arrived: sending it again could double it.
    pub async fn send(&self, send: SendText) -> Result<Sent, Error> {
        Sent::of(self.run(Command::SendText(send)).await?)
    }

    /// The contacts as they are known now.
    ///
    /// # Errors
    /// [`ErrorKind::Stopped`], [`ErrorKind::Ended`] or [`ErrorKind::Locked`] if
    /// the client no longer runs.
    pub async fn roster(&self) -> Result<Arc<Roster>, Error> {
        self.ask(Ask::Roster).await
    }

    /// What is known about the account without asking the server.
    ///
    /// # Errors
    /// [`ErrorKind::Stopped`], [`ErrorKind::Ended`] or [`ErrorKind::Locked`] if
    /// the client no longer runs.
    pub async fn overview(&self) -> Result<Overview, Error> {
        self.ask(Ask::Overview).await
    }

    /// Who somebody is across logins: a key that stays the same, or that it cannot be
    /// told.
    ///
    /// # Errors
    /// As [`overview`](Self::overview).
    pub async fn identity(&self, id: impl Into<UserName>) -> Result<Standing, Error> {
        let id = id.into();
        self.ask(|answer| Ask::Identity(id, answer)).await
    }

    /// Says who somebody is, where the evidence does not: by one of the keys that
    /// [`identity`](Self::identity) names, or any other known key.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] if there is no such person or key, or if the session is
    /// attached.
    pub async fn identify(
        &self,
        id: impl Into<UserName>,
        key: impl Into<StableKey>,
    ) -> Result<(), Error> {
        let (id, key) = (id.into(), key.into());
        self.run(Command::Identify { id, key }).await.map(drop)
    }

    /// What public accounts had published when this process logged in.
    ///
    /// # Errors
    /// As [`overview`](Self::overview).
    pub async fn publications(&self) -> Result<Vec<Publication>, Error> {
        self.ask(Ask::Publications).await
    }

    /// Finds a contact by what people call it: a user name, `me`, or exactly a remark,
    /// a group's name, a nick name or an alias, in this order.
    ///
    /// # Errors
    /// [`ErrorKind::NoSuchContact`] if nobody has that name, [`ErrorKind::Usage`] if
    /// several contacts do.
    pub async fn resolve(&self, name: &str) -> Result<UserName, Error> {
        Ok(self.roster().await?.resolve(name)?)
    }

    /// Fetches the whole address book anew.
    ///
    /// # Errors
    /// [`ErrorKind::Refused`], [`ErrorKind::Network`], [`ErrorKind::Decode`].
    pub async fn refresh_contacts(&self) -> Result<(), Error> {
        self.run(Command::RefreshContacts {}).await.map(drop)
    }

    /// Fetches the details of groups, with their members, and of people. Names that
    /// the server does not know are left as they are.
    ///
    /// # Errors
    /// [`ErrorKind::NotLoggedIn`].
    pub async fn fetch_contacts<I>(&self, names: I) -> Result<(), Error>
    where
        I: IntoIterator<Item: Into<UserName>>,
    {
        let names = operations::names(names);
        self.run(Command::FetchContacts { names }).await.map(drop)
    }

    /// Asks the server whether the session is still valid.
    ///
    /// # Errors
    /// [`ErrorKind::Ended`] if it is not.
    pub async fn probe(&self) -> Result<(), Error> {
        self.run(Command::Probe {}).await.map(drop)
    }

    /// Ends the session at the server.
    ///
    /// # Errors
    /// [`ErrorKind::Network`]: the session may have ended or not.
    pub async fn logout(&self) -> Result<(), Error> {
        self.run(Command::Logout {}).await.map(drop)
    }

    /// The network may be back, perhaps another one: what waits for it is tried
    /// at once, and connections that were kept are not used again. For
    /// programs that see addresses come and go; without it, the next try comes
    /// within a minute, and any answer to anything brings it forward.
    pub fn network_changed(&self) {
        // A client that has stopped tries nothing.
        let _ = self.asks.send(Box::new(Ask::NetworkUp));
    }

    /// Stops cleanly: requests in flight are waited for, everything is stored, and the
    /// session can be resumed later. Returns when that is done, but after 20 seconds
    /// at the latest.
    ///
    /// The message delivered last counts as handled only if it was acknowledged.
    /// Transfers end where they are; see [`download`](Self::download) for what is
    /// kept. The runner does the work, so it must be polled meanwhile, or dropped.
    ///
    /// Cancel safety: the client stops all the same.
    ///
    /// # Errors
    /// As [`stopped`](Self::stopped).
    pub async fn shutdown(&self) -> Result<(), Error> {
        // One that has stopped by itself has its end to tell as well.
        let _ = self.asks.send(Box::new(Ask::Close));
        self.stopped().await
    }

    /// Waits until the client has stopped, for whatever reason, and says whether
    /// everything is stored.
    ///
    /// Cancel safe.
    ///
    /// # Errors
    /// [`ErrorKind::Store`] if the store kept failing: the messages in hand come
    /// again. [`ErrorKind::Locked`] if another process has taken over the account.
    /// [`ErrorKind::Stopped`] if the runner was dropped, which is as if the process
    /// had been killed.
    pub async fn stopped(&self) -> Result<(), Error> {
        self.asks.closed().await;
        match self.end.get() {
            Some(Ok(())) => Ok(()),
            Some(Err((kind, message))) => Err(Error::new(*kind, message.clone())),
            None => Err(Error::stopped()),
        }
    }
}
