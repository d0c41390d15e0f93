//! A drawing is read back as a camera would, by a decoder that knows nothing of us. What
//! the other styles look like is tested where they are chosen, in wx-cli.

use super::*;

const URL: &str = "https://login.weixin.qq.com/l/QdX4mZ7p2A==";

/// Pixels along the side of a module.
const SCALE: usize = 4;

/// What a decoder reads from rows of modules; `true` is dark.
fn scan(rows: &[Vec<bool>]) -> String {
    let width = rows[0].len();
    let mut image =
        rqrr::PreparedImage::prepare_from_greyscale(width * SCALE, rows.len() * SCALE, |x, y| {
            if rows[y / SCALE][x / SCALE] { 0 } else { 255 }
        });
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1, "QR codes found");
    grids[0].decode().unwrap().1
}

#[test]
fn a_terminal_shows_the_code_black_on_white() {
    let drawn = terminal(URL);
    let mut rows: Vec<Vec<bool>> = Vec::new();
    for line in drawn.lines() {
        let line = line.strip_prefix("\x1b[30;47m").unwrap();
        let line = line.strip_suffix("\x1b[0m").unwrap();
        rows.push(line.chars().map(|c| matches!(c, '█' | '▀')).collect());
        rows.push(line.chars().map(|c| matches!(c, '█' | '▄')).collect());
    }
    assert_eq!((drawn.lines().count(), rows[0].len()), (19, 37));
    assert_eq!(scan(&rows), URL);
}

#[test]
fn the_rows_are_the_code_with_its_margin() {
    let symbol = Symbol::encode(URL).unwrap();
    let rows: Vec<Vec<bool>> = symbol.rows(Symbol::LEAST_MARGIN).collect();
    // The address takes version 3: 29 modules a side.
    assert_eq!((rows.len(), rows[0].len()), (33, 33));
    assert_eq!(scan(&rows), URL);
}

#[test]
fn an_address_that_no_code_can_hold_is_shown_as_it_is() {
    // Version 40 at level L holds 2,953 bytes (ISO/IEC 18004, table 7).
    let longest = "x".repeat(2_953);
    assert!(Symbol::encode(&longest).is_ok());
    let longer = "x".repeat(2_954);
    assert!(Symbol::encode(&longer).is_err());
    assert_eq!(terminal(&longer), format!("{longer}\n"));
}
