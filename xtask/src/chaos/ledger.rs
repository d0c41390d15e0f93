//! What was sent, what was seen, and what may be seen twice.
//!
//! `wx listen` prints a message, then acknowledges it, and some milliseconds later the
//! acknowledgement is in the account's journal. Only a kill in between may bring the
//! message back. So after each kill, the account's files are searched for the number
//! of every message that the process printed. One that is not there was in hand, and
//! may be seen once more.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use anyhow::Context;
use serde_json::Value;

#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// The number and the chat of each message, in the service's order.
    sent: Vec<(String, String)>,
    /// How often each message was printed.
    seen: BTreeMap<String, usize>,
    /// How often each may be printed; once if it is not here.
    allowed: BTreeMap<String, usize>,
    in_hand: usize,
    pub(super) kills: usize,
    broken: Vec<String>,
}

impl Ledger {
    pub(super) fn sent(&mut self, id: String, chat: &str) {
        self.sent.push((id, chat.to_owned()));
    }

    /// Enters what a process printed and, after a kill, what the account's files hold. An
    /// incomplete last line does not count as printed.
    pub(super) fn life(&mut self, text: &str, stored: Option<&str>) -> anyhow::Result<()> {
        let mut printed = BTreeSet::new();
        let mut last: BTreeMap<&str, usize> = BTreeMap::new();
        let order: BTreeMap<&str, usize> = (self.sent.iter().enumerate())
            .map(|(place, (id, _))| (id.as_str(), place))
            .collect();
        for line in text
            .split_inclusive('\n')
            .filter(|line| line.ends_with('\n'))
        {
            let event: Value = serde_json::from_str(line).context("a line of wx listen")?;
            match event.get("event").and_then(Value::as_str) {
                Some("message") => {}
                Some("logged_out") => {
                    self.broken
                        .push(format!("the session was given up: {line}"));
                    continue;
                }
                _ => continue,
            }
            let id = event.get("msg_id").and_then(Value::as_str);
            let id = id.unwrap_or_default();
            let Some(place) = order.get(id) else {
                self.broken.push(format!("{id} was seen, and never sent"));
                continue;
            };
            if !printed.insert(id.to_owned()) {
                self.broken
                    .push(format!("{id} was seen twice by one process"));
            }
            let chat = self.sent.get(*place).map_or("", |(_, chat)| chat);
            if let Some(before) = last.insert(chat, *place).filter(|before| before > place) {
                self.broken
                    .push(format!("{id} was seen after number {before} of its chat"));
            }
        }
        self.kills += usize::from(stored.is_some());
        for id in printed {
            *self.seen.entry(id.clone()).or_default() += 1;
            if stored.is_some_and(|text| !text.contains(&id)) {
                self.in_hand += 1;
                *self.allowed.entry(id).or_insert(1) += 1;
            }
        }
        Ok(())
    }

    /// The sums, and what they show to be wrong.
    pub(super) fn report(mut self) -> Report {
        let lost = (self.sent.iter())
            .filter(|(id, _)| !self.seen.contains_key(id))
            .count();
        let doubled = self.seen.values().map(|times| times - 1).sum();
        for (id, times) in &self.seen {
            if *times > self.allowed.get(id).copied().unwrap_or(1) {
                self.broken
                    .push(format!("{id} was seen again, although it was handled"));
            }
        }
        Report {
            sent: self.sent.len(),
            seen: self.seen.len(),
            lost,
            doubled,
            in_hand: self.in_hand,
            kills: self.kills,
            broken: self.broken,
        }
    }
}

/// The result of a run, to print.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) sent: usize,
    seen: usize,
    pub(super) lost: usize,
    pub(super) doubled: usize,
    pub(super) in_hand: usize,
    pub(super) kills: usize,
    pub(super) broken: Vec<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "kills                  {:6}", self.kills)?;
        writeln!(f, "messages sent          {:6}", self.sent)?;
        writeln!(f, "messages seen          {:6}", self.seen)?;
        writeln!(f, "lost                   {:6}", self.lost)?;
        writeln!(f, "in hand at the kills   {:6}", self.in_hand)?;
        writeln!(f, "seen a second time     {:6}", self.doubled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(id: &str) -> String {
        format!("{{\"event\":\"message\",\"msg_id\":\"{id}\"}}\n")
    }

    fn of(sent: &[&str], lives: &[(&[&str], Option<&str>)]) -> Report {
        let mut ledger = Ledger::default();
        for id in sent {
            ledger.sent((*id).to_owned(), "friend:1");
        }
        for (printed, stored) in lives {
            let text: String = printed.iter().map(|id| line(id)).collect();
            ledger.life(&text, *stored).unwrap();
        }
        ledger.report()
    }

    #[test]
    fn what_was_in_hand_at_a_kill_may_come_again() {
        let report = of(
            &["1001", "1002"],
            &[(&["1001", "1002"], Some("handled 1001")), (&["1002"], None)],
        );
        assert_eq!((report.doubled, report.in_hand), (1, 1));
        assert_eq!((report.lost, report.kills), (0, 1));
        assert!(report.broken.is_empty(), "{:?}", report.broken);
    }

    #[test]
    fn what_was_handled_may_not() {
        let report = of(
            &["1001"],
            &[(&["1001"], Some("handled 1001")), (&["1001"], None)],
        );
        assert_eq!(report.broken.len(), 1, "{:?}", report.broken);
    }

    #[test]
    fn what_never_comes_is_lost() {
        let report = of(&["1001", "1002"], &[(&["1002"], None)]);
        assert_eq!(report.lost, 1);
    }

    #[test]
    fn the_order_of_a_chat_and_strangers_are_seen() {
        let report = of(&["1001", "1002"], &[(&["1002", "1001"], None)]);
        assert_eq!(report.broken.len(), 1, "{:?}", report.broken);
        let report = of(&[], &[(&["1001"], None)]);
        assert_eq!(report.broken.len(), 1, "{:?}", report.broken);
    }

    #[test]
    fn a_line_that_was_cut_off_was_not_printed() {
        let mut ledger = Ledger::default();
        ledger.sent("1001".to_owned(), "friend:1");
        ledger.life("{\"event\":\"mess", Some("")).unwrap();
        assert_eq!(ledger.report().lost, 1);
    }
}
