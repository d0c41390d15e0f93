//! An error and its causes, in one line.

use std::error::Error;
use std::fmt;

/// An error with all that caused it, for people: what each says of itself, with
/// colons between. What a cause repeats of the one above it is left out.
///
/// An error's own `Display` says what happened on its level alone, so that
/// reporters such as anyhow's `{:#}` say nothing twice.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a view of an error")]
pub struct Chain<'a>(pub &'a (dyn Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut above = self.0.to_string();
        f.write_str(&above)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            let text = error.to_string();
            if !above.contains(&text) {
                write!(f, ": {text}")?;
                above = text;
            }
            cause = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{says}")]
    struct Level {
        says: &'static str,
        source: Option<Box<Self>>,
    }

    fn chain(levels: &[&'static str]) -> Level {
        let (says, below) = levels.split_first().unwrap();
        let source = (!below.is_empty()).then(|| Box::new(chain(below)));
        Level { says, source }
    }

    #[test]
    fn each_level_is_said_once() {
        for (levels, said) in [
            (&["no connection"][..], "no connection"),
            (&["a", "b", "c"], "a: b: c"),
            // A level that has the text of the one below in its own.
            (&["a", "b (c)", "c", "d"], "a: b (c): d"),
        ] {
            assert_eq!(Chain(&chain(levels)).to_string(), said);
        }
    }
}
