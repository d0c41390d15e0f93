//! How the nom parsers of this crate fail: what they wanted, and what was left
//! of the input there.

use nom::{
    Err, IResult, Parser,
    error::{ErrorKind, ParseError},
};

use crate::GrammarError;

/// What a parser returns: the rest of the input and its output.
pub(crate) type Parsed<'a, T> = IResult<&'a str, T, Fault<'a>>;

/// Where a parser gave up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault<'a> {
    expected: &'static str,
    rest: &'a str,
}

impl<'a> ParseError<&'a str> for Fault<'a> {
    fn from_error_kind(rest: &'a str, _: ErrorKind) -> Self {
        Self {
            expected: "something else",
            rest,
        }
    }

    fn append(_: &'a str, _: ErrorKind, other: Self) -> Self {
        other
    }
}

/// A failure at `rest` that no alternative can mend.
pub(crate) const fn fail<'a, T>(expected: &'static str, rest: &'a str) -> Parsed<'a, T> {
    Err(Err::Failure(Fault { expected, rest }))
}

/// Commits to `parser`: if it does not match, nothing else will, and the error
/// says that `expected` was wanted where it began.
pub(crate) fn must<'a, O>(
    expected: &'static str,
    mut parser: impl Parser<&'a str, Output = O, Error = Fault<'a>>,
) -> impl FnMut(&'a str) -> Parsed<'a, O> {
    move |input| match parser.parse(input) {
        Err(Err::Error(_)) => fail(expected, input),
        other => other,
    }
}

/// Turns the outcome of a parser of the whole `input` into ours, with the
/// offset of the fault.
pub(crate) fn located<'a, T>(input: &'a str, outcome: Parsed<'a, T>) -> Result<T, GrammarError> {
    match outcome {
        Ok((_, value)) => Ok(value),
        Err(Err::Error(fault) | Err::Failure(fault)) => Err(GrammarError::new(
            fault.expected,
            input.len() - fault.rest.len(),
        )),
        Err(Err::Incomplete(_)) => Err(GrammarError::new("more input", input.len())),
    }
}
