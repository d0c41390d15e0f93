//! A cookie jar of a few lines, as much as the simulated service needs: names,
//! values, and the domains that they go to.

use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Request};
use serde::{Deserialize, Serialize};
use wx_proto::saved::JarSnapshot;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Jar {
    cookies: Vec<Cookie>,
    /// Changes whenever the jar does.
    #[serde(skip)]
    version: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Cookie {
    name: String,
    value: String,
    domain: String,
}

impl Jar {
    /// The jar that a snapshot holds; an empty one for none.
    pub(crate) fn restore(snapshot: Option<&JarSnapshot>) -> Self {
        snapshot.map_or_else(Self::default, |text| {
            serde_json::from_str(text.expose()).expect("a jar reads what it wrote")
        })
    }

    pub(crate) fn snapshot(&self) -> JarSnapshot {
        JarSnapshot::new(serde_json::to_string(self).expect("texts serialise"))
    }

    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// Adds the cookies that belong to the request's host.
    pub(crate) fn apply<T>(&self, request: &mut Request<T>) {
        let host = request.uri().host().unwrap_or_default();
        let pairs: Vec<String> = (self.cookies.iter())
            .filter(|cookie| cookie.fits(host))
            .map(|cookie| format!("{}={}", cookie.name, cookie.value))
            .collect();
        if !pairs.is_empty() {
            let value = HeaderValue::from_str(&pairs.join("; ")).expect("cookies are visible text");
            request.headers_mut().insert(COOKIE, value);
        }
    }

    /// Takes over what an answer of `host` sets.
    pub(crate) fn store(&mut self, host: &str, headers: &HeaderMap) {
        for line in headers.get_all(SET_COOKIE) {
            let line = line.to_str().expect("the service sets visible text");
            let mut parts = line.split(';').map(str::trim);
            let (name, value) = parts
                .next()
                .unwrap_or_default()
                .split_once('=')
                .unwrap_or_default();
            let domain = parts
                .find_map(|part| part.strip_prefix("Domain="))
                .map_or(host, |domain| domain.trim_start_matches('.'));
            self.put(Cookie {
                name: name.to_owned(),
                value: value.to_owned(),
                domain: domain.to_owned(),
            });
        }
    }

    fn put(&mut self, new: Cookie) {
        let place =
            (self.cookies.iter_mut()).find(|old| old.name == new.name && old.domain == new.domain);
        match place {
            Some(old) if *old == new => return,
            Some(old) => *old = new,
            None => self.cookies.push(new),
        }
        self.version += 1;
    }
}

impl Cookie {
    fn fits(&self, host: &str) -> bool {
        host.strip_suffix(self.domain.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }
}
