//! The keys that answers go out with, so that a message that is handled twice
//! is answered once.
//!
//! An answer's key is made from its message's key and its number among the
//! answers to it, so that a handler which runs again asks for the same keys. If
//! the session knows that an answer did not go out, it would repeat that
//! verdict for the same key, so the next try takes another one.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use crate::error::{Error, ErrorKind};

/// How many answers that did not go out are remembered. Those of a message are
/// forgotten when it is handled, so what piles up belongs to messages that were
/// passed over.
const REMEMBERED: usize = 1024;

#[derive(Debug, Default)]
pub(super) struct Answers {
    /// How often an answer was certainly not sent; the oldest in front.
    failed: Mutex<VecDeque<Failed>>,
}

#[derive(Debug)]
struct Failed {
    message: String,
    number: u32,
    times: u32,
}

impl Answers {
    /// The key of an answer: the same at each handling of the message, until
    /// the answer is known not to have gone out.
    pub(super) fn key(&self, message: &str, number: u32) -> String {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        let times = failed
            .iter()
            .find(|failed| failed.is(message, number))
            .map_or(0, |failed| failed.times);
        match times {
            0 => format!("answer/{message}/{number}"),
            times => format!("answer/{message}/{number}/{times}"),
        }
    }

    /// What became of an answer.
    pub(super) fn note(&self, message: &str, number: u32, error: &Error) {
        let is_unsent = matches!(
            error.kind(),
            ErrorKind::NotSent
                | ErrorKind::Refused
                | ErrorKind::Throttled
                | ErrorKind::Store
                | ErrorKind::File
        );
        if !is_unsent {
            return;
        }
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(again) = failed.iter_mut().find(|failed| failed.is(message, number)) {
            again.times += 1;
            return;
        }
        if failed.len() == REMEMBERED {
            failed.pop_front();
        }
        failed.push_back(Failed {
            message: message.to_owned(),
            number,
            times: 1,
        });
    }

    /// The message is handled: no answer to it is asked for again.
    pub(super) fn forget(&self, message: &str) {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.retain(|failed| failed.message != message);
    }
}

impl Failed {
    fn is(&self, message: &str, number: u32) -> bool {
        self.message == message && self.number == number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(kind: ErrorKind) -> Error {
        Error::new(kind, "")
    }

    #[test]
    fn a_key_stays_until_its_answer_is_known_not_to_have_gone_out() {
        let answers = Answers::default();
        let first = answers.key("a/m/1", 0);
        assert_ne!(first, answers.key("a/m/1", 1));
        assert_ne!(first, answers.key("a/m/2", 0));
        // It may have arrived.
        answers.note("a/m/1", 0, &error(ErrorKind::Unknown));
        // The first outcome is asked for.
        answers.note("a/m/1", 0, &error(ErrorKind::Usage));
        assert_eq!(answers.key("a/m/1", 0), first);

        let other = answers.key("a/m/1", 1);
        answers.note("a/m/1", 0, &error(ErrorKind::NotSent));
        let second = answers.key("a/m/1", 0);
        assert_ne!(second, first);
        assert_eq!(answers.key("a/m/1", 1), other);
        answers.note("a/m/1", 0, &error(ErrorKind::Refused));
        let third = answers.key("a/m/1", 0);
        assert!(third != first && third != second);
        // A medium that could not be read to its end.
        answers.note("a/m/1", 0, &error(ErrorKind::File));
        assert_ne!(answers.key("a/m/1", 0), third);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let answers = Answers::default();
        for message in 0..REMEMBERED + 10 {
            answers.note(&message.to_string(), 0, &error(ErrorKind::NotSent));
        }
        assert_eq!(answers.failed.lock().unwrap().len(), REMEMBERED);
        answers.forget("20");
        assert_eq!(answers.failed.lock().unwrap().len(), REMEMBERED - 1);
    }
}
