//! Tables of text for people, in columns that line up with Chinese names and
//! emoji in them.
//!
//! Widths are counted as a terminal shows them: two columns for an ideograph or
//! an emoji, none for a combining mark.

use std::borrow::Cow;
use std::iter;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::terminal::escape;

/// Blank columns between two cells.
const GAP: usize = 2;

/// No column is made narrower than this to fit the screen.
const LEAST: usize = 4;

const ELLIPSIS: &str = "…";

/// A table of `N` columns, drawn when it is complete.
#[derive(Clone, Debug)]
pub struct Table<const N: usize> {
    headings: [&'static str; N],
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    /// A table without rows.
    #[must_use]
    pub fn new(headings: [&'static str; N]) -> Self {
        Self {
            headings,
            rows: Vec::new(),
        }
    }

    /// Adds a row. The cells are made safe for a terminal, so that they may
    /// come from anybody.
    pub fn push(&mut self, cells: [&str; N]) {
        self.rows.push(cells.map(|cell| escape(cell).into_owned()));
    }

    /// Draws the table: the headings, then the rows, each on a line without
    /// blanks at its end. With `columns` given, the widest cells are cut until
    /// the lines fit into it, as far as that leaves them readable. A table
    /// without rows is empty.
    #[must_use]
    pub fn draw(&self, columns: Option<usize>) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        let mut widths = self.headings.map(width);
        for row in &self.rows {
            for (widest, cell) in widths.iter_mut().zip(row) {
                *widest = width(cell).max(*widest);
            }
        }
        if let Some(columns) = columns {
            fit(&mut widths, columns);
        }
        let rows = self
            .rows
            .iter()
            .map(|row| row.each_ref().map(String::as_str));
        iter::once(self.headings)
            .chain(rows)
            .map(|cells| line(cells, &widths))
            .collect()
    }
}

fn line<const N: usize>(cells: [&str; N], widths: &[usize; N]) -> String {
    let mut line = String::new();
    let mut owed = 0;
    for (cell, &room) in cells.iter().zip(widths) {
        let cell = truncate(cell, room);
        // Blanks are written before the next cell that has something in it.
        if !cell.is_empty() {
            line.extend(iter::repeat_n(' ', owed));
            owed = 0;
            line.push_str(&cell);
        }
        owed += room - width(&cell) + GAP;
    }
    line.truncate(line.trim_end().len());
    line.push('\n');
    line
}

/// Takes columns from the widest cells until the line fits into `columns`.
fn fit(widths: &mut [usize], columns: usize) {
    let gaps = GAP * widths.len().saturating_sub(1);
    let mut excess = (widths.iter().sum::<usize>() + gaps).saturating_sub(columns);
    while excess > 0 {
        match widths.iter_mut().max() {
            Some(widest) if *widest > LEAST => *widest -= 1,
            _ => return,
        }
        excess -= 1;
    }
}

/// Cuts `text` to at most `columns` columns, with `…` at the end when
/// something was cut. A character is never cut from the marks that belong to
/// it.
#[must_use]
pub fn truncate(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let Some(room) = columns.checked_sub(width(ELLIPSIS)) else {
        return Cow::Borrowed("");
    };
    let mut used = 0;
    let kept: String = text
        .graphemes(true)
        .take_while(|cluster| {
            used += cluster.width();
            used <= room
        })
        .collect();
    Cow::Owned(kept + ELLIPSIS)
}

/// The columns that `text` takes on a terminal.
#[must_use]
pub fn width(text: &str) -> usize {
    text.graphemes(true).map(UnicodeWidthStr::width).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ideographs_and_emoji_take_two_columns() {
        for (text, columns) in [
            ("abc", 3),
            ("微信", 4),
            ("ｶﾅ", 2),
            ("e\u{301}", 1),
            ("🐱", 2),
            ("👨\u{200d}👩\u{200d}👧", 2),
            ("❤\u{fe0f}", 2),
        ] {
            assert_eq!(width(text), columns, "{text}");
        }
    }

    #[test]
    fn columns_line_up_and_no_line_ends_in_blanks() {
        let mut table = Table::new(["KIND", "NAME", "REMARK"]);
        table.push(["friend", "小明", "班长"]);
        table.push(["group", "a", ""]);
        table.push(["friend", "", "x"]);
        assert_eq!(
            table.draw(None),
            "\
KIND    NAME  REMARK
friend  小明  班长
group   a
friend        x
"
        );
    }

    #[test]
    fn the_widest_cells_are_cut_to_fit() {
        let mut table = Table::new(["ID", "NAME"]);
        table.push(["1234", "非常非常长的名字"]);
        assert_eq!(table.draw(Some(14)), "ID    NAME\n1234  非常非…\n");
        assert_eq!(table.draw(Some(13)), "ID    NAME\n1234  非常非…\n");
        assert_eq!(table.draw(Some(12)), "ID    NAME\n1234  非常…\n");
    }

    #[test]
    fn cells_stay_readable_on_a_screen_that_is_too_narrow() {
        let mut table = Table::new(["A", "B"]);
        table.push(["abcdefgh", "abcdefgh"]);
        assert_eq!(table.draw(Some(3)), "A     B\nabc…  abc…\n");
    }

    #[test]
    fn an_empty_table_is_empty() {
        assert_eq!(Table::new(["A"]).draw(Some(80)), "");
    }

    #[test]
    fn cells_are_made_safe() {
        let mut table = Table::new(["A"]);
        table.push(["x\x1b[0m\ny"]);
        assert_eq!(table.draw(None), "A\nx\\u{1b}[0m⏎y\n");
    }

    #[test]
    fn a_cut_leaves_characters_whole() {
        let family = "👨\u{200d}👩\u{200d}👧";
        assert_eq!(truncate(&format!("a{family}bc"), 4), format!("a{family}…"));
        assert_eq!(truncate(&format!("a{family}bc"), 3), "a…");
        assert_eq!(truncate("e\u{301}e\u{301}e\u{301}", 2), "e\u{301}…");
        assert_eq!(truncate("abc", 3), "abc");
        assert_eq!(truncate("abc", 1), "…");
        assert_eq!(truncate("abc", 0), "");
    }

    proptest! {
        #[test]
        fn a_cut_fits(text in any::<String>(), columns in 0_usize..20) {
            prop_assert!(width(&truncate(&text, columns)) <= columns);
        }

        #[test]
        fn lines_fit_and_have_no_trailing_blanks(
            cells in prop::collection::vec([any::<String>(), any::<String>()], 1..5),
            columns in 20_usize..60,
        ) {
            let mut table = Table::new(["A", "B"]);
            for [a, b] in &cells {
                table.push([a, b]);
            }
            let drawn = table.draw(Some(columns));
            prop_assert_eq!(drawn.lines().count(), cells.len() + 1);
            for line in drawn.lines() {
                prop_assert!(width(line) <= columns, "{line:?}");
                prop_assert_eq!(line.trim_end(), line);
            }
        }
    }
}
