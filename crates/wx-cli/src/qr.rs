//! Login addresses as QR codes, for the camera of a phone.
//!
//! [`render`] is the entry: it turns an address, the wish of the user
//! ([`Choice`]) and what is known of the screen ([`Screen`]) into a
//! [`Picture`]. It writes nothing itself.
//!
//! On a terminal with colours, dark and light are set explicitly; on one without,
//! the drawing is made for the background that the terminal is said to have.

mod choice;
mod png;

use std::path::PathBuf;

pub use choice::{Choice, ParseChoiceError};
use wx_client::qr::{Glyphs, Polarity, Style, Symbol, TooLong};

use crate::terminal::{Background, Screen};

/// What to show, ready to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Picture {
    /// Lines for the screen, the last one ended by a newline as well.
    Text(String),
    /// A file.
    Png {
        /// Where the user wants it.
        path: PathBuf,
        /// Its content.
        bytes: Vec<u8>,
    },
    /// Nothing, as was asked for.
    Nothing,
}

/// The reasons why a picture cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address is longer than the largest QR code can hold.
    #[error(transparent)]
    TooLong(#[from] TooLong),
    /// The PNG encoder failed.
    #[error("cannot encode the picture")]
    Encode(#[source] ::png::EncodingError),
}

/// Makes the picture of `url` that the user asked for.
///
/// With [`Choice::Auto`] that is a drawing wherever one can be scanned: also
/// when there is no terminal, as the text may be looked at later. Only on a
/// terminal that is too narrow, where a drawing would be broken by the line
/// ends, it is the address itself.
///
/// # Errors
///
/// When `url` is longer than a QR code can hold, some 2,900 bytes.
pub fn render(url: &str, choice: &Choice, screen: &Screen) -> Result<Picture, Error> {
    let address = || Picture::Text(format!("{url}\n"));
    let (glyphs, background) = match choice {
        Choice::None => return Ok(Picture::Nothing),
        Choice::Url => return Ok(address()),
        Choice::Png(path) => {
            let bytes = png::encode(&Symbol::encode(url)?)?;
            let path = path.clone();
            return Ok(Picture::Png { path, bytes });
        }
        Choice::Auto if screen.unicode => (Glyphs::HalfBlocks, None),
        Choice::Auto => (Glyphs::Ascii, None),
        Choice::Terminal(background) => (Glyphs::HalfBlocks, *background),
        Choice::Ascii(background) => (Glyphs::Ascii, *background),
    };
    let symbol = Symbol::encode(url)?;
    let margin = match margin_that_fits(&symbol, glyphs, screen) {
        Some(margin) => margin,
        None if *choice == Choice::Auto => return Ok(address()),
        None => Symbol::LEAST_MARGIN,
    };
    let mut style = Style::default();
    style.glyphs = glyphs;
    style.polarity = polarity(glyphs, background, screen);
    style.margin = margin;
    Ok(Picture::Text(symbol.draw(style)))
}

/// What else to do for a code, when what [`render`] made of `url` cannot be
/// scanned on the screen as it is.
#[must_use]
pub fn tip(url: &str, choice: &Choice, text: &str, screen: &Screen) -> Option<&'static str> {
    let rows = screen.rows.filter(|_| screen.is_terminal)?;
    let is_drawn = text.trim_end() != url;
    match choice {
        Choice::Auto if !is_drawn => {
            Some("the window is too narrow for the code: widen it, or wx login --qr png=PATH")
        }
        _ if is_drawn && text.lines().count() + BESIDE > rows => {
            Some("the code is higher than the window: enlarge that, or wx login --qr png=PATH")
        }
        _ => None,
    }
}

/// Lines that are seen together with a drawing: the address, which a narrow
/// screen breaks, and the cursor's.
const BESIDE: usize = 3;

/// The widest margin for which the drawing fits on the screen; if that is not
/// high enough for any, the least one.
fn margin_that_fits(symbol: &Symbol, glyphs: Glyphs, screen: &Screen) -> Option<usize> {
    let room = |room: Option<usize>| room.filter(|_| screen.is_terminal).unwrap_or(usize::MAX);
    let side = |margin: usize| symbol.width() + 2 * margin;
    let is_narrow_enough =
        |margin: &usize| side(*margin) * glyphs.columns() <= room(screen.columns);
    let is_low_enough = |margin: &usize| {
        side(*margin).div_ceil(glyphs.modules_in_a_line()) + BESIDE <= room(screen.rows)
    };
    let margins = [Symbol::FULL_MARGIN, Symbol::LEAST_MARGIN];
    let fits = margins
        .into_iter()
        .find(|margin| is_narrow_enough(margin) && is_low_enough(margin));
    fits.or_else(|| Some(Symbol::LEAST_MARGIN).filter(is_narrow_enough))
}

fn polarity(glyphs: Glyphs, wished: Option<Background>, screen: &Screen) -> Polarity {
    let is_coloured = glyphs == Glyphs::HalfBlocks && screen.colour && wished.is_none();
    match wished.or(screen.background) {
        _ if is_coloured => Polarity::Coloured,
        Some(Background::Light) => Polarity::OnLight,
        // Most terminals are dark, among those that do not say what they are.
        Some(Background::Dark) | None => Polarity::OnDark,
    }
}

#[cfg(test)]
mod tests;
