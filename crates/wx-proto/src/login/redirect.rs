//! Where a confirmed login may lead: to https on a known host, and nowhere
//! else, before any request goes there.

use http::Uri;
use wx_wire::code::Ret;
use wx_wire::host::Hosts;
use wx_wire::secret::TicketUrl;

use crate::config::Config;
use crate::event::{Cause, CloseReason};
use crate::sabotage::breaks;

/// The family that an address belongs to.
///
/// # Errors
/// If it is not https, or its host is unknown. The reason names the host but
/// not the address, which contains the ticket.
pub(super) fn family(address: &TicketUrl, config: &Config) -> Result<Hosts, CloseReason> {
    let refuse = |what: String| {
        let message = format!("the login was redirected to {what}; nothing was sent there");
        CloseReason::new(Cause::Refused, Ret::OK, message)
    };
    let uri: Uri = address
        .expose()
        .parse()
        .map_err(|_| refuse("something that is no address".to_owned()))?;
    let authority = uri
        .authority()
        .ok_or_else(|| refuse("an address without a host".to_owned()))?;
    let host = authority.host();
    if uri.scheme_str() != Some("https") {
        return Err(refuse(format!("{host} without TLS")));
    }
    let extra = breaks!(config, AcceptForeignHost)
        || config
            .extra_hosts
            .iter()
            .any(|extra| extra == authority.as_str());
    if extra {
        return Ok(Hosts::custom(authority.as_str()));
    }
    let plain = authority.as_str() == host || authority.as_str() == format!("{host}:443");
    match Hosts::of(host) {
        Some(hosts) if plain => Ok(hosts),
        _ => Err(refuse(format!("the unknown host {authority}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(address: &str) -> Result<String, String> {
        family(&TicketUrl::new(address), &Config::default())
            .map(|hosts| hosts.base().to_owned())
            .map_err(|reason| reason.message)
    }

    #[test]
    fn only_https_on_known_hosts_is_followed() {
        let path = "/cgi-bin/mmwebwx-bin/webwxnewloginpage?ticket=A1";
        assert_eq!(
            of(&format!("https://wx2.qq.com{path}")).unwrap(),
            "wx2.qq.com"
        );
        assert_eq!(
            of(&format!("https://WX2.qq.com:443{path}")).unwrap(),
            "wx2.qq.com"
        );
        for bad in [
            "http://wx2.qq.com",
            "https://wx2.qq.com.evil.example",
            "https://wx2.qq.com@evil.example",
            "https://user@wx2.qq.com",
            "https://wx2.qq.com:8443",
            "//wx2.qq.com",
            "/relative",
            "",
        ] {
            let message = of(&format!("{bad}{path}")).unwrap_err();
            assert!(message.contains("nothing was sent"), "{bad}: {message}");
            assert!(!message.contains("A1"), "{message}");
        }
    }
}
