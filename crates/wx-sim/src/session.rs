//! A login's keys, and the sync keys that spell positions in the feed.

use crate::codes::Ret;
use crate::hosts::Family;
use crate::rng::Rng;

/// What one login was given.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) family: Family,
    pub(crate) sid: String,
    pub(crate) pass_ticket: String,
    pub(crate) data_ticket: String,
    pub(crate) load_time: u64,
    /// Where in the account's feed the session began.
    pub(crate) start: usize,
    pub(crate) keys: SyncKeys,
    skey: String,
    previous_skey: Option<String>,
    /// Whether a request used the newest Skey, so that the next may be issued.
    skey_used: bool,
    /// Whether the client was never told an Skey: it may send an empty one.
    pub(crate) skey_untold: bool,
    pub(crate) syncs: u32,
    /// Whether `webwxinit` was answered.
    pub(crate) online: bool,
    /// Whether `synccheck` was called.
    pub(crate) polled: bool,
    /// Whether the status notifies that follow code 3 were sent.
    pub(crate) notified: bool,
}

impl Session {
    pub(crate) fn new(rng: &mut Rng, family: Family, start: usize, unix_s: u64) -> Self {
        Self {
            family,
            sid: rng.base64(16),
            pass_ticket: rng.base64(64),
            data_ticket: format!("gS{}", rng.base64_url(22)),
            load_time: unix_s,
            start,
            keys: SyncKeys::new(rng, unix_s),
            skey: new_skey(rng),
            previous_skey: None,
            skey_used: false,
            skey_untold: false,
            syncs: 0,
            online: false,
            polled: false,
            notified: false,
        }
    }

    pub(crate) fn skey(&self) -> &str {
        &self.skey
    }

    /// Whether the service takes this Skey: the newest or the one before it.
    pub(crate) fn accepts_skey(&mut self, skey: &str) -> bool {
        if skey == self.skey {
            self.skey_used = true;
            return true;
        }
        self.previous_skey.as_deref() == Some(skey) || (skey.is_empty() && self.skey_untold)
    }

    /// Issues a new Skey, unless the newest is not in use yet: a client that
    /// lost an answer must not be locked out by the next.
    pub(crate) fn rotate_skey(&mut self, rng: &mut Rng) -> Option<&str> {
        if !std::mem::take(&mut self.skey_used) {
            return None;
        }
        let old = std::mem::replace(&mut self.skey, new_skey(rng));
        self.previous_skey = Some(old);
        Some(&self.skey)
    }

    /// Whether a pass_ticket is the session's, decoded or as the XML has it.
    pub(crate) fn accepts_pass_ticket(&self, ticket: &str) -> bool {
        ticket == self.pass_ticket || ticket == self.encoded_pass_ticket()
    }

    /// The pass_ticket as the XML and the cookies spell it.
    pub(crate) fn encoded_pass_ticket(&self) -> String {
        percent_encoding::utf8_percent_encode(&self.pass_ticket, percent_encoding::NON_ALPHANUMERIC)
            .to_string()
    }
}

/// A session that is over.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    pub(crate) sid: String,
    pub(crate) ret: Ret,
}

fn new_skey(rng: &mut Rng) -> String {
    format!("@crypt_{}_{}", rng.hex(8), rng.hex(32))
}

/// The three texts in which a position is given out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// The four entries of `webwxinit`.
    Init,
    /// `SyncKey` of `webwxsync`: seven entries, later up to ten.
    Sync,
    /// `SyncCheckKey`, when it differs.
    Check,
}

/// Sync keys: lists of `Key` and `Val` that say how far a client has read.
///
/// The position is the Val of key 2; the others look like those of captures
/// and are checked, so that a client cannot get away with sending part of a
/// list, another order, or the list of an older login.
#[derive(Clone, Debug)]
pub(crate) struct SyncKeys {
    base: u64,
    login_s: u64,
}

impl SyncKeys {
    fn new(rng: &mut Rng, login_s: u64) -> Self {
        let base = rng.between(600_000_000, 900_000_000);
        Self { base, login_s }
    }

    /// The list for `position`, which is `read` entries past the session's
    /// start.
    pub(crate) fn list(&self, position: usize, read: usize, form: Form) -> Vec<(u64, u64)> {
        let position = position as u64;
        let Self { base, login_s } = *self;
        let third = base + position / 2 + 11;
        if form == Form::Init {
            return vec![
                (1, base),
                (2, base + position),
                (3, third),
                (1000, login_s.saturating_sub(9000)),
            ];
        }
        let third = if form == Form::Check {
            third + 1
        } else {
            third
        };
        let mut list = vec![(1, base), (2, base + position), (3, third), (11, base + 7)];
        if read >= 8 {
            list.push((13, base + 3));
        }
        list.push((201, login_s + position));
        if read >= 16 {
            list.push((203, login_s.saturating_sub(40)));
        }
        list.extend([
            (1000, login_s.saturating_sub(9000)),
            (1001, login_s.saturating_sub(8700)),
        ]);
        if read >= 24 {
            list.push((1002, login_s.saturating_sub(8400)));
        }
        list
    }

    /// The position that a list spells, and the form it was given out in;
    /// `None` for a list that this session did not give out.
    pub(crate) fn locate(
        &self,
        list: &[(u64, u64)],
        start: usize,
        end: usize,
    ) -> Option<(usize, Form)> {
        let (_, val) = list.iter().find(|(key, _)| *key == 2)?;
        let position = usize::try_from(val.checked_sub(self.base)?).ok()?;
        let read = position.checked_sub(start).filter(|_| position <= end)?;
        [Form::Sync, Form::Check, Form::Init]
            .into_iter()
            .find(|form| self.list(position, read, *form) == list)
            .map(|form| (position, form))
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, SyncKeys};

    const KEYS: SyncKeys = SyncKeys {
        base: 700_000_000,
        login_s: 1_500_000_000,
    };

    #[test]
    fn only_whole_lists_of_this_session_are_known() {
        let list = KEYS.list(9, 4, Form::Sync);
        assert_eq!(KEYS.locate(&list, 5, 20), Some((9, Form::Sync)));
        assert_eq!(KEYS.locate(&list, 5, 8), None, "beyond the end");
        assert_eq!(KEYS.locate(&list[1..], 5, 20), None, "an entry missing");
        let swapped: Vec<_> = list.iter().rev().copied().collect();
        assert_eq!(KEYS.locate(&swapped, 5, 20), None, "another order");
        assert_eq!(KEYS.locate(&[], 5, 20), None);
    }
}
