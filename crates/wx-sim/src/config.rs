//! How the simulated service is set up: the members of `config` and
//! `accounts` in the control call `reset`, the same in a script.

use serde::{Deserialize, Deserializer};

use crate::hosts::Family;
use crate::omission::Omission;

/// The service's settings. Unknown keys are refused, with their names.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Config {
    /// The host family that a login is sent to.
    pub family: Family,
    /// A QR code is scanned this long after it was first polled; `None` (JSON
    /// `null`, TOML `"never"`): it waits for a `login` call.
    #[serde(deserialize_with = "delay")]
    pub auto_scan_ms: Option<u64>,
    /// A scanned code, or a push login, is confirmed after this long; `None`
    /// as above.
    #[serde(deserialize_with = "delay")]
    pub auto_confirm_ms: Option<u64>,
    /// How long `synccheck` is held when nothing is pending.
    pub hold_ms: u64,
    /// How long a login poll is held when nothing happens on the phone.
    pub login_hold_ms: u64,
    /// How long a QR code can be scanned after `jslogin`.
    pub qr_life_ms: u64,
    /// Changes in one answer of `webwxsync`, at most.
    pub page_size: usize,
    /// Contacts in one answer of `webwxgetcontact`; 0: all of them.
    pub contact_page: usize,
    /// Whether `SyncCheckKey` equals `SyncKey`.
    pub sync_check_key: SyncCheckKey,
    /// A new `SKey` comes with every so many syncs; 0: never.
    pub rotate_skey_every: u32,
    /// Answer in gzip when the request accepts it (the TLS server does it).
    pub gzip: bool,
    /// How long after sending a message may be revoked, in seconds.
    pub revoke_window_s: u64,
    /// At most `.0` sends within `.1` seconds, then Ret 1205.
    pub send_limit: Option<(usize, u64)>,
    /// The same for friend requests, sent or accepted.
    pub verify_limit: Option<(usize, u64)>,
    /// The same for making groups and changing them.
    pub group_limit: Option<(usize, u64)>,
    /// People who are asked to be friends accept at once.
    pub auto_accept: bool,
    /// `InviteStartCount`: a group that would have so many members takes
    /// further ones by invitation only.
    pub invite_start: usize,
    /// No group has more members than this.
    pub max_members: usize,
    /// Answer a `Range` with the whole file.
    pub no_range: bool,
    /// What the content of a status notify is.
    pub status_notify: StatusNotify,
    /// Refuse logins at `webwxnewloginpage` with Ret 1203 and this text.
    pub refuse_login: Option<String>,
    /// The form of a successful `webwxnewloginpage`.
    pub login_page: LoginPage,
    /// Answer a message to oneself with Ret 1204, as it is for some accounts.
    pub refuse_self: bool,
    /// Check what the real service lets pass: see [`Strictness`].
    pub strictness: Strictness,
    /// A call of a session without the Referer `https://<base host>/` is
    /// Ret 1, if `strictness` is strict.
    pub check_referer: bool,
    /// Parts that are left out of the answers, to see who notices.
    pub omit: Vec<Omission>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            family: Family::Wx2,
            auto_scan_ms: Some(500),
            auto_confirm_ms: Some(500),
            hold_ms: 25_000,
            login_hold_ms: 10_000,
            qr_life_ms: 240_000,
            page_size: 10,
            contact_page: 0,
            sync_check_key: SyncCheckKey::Same,
            rotate_skey_every: 0,
            gzip: false,
            revoke_window_s: 120,
            send_limit: None,
            verify_limit: None,
            group_limit: None,
            auto_accept: false,
            invite_start: 40,
            max_members: 500,
            no_range: false,
            status_notify: StatusNotify::Xml,
            refuse_login: None,
            login_page: LoginPage::Xml,
            refuse_self: false,
            strictness: Strictness::Real,
            check_referer: false,
            omit: Vec::new(),
        }
    }
}

impl Config {
    /// The defaults, with a phone that scans and confirms at once: what most tests of
    /// a client want.
    #[must_use]
    pub fn instant_login() -> Self {
        Self {
            auto_scan_ms: Some(0),
            auto_confirm_ms: Some(0),
            ..Self::default()
        }
    }
}

/// How `SyncCheckKey` relates to `SyncKey`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SyncCheckKey {
    /// Equal, as in most captures.
    #[default]
    Same,
    /// Different: a `synccheck` that sends the SyncKey reports a selector
    /// again and again, as clients that ignore SyncCheckKey have seen.
    Differs,
}

/// The content of type 51 messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StatusNotify {
    /// XML with the real ids, in the order of `StatusNotifyUserName`.
    #[default]
    Xml,
    /// Empty, as since April 2017.
    Empty,
}

/// The form of a successful answer to `webwxnewloginpage`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LoginPage {
    /// 200 with the XML.
    #[default]
    Xml,
    /// 301 without a Location, with the XML and the cookies.
    Moved,
    /// 301 without a Location and without a body: only the cookies tell. The
    /// session takes an empty Skey, since the client cannot know it.
    CookiesOnly,
}

/// What is checked although the real service does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Strictness {
    /// As the service: any or no DeviceID (ItChat sends its pass_ticket
    /// there), any pass_ticket, and `webwxnewloginpage` without `fun=new`
    /// answers 301 with the XML (which ItChat and wechat4u live on).
    #[default]
    Real,
    /// Ret 1 unless: DeviceID is `e` and 15 digits, and Skey is present; a
    /// pass_ticket is the session's, encoded once or twice, and is there where
    /// the protocol says so; JSON is called `application/json;charset=UTF-8`;
    /// the User-Agent is a browser's; all five cookies of a session are sent;
    /// sends have `fun` and `f` of the official page; uploads have its parts
    /// in its order, the date and the digest among them.
    ///
    /// `webwxnewloginpage` without `fun=new` and `version=v2` has an empty
    /// body; `webwxgetmedia` without a Referer always has; a friend request is
    /// accepted with its ticket only.
    Strict,
}

/// What an account holds; the details are drawn from the seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct AccountSpec {
    /// Friends.
    pub contacts: usize,
    /// Groups, of which every third is not saved to the address book.
    pub groups: usize,
    /// Members of each group, the account itself among them.
    pub members: usize,
    /// Public accounts followed.
    pub mps: usize,
}

impl Default for AccountSpec {
    fn default() -> Self {
        Self::new(20, 3, 5, 2)
    }
}

impl AccountSpec {
    /// An account with so many friends, groups, members of each group, and
    /// public accounts.
    #[must_use]
    pub const fn new(contacts: usize, groups: usize, members: usize, mps: usize) -> Self {
        Self {
            contacts,
            groups,
            members,
            mps,
        }
    }
}

/// A number of milliseconds, `null` or `"never"` (TOML has no null).
fn delay<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Word {
        Never,
    }
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "milliseconds, null or \"never\"")]
    enum Delay {
        Ms(u64),
        Word(Word),
        Null,
    }
    Ok(match Delay::deserialize(deserializer)? {
        Delay::Ms(ms) => Some(ms),
        Delay::Word(Word::Never) | Delay::Null => None,
    })
}

#[cfg(test)]
mod tests {
    use super::Config;

    #[test]
    fn a_delay_can_be_taken_away_in_json_and_toml() {
        let json: Config = serde_json::from_str(r#"{"auto_scan_ms":null}"#).unwrap();
        let toml: Config = toml::from_str("auto_scan_ms = \"never\"").unwrap();
        assert_eq!(json.auto_scan_ms, None);
        assert_eq!(json, toml);
        assert_eq!(json.auto_confirm_ms, Some(500));
    }
}
