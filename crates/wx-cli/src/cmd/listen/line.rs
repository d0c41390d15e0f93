//! The line of a message: its event, with what was asked for beside it.

use serde::Serialize;
use serde_json::value::RawValue;
use wx_client::message::{Body, Message};

use super::save::Saved;
use crate::human;
use crate::output::json;
use crate::terminal::escape;

/// A message as it is printed.
#[derive(Serialize)]
pub(super) struct Line<'a> {
    event: &'static str,
    /// For people.
    #[serde(skip)]
    whole: &'a Message,
    #[serde(flatten)]
    message: WithRaw<'a>,
    #[serde(flatten)]
    saved: Option<Saved>,
}

/// A message with the item that it was made from, if that is wanted.
#[derive(Serialize)]
struct WithRaw<'a> {
    #[serde(flatten)]
    message: Shown<'a>,
    /// Of a recall, in place of the message's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    original: Option<Box<WithRaw<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    raw: Option<Box<RawValue>>,
}

/// A message; of a recall with its item, one without the original.
#[derive(Serialize)]
#[serde(untagged)]
enum Shown<'a> {
    Whole(&'a Message),
    Bare(Box<Message>),
}

impl<'a> Line<'a> {
    pub(super) fn new(message: &'a Message, raw: bool, saved: Option<Saved>) -> Self {
        Self {
            event: "message",
            whole: message,
            message: if raw {
                WithRaw::of(message)
            } else {
                WithRaw::without(message)
            },
            saved,
        }
    }

    /// The line for people.
    pub(super) fn text(&self) -> String {
        let mut text = human::timed_message(self.whole);
        match &self.saved {
            Some(Saved::Saved(path)) => text.push_str(&format!("\n    in {}", escape(path))),
            Some(Saved::SaveError(why)) => {
                text.push_str(&format!("\n    not saved: {}", escape(why)));
            }
            None => {}
        }
        if let Some(raw) = &self.message.raw {
            text.push_str(&format!("\n    {}", escape(&json(raw))));
        }
        text
    }
}

impl<'a> WithRaw<'a> {
    fn without(message: &'a Message) -> Self {
        Self {
            message: Shown::Whole(message),
            original: None,
            raw: None,
        }
    }

    fn of(message: &'a Message) -> Self {
        let mut with = Self::without(message);
        with.raw = raw(message);
        if let Body::Revoked {
            original: Some(original),
            ..
        } = &message.body
        {
            let mut bare = message.clone();
            if let Body::Revoked { original, .. } = &mut bare.body {
                *original = None;
            }
            with.message = Shown::Bare(Box::new(bare));
            with.original = Some(Box::new(Self::of(original)));
        }
        with
    }
}

fn raw(message: &Message) -> Option<Box<RawValue>> {
    let text = std::str::from_utf8(&message.raw).ok()?;
    RawValue::from_string(text.to_owned()).ok()
}
