//! The examples' programs, and a service for them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use wx_sim::{Config, Options};

/// An example's program, which cargo builds along with the tests.
pub(crate) fn example(name: &str) -> Command {
    let tests = std::env::current_exe().expect("a program");
    let profile = tests.ancestors().nth(2).expect("a target folder");
    let path: PathBuf = [profile.as_os_str(), "examples".as_ref(), name.as_ref()]
        .iter()
        .collect();
    let path = path.with_extension(std::env::consts::EXE_EXTENSION);
    assert!(
        path.exists(),
        "{path:?}: built by `cargo test -p wx-examples` without a filter"
    );
    let source = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(name)
        .with_extension("rs");
    assert!(
        changed(&path) >= changed(&source),
        "{path:?} is older than {source:?}: built by `cargo test -p wx-examples` without a filter"
    );
    let mut command = Command::new(path);
    command.env("RUST_BACKTRACE", "0");
    for (variable, _) in std::env::vars_os() {
        if variable.to_string_lossy().starts_with("WX_") {
            command.env_remove(variable);
        }
    }
    command
}

fn changed(path: &Path) -> SystemTime {
    let metadata = path.metadata().expect("a file");
    metadata.modified().expect("a time")
}

/// A service whose phones scan and confirm at once, and whose certificate is in
/// this folder.
pub(crate) fn options(folder: &Path) -> Options {
    let mut options = Options::default();
    options.config = Config::instant_login();
    options.ca_dir = Some(folder.to_owned());
    options
}
