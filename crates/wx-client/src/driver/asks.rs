//! What handles ask of the driver, up to its end.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::{mpsc, oneshot};
use wx_proto::identity::Standing;
use wx_proto::{Command, CommandId, Done, Input, Publication, Roster, State};
use wx_wire::id::UserName;

use super::Driver;
use crate::client::Overview;
use crate::error::{Error, ErrorKind};
use crate::transfer::{Freight, Job};

/// How long a stop may take. The core waits 15 s for the answer to a message
/// that is out; the rest is for a disk that is slow or full.
const STOP_WITHIN: Duration = Duration::from_secs(20);

/// Where the outcome of a command goes.
pub(crate) type Answer = oneshot::Sender<Result<Done, Error>>;

/// The channel on which handles ask. Boxed, because the channel of every
/// session has room for many from the start.
pub(crate) type Asks = mpsc::UnboundedSender<Box<Ask>>;

/// What handles ask of the driver.
pub(crate) enum Ask {
    /// Run a command, and say what came of it.
    Run(Command, Answer),
    /// Run a command whose bytes are a file's.
    Carry(Command, Freight, Answer),
    /// Give a job's command up.
    Cancel(Arc<Job>),
    /// Run this to its end, whether or not anybody still waits for it.
    Work(BoxFuture<'static, ()>),
    /// The contacts as they are.
    Roster(oneshot::Sender<Arc<Roster>>),
    /// Who somebody is across logins.
    Identity(UserName, oneshot::Sender<Standing>),
    /// What public accounts have published.
    Publications(oneshot::Sender<Vec<Publication>>),
    /// What is known of the account.
    Overview(oneshot::Sender<Overview>),
    /// The network may be back.
    NetworkUp,
    /// Stop cleanly, without logging out.
    Close,
}

impl Driver {
    pub(super) fn ask(&mut self, ask: Ask) {
        let now = self.clock.now();
        match ask {
            Ask::Run(command, answer) => {
                self.run_command(command, answer);
            }
            Ask::Carry(_, freight, answer) if freight.job.is_cancelled() => {
                let _ = answer.send(Err(Error::cancelled()));
            }
            Ask::Carry(command, freight, answer) => {
                if let Some(id) = self.run_command(command, answer) {
                    // A job has one command.
                    let _ = freight.job.command.set(id);
                    self.wires.freights.insert(id, freight);
                }
            }
            Ask::Cancel(job) => {
                if let Some(id) = job.command.get().copied() {
                    // Rejected if the command has ended, which is fine.
                    let _ = self.session.command(now, Command::Cancel { id });
                }
            }
            Ask::Work(work) => self.wires.works.push(work),
            Ask::Roster(answer) => {
                let _ = answer.send(self.roster());
            }
            Ask::Identity(id, answer) => {
                let _ = answer.send(self.session.identity(&id));
            }
            Ask::Publications(answer) => {
                let _ = answer.send(self.session.publications().to_vec());
            }
            Ask::Overview(answer) => {
                let _ = answer.send(Overview::of(self.session.saved()));
            }
            Ask::NetworkUp => {
                // Connections from an address that is gone are dead.
                self.lanes.close_idle();
                self.handle(Input::NetworkUp);
            }
            Ask::Close => {
                // What was acknowledged before counts.
                while let Ok(verdict) = self.acks.try_recv() {
                    self.judged(verdict);
                }
                self.stop();
            }
        }
    }

    /// Has the session run a command. If it refuses, whoever asked is told.
    fn run_command(&mut self, command: Command, answer: Answer) -> Option<CommandId> {
        match self.session.command(self.clock.now(), command) {
            Ok(id) => {
                self.wires.commands.insert(id, answer);
                Some(id)
            }
            Err(rejected) => {
                let _ = answer.send(Err(rejected.into()));
                None
            }
        }
    }

    /// Begins to stop.
    pub(super) fn stop(&mut self) {
        if self.wires.give_up.is_none() {
            let now = self.clock.now();
            self.session.close(now);
            self.wires.give_up = Some(now.mono + STOP_WITHIN);
        }
    }

    /// A copy of the contacts, shared by all who ask until they change.
    fn roster(&mut self) -> Arc<Roster> {
        let version = self.session.roster_version();
        match &self.wires.roster {
            Some((known, roster)) if *known == version => Arc::clone(roster),
            _ => {
                let roster = Arc::new(self.session.roster().clone());
                self.wires.roster = Some((version, Arc::clone(&roster)));
                roster
            }
        }
    }

    /// Publishes how the driver ended, as its last act.
    pub(super) fn finish(mut self: Box<Self>) {
        // The trace is whole when anybody hears of the end.
        self.session.end_recording();
        let end = if matches!(self.session.state(), State::Frozen {}) {
            let error = Error::taken_over();
            Err((error.kind(), error.to_string()))
        } else if self.is_stored() {
            Ok(())
        } else {
            let why = self.keeper.trouble().unwrap_or("the store does not answer");
            let words = format!("stopped before everything was stored: {why}");
            tracing::error!("{words}");
            Err((ErrorKind::Store, words))
        };
        // Nothing else sets it.
        let _ = self.end.set(end);
    }
}
