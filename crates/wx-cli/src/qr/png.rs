//! QR codes as PNG files.

use png::{BitDepth, ColorType, Encoder};

use wx_client::qr::Symbol;

use super::Error;

/// Pixels along the side of a module. At one bit a pixel a module's row is
/// thus a byte.
const MODULE: usize = 8;

const BLACK: u8 = 0x00;
const WHITE: u8 = 0xff;

/// Encodes the symbol with its full margin, black on white.
pub(super) fn encode(symbol: &Symbol) -> Result<Vec<u8>, Error> {
    let pixels: Vec<u8> = symbol
        .rows(Symbol::FULL_MARGIN)
        .flat_map(|row| {
            let line: Vec<u8> = row
                .into_iter()
                .map(|dark| if dark { BLACK } else { WHITE })
                .collect();
            std::iter::repeat_n(line, MODULE)
        })
        .flatten()
        .collect();
    let side = (symbol.width() + 2 * Symbol::FULL_MARGIN) * MODULE;
    // The largest symbol has 177 modules: 1,480 pixels with its margin.
    let side = u32::try_from(side).unwrap_or(u32::MAX);

    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, side, side);
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::One);
    let mut writer = encoder.write_header().map_err(Error::Encode)?;
    writer.write_image_data(&pixels).map_err(Error::Encode)?;
    writer.finish().map_err(Error::Encode)?;
    Ok(file)
}
