//! What handlers return.

use wx_proto::{Message, SendText};

use crate::dispatch::Failure;

/// How a handler ended.
pub type Answer = Result<Reply, Failure>;

/// A text to be sent to the chat in which the message was written, or nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "a reply is sent when a handler returns it"]
pub struct Reply {
    text: String,
    mention: bool,
}

impl Reply {
    /// No answer: the message was dealt with in another way, or is not for the bot.
    pub fn none() -> Self {
        Self::default()
    }

    /// A text. An empty text is no answer.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            mention: false,
        }
    }

    /// Mentions whoever wrote the message, if it was written in a group.
    pub const fn mention(mut self) -> Self {
        self.mention = true;
        self
    }

    /// True if nothing is sent.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        self.text.is_empty()
    }

    pub(super) fn into_text(self, to: &Message) -> Option<SendText> {
        if self.is_none() {
            return None;
        }
        let send = SendText::new(&to.chat.id, self.text);
        Some(if self.mention && to.chat.id.is_room() {
            send.mention(&to.sender.id)
        } else {
            send
        })
    }
}

/// What a handler can return: nothing, a text, a [`Reply`], an option of these,
/// or a result of any of them.
#[diagnostic::on_unimplemented(
    message = "a handler cannot return `{Self}`",
    note = "it returns nothing, a text, a `bot::Reply`, an `Option` of one, or a `Result` of any of these"
)]
pub trait IntoAnswer {
    /// Converts it into an answer.
    ///
    /// # Errors
    /// The failure of the handler.
    fn into_answer(self) -> Answer;
}

impl IntoAnswer for () {
    fn into_answer(self) -> Answer {
        Ok(Reply::none())
    }
}

impl IntoAnswer for Reply {
    fn into_answer(self) -> Answer {
        Ok(self)
    }
}

impl IntoAnswer for &str {
    fn into_answer(self) -> Answer {
        Ok(Reply::text(self))
    }
}

impl IntoAnswer for String {
    fn into_answer(self) -> Answer {
        Ok(Reply::text(self))
    }
}

impl<A: IntoAnswer> IntoAnswer for Option<A> {
    fn into_answer(self) -> Answer {
        self.map_or_else(|| Ok(Reply::none()), IntoAnswer::into_answer)
    }
}

impl<A: IntoAnswer, E: Into<Failure>> IntoAnswer for Result<A, E> {
    fn into_answer(self) -> Answer {
        self.map_err(Into::into)?.into_answer()
    }
}

/// What a handler of events can return: nothing, or a result of it.
#[diagnostic::on_unimplemented(
    message = "a handler of events cannot return `{Self}`",
    note = "it returns nothing, or a `Result` of it"
)]
pub trait IntoEnd {
    /// Converts it into a result.
    ///
    /// # Errors
    /// The failure of the handler.
    fn into_end(self) -> Result<(), Failure>;
}

impl IntoEnd for () {
    fn into_end(self) -> Result<(), Failure> {
        Ok(())
    }
}

impl<E: Into<Failure>> IntoEnd for Result<(), E> {
    fn into_end(self) -> Result<(), Failure> {
        self.map_err(Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_handlers_return_is_an_answer() {
        let hello = Reply::text("hello");
        assert_eq!("hello".into_answer().unwrap(), hello);
        assert_eq!(String::from("hello").into_answer().unwrap(), hello);
        assert_eq!(Some("hello").into_answer().unwrap(), hello);
        let result: Result<_, Failure> = Ok(Some("hello"));
        assert_eq!(result.into_answer().unwrap(), hello);
        assert!(().into_answer().unwrap().is_none());
        assert!(None::<&str>.into_answer().unwrap().is_none());
        assert!("".into_answer().unwrap().is_none());
        let failed: Result<(), _> = "x".parse::<u32>().map(drop);
        let failure = failed.into_answer().unwrap_err();
        assert_eq!(failure.to_string(), "invalid digit found in string");
    }
}
