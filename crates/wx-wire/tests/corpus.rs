//! The decoders against captured bodies of the real service.
//!
//! The bodies are not part of the repository. The environment variable
//! `WX_CORPUS` names a folder with them and an `index.json`, a list of entries
//! `{ file, kind, context, expected }`; without it the tests have nothing to do
//! and say so. Every key of `expected` is compared.

mod corpus {
    pub(crate) mod differences;
    pub(crate) mod index;
}

use std::collections::{BTreeMap, BTreeSet};

use corpus::{differences, index};
use wx_wire::facts;

#[test]
fn bodies_say_what_is_expected() {
    let Some(entries) = index::entries() else {
        println!("skipped: WX_CORPUS is not set");
        return;
    };
    let kinds: BTreeSet<String> = facts::kinds().collect();
    let mut checked: BTreeMap<&str, usize> = BTreeMap::new();
    let mut faults = Vec::new();
    for entry in &entries {
        if !kinds.contains(entry.kind()) {
            faults.push(format!("{}: no decoder for {}", entry.file(), entry.kind()));
            continue;
        }
        *checked.entry(entry.kind()).or_default() += 1;
        match facts::of(entry.kind(), entry.context(), entry.body()) {
            // Mangled bodies are there to be survived.
            _ if entry.kind() == "mangled" => {}
            Ok(found) => faults.extend(differences::of(entry, &found)),
            Err(error) => faults.push(format!("{}: {error}", entry.file())),
        }
    }
    for (kind, count) in &checked {
        println!("{kind}: {count}");
    }
    assert!(!checked.is_empty());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Whatever is done to a body, reading it ends, and without a panic.
#[test]
fn damaged_bodies_are_read_or_refused() {
    const CUTS: usize = 500;
    const FLIPS: usize = 250;
    // Such bodies are read as every kind each time.
    const MANGLED_SHARE: usize = 10;
    const CLASSES: &[u8] = b"x0<>&;\"'\\={}[],:-/@ \n\x00\x80\xff";

    let Some(entries) = index::entries() else {
        println!("skipped: WX_CORPUS is not set");
        return;
    };
    let mut classes = CLASSES.iter().cycle();
    for entry in &entries {
        let body = entry.body();
        let share = if entry.kind() == "mangled" {
            MANGLED_SHARE
        } else {
            1
        };
        let every = |most: usize| body.len().div_ceil(most / share).max(1);
        for end in (0..body.len()).step_by(every(CUTS)) {
            tolerates(entry, &body[..end]);
        }
        for at in (0..body.len()).step_by(every(FLIPS)) {
            let mut damaged = body.to_vec();
            damaged[at] = *classes.next().unwrap();
            tolerates(entry, &damaged);
        }
    }
}

/// Reads a body, and looks at where the fault is if there is one.
fn tolerates(entry: &index::Entry, body: &[u8]) {
    if let Err(facts::Error::Decode { offset, .. }) = facts::of(entry.kind(), entry.context(), body)
    {
        assert!(offset <= body.len(), "{}: {offset}", entry.file());
    }
}
