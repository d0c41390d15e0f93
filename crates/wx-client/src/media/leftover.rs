//! Removes parts of downloads that can never be resumed: the references of a
//! login are valid for that login only, so downloads begun in an earlier login
//! of the same account stay incomplete.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use wx_proto::saved::Account;

use super::digest;
use crate::store::is_at;

/// How the names of parts end.
const PART: &str = ".part";
/// Digits that tell accounts apart. So few that they do not identify one.
const ACCOUNT_DIGITS: usize = 4;
/// Digits that tell an account's logins apart.
const LOGIN_DIGITS: usize = 8;
/// Digits that tell media apart.
const MEDIUM_DIGITS: usize = 16;

/// The account that downloads, and its login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Login {
    account: String,
    login: String,
}

impl Login {
    pub(crate) fn of(account: &Account) -> Self {
        Self {
            account: digits(account.uin.as_bytes(), ACCOUNT_DIGITS),
            login: digits(account.user_name.as_str().as_bytes(), LOGIN_DIGITS),
        }
    }

    /// The name of a medium's part: of this login, and of this medium alone.
    pub(super) fn part(&self, name: &str, reference: &[u8]) -> String {
        let Self { account, login } = self;
        let medium = digits(reference, MEDIUM_DIGITS);
        format!(".{name}.{account}-{login}.{medium}{PART}")
    }

    /// True for the name of a part that this account has left in another login.
    fn has_left(&self, name: &str) -> bool {
        let marks = name.strip_prefix('.').and_then(|name| {
            let (name, medium) = name.strip_suffix(PART)?.rsplit_once('.')?;
            let (_, login) = name.rsplit_once('.')?;
            Some((login.split_once('-')?, medium))
        });
        marks.is_some_and(|((account, login), medium)| {
            account == self.account
                && login != self.login
                && is_digits(login, LOGIN_DIGITS)
                && is_digits(medium, MEDIUM_DIGITS)
        })
    }
}

fn digits(text: &[u8], count: usize) -> String {
    let mut digits = digest::of(text);
    digits.truncate(count);
    digits
}

fn is_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|digit| digit.is_ascii_hexdigit())
}

/// Removes such parts from a folder when it is first downloaded to.
#[derive(Debug, Default)]
pub(crate) struct Sweeper {
    /// The folder that was swept last, and in which login. Programs usually
    /// have only one.
    clean: Mutex<Option<(PathBuf, Login)>>,
}

impl Sweeper {
    /// What cannot be removed stays until the next time, and does no harm.
    /// Blocks.
    pub(crate) fn sweep(&self, folder: &Path, login: &Login) {
        let mut clean = self.clean.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(&*clean, Some((at, of)) if at == folder && of == login) {
            return;
        }
        match sweep(folder, login) {
            Ok(()) => *clean = Some((folder.to_owned(), login.clone())),
            Err(error) => tracing::debug!(%error, "parts of ended logins stay"),
        }
    }
}

fn sweep(folder: &Path, login: &Login) -> io::Result<()> {
    let here = Path::new(".");
    let folder = if folder == Path::new("") {
        here
    } else {
        folder
    };
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let is_left = entry
            .file_name()
            .to_str()
            .is_some_and(|name| login.has_left(name));
        // A link could lead anywhere.
        if is_left && entry.file_type()?.is_file() {
            remove(&entry.path())?;
        }
    }
    Ok(())
}

/// Removes a part unless it is being written, because its login then goes on in
/// another process.
fn remove(path: &Path) -> io::Result<()> {
    let file = match OpenOptions::new().read(true).write(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        opened => opened?,
    };
    if file.try_lock().is_ok() && is_at(&file, path)? {
        fs::remove_file(path)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(user_name: &str) -> Login {
        let json = serde_json::json!({"user_name": user_name, "nick_name": "", "uin": "42"});
        Login::of(&serde_json::from_value(json).unwrap())
    }

    #[test]
    fn only_parts_of_the_same_account_and_of_another_login_are_left() {
        let (old, new) = (login("@old"), login("@new"));
        let part = old.part("a b.part", b"a file");
        assert!(new.has_left(&part), "{part}");
        assert!(!old.has_left(&part), "it can be gone on with");
        let other = Login {
            account: "ffff".to_owned(),
            ..new.clone()
        };
        assert!(!other.has_left(&part), "another account's");
        for name in [
            "",
            ".part",
            "..part",
            "report.part",
            ".a.part",
            ".a-b.c.part",
            part.trim_start_matches('.'),
            part.trim_end_matches("t"),
        ] {
            assert!(!new.has_left(name), "{name}");
        }
    }

    #[test]
    fn a_part_that_is_being_written_stays() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (login("@old"), login("@new"));
        let [busy, left, own] = [(&old, "busy"), (&old, "left"), (&new, "own")]
            .map(|(login, name)| folder.path().join(login.part(name, name.as_bytes())));
        for path in [&busy, &left, &own] {
            fs::write(path, "half of it").unwrap();
        }
        let file = fs::File::open(&busy).unwrap();
        file.lock().unwrap();
        let sweeper = Sweeper::default();
        sweeper.sweep(folder.path(), &new);
        let there = [&busy, &left, &own].map(|path| path.exists());
        assert_eq!(there, [true, false, true]);
        // Once is enough: what comes later is of this login.
        fs::write(&left, "half of it").unwrap();
        sweeper.sweep(folder.path(), &new);
        assert!(left.exists());
        Sweeper::default().sweep(folder.path(), &new);
        assert!(!left.exists());
    }
}
