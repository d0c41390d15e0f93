//! The values that options take.

use std::convert::Infallible;
use std::ffi::OsStr;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

use wx_client::transport::{HostPort, Proxy};

use crate::qr::Choice;
use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use wx_client::{Chain, Pace};

/// A name that is a folder's name and nothing else.
pub(super) fn account_name(name: &str) -> Result<String, String> {
    let plain = name
        .chars()
        .all(|c| c.is_alphanumeric() || "-_.@+".contains(c));
    if plain && !name.is_empty() && !name.starts_with('.') {
        Ok(name.to_owned())
    } else {
        Err("letters, digits and - _ . @ + only, and no dot in front".to_owned())
    }
}

/// An address of this machine's.
pub(super) fn socket_addr(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        "expected an address and a port such as 127.0.0.1:8443; port 0 is any that is free"
            .to_owned()
    })
}

/// An address.
pub(super) fn host_port(text: &str) -> Result<HostPort, String> {
    text.parse()
        .map_err(|_| "expected an address such as 127.0.0.1:8443".to_owned())
}

/// A number of seconds, with a fraction or without.
pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    let number = text.parse().ok();
    number
        .and_then(|number| Duration::try_from_secs_f64(number).ok())
        .ok_or_else(|| "expected a number of seconds, such as 30 or 0.5".to_owned())
}

/// A JSON object.
pub(super) fn json_object(text: &str) -> Result<serde_json::Value, String> {
    match serde_json::from_slice(text.as_bytes()) {
        Ok(value @ serde_json::Value::Object(_)) => Ok(value),
        Ok(_) => Err("expected a JSON object".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// How to show a code, for help and shells that complete as well.
#[derive(Clone, Copy, Debug)]
pub(super) struct QrValue;

impl TypedValueParser for QrValue {
    type Value = Choice;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<Choice, clap::Error> {
        let parser = StringValueParser::new().try_map(|text| text.parse::<Choice>());
        parser.parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let values = ["auto", "terminal", "ascii", "url", "none", "png=PATH"];
        Some(Box::new(values.into_iter().map(PossibleValue::new)))
    }
}

/// A proxy, or why it is none. It is looked at later: a parser that fails
/// would have the whole argument printed, its password too.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "part of a binary")]
pub struct ProxyUrl(pub Result<Proxy, String>);

impl FromStr for ProxyUrl {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let proxy = text.parse::<Proxy>();
        Ok(Self(
            proxy.map_err(|error| format!("--proxy: {}", Chain(&error))),
        ))
    }
}

/// A rate at which messages may go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "part of a binary")]
pub struct Rate(pub Option<Pace>);

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const BURST: NonZeroU32 = NonZeroU32::new(5).unwrap();
        if text == "off" {
            return Ok(Self(None));
        }
        text.strip_suffix("/s")
            .and_then(|number| number.parse::<NonZeroU32>().ok())
            .map(|rate| Self(Some(Pace::per_second(rate, rate.max(BURST)))))
            .ok_or_else(|| {
                "expected a whole number of messages a second, such as 5/s, or off".to_owned()
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_a_number_a_second_or_off() {
        assert_eq!("off".parse::<Rate>().unwrap(), Rate(None));
        let five = "5/s".parse::<Rate>().unwrap().0.unwrap();
        assert_eq!(five.interval, std::time::Duration::from_millis(200));
        for bad in ["", "0/s", "5", "-1/s", "1/h"] {
            bad.parse::<Rate>().unwrap_err();
        }
    }

    #[test]
    fn seconds_are_a_length_of_time() {
        assert_eq!(seconds("0.25").unwrap(), Duration::from_millis(250));
        assert_eq!(seconds("0").unwrap(), Duration::ZERO);
        for bad in ["", "-1", "NaN", "inf", "1e300", "1s"] {
            seconds(bad).unwrap_err();
        }
    }

    #[test]
    fn a_wrong_proxy_is_told_of_without_its_password() {
        let Ok(ProxyUrl(proxy)) = "ftp://user:hunter2@example.com".parse();
        let error = proxy.unwrap_err();
        assert!(
            error.contains("--proxy") && !error.contains("hunter2"),
            "{error}"
        );
        let Ok(proxy) = "http://user:hunter2@example.com:8080".parse::<ProxyUrl>();
        assert!(!format!("{proxy:?}").contains("hunter2"), "{proxy:?}");
    }

    #[test]
    fn an_account_is_no_path() {
        for bad in ["", "..", ".x", "a/b", "a\\b", "a\0"] {
            account_name(bad).unwrap_err();
        }
        assert_eq!(account_name("工作-1").unwrap(), "工作-1");
    }
}
