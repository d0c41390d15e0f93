//! Drawings and files are read back: module by module against the encoder's
//! own matrix, and as a camera would, by a QR decoder that knows nothing of us.

use qrcode::{Color, EcLevel, QrCode};

use super::*;

const URL: &str = "https://login.weixin.qq.com/l/QdX4mZ7p2A==";

/// The address above takes version 3: 29 modules a side.
const MODULES: usize = 29;

const DARK: u8 = 0;
const LIGHT: u8 = 255;

/// What a drawing looks like: a square of shades.
#[derive(Debug, PartialEq)]
struct Raster {
    width: usize,
    shades: Vec<u8>,
}

impl Raster {
    /// Looks at a drawing on a screen with that ground and ink.
    fn of_half_blocks(text: &str, ground: u8, ink: u8) -> Self {
        let shade = |inked| if inked { ink } else { ground };
        let mut width = 0;
        let mut shades = Vec::new();
        for line in text.lines() {
            width = line.chars().count();
            shades.extend(line.chars().map(|c| shade(matches!(c, '█' | '▀'))));
            shades.extend(line.chars().map(|c| shade(matches!(c, '█' | '▄'))));
        }
        Self { width, shades }
    }

    fn of_ascii(text: &str, ground: u8, ink: u8) -> Self {
        let mut width = 0;
        let mut shades = Vec::new();
        for line in text.lines() {
            let cells: Vec<char> = line.chars().collect();
            width = cells.len() / 2;
            shades.extend(cells.chunks(2).map(|pair| match pair {
                ['#', '#'] => ink,
                [' ', ' '] => ground,
                _ => panic!("half a module in {line:?}"),
            }));
        }
        Self { width, shades }
    }

    fn of_png(bytes: &[u8]) -> Self {
        let mut decoder = ::png::Decoder::new(std::io::Cursor::new(bytes));
        decoder.set_transformations(::png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info().unwrap();
        let mut shades = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut shades).unwrap();
        assert_eq!(info.width, info.height);
        Self {
            width: info.width as usize,
            shades,
        }
    }

    /// The encoder's matrix with a margin, as it should look.
    fn expected(margin: usize) -> Self {
        let code = QrCode::with_error_correction_level(URL, EcLevel::L).unwrap();
        assert_eq!(code.width(), MODULES);
        let width = MODULES + 2 * margin;
        let inside = margin..margin + MODULES;
        let shades = (0..width * width)
            .map(|at| (at % width, at / width))
            .map(|(x, y)| {
                let dark = inside.contains(&x)
                    && inside.contains(&y)
                    && code[(x - margin, y - margin)] == Color::Dark;
                if dark { DARK } else { LIGHT }
            })
            .collect();
        Self { width, shades }
    }

    /// Without the last row, which half blocks add to an odd count, after
    /// making sure that it is margin.
    fn without_last_row(mut self) -> Self {
        let last = self.shades.split_off(self.shades.len() - self.width);
        assert_eq!(last, vec![LIGHT; self.width]);
        self
    }

    /// What a decoder reads from it, with each shade `scale` pixels large.
    fn scan(&self, scale: usize) -> String {
        let height = self.shades.len() / self.width;
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(
            self.width * scale,
            height * scale,
            |x, y| self.shades[y / scale * self.width + x / scale],
        );
        let grids = image.detect_grids();
        assert_eq!(grids.len(), 1, "QR codes found");
        grids[0].decode().unwrap().1
    }
}

fn screen() -> Screen {
    Screen {
        is_terminal: true,
        is_dumb: false,
        columns: Some(80),
        rows: None,
        unicode: true,
        colour: true,
        background: None,
    }
}

fn text(choice: &str, screen: &Screen) -> String {
    match render(URL, &choice.parse().unwrap(), screen).unwrap() {
        Picture::Text(text) => text,
        other => panic!("{other:?}"),
    }
}

/// Takes the colours off, after making sure that each line sets black on white
/// and ends with a reset.
fn plain(text: &str) -> String {
    text.lines()
        .map(|line| {
            let inner = line.strip_prefix("\x1b[30;47m").unwrap();
            format!("{}\n", inner.strip_suffix("\x1b[0m").unwrap())
        })
        .collect()
}

#[test]
fn half_blocks_in_colour_hold_the_code() {
    let drawn = plain(&text("auto", &screen()));
    let raster = Raster::of_half_blocks(&drawn, LIGHT, DARK).without_last_row();
    assert_eq!(raster, Raster::expected(4));
    assert_eq!(raster.scan(4), URL);
}

#[test]
fn half_blocks_without_colour_suit_the_background() {
    for (name, ground, ink) in [("dark", DARK, LIGHT), ("light", LIGHT, DARK)] {
        let drawn = text(&format!("terminal={name}"), &screen());
        let raster = Raster::of_half_blocks(&drawn, ground, ink).without_last_row();
        assert_eq!(raster, Raster::expected(4), "{name}");
        assert_eq!(raster.scan(4), URL, "{name}");
    }
}

#[test]
fn ascii_suits_the_background() {
    for (name, ground, ink) in [("dark", DARK, LIGHT), ("light", LIGHT, DARK)] {
        let drawn = text(&format!("ascii={name}"), &screen());
        let raster = Raster::of_ascii(&drawn, ground, ink);
        assert_eq!(raster, Raster::expected(4), "{name}");
        assert_eq!(raster.scan(4), URL, "{name}");
    }
}

#[test]
fn the_background_is_the_screens_when_none_is_named() {
    for background in [None, Some(Background::Dark), Some(Background::Light)] {
        let screen = Screen {
            colour: false,
            background,
            ..screen()
        };
        let expected = match background {
            Some(Background::Light) => "light",
            _ => "dark",
        };
        for form in ["terminal", "ascii"] {
            assert_eq!(
                text(form, &screen),
                text(&format!("{form}={expected}"), &screen),
                "{form}, {background:?}"
            );
        }
    }
}

#[test]
fn the_png_holds_the_code() {
    let choice = Choice::Png("code.png".into());
    let Picture::Png { path, bytes } = render(URL, &choice, &screen()).unwrap() else {
        panic!("not a PNG");
    };
    assert_eq!(path, PathBuf::from("code.png"));
    let raster = Raster::of_png(&bytes);
    // Eight pixels a module, four modules of margin.
    assert_eq!(raster.width, (MODULES + 8) * 8);
    assert_eq!(raster.scan(1), URL);
}

#[test]
fn a_narrow_screen_gets_a_narrow_margin_and_a_narrower_one_the_address() {
    let screen = |columns| Screen {
        columns: Some(columns),
        ..screen()
    };
    assert_eq!(plain(&text("auto", &screen(37))).lines().count(), 19);
    for columns in [36, 33] {
        let drawn = plain(&text("auto", &screen(columns)));
        let raster = Raster::of_half_blocks(&drawn, LIGHT, DARK).without_last_row();
        assert_eq!(raster, Raster::expected(2), "{columns}");
        assert_eq!(raster.scan(4), URL, "{columns}");
    }
    assert_eq!(text("auto", &screen(32)), format!("{URL}\n"));
}

#[test]
fn a_low_screen_gets_a_narrow_margin_and_one_that_is_too_low_a_tip() {
    let screen = |rows| Screen {
        rows: Some(rows),
        ..screen()
    };
    let tip = |text: &str, screen: &Screen| tip(URL, &Choice::Auto, text, screen);
    // 37 modules with the full margin, 33 with the least; and three more lines.
    for (rows, lines, is_tipped) in [
        (22, 19, false),
        (21, 17, false),
        (20, 17, false),
        (19, 17, true),
    ] {
        let drawn = text("auto", &screen(rows));
        assert_eq!(drawn.lines().count(), lines, "{rows}");
        assert_eq!(tip(&drawn, &screen(rows)).is_some(), is_tipped, "{rows}");
    }
    let ascii = Screen {
        unicode: false,
        ..screen(24)
    };
    let drawn = text("auto", &ascii);
    assert_eq!(drawn.lines().count(), 33);
    assert!(
        tip(&drawn, &ascii)
            .unwrap()
            .contains("higher than the window")
    );
    let narrow = Screen {
        columns: Some(32),
        ..screen(24)
    };
    let address = text("auto", &narrow);
    assert!(tip(&address, &narrow).unwrap().contains("too narrow"));
    // Whoever asked for the address alone has it.
    assert_eq!(super::tip(URL, &Choice::Url, &address, &narrow), None);
}

#[test]
fn a_drawing_asked_for_is_made_however_narrow_the_screen() {
    let screen = Screen {
        columns: Some(10),
        ..screen()
    };
    let drawn = text("ascii=light", &screen);
    assert_eq!(Raster::of_ascii(&drawn, LIGHT, DARK), Raster::expected(2));
}

#[test]
fn without_unicode_the_drawing_is_ascii() {
    let screen = Screen {
        unicode: false,
        colour: false,
        ..screen()
    };
    let drawn = text("auto", &screen);
    assert!(drawn.is_ascii());
    assert_eq!(Raster::of_ascii(&drawn, DARK, LIGHT), Raster::expected(4));
}

#[test]
fn without_a_terminal_the_code_is_still_drawn() {
    let screen = Screen {
        is_terminal: false,
        columns: Some(10),
        colour: false,
        ..screen()
    };
    let raster = Raster::of_half_blocks(&text("auto", &screen), DARK, LIGHT);
    assert_eq!(raster.without_last_row(), Raster::expected(4));
}

#[test]
fn the_address_or_nothing_when_asked_for() {
    assert_eq!(text("url", &screen()), format!("{URL}\n"));
    assert_eq!(
        render(URL, &Choice::None, &screen()).unwrap(),
        Picture::Nothing
    );
}

#[test]
fn an_address_that_is_too_long_is_an_error() {
    // Version 40 at level L holds 2,953 bytes (ISO/IEC 18004, table 7).
    let url = |len: usize| "x".repeat(len);
    assert!(render(&url(2953), &Choice::Auto, &screen()).is_ok());
    let error = render(&url(2954), &Choice::Auto, &screen()).unwrap_err();
    assert_eq!(error.to_string(), "the address does not fit into a QR code");
}
