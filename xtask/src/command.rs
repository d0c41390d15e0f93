//! Running other programs, and saying what is missing when one cannot start.

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, anyhow, bail};

/// Programs that not every machine has, and how to get them.
const SOURCES: [(&str, &str); 9] = [
    ("git", "install git"),
    (
        "mdbook",
        "run `cargo install mdbook`, or install a release of it",
    ),
    ("node", "install Node.js"),
    ("npm", "install npm, which comes with Node.js"),
    ("python3", "install Python 3"),
    ("rustup", "install it from https://rustup.rs"),
    ("script", "install util-linux"),
    ("unshare", "install util-linux"),
    ("valgrind", "install valgrind"),
];

/// The cargo that runs this task.
pub(crate) fn cargo() -> Command {
    building(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Rustup, which runs other cargos.
pub(crate) fn rustup() -> Command {
    building("rustup")
}

/// A program that builds. It does not hear what `cargo run` has told this task of its own
/// package: the build script of a dependency (ring) asks for the same variables, so it, and
/// all that is above it, would be built anew whenever somebody builds now with `cargo xtask`
/// and now without.
fn building(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&*name);
        }
    }
    command
}

/// Runs `command`, whose output goes where this process's goes.
///
/// # Errors
/// If it cannot start, or ends with another status than 0.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    let status = command.status();
    let status = status.map_err(|error| cannot_start(command.get_program(), error))?;
    if !status.success() {
        bail!("{}: {status}", shown(command));
    }
    Ok(())
}

/// Runs `command`, and returns what it prints on its standard output.
///
/// # Errors
/// As for [`run`]; the error includes everything that the command printed.
pub(crate) fn output(command: &mut Command) -> anyhow::Result<String> {
    let output = command.output();
    let output = output.map_err(|error| cannot_start(command.get_program(), error))?;
    if !output.status.success() {
        bail!(
            "{}: {}\n{}{}",
            shown(command),
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    String::from_utf8(output.stdout)
        .with_context(|| format!("{} did not print UTF-8", shown(command)))
}

/// The error of a program that did not start, with a way to get it if it is missing.
pub(crate) fn cannot_start(program: &OsStr, error: io::Error) -> anyhow::Error {
    let name = name_of(program);
    let source = SOURCES.iter().find(|(known, _)| *known == name);
    match source {
        Some((_, remedy)) if error.kind() == io::ErrorKind::NotFound => {
            anyhow!("there is no `{name}` on this machine: {remedy}")
        }
        _ => anyhow!(error).context(format!("cannot start {name}")),
    }
}

/// The first of these programs that cannot be run, with a way to get it.
pub(crate) fn missing(programs: &[&str]) -> Option<String> {
    programs.iter().find_map(|program| {
        let tried = output(Command::new(program).arg("--version"));
        tried.err().map(|error| format!("{error:#}"))
    })
}

/// The command line as one would type it, environment included.
pub(crate) fn shown(command: &Command) -> String {
    let env = command.get_envs().filter_map(|(key, value)| {
        let value = value?.to_string_lossy();
        Some(format!("{}={value:?}", key.to_string_lossy()))
    });
    let args = command.get_args().map(|arg| arg.to_string_lossy().into());
    let words: Vec<String> = env
        .chain([name_of(command.get_program())])
        .chain(args)
        .collect();
    words.join(" ")
}

/// A program's name without its folder: cargo hands its full path to xtask.
fn name_of(program: &OsStr) -> String {
    let name = Path::new(program).file_name().unwrap_or(program);
    name.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_typed() {
        let mut command = Command::new("/opt/rust/bin/cargo");
        command
            .args(["doc", "--no-deps"])
            .env("FLAGS", "-D warnings");
        assert_eq!(shown(&command), "FLAGS=\"-D warnings\" cargo doc --no-deps");
    }

    #[test]
    fn what_is_built_does_not_depend_on_who_has_it_built() {
        let of_a_package = |line: &str| {
            let name = line.split('=').next().unwrap_or_default();
            name.starts_with("CARGO_PKG_") || name == "CARGO_MANIFEST_DIR"
        };
        let inherited = output(&mut Command::new("env")).unwrap();
        assert!(
            inherited.lines().any(of_a_package),
            "cargo test tells it too"
        );
        let told = output(&mut building("env")).unwrap();
        assert!(!told.lines().any(of_a_package), "{told}");
    }

    #[test]
    fn a_missing_program_comes_with_a_way_to_get_it() {
        let missing = || io::Error::from(io::ErrorKind::NotFound);
        assert_eq!(
            format!(
                "{:#}",
                cannot_start("/usr/bin/valgrind".as_ref(), missing())
            ),
            "there is no `valgrind` on this machine: install valgrind"
        );
        let other = cannot_start("valgrind".as_ref(), io::ErrorKind::PermissionDenied.into());
        assert!(format!("{other:#}").starts_with("cannot start valgrind: "));
        let unknown = cannot_start("no-such-program".as_ref(), missing());
        assert!(format!("{unknown:#}").starts_with("cannot start no-such-program: "));
    }

    #[test]
    fn a_failing_command_shows_what_it_printed() {
        let script = "echo out; echo err >&2; exit 3";
        let error = output(Command::new("sh").args(["-c", script])).unwrap_err();
        let error = error.to_string();
        assert!(error.ends_with("out\nerr\n"), "{error}");
        assert!(run(Command::new("sh").args(["-c", "exit 3"])).is_err());
        assert_eq!(output(Command::new("echo").arg("x")).unwrap(), "x\n");
    }
}
