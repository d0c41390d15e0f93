//! The commands that wait for details, each with the names it still misses.

use std::collections::BTreeSet;

use wx_wire::id::UserName;

use crate::command::{CommandError, CommandId, Done};
use crate::context::Context;

#[derive(Debug)]
pub(super) struct Fetchers(Vec<(CommandId, BTreeSet<UserName>)>);

impl Fetchers {
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(super) fn wait(&mut self, command: CommandId, names: BTreeSet<UserName>, cx: &mut Context) {
        self.0.push((command, names));
        self.answered(&[], cx);
    }

    /// The server has said everything it is going to say about these names.
    pub(super) fn answered(&mut self, names: &[UserName], cx: &mut Context) {
        self.0.retain_mut(|(command, missing)| {
            for name in names {
                missing.remove(name);
            }
            if missing.is_empty() {
                cx.complete(*command, Ok(Done::Fetched {}));
            }
            !missing.is_empty()
        });
    }

    pub(super) fn fail(&mut self, error: &CommandError, cx: &mut Context) {
        for (command, _) in std::mem::take(&mut self.0) {
            cx.complete(command, Err(error.clone()));
        }
    }

    pub(super) fn cancel(&mut self, command: CommandId) -> bool {
        let before = self.0.len();
        self.0.retain(|(waiting, _)| *waiting != command);
        self.0.len() < before
    }
}
