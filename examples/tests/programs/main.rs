//! The programs of the examples, run to their ends.

#![cfg(test)]

#[cfg(unix)]
mod readme;
mod run;
mod support;
