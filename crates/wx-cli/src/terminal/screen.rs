//! What is known of the place where output is looked at.

use std::io::{self, IsTerminal};

use terminal_size::{Height, Width, terminal_size_of};

/// The colour behind the characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Background {
    /// Light characters on a dark ground.
    Dark,
    /// Dark characters on a light ground.
    Light,
}

/// Where one of the two output streams leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Screen {
    /// Whether it is a terminal, rather than a file or a pipe.
    pub is_terminal: bool,
    /// Whether it is one that can only write lines: `TERM=dumb`.
    pub is_dumb: bool,
    /// Its width in columns, when known: `COLUMNS`, else what the terminal
    /// says.
    pub columns: Option<usize>,
    /// Its height in rows, when the terminal says it.
    pub rows: Option<usize>,
    /// Whether characters beyond ASCII are shown, by the locale.
    pub unicode: bool,
    /// Whether colours may be used. `NO_COLOR` and `TERM=dumb` forbid them.
    pub colour: bool,
    /// The background, when `COLORFGBG` names it.
    pub background: Option<Background>,
}

impl Screen {
    /// Where standard output leads to.
    #[must_use]
    pub fn of_stdout() -> Self {
        let stdout = io::stdout();
        Self::new(stdout.is_terminal(), terminal_size_of(&stdout), variable)
    }

    /// Where standard error leads to.
    #[must_use]
    pub fn of_stderr() -> Self {
        let stderr = io::stderr();
        Self::new(stderr.is_terminal(), terminal_size_of(&stderr), variable)
    }

    /// Whether it is a terminal that shows no more than ASCII.
    #[must_use]
    pub fn is_ascii(&self) -> bool {
        self.is_terminal && !self.unicode
    }

    /// Reads the environment through `variable`; one that is set to nothing
    /// counts as unset.
    fn new(
        is_terminal: bool,
        size: Option<(Width, Height)>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Self {
        let variable = |name| variable(name).filter(|value| !value.is_empty());
        let is_dumb = is_terminal && variable("TERM").as_deref() == Some("dumb");
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
            .into_iter()
            .find_map(variable);
        Self {
            is_terminal,
            is_dumb,
            columns: variable("COLUMNS")
                .and_then(|columns| columns.parse().ok())
                .filter(|&columns| columns > 0)
                .or(size.map(|(Width(columns), _)| columns.into())),
            rows: size.map(|(_, Height(rows))| rows.into()),
            // Without any locale, as in a bare container, the terminal outside
            // is most likely a modern one.
            unicode: !is_dumb && locale.is_none_or(|locale| is_utf8(&locale)),
            colour: is_terminal && !is_dumb && variable("NO_COLOR").is_none(),
            background: variable("COLORFGBG").and_then(|colours| background(&colours)),
        }
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn is_utf8(locale: &str) -> bool {
    let locale = locale.to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

/// Reads `COLORFGBG`, set by rxvt, Konsole and others: `15;0` or
/// `15;default;0`, the last number being the background's among the sixteen
/// colours, of which 0 to 6 and 8 are dark.
fn background(colours: &str) -> Option<Background> {
    let (_, background) = colours.rsplit_once(';')?;
    match background.parse().ok()? {
        0..=6_u8 | 8 => Some(Background::Dark),
        7 | 9..=15 => Some(Background::Light),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terminal(variables: &[(&str, &str)]) -> Screen {
        Screen::new(true, Some((Width(80), Height(24))), |name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_modern_terminal_has_everything() {
        let screen = terminal(&[("TERM", "xterm-256color"), ("LANG", "zh_CN.UTF-8")]);
        assert_eq!(
            screen,
            Screen {
                is_terminal: true,
                is_dumb: false,
                columns: Some(80),
                rows: Some(24),
                unicode: true,
                colour: true,
                background: None
            }
        );
    }

    #[test]
    fn a_dumb_terminal_has_neither_colour_nor_unicode() {
        let screen = terminal(&[("TERM", "dumb"), ("LANG", "C.UTF-8")]);
        assert!(!screen.colour && !screen.unicode);
    }

    #[test]
    fn a_file_has_no_colour_and_no_terminals_limits() {
        let screen = Screen::new(false, None, |name| {
            (name == "TERM").then(|| "dumb".to_owned())
        });
        assert!(!screen.is_terminal && !screen.colour && screen.unicode);
    }

    #[test]
    fn the_first_locale_that_is_set_counts() {
        let unicode = |variables: &[_]| terminal(variables).unicode;
        assert!(!unicode(&[("LC_ALL", "C"), ("LANG", "en_US.UTF-8")]));
        assert!(unicode(&[("LC_ALL", ""), ("LANG", "en_US.utf8")]));
        assert!(!unicode(&[("LANG", "zh_CN.GB18030")]));
        assert!(unicode(&[]));
    }

    #[test]
    fn no_color_is_honoured_when_set_to_something() {
        assert!(!terminal(&[("NO_COLOR", "1")]).colour);
        assert!(terminal(&[("NO_COLOR", "")]).colour);
    }

    #[test]
    fn columns_overrides_the_terminal_when_it_is_a_width() {
        assert_eq!(terminal(&[("COLUMNS", "120")]).columns, Some(120));
        for nonsense in ["0", "-3", "wide"] {
            assert_eq!(terminal(&[("COLUMNS", nonsense)]).columns, Some(80));
        }
    }

    #[test]
    fn the_background_is_the_last_colour() {
        let background = |value| terminal(&[("COLORFGBG", value)]).background;
        assert_eq!(background("15;0"), Some(Background::Dark));
        assert_eq!(background("12;8"), Some(Background::Dark));
        assert_eq!(background("0;default;15"), Some(Background::Light));
        assert_eq!(background("0;7"), Some(Background::Light));
        for nonsense in ["15", "15;default", "0;16", ";"] {
            assert_eq!(background(nonsense), None, "{nonsense}");
        }
    }
}
