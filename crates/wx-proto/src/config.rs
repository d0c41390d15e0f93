//! The settings of a session. Every default follows the official page or, where
//! the page has no such setting, the best of the peers.

use std::num::NonZeroU32;
use std::time::Duration;

use http::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use wx_wire::content::EmojiTable;
use wx_wire::host::LOGIN_HOST;
use wx_wire::id::{DeviceId, QrUuid};

use crate::command::Rejected;
use crate::media::FileKind;

/// Settings of a session. Begin with the defaults, and change what differs:
///
/// ```
/// use wx_proto::{Config, config::Ladder};
///
/// let mut config = Config::default();
/// config.account = "shop".to_owned();
/// config.ladder = Ladder::saved_only();
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// Name of the account in event keys: `NAME/m/MSGID`.
    pub account: String,
    /// How the client presents itself.
    pub profile: Profile,
    /// Which ways of logging in may be tried.
    pub ladder: Ladder,
    /// How many expired or cancelled QR codes are replaced before the login fails.
    pub qr_renewals: u32,
    /// How long the phone may take to confirm a login without a scan.
    pub push_login_wait: Duration,
    /// How many events may wait for the application before polling stops.
    pub event_capacity: usize,
    /// How many messages may lie beyond the stored position before polling stops, 1
    /// to 1024. A message that is not acknowledged holds up the position, and all
    /// later ones count, acknowledged or not.
    pub in_hand_capacity: usize,
    /// How many bytes of recent messages are kept in memory, so that a recall can
    /// show what was taken back; 0 for none.
    pub recall_memory: usize,
    /// How fast messages may go out; `None` for no limit.
    pub pace: Option<Pace>,
    /// How long a message may wait for the network before it fails without having
    /// been sent.
    pub send_expiry: Duration,
    /// How large files may be.
    pub limits: FileLimits,
    /// How long after it was sent a message can be taken back. The server has the
    /// last word (protocol: recall).
    pub recall_window: Duration,
    /// Hosts outside of the known families to which a login may redirect, for
    /// gateways of your own.
    pub extra_hosts: Vec<String>,
    /// Where a login starts.
    pub login_host: String,
    /// The uuid of a QR code that is already shown elsewhere. The first code is then
    /// not requested.
    pub uuid: Option<QrUuid>,
    /// The device id, `e` and 15 digits. With `None`, one is drawn at each login and
    /// kept with the session.
    pub device_id: Option<DeviceId>,
    /// How the code points of emoji in messages' texts are read.
    pub emoji: EmojiTable,
    /// Whether the phone is told that a web client is online, as the official page
    /// does.
    pub notify_phone: bool,
    /// Whether other processes may send on the account, [attached](crate::Session::attach)
    /// to what is stored. Before the session takes a message in the stream for one of
    /// its own whose answer was lost, it then asks for what they have stored, by
    /// [`Session::poll_others`](crate::Session::poll_others). Leave it off for a
    /// driver that does not serve that. `wx-client`'s driver does, and sets it itself.
    pub shared: bool,
    /// Which promise is broken on purpose.
    #[cfg(wx_sabotage)]
    pub sabotage: Option<crate::sabotage::Sabotage>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            account: "default".to_owned(),
            profile: Profile::default(),
            ladder: Ladder::default(),
            qr_renewals: 5,
            push_login_wait: Duration::from_secs(300),
            event_capacity: 256,
            in_hand_capacity: 1024,
            recall_memory: 512 * 1024,
            pace: Some(Pace::default()),
            send_expiry: Duration::from_secs(60),
            limits: FileLimits::default(),
            recall_window: Duration::from_secs(120),
            extra_hosts: Vec::new(),
            login_host: LOGIN_HOST.to_owned(),
            uuid: None,
            device_id: None,
            emoji: EmojiTable::default(),
            notify_phone: true,
            shared: false,
            #[cfg(wx_sabotage)]
            sabotage: None,
        }
    }
}

/// How the client presents itself to the service.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Profile {
    /// The `User-Agent`. The service expects that of a desktop browser.
    pub user_agent: HeaderValue,
    /// `zh_CN` or `en_US`: the language of refusals and system messages.
    pub lang: String,
    /// The desktop variant, which lets in some accounts that are refused by the plain
    /// web login.
    pub desktop: bool,
    /// Additional headers for the request that trades the ticket for keys. The desktop
    /// variant needs `extspam` and `client-version`; the user has to supply the values.
    pub login_page_headers: Vec<(HeaderName, HeaderValue)>,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            user_agent: HeaderValue::from_static(
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/120.0.0.0 Safari/537.36",
            ),
            lang: "zh_CN".to_owned(),
            desktop: false,
            login_page_headers: Vec::new(),
        }
    }
}

/// The ways of logging in, tried in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ladder {
    /// Resume the saved session.
    pub saved: bool,
    /// Have the phone confirm, without a scan.
    pub push: bool,
    /// Show a QR code.
    pub qr: bool,
}

impl Default for Ladder {
    fn default() -> Self {
        Self {
            saved: true,
            push: true,
            qr: true,
        }
    }
}

impl Ladder {
    /// Only the saved session, for a program that runs unattended.
    #[must_use]
    pub const fn saved_only() -> Self {
        Self {
            saved: true,
            push: false,
            qr: false,
        }
    }

    /// Only a QR code: a fresh start.
    #[must_use]
    pub const fn qr_only() -> Self {
        Self {
            saved: false,
            push: false,
            qr: true,
        }
    }
}

/// How large files may be, in bytes; `None` for no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileLimits {
    /// Pictures and emoticons.
    pub image: Option<u64>,
    /// Videos.
    pub video: Option<u64>,
    /// Files.
    pub file: Option<u64>,
}

impl FileLimits {
    /// The service takes no pictures of more than 20 MiB (protocol: limits).
    pub const IMAGE: u64 = 20 * 1024 * 1024;
    /// The official page refuses a video of 20 MiB (protocol: limits).
    pub const VIDEO: u64 = 20 * 1024 * 1024 - 1;

    /// The limit for this kind of file.
    #[must_use]
    pub const fn of(&self, kind: FileKind) -> Option<u64> {
        match kind {
            FileKind::Image | FileKind::Emoticon => self.image,
            FileKind::Video => self.video,
            FileKind::File => self.file,
        }
    }

    /// Checks the size of a file, as a session does when it is asked to send one: a
    /// caller that still has to hash it can know beforehand.
    ///
    /// # Errors
    /// [`Rejected::TooLarge`], which names the file by `name`.
    pub fn check(&self, kind: FileKind, name: &str, size: u64) -> Result<(), Rejected> {
        match self.of(kind) {
            Some(limit) if size > limit => Err(Rejected::TooLarge {
                name: name.to_owned(),
                kind,
                size,
                limit,
            }),
            _ => Ok(()),
        }
    }
}

impl Default for FileLimits {
    fn default() -> Self {
        Self {
            image: Some(Self::IMAGE),
            video: Some(Self::VIDEO),
            file: None,
        }
    }
}

/// A rate: `burst` messages at once, then one each `interval`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Pace {
    /// Time in which one more message is earned.
    pub interval: Duration,
    /// How many may go out at once after a rest.
    pub burst: NonZeroU32,
}

impl Pace {
    /// `per_second` messages a second, `burst` at once.
    #[must_use]
    pub fn per_second(per_second: NonZeroU32, burst: NonZeroU32) -> Self {
        Self {
            interval: Duration::from_secs(1) / per_second.get(),
            burst,
        }
    }
}

impl Default for Pace {
    fn default() -> Self {
        const FIVE: NonZeroU32 = NonZeroU32::new(5).unwrap();
        Self::per_second(NonZeroU32::MIN, FIVE)
    }
}
