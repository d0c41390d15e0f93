//! Events that are there together: their lines are one write, and what has to
//! come after a line comes after that.

use serde::Serialize;
use tokio::task::JoinSet;
use wx_client::{AckGuard, Client, Delivery, EventKind};

use super::echo;
use crate::error::Error;
use crate::output::{Lines, Output};

/// Events that are taken and not yet written.
pub(super) struct Batch<'a> {
    output: Output,
    /// Answers texts, if they are to be.
    echoes: Option<&'a Client>,
    replies: &'a mut JoinSet<()>,
    lines: Lines,
    /// Messages that are handled once their lines are written.
    messages: Vec<(EventKind, AckGuard)>,
}

impl<'a> Batch<'a> {
    pub(super) fn new(
        output: Output,
        echoes: Option<&'a Client>,
        replies: &'a mut JoinSet<()>,
    ) -> Self {
        Self {
            output,
            echoes,
            replies,
            lines: Lines::default(),
            messages: Vec::new(),
        }
    }

    /// Adds a line, after all lines before it.
    pub(super) fn add<T: Serialize>(
        &mut self,
        value: &T,
        human: impl FnOnce(&T) -> String,
    ) -> Result<(), Error> {
        self.make_room()?;
        self.lines.value(self.output, value, human);
        Ok(())
    }

    /// Adds lines for people.
    pub(super) fn text(&mut self, text: &str) -> Result<(), Error> {
        self.make_room()?;
        self.lines.text(self.output, text);
        Ok(())
    }

    /// Whether lines are JSON.
    pub(super) fn is_json(&self) -> bool {
        self.output.json
    }

    fn make_room(&mut self) -> Result<(), Error> {
        if self.lines.is_full() {
            self.write()?;
        }
        Ok(())
    }

    /// Nothing but the write of its line is to be done for a message.
    pub(super) fn handled(&mut self, message: Delivery) {
        self.messages.push(message.defer());
    }

    /// Writes the lines, then answers and acknowledges their messages. Those of
    /// a batch that could not be written, or that is dropped, come again.
    pub(super) fn write(&mut self) -> Result<(), Error> {
        self.lines.write()?;
        for (message, handled) in self.messages.drain(..) {
            if let Some(client) = self.echoes {
                echo(self.output, client, &message, self.replies);
            }
            handled.ack();
        }
        // Replies that have ended are forgotten.
        while self.replies.try_join_next().is_some() {}
        Ok(())
    }
}
