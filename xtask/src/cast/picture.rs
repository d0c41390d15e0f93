//! What a terminal showed, as an SVG that scrolls line by line.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar as _;

use super::{COLUMNS, ROWS};

/// Pixels of a cell.
const CELL: (usize, usize) = (8, 16);
/// How long a line is shown before the next, in milliseconds. The tour itself is too
/// quick to read.
const LINE_MS: usize = 180;
/// How long the last screen is shown, in milliseconds.
const LAST_MS: usize = 4000;
/// Black on white, which QR codes are drawn in.
const INVERTED: &str = "\u{1b}[30;47m";

/// Draws all lines, scrolling so that [`ROWS`] of them are visible at a time.
pub(super) fn draw(seen: &str) -> String {
    let lines = seen.trim_end().split("\r\n").map(last_state);
    let lines: Vec<&str> = lines.flat_map(wrapped).collect();
    let (width, height) = (COLUMNS * CELL.0, ROWS * CELL.1);
    let steps = lines.len().saturating_sub(ROWS);
    let total = steps * LINE_MS + LAST_MS;
    let values: Vec<String> = (0..=steps)
        .map(|at| format!("0 -{}", at * CELL.1))
        .collect();
    let times: Vec<String> = (0..=steps)
        .map(|at| format!("0.{:06}", at * LINE_MS * 1_000_000 / total))
        .collect();
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"monospace\" font-size=\"13\" fill=\"#d8dee9\">\n\
         <title>wx demo</title>\n<rect width=\"{width}\" height=\"{height}\" fill=\"#1c1f26\"/>\n<g>\n\
         <animateTransform attributeName=\"transform\" type=\"translate\" calcMode=\"discrete\" \
         dur=\"{total}ms\" repeatCount=\"indefinite\" values=\"{}\" keyTimes=\"{}\"/>\n",
        values.join(";"),
        times.join(";"),
    );
    for (row, line) in lines.iter().enumerate() {
        draw_line(&mut svg, row * CELL.1, line);
    }
    svg.push_str("</g>\n</svg>\n");
    svg
}

/// What remains of a line that was redrawn, as progress bars are.
fn last_state(line: &str) -> &str {
    line.rsplit_once("\u{1b}[2K").map_or(line, |(_, last)| last)
}

/// The rows that a line takes up. Codes are narrower than any window.
fn wrapped(line: &str) -> Vec<&str> {
    let mut rows = Vec::new();
    let (mut start, mut column) = (0, 0);
    for (at, c) in line.char_indices() {
        let wide = c.width().unwrap_or(0);
        if column + wide > COLUMNS && !line.starts_with(INVERTED) {
            rows.extend(line.get(start..at));
            (start, column) = (at, 0);
        }
        column += wide;
    }
    rows.extend(line.get(start..));
    rows
}

fn draw_line(svg: &mut String, top: usize, line: &str) {
    let is_code = line.starts_with(INVERTED);
    let text = line.replace(INVERTED, "").replace("\u{1b}[0m", "");
    let (cell, height) = CELL;
    if is_code {
        let width = text.chars().count() * cell;
        rect(svg, (0, top), (width, height), "#fff");
    }
    let mut column = 0;
    // Adjacent narrow characters become one text.
    let mut run = String::new();
    for c in text.chars() {
        let (at, wide) = (column, c.width().unwrap_or(0));
        column += wide;
        let half = match c {
            '█' => Some((0, height)),
            '▀' => Some((0, height / 2)),
            '▄' => Some((height / 2, height / 2)),
            _ => None,
        };
        if let (true, Some((down, tall))) = (is_code, half) {
            rect(svg, (at * cell, top + down), (cell, tall), "#000");
        } else if wide == 1 && c != ' ' {
            run.push(c);
            continue;
        }
        let start = at - run.chars().count();
        write_at(svg, start, top, &std::mem::take(&mut run));
        if wide > 1 {
            write_at(svg, at, top, c.encode_utf8(&mut [0; 4]));
        }
    }
    write_at(svg, column - run.chars().count(), top, &run);
}

fn rect(svg: &mut String, (x, y): (usize, usize), (width, height): (usize, usize), fill: &str) {
    let _ = writeln!(
        svg,
        "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{fill}\" \
         shape-rendering=\"crispEdges\"/>"
    );
}

fn write_at(svg: &mut String, column: usize, top: usize, text: &str) {
    if text.is_empty() {
        return;
    }
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let (x, y) = (column * CELL.0, top + 12);
    let _ = writeln!(svg, "<text x=\"{x}\" y=\"{y}\">{text}</text>");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(line: &str) -> Vec<String> {
        let svg = draw(line);
        let texts = svg.lines().filter(|line| line.starts_with("<text"));
        texts.map(str::to_owned).collect()
    }

    #[test]
    fn wide_characters_take_two_cells() {
        assert_eq!(
            texts("a你b"),
            [
                "<text x=\"0\" y=\"12\">a</text>",
                "<text x=\"8\" y=\"12\">你</text>",
                "<text x=\"24\" y=\"12\">b</text>"
            ]
        );
    }

    #[test]
    fn a_line_that_is_wider_than_the_window_goes_on_in_the_next_row() {
        // The wide character does not fit into the last column.
        let line = format!("{}你b\r\nc", "a".repeat(COLUMNS - 1));
        let [first, rest @ ..] = &texts(&line)[..] else {
            panic!("nothing is drawn");
        };
        assert_eq!(first.matches('a').count(), COLUMNS - 1);
        assert_eq!(
            rest,
            [
                "<text x=\"0\" y=\"28\">你</text>",
                "<text x=\"16\" y=\"28\">b</text>",
                "<text x=\"0\" y=\"44\">c</text>"
            ]
        );
    }

    #[test]
    fn a_bar_leaves_what_came_after_it() {
        assert_eq!(
            texts("media 0%\r\u{1b}[2Ksaved"),
            ["<text x=\"0\" y=\"12\">saved</text>"]
        );
    }

    #[test]
    fn a_code_is_drawn_in_black_on_white() {
        let svg = draw("\u{1b}[30;47m ▄\u{1b}[0m");
        assert!(svg.contains("<rect x=\"0\" y=\"0\" width=\"16\" height=\"16\" fill=\"#fff\""));
        assert!(svg.contains("<rect x=\"8\" y=\"8\" width=\"8\" height=\"8\" fill=\"#000\""));
        assert_eq!(texts("\u{1b}[30;47m ▄\u{1b}[0m"), [""; 0]);
    }
}
