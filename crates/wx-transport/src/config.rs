//! What a caller may set: where and how to connect, whom to trust, and how
//! large an answer may be.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use http::uri::Authority;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use crate::error::{Error, Phase};
use crate::proxy::Proxy;

/// How [`Http`](crate::Http) connects.
///
/// ```
/// use std::time::Duration;
///
/// let mut config = wx_transport::Config::default();
/// config.connect_timeout = Duration::from_secs(5);
/// config.proxy = "socks5://127.0.0.1:1080".parse()?;
/// # Ok::<(), wx_transport::Error>(())
/// ```
#[non_exhaustive]
#[derive(Clone, Debug)]
pub struct Config {
    /// Open every connection there. The TLS server name and the `Host` header
    /// stay those of the request. A proxy, if one applies to this address, is
    /// asked for this address.
    pub connect_to: Option<HostPort>,
    /// Roots that are trusted beside those of the system.
    pub extra_roots: Vec<CertificateDer<'static>>,
    /// The proxy, by default none. The environment is read only by
    /// [`Proxy::from_env`].
    pub proxy: Proxy,
    /// The address that connections start from.
    pub local_address: Option<IpAddr>,
    /// The time in which a connection must be open: name, TCP, proxy and TLS
    /// taken together. By default 10 s.
    pub connect_timeout: Duration,
    /// The time after which an unused connection is closed. By default 15 s.
    pub idle_timeout: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            connect_to: None,
            extra_roots: Vec::new(),
            proxy: Proxy::default(),
            local_address: None,
            connect_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(15),
        }
    }
}

impl Config {
    /// Adds every certificate of a PEM file to [`Config::extra_roots`] and
    /// says how many there were.
    ///
    /// # Errors
    ///
    /// [`Phase::Config`] if the text is not PEM or holds no certificate.
    /// Nothing is added then.
    pub fn add_roots_pem(&mut self, pem: &[u8]) -> Result<usize, Error> {
        let roots = CertificateDer::pem_slice_iter(pem)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| Error::new(Phase::Config, format!("not a PEM file: {error}")))?;
        if roots.is_empty() {
            return Err(Error::new(
                Phase::Config,
                "the PEM file holds no certificate",
            ));
        }
        let count = roots.len();
        self.extra_roots.extend(roots);
        Ok(count)
    }
}

/// A host name or address, and a port: `HOST:PORT`, `[V6]:PORT`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HostPort {
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl FromStr for HostPort {
    type Err = Error;

    /// # Errors
    ///
    /// [`Phase::Config`] if the text is not `HOST:PORT`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let invalid = || Error::new(Phase::Config, "the address is not of the form HOST:PORT");
        let authority: Authority = text.parse().map_err(|_| invalid())?;
        match authority.port_u16() {
            Some(port) if !text.contains('@') && !authority.host().is_empty() => Ok(Self {
                host: bare_host(authority.host()).to_owned(),
                port,
            }),
            _ => Err(invalid()),
        }
    }
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// A URI's host without the brackets of an IPv6 address.
pub(crate) fn bare_host(host: &str) -> &str {
    host.strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host)
}

/// How large an answer may be.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes that a body may have, both as it comes over the wire and
    /// after decompression.
    pub body: usize,
}

impl Limits {
    /// The default of [`Limits::body`]: 16 MiB.
    pub const DEFAULT_BODY: usize = 16 * 1024 * 1024;

    /// The most bytes that the status line and the headers may have together:
    /// 64 KiB. The same for every request; a larger head fails in
    /// [`Phase::Head`].
    pub const HEAD: usize = 64 * 1024;

    /// Allows a body of so many bytes.
    #[must_use]
    pub const fn body(bytes: usize) -> Self {
        Self { body: bytes }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::body(Self::DEFAULT_BODY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_needs_host_and_port() {
        let table = [
            ("127.0.0.1:8443", Some(("127.0.0.1", 8443))),
            ("localhost:1", Some(("localhost", 1))),
            ("[::1]:443", Some(("::1", 443))),
            ("localhost", None),
            (":443", None),
            ("localhost:", None),
            ("localhost:65536", None),
            ("user@localhost:443", None),
            ("https://localhost:443", None),
            ("", None),
        ];
        for (text, expected) in table {
            let found = text.parse::<HostPort>().ok();
            let found = found.as_ref().map(|to| (to.host.as_str(), to.port));
            assert_eq!(found, expected, "{text}");
        }
        let v6: HostPort = "[::1]:443".parse().unwrap();
        assert_eq!(v6.to_string(), "[::1]:443");
    }

    #[test]
    fn a_root_file_without_certificates_is_refused() {
        let mut config = Config::default();
        for text in ["", "hello", "-----BEGIN CERTIFICATE-----\n!!\n"] {
            let error = config.add_roots_pem(text.as_bytes()).unwrap_err();
            assert_eq!(error.phase(), Phase::Config, "{text}");
        }
        assert!(config.extra_roots.is_empty());
    }
}
