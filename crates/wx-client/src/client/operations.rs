//! Operations on messages, contacts and groups.
//!
//! None of them is repeated unasked: after [`ErrorKind::Network`] it is unknown
//! whether the server has done it.

use serde::Serialize;
use wx_proto::command::{Befriend, GroupChange, Joining, MemberOutcome};
use wx_proto::message::FriendTicket;
use wx_proto::{Command, Done, State};
use wx_wire::id::{ClientMsgId, MsgId, UserName};

use super::{Client, Sent};
use crate::error::Error;
#[cfg(doc)]
use crate::error::ErrorKind;

/// A new group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Group {
    /// Its user name, valid for this login.
    pub id: UserName,
    /// Its name.
    pub topic: String,
    /// The people who were to join, and whether they did.
    pub members: Vec<MemberOutcome>,
}

/// People who were added or invited to a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct MembersAdded {
    /// Whether they are members now, or must accept first.
    pub how: Joining,
    /// The outcome for each of them, as far as the server says.
    pub members: Vec<MemberOutcome>,
}

/// Messages.
impl Client {
    /// Takes a message back, within two minutes after it was sent (protocol: recall).
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] if it is too old, [`ErrorKind::Refused`],
    /// [`ErrorKind::Network`].
    pub async fn revoke(&self, sent: &Sent) -> Result<(), Error> {
        let (msg_id, to) = (sent.msg_id.clone(), sent.to.clone());
        self.revoke_message(msg_id, to, Some(sent.client_msg_id.clone()))
            .await
    }

    /// Takes a message back by its numbers. Without the client's own number, the one
    /// that is remembered for the message is used.
    ///
    /// # Errors
    /// As [`revoke`](Self::revoke).
    pub async fn revoke_message(
        &self,
        msg_id: impl Into<MsgId>,
        to: impl Into<UserName>,
        client_msg_id: Option<ClientMsgId>,
    ) -> Result<(), Error> {
        let (msg_id, to) = (msg_id.into(), to.into());
        let command = Command::Revoke {
            msg_id,
            to,
            client_msg_id,
        };
        self.run(command).await.map(drop)
    }

    /// Marks a chat as read on the phone.
    ///
    /// # Errors
    /// [`ErrorKind::Refused`], [`ErrorKind::Network`].
    pub async fn mark_read(&self, to: impl Into<UserName>) -> Result<(), Error> {
        self.run(Command::MarkRead { to: to.into() })
            .await
            .map(drop)
    }
}

/// Contacts.
impl Client {
    /// Sets the remark of a contact; an empty text removes it.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for more than 18 characters,
    /// [`ErrorKind::Refused`], [`ErrorKind::Throttled`],
    /// [`ErrorKind::Network`].
    pub async fn set_remark(
        &self,
        to: impl Into<UserName>,
        remark: impl Into<String>,
    ) -> Result<(), Error> {
        let (to, remark) = (to.into(), remark.into());
        self.run(Command::SetRemark { to, remark }).await.map(drop)
    }

    /// Pins a chat to the top of the list. An unknown contact is fetched first,
    /// because the request must include its remark (protocol: webwxoplog).
    ///
    /// Cancel safety: dropping the future while the contact is fetched cancels it.
    ///
    /// # Errors
    /// [`ErrorKind::Refused`], [`ErrorKind::Throttled`],
    /// [`ErrorKind::Network`].
    pub async fn pin(&self, to: impl Into<UserName>) -> Result<(), Error> {
        self.set_pinned(to.into(), true).await
    }

    /// Unpins a chat.
    ///
    /// Cancel safety: as for [`pin`](Self::pin).
    ///
    /// # Errors
    /// As [`pin`](Self::pin).
    pub async fn unpin(&self, to: impl Into<UserName>) -> Result<(), Error> {
        self.set_pinned(to.into(), false).await
    }

    async fn set_pinned(&self, to: UserName, pinned: bool) -> Result<(), Error> {
        // Without the remark in the request, the server would remove it (protocol:
        // webwxoplog).
        let is_known = self.roster().await?.contact(&to).is_some();
        self.freshen(&to, is_known).await?;
        self.run(Command::Pin { to, pinned }).await.map(drop)
    }

    /// Fetches a contact that is unknown, or known only from the contacts that
    /// another process saved.
    async fn freshen(&self, id: &UserName, is_known: bool) -> Result<(), Error> {
        if is_known && !matches!(self.state(), State::Attached {}) {
            return Ok(());
        }
        self.fetch_contacts([id]).await
    }

    /// Accepts a friend request, with the ticket that came with it.
    ///
    /// # Errors
    /// [`ErrorKind::Refused`], [`ErrorKind::Throttled`],
    /// [`ErrorKind::Network`].
    pub async fn accept_friend(
        &self,
        user_name: impl Into<UserName>,
        ticket: FriendTicket,
    ) -> Result<(), Error> {
        let user_name = user_name.into();
        self.befriend(Befriend::Accept { user_name, ticket }).await
    }

    /// Sends a friend request to a member of a group, or somebody on a name card. The
    /// service allows a few of them a day.
    ///
    /// # Errors
    /// As [`accept_friend`](Self::accept_friend).
    pub async fn ask_friend(
        &self,
        user_name: impl Into<UserName>,
        text: impl Into<String>,
    ) -> Result<(), Error> {
        let (user_name, text) = (user_name.into(), text.into());
        self.befriend(Befriend::Ask { user_name, text }).await
    }

    /// Follows a public account.
    ///
    /// # Errors
    /// As [`accept_friend`](Self::accept_friend).
    pub async fn follow(&self, user_name: impl Into<UserName>) -> Result<(), Error> {
        let user_name = user_name.into();
        self.befriend(Befriend::Follow { user_name }).await
    }

    async fn befriend(&self, step: Befriend) -> Result<(), Error> {
        self.run(Command::Befriend(step)).await.map(drop)
    }

    /// Asks the server which of your contacts match a word.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for an empty word, [`ErrorKind::Refused`],
    /// [`ErrorKind::Network`].
    pub async fn search_contacts(
        &self,
        keyword: impl Into<String>,
    ) -> Result<Vec<UserName>, Error> {
        let keyword = keyword.into();
        match self.run(Command::SearchContacts { keyword }).await? {
            Done::Found { names, .. } => Ok(names),
            _ => Err(Error::unexpected()),
        }
    }
}

/// Groups.
impl Client {
    /// Creates a group of yourself and at least two other people. The topic may be
    /// empty.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for fewer people, or for a topic of more than 18
    /// characters, [`ErrorKind::Refused`], [`ErrorKind::Throttled`],
    /// [`ErrorKind::Network`]: the group may then exist or not.
    pub async fn create_group<I>(
        &self,
        topic: impl Into<String>,
        members: I,
    ) -> Result<Group, Error>
    where
        I: IntoIterator<Item: Into<UserName>>,
    {
        let (topic, members) = (topic.into(), names(members));
        match self.run(Command::CreateGroup { topic, members }).await? {
            Done::GroupCreated {
                id, topic, members, ..
            } => Ok(Group { id, topic, members }),
            _ => Err(Error::unexpected()),
        }
    }

    /// Renames a group.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for an empty name, or one of more than 18 characters,
    /// [`ErrorKind::Refused`], [`ErrorKind::Throttled`],
    /// [`ErrorKind::Network`].
    pub async fn rename_group(
        &self,
        group: impl Into<UserName>,
        topic: impl Into<String>,
    ) -> Result<(), Error> {
        let topic = topic.into();
        let change = GroupChange::Rename { topic };
        self.change_group(group.into(), change).await.map(drop)
    }

    /// Adds people to a group, or invites them if the group is too large for adding
    /// (protocol: invitemember). If the members of the group are not known, its
    /// details are fetched first.
    ///
    /// Cancel safety: dropping the future while they are fetched cancels it.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for nobody, [`ErrorKind::Refused`],
    /// [`ErrorKind::Throttled`], [`ErrorKind::Network`].
    pub async fn add_members<I>(
        &self,
        group: impl Into<UserName>,
        members: I,
    ) -> Result<MembersAdded, Error>
    where
        I: IntoIterator<Item: Into<UserName>>,
    {
        let (group, members) = (group.into(), names(members));
        // How many members there are decides whether people are added or invited.
        let is_known = self.roster().await?.member_count(&group) > 0;
        self.freshen(&group, is_known).await?;
        let change = GroupChange::Add { members };
        match self.change_group(group, change).await? {
            Done::MembersAdded { how, members, .. } => Ok(MembersAdded { how, members }),
            _ => Err(Error::unexpected()),
        }
    }

    /// Removes people from a group that you own.
    ///
    /// # Errors
    /// As [`add_members`](Self::add_members).
    pub async fn remove_members<I>(
        &self,
        group: impl Into<UserName>,
        members: I,
    ) -> Result<(), Error>
    where
        I: IntoIterator<Item: Into<UserName>>,
    {
        let members = names(members);
        let change = GroupChange::Remove { members };
        self.change_group(group.into(), change).await.map(drop)
    }

    /// Leaves a group.
    ///
    /// # Errors
    /// [`ErrorKind::Refused`], [`ErrorKind::Throttled`],
    /// [`ErrorKind::Network`].
    pub async fn quit_group(&self, group: impl Into<UserName>) -> Result<(), Error> {
        self.change_group(group.into(), GroupChange::Quit {})
            .await
            .map(drop)
    }

    async fn change_group(&self, group: UserName, change: GroupChange) -> Result<Done, Error> {
        self.run(Command::ChangeGroup { group, change }).await
    }
}

pub(super) fn names<I: IntoIterator<Item: Into<UserName>>>(names: I) -> Vec<UserName> {
    names.into_iter().map(Into::into).collect()
}
