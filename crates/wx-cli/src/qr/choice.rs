//! The values of the option `--qr`.

use std::path::PathBuf;
use std::str::FromStr;

use crate::terminal::Background;

/// How the user wants to see the QR code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Choice {
    /// Whatever suits the screen.
    #[default]
    Auto,
    /// Half blocks; with a background, without colours and for that one.
    Terminal(Option<Background>),
    /// `##` and blanks; with a background, for that one.
    Ascii(Option<Background>),
    /// The address alone.
    Url,
    /// Nothing.
    None,
    /// A PNG file.
    Png(PathBuf),
}

/// A value of `--qr` that means nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected auto, terminal, ascii, url, none or png=PATH")]
pub struct ParseChoiceError;

impl FromStr for Choice {
    type Err = ParseChoiceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let background = |name| match name {
            "dark" => Ok(Some(Background::Dark)),
            "light" => Ok(Some(Background::Light)),
            _ => Err(ParseChoiceError),
        };
        match text.split_once('=') {
            None => match text {
                "auto" => Ok(Self::Auto),
                "terminal" => Ok(Self::Terminal(None)),
                "ascii" => Ok(Self::Ascii(None)),
                "url" => Ok(Self::Url),
                "none" => Ok(Self::None),
                _ => Err(ParseChoiceError),
            },
            Some(("png", path)) if !path.is_empty() => Ok(Self::Png(path.into())),
            Some(("terminal", name)) => background(name).map(Self::Terminal),
            Some(("ascii", name)) => background(name).map(Self::Ascii),
            Some(_) => Err(ParseChoiceError),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_value_is_read() {
        let cases = [
            ("auto", Choice::Auto),
            ("terminal", Choice::Terminal(None)),
            ("terminal=light", Choice::Terminal(Some(Background::Light))),
            ("ascii", Choice::Ascii(None)),
            ("ascii=dark", Choice::Ascii(Some(Background::Dark))),
            ("url", Choice::Url),
            ("none", Choice::None),
            ("png=a=b.png", Choice::Png("a=b.png".into())),
        ];
        for (text, choice) in cases {
            assert_eq!(text.parse(), Ok(choice), "{text}");
        }
    }

    #[test]
    fn other_values_are_refused_with_what_is_allowed() {
        for text in ["", "AUTO", "png", "png=", "terminal=", "ascii=red", "url=x"] {
            let error = text.parse::<Choice>().unwrap_err().to_string();
            for allowed in ["auto", "terminal", "ascii", "url", "none", "png=PATH"] {
                assert!(error.contains(allowed), "{text}: {error}");
            }
        }
    }
}
