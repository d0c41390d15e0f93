//! Replays the committed inputs of every fuzz target.

use std::{fs, path::Path};

use wx_fuzz::TARGETS;

#[test]
fn committed_inputs_break_no_promise() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    for (name, target) in TARGETS {
        let mut inputs = 0;
        for entry in fs::read_dir(folder.join(name)).unwrap() {
            target(&fs::read(entry.unwrap().path()).unwrap());
            inputs += 1;
        }
        assert!(inputs > 0, "{name}");
    }
}

#[test]
fn every_target_has_a_shim_and_every_shim_a_target() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/fuzz_targets");
    let mut shims: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    let mut targets: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
    shims.sort_unstable();
    targets.sort_unstable();
    assert_eq!(shims, targets);
}
