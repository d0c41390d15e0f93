//! What is measured: hot paths of wx-wire and wx-proto, each next to what one
//! would use in its place, on the same input.
//!
//! `benches/criterion.rs` times all of it, `benches/counts.rs` counts the
//! instructions of ours, and `src/bin/ratios.rs` times ours and theirs in turn
//! and says whether the ratios are what they must be.

use std::{fmt::Debug, hint::black_box};

pub mod contacts;
pub mod content;
pub mod inputs;
pub mod pages;
pub mod pump;
pub mod requests;
pub mod script;
pub mod xml;

/// A piece of work, and who does it.
pub struct Case {
    /// Path-like: what is worked on.
    pub name: &'static str,
    /// How much of it there is in the input.
    pub amount: Amount,
    /// Ours.
    pub ours: Work,
    /// Others, on the same input.
    pub theirs: Vec<Other>,
    /// What must be reached by itself: amounts a second.
    pub at_least: Option<f64>,
}

/// What a throughput counts.
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
    /// How many times as fast ours must be, if it was said.
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

    /// Adds somebody who has to give the same answer as ours.
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

/// The parts, by the beginnings of their cases' names.
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

/// The cases whose names begin so.
pub fn cases<'a>(beginning: &'a str) -> impl Iterator<Item = Case> + use<'a> {
    PARTS
        .into_iter()
        .filter(move |(part, _)| beginning.starts_with(part) || part.starts_with(beginning))
        .flat_map(|(_, cases)| cases())
        .filter(move |case| case.name.starts_with(beginning))
}

/// Our side of the case of that name, done once.
///
/// # Panics
/// If there is none.
#[must_use]
pub fn ours(name: &str) -> Work {
    let case = cases(name).find(|case| case.name == name);
    let ours = case.unwrap_or_else(|| panic!("no case {name}")).ours;
    // What is set up at the first use is none of the path's.
    ours();
    ours
}

/// A text that lives as long as the process.
fn kept(text: impl Into<String>) -> &'static str {
    Box::leak(text.into().into_boxed_str())
}
