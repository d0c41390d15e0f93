//! Login addresses as QR codes, for the camera of a phone.
//!
//! [`terminal`] is what most programs need. [`Symbol`] is for those that know their
//! screen better, or that make a picture of the code in a format of their own.
//!
//! A camera needs dark modules on a light ground, with a light margin around them.
//!
//! ```
//! use wx_client::{EventKind, qr};
//!
//! fn show(event: &EventKind) {
//!     if let EventKind::Qr { url, .. } = event {
//!         println!("{}scan this with the phone", qr::terminal(url));
//!     }
//! }
//! ```

mod draw;
mod symbol;

pub use draw::{Glyphs, Polarity, Style};
pub use symbol::{Symbol, TooLong};

/// Draws `url` for a terminal: in half blocks, black on white whatever the terminal's
/// own colours are, each line ended by a newline. The code of a login takes 37 columns
/// and 19 lines.
///
/// An address that no QR code can hold, longer than some 2,900 bytes, is returned as it
/// is, in a line of its own.
#[must_use]
pub fn terminal(url: &str) -> String {
    Symbol::encode(url).map_or_else(
        |_: TooLong| format!("{url}\n"),
        |symbol| symbol.draw(Style::default()),
    )
}

#[cfg(test)]
mod tests;
