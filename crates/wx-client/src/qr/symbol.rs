//! The modules of a QR code.

use qrcode::{Color, EcLevel, QrCode};

/// A QR code as a square of dark and light modules, without its margin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    width: usize,
    dark: Vec<bool>,
}

impl Symbol {
    /// The margin that the standard asks for, in modules (ISO/IEC 18004).
    pub const FULL_MARGIN: usize = 4;

    /// The margin with which phones still find the code on a screen, in modules.
    pub const LEAST_MARGIN: usize = 2;

    /// Encodes `text` at the lowest level of error correction: a screen has no
    /// stains, and the fewer the modules, the larger each can be.
    ///
    /// # Errors
    ///
    /// When `text` is longer than a QR code can hold, 2,953 bytes.
    pub fn encode(text: &str) -> Result<Self, TooLong> {
        let code = QrCode::with_error_correction_level(text, EcLevel::L).map_err(TooLong)?;
        Ok(Self {
            width: code.width(),
            dark: code
                .to_colors()
                .into_iter()
                .map(|color| color == Color::Dark)
                .collect(),
        })
    }

    /// Modules in a row, and rows.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// The rows from the top, with a light margin of `margin` modules on all sides;
    /// `true` is dark.
    pub fn rows(&self, margin: usize) -> impl Iterator<Item = Vec<bool>> {
        let blank = vec![false; self.width + 2 * margin];
        let around = std::iter::repeat_n(blank, margin);
        let inner = self.dark.chunks(self.width).map(move |row| {
            let side = vec![false; margin];
            [side.as_slice(), row, side.as_slice()].concat()
        });
        around.clone().chain(inner).chain(around)
    }
}

/// The text is longer than the largest QR code can hold.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the address does not fit into a QR code")]
pub struct TooLong(#[source] qrcode::types::QrError);
