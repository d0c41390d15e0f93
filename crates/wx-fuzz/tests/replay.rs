//! Replays the committed inputs of every fuzz target: examples of forms and quirks, and
//! inputs that once broke something.

#![expect(
    clippy::unwrap_used,
    reason = "a folder that cannot be read is a failure"
)]

use std::collections::BTreeSet;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use wx_fuzz::{JSON_ENDPOINTS, TARGETS};

/// The shims that compare a grammar with a peer, and the targets whose inputs they take.
/// Their bodies are in `fuzz/`, because the peers are not dependencies of the project.
const PEERS: [(&str, &str); 2] = [("script_boa", "script"), ("xml_quick", "xml")];

fn fuzz(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz")
        .join(folder)
}

/// The files of a folder, which must not be empty.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort_unstable();
    assert!(!files.is_empty(), "{}", folder.display());
    files
}

fn stems(folder: &Path) -> BTreeSet<String> {
    let stem = |path: &PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
    files(folder).iter().map(stem).collect()
}

#[test]
fn committed_inputs_break_no_promise() {
    let mut broken = Vec::new();
    for (name, target) in TARGETS {
        for path in files(&fuzz("corpus").join(name)) {
            let input = fs::read(&path).unwrap();
            if catch_unwind(|| target(&input)).is_err() {
                broken.push(path);
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_target_has_a_shim_and_every_shim_a_target() {
    let targets = TARGETS.iter().map(|(name, _)| name);
    let peers = PEERS.iter().map(|(name, _)| name);
    let expected: BTreeSet<String> = targets.chain(peers).map(|&name| name.to_owned()).collect();
    assert_eq!(stems(&fuzz("fuzz_targets")), expected);
}

#[test]
fn every_json_endpoint_has_an_input_that_it_reads() {
    let stems = stems(&fuzz("corpus/json"));
    for (name, decode) in JSON_ENDPOINTS {
        assert!(stems.contains(name), "{name}");
        let path = fuzz("corpus/json").join(format!("{name}.json"));
        let read = decode(&fs::read(path).unwrap());
        assert!(read.is_ok(), "{name}: {read:?}");
    }
}
