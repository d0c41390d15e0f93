//! Messages in the application's hands.

use std::collections::VecDeque;

use wx_wire::id::MsgId;

use crate::event::EventId;

/// A message that is queued, held or delivered, and not acknowledged.
#[derive(Debug)]
pub(super) struct InHand {
    /// The page that it came in.
    pub(super) page: u64,
    pub(super) msg_id: MsgId,
}

/// Such messages by the number of their event. They arrive in the order of
/// their numbers and mostly leave in that order, so an empty place stays until
/// all places before it are empty too.
#[derive(Debug, Default)]
pub(super) struct Hand {
    places: VecDeque<(EventId, Option<InHand>)>,
    /// Places whose message has been taken.
    empty: usize,
}

impl Hand {
    /// Adds a message whose number is above all others.
    pub(super) fn push(&mut self, id: EventId, message: InHand) {
        self.places.push_back((id, Some(message)));
    }

    pub(super) fn get(&self, id: EventId) -> Option<&InHand> {
        let (_, message) = self.places.get(self.place(id)?)?;
        message.as_ref()
    }

    pub(super) fn take(&mut self, id: EventId) -> Option<InHand> {
        let place = self.place(id)?;
        let (_, message) = self.places.get_mut(place)?;
        let message = message.take()?;
        self.empty += 1;
        while let Some((_, None)) = self.places.front() {
            self.places.pop_front();
            self.empty -= 1;
        }
        Some(message)
    }

    pub(super) fn shrink(&mut self) {
        self.places.shrink_to_fit();
    }

    pub(super) fn len(&self) -> usize {
        self.places.len() - self.empty
    }

    fn place(&self, id: EventId) -> Option<usize> {
        if self.places.front().is_some_and(|(first, _)| *first == id) {
            return Some(0);
        }
        self.places.binary_search_by_key(&id, |(id, _)| *id).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hand(ids: impl IntoIterator<Item = u64>) -> Hand {
        let mut hand = Hand::default();
        for id in ids {
            let msg_id = MsgId::from(id.to_string());
            hand.push(EventId(id), InHand { page: 0, msg_id });
        }
        hand
    }

    #[test]
    fn each_is_taken_once_in_any_order() {
        let mut hand = hand([2, 3, 5, 8]);
        for (id, left) in [(5, 3), (3, 2), (2, 1), (8, 0)] {
            let number = hand.get(EventId(id)).map(|message| message.msg_id.clone());
            assert_eq!(number, Some(MsgId::from(id.to_string())));
            assert_eq!(hand.take(EventId(id)).map(|m| m.msg_id), number);
            assert_eq!(hand.len(), left);
            assert!(hand.get(EventId(id)).is_none());
            assert!(hand.take(EventId(id)).is_none());
        }
        assert!(hand.take(EventId(4)).is_none());
    }

    #[test]
    fn places_go_with_the_first_of_them() {
        let mut hand = hand(1..=3);
        hand.take(EventId(2));
        assert_eq!(hand.places.len(), 3);
        hand.take(EventId(1));
        assert_eq!(hand.places.len(), 1);
    }
}
