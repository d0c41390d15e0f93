//! The settings of a session, as data.

use std::time::Duration;

use http::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use wx_wire::content::EmojiTable;
use wx_wire::id::{DeviceId, QrUuid};

use crate::config::{Config, FileLimits, Ladder, Pace, Profile};

/// Everything in a [`Config`] that determines a session. Missing members have
/// their default values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "the fields are those of Config, Profile, Ladder and FileLimits"
)]
#[non_exhaustive]
pub struct Settings {
    pub account: String,
    pub user_agent: String,
    pub lang: String,
    pub desktop: bool,
    /// Names and values.
    pub login_page_headers: Vec<(String, String)>,
    /// Of the [`Ladder`]: saved, push, qr.
    pub ladder: [bool; 3],
    pub qr_renewals: u32,
    pub push_login_wait: Duration,
    pub event_capacity: usize,
    pub in_hand_capacity: usize,
    pub recall_memory: usize,
    pub pace: Option<Pace>,
    pub send_expiry: Duration,
    /// Of the [`FileLimits`]: image, video, file.
    pub limits: [Option<u64>; 3],
    pub recall_window: Duration,
    pub extra_hosts: Vec<String>,
    pub login_host: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uuid: Option<QrUuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_id: Option<DeviceId>,
    /// [`EmojiTable::Repaired`].
    pub repaired_emoji: bool,
    pub notify_phone: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shared: bool,
}

impl From<&Config> for Settings {
    fn from(config: &Config) -> Self {
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = config.profile.login_page_headers.iter();
        let FileLimits { image, video, file } = config.limits;
        let Ladder { saved, push, qr } = config.ladder;
        Self {
            account: config.account.clone(),
            user_agent: text(&config.profile.user_agent),
            lang: config.profile.lang.clone(),
            desktop: config.profile.desktop,
            login_page_headers: headers
                .map(|(name, value)| (name.to_string(), text(value)))
                .collect(),
            ladder: [saved, push, qr],
            qr_renewals: config.qr_renewals,
            push_login_wait: config.push_login_wait,
            event_capacity: config.event_capacity,
            in_hand_capacity: config.in_hand_capacity,
            recall_memory: config.recall_memory,
            pace: config.pace,
            send_expiry: config.send_expiry,
            limits: [image, video, file],
            recall_window: config.recall_window,
            extra_hosts: config.extra_hosts.clone(),
            login_host: config.login_host.clone(),
            uuid: config.uuid.clone(),
            device_id: config.device_id.clone(),
            repaired_emoji: config.emoji == EmojiTable::Repaired,
            notify_phone: config.notify_phone,
            shared: config.shared,
        }
    }
}

impl From<Settings> for Config {
    /// An invalid header is left out, because a session does not depend on it.
    fn from(settings: Settings) -> Self {
        let headers = settings.login_page_headers.into_iter();
        let mut profile = Profile {
            lang: settings.lang,
            desktop: settings.desktop,
            login_page_headers: headers
                .filter_map(|(name, value)| {
                    let name: HeaderName = name.parse().ok()?;
                    Some((name, value.parse().ok()?))
                })
                .collect(),
            ..Profile::default()
        };
        if let Ok(agent) = settings.user_agent.parse() {
            profile.user_agent = agent;
        }
        let [image, video, file] = settings.limits;
        let [saved, push, qr] = settings.ladder;
        Self {
            account: settings.account,
            profile,
            ladder: Ladder { saved, push, qr },
            qr_renewals: settings.qr_renewals,
            push_login_wait: settings.push_login_wait,
            event_capacity: settings.event_capacity,
            in_hand_capacity: settings.in_hand_capacity,
            recall_memory: settings.recall_memory,
            pace: settings.pace,
            send_expiry: settings.send_expiry,
            limits: FileLimits { image, video, file },
            recall_window: settings.recall_window,
            extra_hosts: settings.extra_hosts,
            login_host: settings.login_host,
            uuid: settings.uuid,
            device_id: settings.device_id,
            emoji: if settings.repaired_emoji {
                EmojiTable::Repaired
            } else {
                EmojiTable::AsIs
            },
            notify_phone: settings.notify_phone,
            shared: settings.shared,
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_survives_being_data() {
        let mut config = Config {
            account: "work".to_owned(),
            ladder: Ladder::qr_only(),
            pace: None,
            extra_hosts: vec!["wx.example".to_owned()],
            device_id: Some(DeviceId::new("e123456789012345")),
            emoji: EmojiTable::Repaired,
            notify_phone: false,
            shared: true,
            ..Config::default()
        };
        config.limits.video = None;
        config.profile.login_page_headers = vec![(
            HeaderName::from_static("extspam"),
            HeaderValue::from_static("Gp8I"),
        )];
        let settings = Settings::from(&config);
        let json = serde_json::to_string(&settings).unwrap();
        let read: Settings = serde_json::from_str(&json).unwrap();
        assert_eq!(read, settings);
        assert_eq!(format!("{:?}", Config::from(read)), format!("{config:?}"));
    }
}
