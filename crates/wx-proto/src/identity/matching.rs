//! Matches the people of this login with those known from earlier ones.

use std::collections::{BTreeMap, BTreeSet};

use wx_wire::id::UserName;

use super::StableKey;
use super::traits::{ENOUGH, MARGIN, Mark, PLAUSIBLE, Traits};

/// A mark that more people than this share is ignored: it tells nothing, and
/// the work would grow with the square of their number.
const MAX_SHARED: usize = 64;

/// Who somebody is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// This one, by more than chance.
    Is(StableKey),
    /// Nobody who was known before.
    New,
    /// One of several, or too little to tell.
    Unclear,
}

/// Everybody known before, by their marks.
pub(super) struct Matching<'a> {
    known: Vec<(&'a StableKey, &'a Traits)>,
    marks: BTreeMap<Mark<'a>, Vec<usize>>,
}

impl<'a> Matching<'a> {
    pub(super) fn new(known: impl Iterator<Item = (&'a StableKey, &'a Traits)>) -> Self {
        let known: Vec<_> = known.collect();
        let mut marks: BTreeMap<Mark<'_>, Vec<usize>> = BTreeMap::new();
        for (at, (_, traits)) in known.iter().enumerate() {
            for mark in traits.marks() {
                marks.entry(mark).or_default().push(at);
            }
        }
        Self { known, marks }
    }

    /// Whom somebody may be, the best fit first.
    fn fits(&self, traits: &Traits) -> Vec<(i32, usize)> {
        let shared = traits.marks().filter_map(|mark| self.marks.get(&mark));
        let few = shared.filter(|places| places.len() <= MAX_SHARED);
        let places: BTreeSet<usize> = few.flatten().copied().collect();
        let mut fits: Vec<(i32, usize)> = places
            .into_iter()
            .filter_map(|at| Some((self.known.get(at)?.1.fit(traits), at)))
            .filter(|(fit, _)| *fit >= PLAUSIBLE)
            .collect();
        fits.sort_unstable_by(|a, b| b.cmp(a));
        fits
    }

    /// The keys of whom somebody may be, the best fit first.
    pub(super) fn candidates(&self, traits: &Traits) -> Vec<StableKey> {
        let fits = self.fits(traits).into_iter();
        fits.filter_map(|(_, at)| Some(self.known.get(at)?.0.clone()))
            .collect()
    }

    /// Decides who these people are. A fit counts only if it is clearly the
    /// best one on both sides.
    pub(super) fn decide(
        &self,
        met: Vec<(UserName, Traits)>,
    ) -> impl Iterator<Item = (UserName, Traits, Verdict)> {
        let fits: Vec<_> = met.iter().map(|(_, traits)| self.fits(traits)).collect();
        // The two best fits for each of the known.
        let mut wanted: BTreeMap<usize, (i32, i32)> = BTreeMap::new();
        for (fit, at) in fits.iter().flatten() {
            let (best, second) = wanted.entry(*at).or_default();
            *second = (*second).max((*fit).min(*best));
            *best = (*best).max(*fit);
        }
        met.into_iter().zip(fits).map(move |((id, traits), fits)| {
            let verdict = match fits.as_slice() {
                // With only widely shared marks, it might be anybody.
                [] if self.is_common(&traits) => Verdict::Unclear,
                [] => Verdict::New,
                [(best, at), rest @ ..] => {
                    let second = rest.first().map_or(0, |(fit, _)| *fit);
                    // If two fit the same one about equally well, neither gets
                    // it.
                    let (first, next) = wanted.get(at).copied().unwrap_or_default();
                    let rival = if first == *best { next } else { first };
                    let clear =
                        *best >= ENOUGH && best - second >= MARGIN && best - rival >= MARGIN;
                    match self.known.get(*at).filter(|_| clear) {
                        Some((key, _)) => Verdict::Is((*key).clone()),
                        None => Verdict::Unclear,
                    }
                }
            };
            (id, traits, verdict)
        })
    }

    fn is_common(&self, traits: &Traits) -> bool {
        let mut shared = traits.marks().filter_map(|mark| self.marks.get(&mark));
        shared.any(|places| places.len() > MAX_SHARED)
    }
}
