//! The cookies of one session (RFC 6265).

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cookie_store::{Cookie, CookieDomain};
use http::header::{COOKIE, GetAll, HeaderMap, HeaderValue, SET_COOKIE};
use http::{Request, Uri};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::error::{Error, Phase};

mod recent;

use recent::Recent;

/// The longest Set-Cookie value that is kept, the least that RFC 6265 §6.1 asks
/// for.
const MAX_COOKIE_LEN: usize = 4096;
/// The most cookies that are kept.
const MAX_COOKIES: usize = 256;

/// A cookie jar, shared by all its clones.
///
/// It keeps to the domain, path, `Secure` and expiry rules of RFC 6265. A
/// cookie for a foreign domain, or for a whole top-level domain, is not
/// stored; there is no list of public suffixes beyond that. Values are sent back
/// as they came. At most 256 cookies of at most 4096 bytes are kept.
#[derive(Clone, Default)]
pub struct Jar(Arc<Mutex<Contents>>);

#[derive(Default)]
struct Contents {
    /// No two of one key. A list, as a session has about ten: a store with a map
    /// for each domain and path would take twice their room.
    cookies: Vec<Cookie<'static>>,
    version: u64,
    /// Headers that were made.
    sent: Recent<Option<HeaderValue>>,
    /// Headers that were taken in, and would change nothing again.
    taken: Recent<Vec<HeaderValue>>,
}

/// The form in which a jar is saved.
#[derive(Deserialize, Serialize)]
struct Snapshot<C> {
    version: u32,
    cookies: Vec<C>,
}

const SNAPSHOT_VERSION: u32 = 1;

impl Jar {
    /// An empty jar.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The jar that [`Jar::snapshot`] saved, without the cookies that have
    /// expired since.
    ///
    /// # Errors
    ///
    /// [`Phase::Restore`] if these are not the bytes of a snapshot. The error
    /// holds nothing of them.
    pub fn restore(snapshot: &[u8]) -> Result<Self, Error> {
        let invalid = |why: String| Error::new(Phase::Restore, why);
        // The text of a JSON error quotes its input.
        let saved: Snapshot<Cookie<'static>> =
            serde_json::from_slice(snapshot).map_err(|error| {
                invalid(format!(
                    "{:?} error in line {}",
                    error.classify(),
                    error.line()
                ))
            })?;
        if saved.version != SNAPSHOT_VERSION {
            return Err(invalid(format!("version {} is not known", saved.version)));
        }
        if saved.cookies.iter().any(|cookie| pair(cookie).is_none()) {
            return Err(invalid("a cookie cannot be put into a header".to_owned()));
        }
        let mut contents = Contents::default();
        for cookie in saved.cookies {
            if !cookie.is_expired() {
                contents.keep(cookie);
            }
        }
        Ok(Self(Arc::new(Mutex::new(contents))))
    }

    /// All cookies that have not expired, those without an expiry too, as JSON.
    /// The same cookies give the same bytes.
    #[must_use]
    pub fn snapshot(&self) -> Vec<u8> {
        let contents = self.lock();
        let mut cookies: Vec<_> = contents.unexpired().collect();
        cookies.sort_by(|a, b| key(a).cmp(&key(b)));
        let saved = Snapshot {
            version: SNAPSHOT_VERSION,
            cookies,
        };
        // Text and numbers only: this cannot fail.
        serde_json::to_vec(&saved).unwrap_or_default()
    }

    /// A number that grows when a cookie is added, changed or removed by the
    /// server. It is 0 in a new or restored jar.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.lock().version
    }

    /// Sets the `Cookie` header to the cookies that belong to the request's
    /// URI, or removes it if there are none.
    pub fn apply<B>(&self, request: &mut Request<B>) {
        let value = self.lock().header(request.uri());
        match value {
            Some(value) => {
                request.headers_mut().insert(COOKIE, value);
            }
            None => {
                request.headers_mut().remove(COOKIE);
            }
        }
    }

    /// Takes in the `Set-Cookie` headers of an answer from `uri`. Those that are
    /// malformed or not the server's to set are passed over.
    pub fn store(&self, uri: &Uri, headers: &HeaderMap) {
        if headers.contains_key(SET_COOKIE) {
            self.lock().take_in(uri, &headers.get_all(SET_COOKIE));
        }
    }

    /// The value of a cookie that would be sent to `uri`; of several, that with
    /// the longest path.
    #[must_use]
    pub fn value(&self, uri: &Uri, name: &str) -> Option<String> {
        let url = url(uri)?;
        let contents = self.lock();
        let cookies = contents.matching(&url);
        let cookie = cookies.into_iter().find(|cookie| cookie.name() == name)?;
        Some(cookie.value().to_owned())
    }

    fn lock(&self) -> MutexGuard<'_, Contents> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Contents {
    /// The `Cookie` header for a URI.
    fn header(&mut self, uri: &Uri) -> Option<HeaderValue> {
        if let Some(header) = self.sent.find(uri, self.version) {
            return header.clone();
        }
        let mut value = Vec::new();
        for cookie in url(uri).iter().flat_map(|url| self.matching(url)) {
            if let Some(pair) = pair(cookie) {
                if !value.is_empty() {
                    value.extend(b"; ");
                }
                value.extend(pair.as_bytes());
            }
        }
        let mut header = HeaderValue::from_bytes(&value).ok();
        header.take_if(|header| header.is_empty());
        if let Some(header) = &mut header {
            header.set_sensitive(true);
        }
        self.sent.put(uri, self.version, || header.clone());
        header
    }

    /// Stores what an answer from a URI sets.
    fn take_in(&mut self, uri: &Uri, given: &GetAll<'_, HeaderValue>) {
        let taken = self.taken.find(uri, self.version);
        if taken.is_some_and(|taken| taken.iter().eq(given)) {
            return;
        }
        let Some(url) = url(uri) else { return };
        for header in given {
            if !self.set(header, &url) {
                tracing::debug!(host = uri.host(), "a cookie was not accepted");
            }
        }
        self.taken.put(uri, self.version, || {
            // Copied, as they are slices of all that was read with them.
            let copied = given
                .iter()
                .map(|header| HeaderValue::from_bytes(header.as_bytes()));
            copied.collect::<Result<_, _>>().unwrap_or_default()
        });
    }

    /// The cookies for a URL, those with longer paths first (RFC 6265 §5.4).
    fn matching(&self, url: &Url) -> Vec<&Cookie<'static>> {
        let mut cookies: Vec<_> = self.unexpired().filter(|it| it.matches(url)).collect();
        cookies.sort_by(|a, b| {
            b.path
                .len()
                .cmp(&a.path.len())
                .then_with(|| key(a).cmp(&key(b)))
        });
        cookies
    }

    /// Stores one `Set-Cookie` and says whether it was accepted.
    fn set(&mut self, header: &HeaderValue, url: &Url) -> bool {
        let Ok(text) = std::str::from_utf8(header.as_bytes()) else {
            return false;
        };
        if text.len() > MAX_COOKIE_LEN {
            return false;
        }
        let Ok(mut cookie) = Cookie::parse(text, url).map(Cookie::into_owned) else {
            return false;
        };
        if let CookieDomain::Suffix(domain) = &cookie.domain
            && !domain.contains('.')
        {
            // A top-level domain, unless it is the host itself, which then
            // alone gets the cookie (RFC 6265 §5.3).
            if url.host_str() != Some(domain) {
                return false;
            }
            match CookieDomain::host_only(url) {
                Ok(host_only) => cookie.domain = host_only,
                Err(_) => return false,
            }
        }
        let old = self.position(&cookie);
        let changed = match old {
            None if cookie.is_expired() => false,
            None if self.is_full() => return false,
            // The server takes it back.
            Some(at) if cookie.is_expired() => {
                self.cookies.remove(at);
                true
            }
            None | Some(_) => self.keep(cookie),
        };
        self.version += u64::from(changed);
        true
    }

    fn unexpired(&self) -> impl Iterator<Item = &Cookie<'static>> {
        self.cookies.iter().filter(|cookie| !cookie.is_expired())
    }

    /// Where the cookie is that has the same key.
    fn position(&self, cookie: &Cookie<'_>) -> Option<usize> {
        let same = |other: &Cookie<'_>| key(other) == key(cookie);
        self.cookies.iter().position(same)
    }

    /// Keeps a cookie in the place of that with the same key, and says whether
    /// anything is different then.
    fn keep(&mut self, cookie: Cookie<'static>) -> bool {
        let old = self.position(&cookie);
        match old.and_then(|at| self.cookies.get_mut(at)) {
            Some(old) if *old == cookie => false,
            Some(old) => {
                *old = cookie;
                true
            }
            None => {
                // Each is large, and few come later.
                self.cookies.reserve_exact(1);
                self.cookies.push(cookie);
                true
            }
        }
    }

    /// Whether no further cookie fits, once the expired ones are gone.
    fn is_full(&mut self) -> bool {
        if self.cookies.len() >= MAX_COOKIES {
            self.cookies.retain(|cookie| !cookie.is_expired());
        }
        self.cookies.len() >= MAX_COOKIES
    }
}

/// What makes two cookies the same: domain, path, name.
fn key<'a>(cookie: &'a Cookie<'_>) -> (&'a str, &'a str, &'a str) {
    let domain = match &cookie.domain {
        CookieDomain::HostOnly(domain) | CookieDomain::Suffix(domain) => domain,
        CookieDomain::NotPresent | CookieDomain::Empty => "",
    };
    (domain, &cookie.path, cookie.name())
}

/// `name=value`, verbatim, if it fits into a header.
fn pair(cookie: &Cookie<'_>) -> Option<HeaderValue> {
    let (name, value) = cookie.name_value();
    HeaderValue::try_from(format!("{name}={value}")).ok()
}

/// The address without its query, which cookies do not depend on.
fn url(uri: &Uri) -> Option<Url> {
    let (scheme, authority) = (uri.scheme_str()?, uri.authority()?);
    Url::parse(&format!("{scheme}://{authority}{}", uri.path())).ok()
}

impl fmt::Debug for Jar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let contents = self.lock();
        let mut names: Vec<_> = contents.unexpired().map(|c| c.name()).collect();
        names.sort_unstable();
        f.debug_tuple("Jar").field(&names).finish()
    }
}
