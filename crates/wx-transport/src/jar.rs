//! The cookies of one session (RFC 6265).

use std::convert::Infallible;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cookie_store::{Cookie, CookieDomain, CookieStore, StoreAction};
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
    cookies: CookieStore,
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
        let cookies = store_of(saved.cookies);
        Ok(Self(Arc::new(Mutex::new(Contents {
            cookies,
            ..Contents::default()
        }))))
    }

    /// All cookies that have not expired, those without an expiry too, as JSON.
    /// The same cookies give the same bytes.
    #[must_use]
    pub fn snapshot(&self) -> Vec<u8> {
        let contents = self.lock();
        let mut cookies: Vec<_> = contents.cookies.iter_unexpired().collect();
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
        self.sent.put(uri, self.version, header.clone());
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
        // Copied, as they are slices of all that was read with them.
        let copied = given
            .iter()
            .map(|header| HeaderValue::from_bytes(header.as_bytes()));
        let copied = copied.collect::<Result<_, _>>().unwrap_or_default();
        self.taken.put(uri, self.version, copied);
    }

    /// The cookies for a URL, those with longer paths first (RFC 6265 §5.4).
    fn matching(&self, url: &Url) -> Vec<&Cookie<'static>> {
        let mut cookies = self.cookies.matches(url);
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
        let (domain, path, name) = key(&cookie);
        let (domain, path, name) = (domain.to_owned(), path.to_owned(), name.to_owned());
        let old = self.cookies.get(&domain, &path, &name);
        let is_new = old.is_none();
        let changed = old != Some(&cookie);
        if is_new && !cookie.is_expired() && self.is_full() {
            return false;
        }
        match self.cookies.insert(cookie, url) {
            Ok(StoreAction::ExpiredExisting) => {
                self.cookies.remove(&domain, &path, &name);
                self.version += 1;
            }
            Ok(_) if changed => self.version += 1,
            Ok(_) => {}
            // The server takes back a cookie that is not there.
            Err(cookie_store::CookieError::Expired) => {}
            Err(_) => return false,
        }
        true
    }

    /// Whether no further cookie fits, once the expired ones are gone.
    fn is_full(&mut self) -> bool {
        if self.cookies.iter_any().count() < MAX_COOKIES {
            return false;
        }
        self.cookies = store_of(self.cookies.iter_any().cloned().collect());
        self.cookies.iter_any().count() >= MAX_COOKIES
    }
}

/// A store of those cookies that have not expired.
fn store_of(cookies: Vec<Cookie<'static>>) -> CookieStore {
    let cookies = cookies.into_iter().map(Ok::<_, Infallible>);
    let Ok(store) = CookieStore::from_cookies(cookies, false);
    store
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
        let mut names: Vec<_> = contents
            .cookies
            .iter_unexpired()
            .map(|c| c.name())
            .collect();
        names.sort_unstable();
        f.debug_tuple("Jar").field(&names).finish()
    }
}
