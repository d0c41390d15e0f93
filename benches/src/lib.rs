//! What is measured: hot paths of wx-wire and wx-proto, each beside what one would use
//! instead, on the same input.
//!
//! `benches/criterion.rs` times everything, `benches/counts.rs` counts the instructions
//! of our side, and `src/bin/ratios.rs` times both sides in turn and says whether the
//! ratios reach their targets.

use std::{fmt::Debug, hint::black_box};

pub mod contacts;
pub mod content;
pub mod inputs;
pub mod pages;
pub mod pump;
pub mod requests;
pub mod script;
pub mod xml;

/// A piece of work, done by us and by others.
pub struct Case {
    /// Names the input, like a path.
    pub name: &'static str,
    /// The size of the input.
    pub amount: Amount,
    /// Ours.
    pub ours: Work,
    /// Others, on the same input.
    pub theirs: Vec<Other>,
    /// The target of our side alone, as amount per second.
    pub at_least: Option<f64>,
}

/// What the throughput is measured in.
#[derive(Clone, Copy, Debug)]
pub enum Amount {
    /// Bytes.
    Bytes(usize),
    /// Messages.
    Messages(usize),
}

/// Work that can be done again and again.
pub type Work = Box<dyn Fn()>;

/// What somebody else does with the same input.
pub struct Other {
    /// Who.
    pub who: &'static str,
    /// The work.
    pub work: Work,
    /// The target: how many times as fast ours has to be.
    pub at_least: Option<f64>,
}

impl Case {
    fn new<T>(name: &'static str, amount: Amount, ours: impl Fn() -> T + 'static) -> Self {
        Self {
            name,
            amount,
            ours: work(ours),
            theirs: Vec::new(),
            at_least: None,
        }
    }

    /// Adds another side, which has to find the same in the input as ours: `same` holds both
    /// findings.
    ///
    /// # Panics
    /// If the answers differ.
    #[track_caller]
    fn beside<T, A: PartialEq + Debug>(
        mut self,
        who: &'static str,
        at_least: Option<f64>,
        theirs: impl Fn() -> T + 'static,
        same: (A, A),
    ) -> Self {
        assert_eq!(same.0, same.1, "{} and {who}", self.name);
        self.theirs.push(Other {
            who,
            work: work(theirs),
            at_least,
        });
        self
    }

    const fn reaching(mut self, a_second: f64) -> Self {
        self.at_least = Some(a_second);
        self
    }
}

fn work<T>(from: impl Fn() -> T + 'static) -> Work {
    Box::new(move || drop(black_box(from())))
}

/// Makes the cases of a part.
type Part = fn() -> Vec<Case>;

/// What the names of a part's cases begin with, and the part.
const PARTS: [(&str, Part); 10] = [
    ("script/", script::cases),
    ("xml/", xml::cases),
    ("page/", pages::cases),
    ("contacts/people", contacts::people),
    ("contacts/groups", contacts::groups),
    ("content/", content::cases),
    ("request/", requests::cases),
    ("session/pages of 10", pump::pages_of_10),
    ("session/pages of 200", pump::pages_of_200),
    ("roster/", pump::roster),
];

/// The cases whose names begin with `beginning`.
pub fn cases<'a>(beginning: &'a str) -> impl Iterator<Item = Case> + use<'a> {
    PARTS
        .into_iter()
        .filter(move |(part, _)| beginning.starts_with(part) || part.starts_with(beginning))
        .flat_map(|(_, cases)| cases())
        .filter(move |case| case.name.starts_with(beginning))
}

/// Our side of the case of that name, after one run.
///
/// # Panics
/// If there is none.
#[must_use]
pub fn ours(name: &str) -> Work {
    let case = cases(name).find(|case| case.name == name);
    let ours = case.unwrap_or_else(|| panic!("no case {name}")).ours;
    // The first run sets up what later ones find in place.
    ours();
    ours
}

/// Keeps a text for as long as the process lives.
fn kept(text: impl Into<String>) -> &'static str {
    Box::leak(text.into().into_boxed_str())
}
