//! Remembers results for a moment: the requests of a busy session go to the
//! same few paths, with the same cookies both ways. A session at rest goes
//! nowhere twice within that moment, and remembers only where it went.

use std::time::{Duration, Instant};

use http::Uri;
use http::uri::{Authority, Scheme};

/// How long a result is believed. Cookies live for at least some seconds, so
/// one that expires within this time does no harm.
const BELIEVED: Duration = Duration::from_secs(1);
/// How many places are remembered: a session polls one host and asks another,
/// on few paths.
const PLACES: usize = 4;

/// Something for each of the last few places.
pub(super) struct Recent<T>(Vec<Entry<T>>);

struct Entry<T> {
    scheme: Option<Scheme>,
    authority: Option<Authority>,
    path: Box<str>,
    /// The jar's version at that time.
    version: u64,
    at: Instant,
    /// Kept from the second time on.
    value: Option<T>,
}

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Entry<T> {
    fn is_believed(&self) -> bool {
        self.at.elapsed() < BELIEVED
    }

    /// Cookies do not depend on the query.
    fn is_of(&self, uri: &Uri) -> bool {
        *self.path == *uri.path()
            && self.authority.as_ref() == uri.authority()
            && self.scheme.as_ref() == uri.scheme()
    }
}

impl<T> Recent<T> {
    /// What was found out for requests to the same place, by the same jar.
    pub(super) fn find(&self, uri: &Uri, version: u64) -> Option<&T> {
        let found = self.0.iter().find(|entry| entry.is_of(uri))?;
        let holds = found.version == version && found.is_believed();
        found.value.as_ref().filter(|_| holds)
    }

    /// Remembers a result, if this is not the first one for this place lately.
    pub(super) fn put(&mut self, uri: &Uri, version: u64, value: impl FnOnce() -> T) {
        self.0.retain(Entry::is_believed);
        let before = self.0.len();
        self.0.retain(|entry| !entry.is_of(uri));
        let value = (self.0.len() < before).then(value);
        if self.0.len() >= PLACES {
            self.0.remove(0);
        }
        // A session at rest has one place; doubling begins with room for four.
        self.0.reserve_exact(1);
        self.0.push(Entry {
            scheme: uri.scheme().cloned(),
            authority: uri.authority().cloned(),
            path: uri.path().into(),
            version,
            at: Instant::now(),
            value,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_believed_of_the_same_place_and_jar_only() {
        let at = |text: &'static str| Uri::from_static(text);
        let mut recent = Recent::default();
        let first = at("https://a.example/x?skey=1");
        recent.put(&first, 7, || unreachable!("there may be no second time"));
        assert_eq!(recent.find(&first, 7), None);
        recent.put(&first, 7, || "found");
        for (uri, version, found) in [
            ("https://a.example/x?skey=2", 7, Some("found")),
            ("https://a.example/x", 7, Some("found")),
            ("https://a.example/x", 8, None),
            ("https://a.example/xy", 7, None),
            ("https://a.example:444/x", 7, None),
            ("http://a.example/x", 7, None),
            ("https://b.example/x", 7, None),
        ] {
            assert_eq!(recent.find(&at(uri), version).copied(), found, "{uri}");
        }
    }

    #[test]
    fn it_is_not_believed_for_long() {
        let uri = Uri::from_static("https://a.example/x");
        let mut recent = Recent::default();
        for _ in 0..2 {
            recent.put(&uri, 1, || "found");
        }
        assert_eq!(recent.find(&uri, 1), Some(&"found"));
        for entry in &mut recent.0 {
            entry.at -= BELIEVED;
        }
        assert_eq!(recent.find(&uri, 1), None);
        recent.put(&uri, 1, || unreachable!("the last time was long ago"));
    }

    #[test]
    fn the_oldest_place_is_forgotten() {
        let places = ["a", "b", "c", "d", "e"].map(|name| format!("https://{name}.example/"));
        let places = places.map(|place| Uri::try_from(place).unwrap());
        let mut recent = Recent::default();
        for place in &places {
            recent.put(place, 1, || ());
            recent.put(place, 1, || ());
        }
        assert_eq!(recent.0.len(), PLACES);
        let known = places
            .each_ref()
            .map(|place| recent.find(place, 1).is_some());
        assert_eq!(known, [false, true, true, true, true]);
    }
}
