//! Every code of the server and every kind of error that the crates know has a row in
//! the book.

use std::path::Path;

use crate::tidy::Offence;

const TABLE: &str = "docs/errors.md";

/// The file of each type, the line that its definition begins with, and its name.
const TYPES: [(&str, &str, &str); 5] = [
    ("crates/wx-wire/src/code.rs", "    Ret {", "Ret"),
    ("crates/wx-wire/src/code.rs", "    Selector {", "Selector"),
    ("crates/wx-wire/src/code.rs", "    LoginCode {", "LoginCode"),
    ("crates/wx-proto/src/event.rs", "pub enum Cause {", "Cause"),
    (
        "crates/wx-client/src/error/kind.rs",
        "pub enum ErrorKind {",
        "ErrorKind",
    ),
];

/// The members of the types and the table, as far as they were seen.
#[derive(Default)]
pub(super) struct Codes {
    /// `Type::MEMBER`, and the number if the member has one.
    known: Vec<(String, Option<String>)>,
    types: Vec<&'static str>,
    table: String,
}

impl Codes {
    pub(super) fn note_rust(&mut self, file: &Path, text: &str) {
        for (place, head, name) in TYPES {
            if file == Path::new(place) {
                let members = members(text, head);
                if !members.is_empty() {
                    self.types.push(name);
                }
                let named = members.into_iter();
                self.known
                    .extend(named.map(|(member, number)| (format!("{name}::{member}"), number)));
            }
        }
    }

    pub(super) fn note_markdown(&mut self, file: &Path, text: &str) {
        if file == Path::new(TABLE) {
            text.clone_into(&mut self.table);
        }
    }

    pub(super) fn check(&self) -> Vec<Offence> {
        let table = Path::new(TABLE);
        let mut offences = Vec::new();
        for (place, _, name) in TYPES {
            if !self.types.contains(&name) {
                let what = format!("the definition of {name} was not found");
                let remedy = "tell xtask/src/tidy/codes.rs where it is";
                offences.push(Offence::of_file(Path::new(place), what, remedy));
            }
        }
        for (name, number) in &self.known {
            let row = match number {
                Some(number) => format!("| {number} | `{name}` |"),
                None => format!("| `{name}` |"),
            };
            if !self.table.lines().any(|line| line.starts_with(&row)) {
                let what = format!("there is no row {row}");
                let remedy = "say what it means and what the client does about it";
                offences.push(Offence::of_file(table, what, remedy));
            }
        }
        offences
    }
}

/// The members of the type whose definition begins with the line `head`: a name on each
/// line, some with `= NUMBER`.
fn members(text: &str, head: &str) -> Vec<(String, Option<String>)> {
    let indent = head.len() - head.trim_start().len();
    let end = format!("{}}}", " ".repeat(indent));
    text.lines()
        .skip_while(|line| *line != head)
        .skip(1)
        .take_while(|line| *line != end)
        .filter_map(|line| {
            let member = line.trim().strip_suffix(',')?;
            let (name, number) = match member.split_once(" = ") {
                Some((name, number)) => (name, Some(number.to_owned())),
                None => (member, None),
            };
            let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            is_name.then(|| (name.to_owned(), number))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODES: &str = "code! {\n    /// D.\n    Ret {\n        /// Done, so far.\n        OK = 0,\n        BAD = -1,\n    }\n}\n";
    const KINDS: &str =
        "pub enum ErrorKind {\n    /// A.\n    Usage,\n    #[serde(x)]\n    Own,\n}\n";

    #[test]
    fn members_are_read_with_their_numbers() {
        let number = |text: &str| Some(text.to_owned());
        assert_eq!(
            members(CODES, "    Ret {"),
            [
                ("OK".to_owned(), number("0")),
                ("BAD".to_owned(), number("-1"))
            ]
        );
        assert_eq!(
            members(KINDS, "pub enum ErrorKind {"),
            [("Usage".to_owned(), None), ("Own".to_owned(), None)]
        );
    }

    #[test]
    fn a_code_without_a_row_fires_and_so_does_a_type_that_is_not_found() {
        let mut codes = Codes::default();
        codes.note_rust(Path::new("crates/wx-wire/src/code.rs"), CODES);
        codes.note_rust(Path::new("crates/wx-client/src/error/kind.rs"), KINDS);
        let table =
            "| 0 | `Ret::OK` | done |\n| `ErrorKind::Usage` | x |\n| `ErrorKind::Own` | y |\n";
        codes.note_markdown(Path::new(TABLE), table);
        let offences: Vec<String> = codes.check().into_iter().map(|o| o.what).collect();
        assert_eq!(
            offences,
            [
                "the definition of Selector was not found",
                "the definition of LoginCode was not found",
                "the definition of Cause was not found",
                "there is no row | -1 | `Ret::BAD` |"
            ]
        );
    }
}
