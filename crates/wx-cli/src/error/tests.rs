//! The table of errors in the book, which says of each what `wx` ends with.

use std::path::Path;

use super::*;

const KINDS: [ErrorKind; 20] = [
    ErrorKind::Usage,
    ErrorKind::NoSuchContact,
    ErrorKind::NotLoggedIn,
    ErrorKind::Ended,
    ErrorKind::Refused,
    ErrorKind::Throttled,
    ErrorKind::Network,
    ErrorKind::Decode,
    ErrorKind::Unknown,
    ErrorKind::NotSent,
    ErrorKind::Cancelled,
    ErrorKind::TooLarge,
    ErrorKind::Empty,
    ErrorKind::Missing,
    ErrorKind::File,
    ErrorKind::Store,
    ErrorKind::Unsupported,
    ErrorKind::Locked,
    ErrorKind::Stopped,
    ErrorKind::Config,
];

#[test]
fn the_book_tells_whose_fault_each_kind_is_what_to_do_and_the_status() {
    // Read, and not included: the book is not in the package.
    let book = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors.md");
    let book = std::fs::read_to_string(book).unwrap();
    let rows: Vec<&str> = (book.lines())
        .filter(|line| line.starts_with("| `ErrorKind::"))
        .collect();
    assert_eq!(rows.len(), KINDS.len());
    for kind in KINDS {
        let start = format!("| `ErrorKind::{kind:?}` |");
        let (origin, remedy) = (format!("{:?}", kind.origin()), kind.remedy());
        let end = format!(
            " | {} | {remedy} | {} |",
            origin.to_lowercase(),
            status_of(kind)
        );
        let row = rows.iter().find(|row| row.starts_with(&start));
        assert!(row.is_some_and(|row| row.ends_with(&end)), "{start}{end}");
    }
}
