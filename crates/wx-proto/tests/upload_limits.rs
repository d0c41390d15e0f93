//! Files that are not taken: too large, or empty.

use wx_proto::config::FileLimits;
use wx_proto::{Command, FileKind, Rejected};

use crate::support::*;
use crate::uploads::{MIB, send};

#[test]
fn limits_are_checked_before_anything_goes_out() {
    for (kind, size, limit) in [
        (FileKind::Image, 20 * MIB + 1, Some(20 * MIB)),
        (FileKind::Image, 20 * MIB, None),
        (FileKind::Video, 20 * MIB, Some(20 * MIB - 1)),
        (FileKind::Video, 20 * MIB - 1, None),
        (FileKind::File, 900 * MIB, None),
    ] {
        let mut s = Scenario::online(quiet());
        let result = s
            .session
            .command(s.now, Command::SendContent(send(kind, "a", size)));
        match (result, limit) {
            (Ok(_), None) => {}
            (Err(Rejected::TooLarge { limit: told, .. }), Some(limit)) => {
                assert_eq!(told, limit, "{kind} {size}");
                assert_eq!(s.paths(), ["synccheck"]);
            }
            (other, _) => panic!("{kind} {size}: {other:?}"),
        }
    }
    let mut config = quiet();
    config.limits.file = Some(10);
    let mut s = Scenario::online(config);
    let result = s
        .session
        .command(s.now, Command::SendContent(send(FileKind::File, "a", 11)));
    assert!(matches!(result, Err(Rejected::TooLarge { limit: 10, .. })));
    assert_eq!(FileLimits::default().file, None);
}

#[test]
fn an_empty_file_is_refused() {
    let mut s = Scenario::online(quiet());
    let result = s
        .session
        .command(s.now, Command::SendContent(send(FileKind::File, "a", 0)));
    let Err(rejected @ Rejected::Empty { .. }) = result else {
        panic!("{result:?}");
    };
    assert_eq!(
        rejected.to_string(),
        "a message needs a file with something in it"
    );
}
