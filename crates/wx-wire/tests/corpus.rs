//! The decoders against captured bodies of the real service.
//!
//! The bodies are not part of the repository. The environment variable
//! `WX_CORPUS` names a folder with them and an `index.json`, a list of entries
//! `{ file, kind, context, expected }`; without it the tests have nothing to do
//! and say so. Every key of `expected` is compared.

mod corpus {
    pub(crate) mod account;
    pub(crate) mod check;
    pub(crate) mod contents;
    pub(crate) mod facts;
    pub(crate) mod index;
    pub(crate) mod login;
    pub(crate) mod sync;
}

use std::collections::BTreeMap;

use corpus::{
    check::{self, Check},
    facts, index,
};

#[test]
fn bodies_say_what_is_expected() {
    let Some(entries) = index::entries() else {
        println!("skipped: WX_CORPUS is not set");
        return;
    };
    let mut seen: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut faults = Vec::new();
    for entry in &entries {
        let (checked, later) = seen.entry(entry.kind()).or_default();
        match check::of(entry) {
            Some(Check::Facts(read)) => {
                *checked += 1;
                match read(entry, entry.body()) {
                    Ok(found) => faults.extend(facts::differences(entry, &found)),
                    Err(error) => faults.push(format!("{}: {error}", entry.file())),
                }
            }
            Some(Check::AnythingGoes) => {
                *checked += 1;
                check::by_all(entry, entry.body());
            }
            Some(Check::Later) => *later += 1,
            None => faults.push(format!("{}: no check for {}", entry.file(), entry.kind())),
        }
    }
    for (kind, (checked, later)) in &seen {
        println!("{kind}: {checked} checked, {later} left for later");
    }
    assert!(seen.values().any(|(checked, _)| *checked > 0));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Whatever is done to a body, reading it ends, and without a panic.
#[test]
fn damaged_bodies_are_read_or_refused() {
    const CUTS: usize = 2000;
    const FLIPS: usize = 1000;
    const CLASSES: &[u8] = b"x0<>&;\"'\\={}[],:-/@ \n\x00\x80\xff";

    let Some(entries) = index::entries() else {
        println!("skipped: WX_CORPUS is not set");
        return;
    };
    let mut classes = CLASSES.iter().cycle();
    for entry in &entries {
        let Some(Check::Facts(read)) = check::of(entry) else {
            continue;
        };
        let body = entry.body();
        let every = |most: usize| body.len().div_ceil(most).max(1);
        for end in (0..body.len()).step_by(every(CUTS)) {
            check::tolerates(read, entry, &body[..end]);
        }
        for at in (0..body.len()).step_by(every(FLIPS)) {
            let mut damaged = body.to_vec();
            damaged[at] = *classes.next().unwrap();
            check::tolerates(read, entry, &damaged);
        }
    }
}
