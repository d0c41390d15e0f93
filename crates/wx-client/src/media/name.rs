//! Makes file names from elsewhere safe for a disk.

/// The most bytes of a name. File systems allow 255; the rest is for what a
/// partial download adds to it.
const MAX: usize = 200;
/// An ending of more bytes than this is no extension.
const MAX_EXTENSION: usize = 16;
/// The name if nothing is left of one.
const NAMELESS: &str = "file";

/// A name for a file, made of one that somebody else has chosen.
///
/// It has no folders, no control, bidi and other invisible characters, none
/// that Windows reserves, nor is it one of its devices; it neither begins nor
/// ends with a dot or a blank, and has between 1 and 200 bytes. A name that is
/// too long is cut before its extension.
///
/// ```
/// use wx_client::safe_file_name;
///
/// assert_eq!(safe_file_name("报告 2024.pdf"), "报告 2024.pdf");
/// assert_eq!(safe_file_name("../../.ssh/authorized_keys"), "authorized_keys");
/// assert_eq!(safe_file_name("exe.\u{202e}fdp"), "exe.fdp");
/// assert_eq!(safe_file_name("nul.txt"), "_nul.txt");
/// assert_eq!(safe_file_name("..."), "file");
/// ```
#[must_use]
pub fn safe_file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).find(|part| !bare(part).is_empty());
    let visible = last.unwrap_or_default().chars().filter(|c| !is_hidden(*c));
    let name: String = visible
        .map(|c| if is_reserved(c) { '_' } else { c })
        .collect();
    let name = bare(&name);
    let name = match name {
        "" => NAMELESS.to_owned(),
        device if is_device(device) => format!("_{device}"),
        name => name.to_owned(),
    };
    cut(&name)
}

/// Without the dots and blanks around it.
fn bare(name: &str) -> &str {
    name.trim_matches(|c: char| c == '.' || c.is_whitespace() || is_hidden(c))
}

/// Characters that are invisible, or that change how others are shown.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

fn is_reserved(c: char) -> bool {
    matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*')
}

/// Windows takes these for devices, whatever extension they have.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end();
    let stem = stem.to_ascii_uppercase();
    if ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"].contains(&stem.as_str()) {
        return true;
    }
    let port = (stem.strip_prefix("COM")).or_else(|| stem.strip_prefix("LPT"));
    port.is_some_and(|number| {
        let mut number = number.chars();
        let digit = number.next();
        number.next().is_none()
            && digit.is_some_and(|c| c.is_ascii_digit() || matches!(c, '¹' | '²' | '³'))
    })
}

/// At most [`MAX`] bytes of a name, its extension among them.
fn cut(name: &str) -> String {
    if name.len() <= MAX {
        return name.to_owned();
    }
    let extension = match name.rsplit_once('.') {
        Some((_, extension)) if extension.len() <= MAX_EXTENSION => extension,
        _ => "",
    };
    let room = match extension.len() {
        0 => MAX,
        length => MAX - length - 1,
    };
    let stem = bare(
        name.get(..name.floor_char_boundary(room))
            .unwrap_or(NAMELESS),
    );
    match extension {
        "" => stem.to_owned(),
        extension => format!("{stem}.{extension}"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn folders_are_left_out() {
        for name in [
            "/etc/passwd",
            "..\\..\\passwd",
            "C:\\x\\passwd",
            "passwd/",
            "passwd/..",
        ] {
            assert_eq!(safe_file_name(name), "passwd", "{name}");
        }
        for name in ["", ".", "..", "/", "../..", " . ", "\u{202e}", "\0"] {
            assert_eq!(safe_file_name(name), "file", "{name:?}");
        }
    }

    #[test]
    fn what_is_not_seen_is_left_out() {
        assert_eq!(safe_file_name("a\0b\u{1b}[31m\nc\u{7f}"), "ab[31mc");
        assert_eq!(safe_file_name(".\u{202e}.hidden"), "hidden");
        assert_eq!(safe_file_name("name.txt. \u{200b}."), "name.txt");
        // A family is one picture of four.
        assert_eq!(safe_file_name("👨‍👩‍👧‍👦.png"), "👨‍👩‍👧‍👦.png");
    }

    #[test]
    fn windows_could_have_it_too() {
        assert_eq!(safe_file_name("a<b>:\"|?*.txt"), "a_b______.txt");
        for (name, safe) in [
            ("CON", "_CON"),
            ("lpt1.tar.gz", "_lpt1.tar.gz"),
            ("com¹", "_com¹"),
            ("aux .txt", "_aux .txt"),
            ("COM10", "COM10"),
            ("console.txt", "console.txt"),
        ] {
            assert_eq!(safe_file_name(name), safe);
        }
    }

    #[test]
    fn a_long_name_keeps_its_extension() {
        let name = safe_file_name(&format!("{}.docx", "汉".repeat(200)));
        assert_eq!(name, format!("{}.docx", "汉".repeat(65)));
        let name = safe_file_name(&"x".repeat(300));
        assert_eq!(name, "x".repeat(200));
        let name = safe_file_name(&format!("a.{}", "x".repeat(300)));
        assert_eq!(name.len(), 200);
    }

    proptest! {
        #[test]
        fn every_name_comes_out_safe(name in any::<String>()) {
            let safe = safe_file_name(&name);
            prop_assert!((1..=MAX).contains(&safe.len()));
            prop_assert!(!safe.contains(['/', '\\', '\0']));
            prop_assert!(!safe.chars().any(|c| c.is_control() || is_hidden(c)));
            prop_assert!(!safe.starts_with(['.', ' ']) && !safe.ends_with(['.', ' ']));
            prop_assert_eq!(safe_file_name(&safe), safe.clone());
        }
    }
}
