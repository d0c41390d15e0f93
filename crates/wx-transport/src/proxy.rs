//! Proxies: their URLs, the environment's variables, and the way through them,
//! by HTTP CONNECT (RFC 9110 §9.3.6) or SOCKS5.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{HOST, PROXY_AUTHORIZATION};
use http::{Method, Request, StatusCode, Uri};
use http_body_util::Empty;
use hyper::client::conn::http1;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::config::{HostPort, bare_host};
use crate::error::{Cause, Error, Phase};
use crate::exchange::alongside;
use crate::socks5::{self, Socks5Error};

/// Which proxy, if any, connections go through.
///
/// A URL is `http://` (the proxy is asked with CONNECT) or `socks5://` (with
/// names resolved by the proxy), each with `user:password@` if need be; without
/// a scheme it is taken for `http://`. Credentials show neither in `Debug` nor
/// in errors.
#[derive(Clone, Default)]
pub struct Proxy(Option<Arc<Matcher>>);

impl Proxy {
    /// Reads the first that is set of `HTTPS_PROXY`, `https_proxy`,
    /// `ALL_PROXY`, `all_proxy`, and the exceptions of `NO_PROXY` or
    /// `no_proxy` (names with their subdomains, addresses, networks, `*`).
    ///
    /// # Errors
    ///
    /// [`Phase::Config`] if the variable holds no usable URL: going past a
    /// proxy that was asked for would be worse.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_variables(|name| std::env::var(name).ok())
    }

    fn from_variables(value: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let first = |names: &[&str]| {
            names
                .iter()
                .filter_map(|name| value(name))
                .find(|value| !value.is_empty())
        };
        let except = first(&["NO_PROXY", "no_proxy"]).unwrap_or_default();
        match first(&["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]) {
            Some(url) => Self::parse(&url, &except),
            None => Ok(Self(None)),
        }
    }

    fn parse(url: &str, except: &str) -> Result<Self, Error> {
        // Neither the URL nor a part of it goes into the error: it may hold a
        // password.
        let invalid = |why: &'static str| {
            Error::new(Phase::Config, why)
                .advice("write the proxy as http://HOST:PORT or socks5://HOST:PORT")
        };
        let matcher = Matcher::builder().https(url).no(except).build();
        let any = Matcher::builder().https(url).build();
        let intercept = any
            .intercept(&Uri::from_static("https://proxied.invalid"))
            .ok_or_else(|| invalid("the proxy URL is not valid"))?;
        match intercept.uri().scheme_str() {
            Some("http" | "socks5" | "socks5h") => {}
            _ => return Err(invalid("the proxy URL has an unsupported scheme")),
        }
        // A port that does not fit into 16 bits is read as no port at all.
        let authority = intercept.uri().authority();
        let place = authority.map(|a| a.as_str().rsplit('@').next().unwrap_or_default());
        let host = intercept.uri().host().unwrap_or_default();
        if host.is_empty() {
            return Err(invalid("the proxy URL names no host"));
        }
        if place.is_some_and(|place| place.len() > host.len())
            && intercept.uri().port_u16().is_none()
        {
            return Err(invalid("the proxy URL has no valid port behind its colon"));
        }
        Ok(Self(Some(Arc::new(matcher))))
    }

    /// The proxy to use for connections to `target`.
    pub(crate) fn route(&self, target: &HostPort) -> Result<Option<Route>, Error> {
        let Some(matcher) = &self.0 else {
            return Ok(None);
        };
        let uri = Uri::builder()
            .scheme("https")
            .authority(target.to_string())
            .path_and_query("/")
            .build()
            .map_err(|error| Error::new(Phase::Config, error))?;
        let Some(intercept) = matcher.intercept(&uri) else {
            return Ok(None);
        };
        let proxy = intercept.uri();
        let socks5 = proxy.scheme_str() != Some("http");
        let default_port = if socks5 { 1080 } else { 80 };
        let address = HostPort {
            host: bare_host(proxy.host().unwrap_or_default()).to_owned(),
            port: proxy.port_u16().unwrap_or(default_port),
        };
        Ok(Some(Route {
            address,
            socks5,
            intercept,
            target: target.clone(),
        }))
    }
}

impl FromStr for Proxy {
    type Err = Error;

    /// # Errors
    ///
    /// [`Phase::Config`] if the URL is not one of those described at [`Proxy`].
    fn from_str(url: &str) -> Result<Self, Error> {
        Self::parse(url, "")
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            // The matcher's own Debug leaves the credentials out.
            Some(matcher) => matcher.fmt(f),
            None => f.write_str("None"),
        }
    }
}

/// One proxy and the place it is asked for.
pub(crate) struct Route {
    /// Where the proxy listens.
    pub(crate) address: HostPort,
    socks5: bool,
    intercept: Intercept,
    target: HostPort,
}

impl Route {
    /// Asks the proxy at the other end of `stream` for a way to the target.
    pub(crate) async fn open(&self, stream: TcpStream) -> Result<TcpStream, Error> {
        let opened = if self.socks5 {
            self.ask_socks5(stream).await
        } else {
            self.ask_http(stream).await
        };
        opened.map_err(|refusal| {
            let error = self.error(refusal.cause);
            if refusal.credentials {
                error
                    .permanent()
                    .advice("put the right user:password@ into the proxy URL")
            } else {
                error
            }
        })
    }

    /// An error that names the proxy.
    pub(crate) fn error(&self, cause: impl Into<Cause>) -> Error {
        Error::new(
            Phase::Proxy,
            At {
                proxy: self.address.clone(),
                cause: cause.into(),
            },
        )
    }

    async fn ask_socks5(&self, mut stream: TcpStream) -> Result<TcpStream, Refusal> {
        let HostPort { host, port } = &self.target;
        let credentials = self.intercept.raw_auth();
        match socks5::connect(&mut stream, host, *port, credentials).await {
            Ok(()) => Ok(stream),
            Err(error) => Err(Refusal {
                credentials: matches!(
                    error,
                    Socks5Error::CredentialsWanted | Socks5Error::CredentialsRefused
                ),
                cause: error.into(),
            }),
        }
    }

    async fn ask_http(&self, stream: TcpStream) -> Result<TcpStream, Refusal> {
        let authority = self.target.to_string();
        let mut request = Request::builder()
            .method(Method::CONNECT)
            .uri(&authority)
            .header(HOST, &authority);
        if let Some(credentials) = self.intercept.basic_auth() {
            request = request.header(PROXY_AUTHORIZATION, credentials);
        }
        let request = request
            .body(Empty::<Bytes>::new())
            .map_err(Refusal::other)?;

        let (mut sender, connection) = http1::Builder::new()
            .max_buf_size(PROXY_HEAD_MAX)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(Refusal::other)?;
        let mut connection = Some(Box::pin(connection.without_shutdown()));
        let mut ended = None;
        let sent = sender.send_request(request);
        let response = alongside(&mut connection, |parts| ended = Some(parts), sent)
            .await
            .map_err(Refusal::other)?;
        let status = response.status();
        if !status.is_success() {
            return Err(Refusal {
                credentials: status == StatusCode::PROXY_AUTHENTICATION_REQUIRED,
                cause: format!("answered {status}").into(),
            });
        }
        if let Some(connection) = connection {
            ended = Some(connection.await);
        }
        match ended {
            // Over TLS the client speaks first, so nothing can be left over.
            Some(Ok(parts)) if parts.read_buf.is_empty() => Ok(parts.io.into_inner()),
            Some(Err(error)) => Err(Refusal::other(error)),
            _ => Err(Refusal::other("sent more than its answer")),
        }
    }
}

/// The most bytes of a proxy's answer.
const PROXY_HEAD_MAX: usize = 16 * 1024;

struct Refusal {
    /// The proxy wants other credentials, or some.
    credentials: bool,
    cause: Cause,
}

impl Refusal {
    fn other(cause: impl Into<Cause>) -> Self {
        Self {
            credentials: false,
            cause: cause.into(),
        }
    }
}

/// Puts the proxy's address before a cause.
#[derive(Debug, thiserror::Error)]
#[error("proxy {proxy}")]
struct At {
    proxy: HostPort,
    #[source]
    cause: Cause,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::Chain;

    fn from(pairs: &[(&str, &str)]) -> Result<Proxy, Error> {
        Proxy::from_variables(|name| {
            let pair = pairs.iter().find(|(key, _)| *key == name)?;
            Some(pair.1.to_owned())
        })
    }

    fn address(proxy: &Proxy, target: &str) -> Option<String> {
        let route = proxy.route(&target.parse().unwrap()).unwrap();
        route.map(|route| route.address.to_string())
    }

    #[test]
    fn a_url_without_host_or_port_is_refused_without_its_password() {
        for bad in [
            "http://user:pw@:99999",
            "http://:80",
            "http://a:99999",
            "http://a:",
            "socks5://user:pw@a:x",
        ] {
            let error = bad.parse::<Proxy>().unwrap_err();
            assert_eq!(error.phase(), Phase::Config, "{bad}");
            assert!(!Chain(&error).to_string().contains("pw"), "{error}");
        }
    }

    #[test]
    fn variables_have_their_order() {
        type Row<'a> = (&'a [(&'a str, &'a str)], Option<&'a str>);
        let table: &[Row<'_>] = &[
            (&[], None),
            (&[("HTTPS_PROXY", "")], None),
            (&[("HTTPS_PROXY", "http://a:1")], Some("a:1")),
            (&[("https_proxy", "a:1")], Some("a:1")),
            (&[("ALL_PROXY", "socks5://b:2")], Some("b:2")),
            (&[("all_proxy", "socks5://b")], Some("b:1080")),
            (
                &[("HTTPS_PROXY", "http://a"), ("ALL_PROXY", "http://b")],
                Some("a:80"),
            ),
            (&[("HTTP_PROXY", "http://a:1")], None),
        ];
        for (pairs, expected) in table {
            let proxy = from(pairs).unwrap();
            let found = address(&proxy, "www.example.com:443");
            assert_eq!(found.as_deref(), *expected, "{pairs:?}");
        }
    }

    #[test]
    fn no_proxy_makes_exceptions() {
        let list = "localhost, .example.com,10.0.0.0/8,::1";
        let proxy = from(&[("HTTPS_PROXY", "http://p:1"), ("NO_PROXY", list)]).unwrap();
        for direct in [
            "localhost:1",
            "a.example.com:443",
            "10.1.2.3:443",
            "[::1]:443",
        ] {
            assert_eq!(address(&proxy, direct), None, "{direct}");
        }
        for proxied in ["example.org:443", "notexample.com:443", "11.0.0.1:443"] {
            assert_eq!(
                address(&proxy, proxied).as_deref(),
                Some("p:1"),
                "{proxied}"
            );
        }
        let none = from(&[("ALL_PROXY", "http://p:1"), ("no_proxy", "*")]).unwrap();
        assert_eq!(address(&none, "example.org:443"), None);
    }

    #[test]
    fn unusable_urls_are_errors_and_hide_their_password() {
        for url in [
            "https://user:hunter2@proxy.example:3128",
            "socks4://user:hunter2@proxy.example:1080",
            "ftp://user:hunter2@proxy.example",
            "http://user:hunter2@",
            "http://user:hunter2@ho st",
        ] {
            let error = url.parse::<Proxy>().unwrap_err();
            assert_eq!(error.phase(), Phase::Config, "{url}");
            assert!(!Chain(&error).to_string().contains("hunter2"), "{error}");
            assert!(from(&[("ALL_PROXY", url)]).is_err());
        }
    }

    #[test]
    fn debug_hides_credentials() {
        for url in ["http://user:hunter2@p:1", "socks5://user:hunter2@p:1"] {
            let shown = format!("{:?}", url.parse::<Proxy>().unwrap());
            assert!(shown.contains("p:1"), "{shown}");
            assert!(
                !shown.contains("hunter2") && !shown.contains("user"),
                "{shown}"
            );
        }
    }
}
