//! QR codes drawn with characters.

use super::Symbol;

/// What a drawing is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Glyphs {
    /// `█`, `▀`, `▄` and blank: two modules above one another in a character.
    HalfBlocks,
    /// `##` and two blanks: a module in two characters.
    Ascii,
}

impl Glyphs {
    /// Columns that a module takes.
    #[must_use]
    pub fn columns(self) -> usize {
        match self {
            Self::HalfBlocks => 1,
            Self::Ascii => 2,
        }
    }

    /// Modules above one another that a line shows.
    #[must_use]
    pub fn modules_in_a_line(self) -> usize {
        match self {
            Self::HalfBlocks => 2,
            Self::Ascii => 1,
        }
    }
}

/// What is dark and what is light on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Polarity {
    /// Black on white, by escape sequences, whatever the screen's own colours.
    Coloured,
    /// The screen shows light characters on a dark ground: the light modules
    /// are drawn.
    OnDark,
    /// The screen shows dark characters on a light ground: the dark modules
    /// are drawn.
    OnLight,
}

/// How to draw. By default in half blocks, black on white, with the full margin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Style {
    /// What the drawing is made of.
    pub glyphs: Glyphs,
    /// What is dark on the screen.
    pub polarity: Polarity,
    /// Width of the margin, in modules.
    pub margin: usize,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            glyphs: Glyphs::HalfBlocks,
            polarity: Polarity::Coloured,
            margin: Symbol::FULL_MARGIN,
        }
    }
}

const BLACK_ON_WHITE: &str = "\x1b[30;47m";
const RESET: &str = "\x1b[0m";

impl Symbol {
    /// The symbol as lines of characters, each ended by a newline.
    #[must_use]
    pub fn draw(&self, style: Style) -> String {
        let inks = |dark: bool| match style.polarity {
            Polarity::Coloured | Polarity::OnLight => dark,
            Polarity::OnDark => !dark,
        };
        let rows: Vec<Vec<bool>> = self
            .rows(style.margin)
            .map(|row| row.into_iter().map(inks).collect())
            .collect();
        let lines: Vec<String> = match style.glyphs {
            Glyphs::HalfBlocks => {
                // The count of rows is odd: below the last one is more margin.
                let below = vec![inks(false); self.width() + 2 * style.margin];
                rows.chunks(2)
                    .map(|pair| match pair {
                        [upper, lower] => half_blocks(upper, lower),
                        [upper] => half_blocks(upper, &below),
                        _ => String::new(),
                    })
                    .collect()
            }
            Glyphs::Ascii => rows.iter().map(|row| ascii(row)).collect(),
        };
        let (before, after) = match style.polarity {
            Polarity::Coloured => (BLACK_ON_WHITE, RESET),
            Polarity::OnDark | Polarity::OnLight => ("", ""),
        };
        lines
            .into_iter()
            .map(|line| format!("{before}{line}{after}\n"))
            .collect()
    }
}

fn half_blocks(upper: &[bool], lower: &[bool]) -> String {
    upper
        .iter()
        .zip(lower)
        .map(|pair| match pair {
            (true, true) => '█',
            (true, false) => '▀',
            (false, true) => '▄',
            (false, false) => ' ',
        })
        .collect()
}

fn ascii(row: &[bool]) -> String {
    row.iter()
        .map(|&ink| if ink { "##" } else { "  " })
        .collect()
}
