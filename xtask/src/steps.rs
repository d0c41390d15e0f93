//! Runs commands one after the other, and says which they are and how long each
//! took.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::command;

/// The steps run so far; printed as a table at the end.
pub(crate) struct Steps {
    done: Vec<(String, Outcome)>,
    /// The title of the step to begin with, until that one comes.
    first: Option<String>,
}

enum Outcome {
    Passed(Duration),
    Skipped(String),
}

impl Steps {
    fn new() -> Self {
        Self {
            done: Vec::new(),
            first: None,
        }
    }

    /// Takes steps up to the first that fails; if none does, prints what ran.
    pub(crate) fn run(take: impl FnOnce(&mut Self) -> anyhow::Result<()>) -> anyhow::Result<()> {
        Self::new().take(take)
    }

    /// As [`run`](Self::run), but leaves out what comes before the step with this title.
    pub(crate) fn run_from(
        first: Option<String>,
        take: impl FnOnce(&mut Self) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let steps = Self {
            first,
            ..Self::new()
        };
        steps.take(take)
    }

    fn take(mut self, take: impl FnOnce(&mut Self) -> anyhow::Result<()>) -> anyhow::Result<()> {
        take(&mut self)?;
        if let Some(missing) = self.first {
            bail!("no step is called `{missing}`");
        }
        self.report();
        Ok(())
    }

    /// Runs `command`; a status other than 0 is an error.
    pub(crate) fn command(&mut self, title: &str, command: &mut Command) -> anyhow::Result<()> {
        let line = command::shown(command);
        self.call(title, &line, || command::run(command))
    }

    /// Runs `action`, shown as the command line `shown`.
    pub(crate) fn call(
        &mut self,
        title: &str,
        shown: &str,
        action: impl FnOnce() -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        if self.is_before_the_first(title) {
            return Ok(());
        }
        println!("==> {title}: {shown}");
        let start = Instant::now();
        action().with_context(|| format!("{title} failed"))?;
        let took = start.elapsed();
        println!("    {title}: {:.1} s", took.as_secs_f64());
        self.done.push((title.to_owned(), Outcome::Passed(took)));
        Ok(())
    }

    /// Notes that a step did not run, and why.
    pub(crate) fn skip(&mut self, title: &str, why: &str) {
        if self.is_before_the_first(title) {
            return;
        }
        println!("==> {title}: skipped, {why}");
        self.done
            .push((title.to_owned(), Outcome::Skipped(why.to_owned())));
    }

    fn is_before_the_first(&mut self, title: &str) -> bool {
        self.first.take_if(|first| first == title);
        self.first.is_some()
    }

    /// Prints what ran and how long it took.
    fn report(&self) {
        print!("{}", self.table());
    }

    fn table(&self) -> String {
        let width = self
            .done
            .iter()
            .map(|(title, _)| title.len())
            .max()
            .unwrap_or(0);
        self.done
            .iter()
            .map(|(title, outcome)| match outcome {
                Outcome::Passed(took) => {
                    format!("{title:width$}  {:>7.1} s\n", took.as_secs_f64())
                }
                Outcome::Skipped(why) => format!("{title:width$}  skipped: {why}\n"),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_step_is_an_error_and_not_in_the_table() {
        let mut steps = Steps::new();
        let error = steps.call("links", "check links", || bail!("one is dead"));
        assert_eq!(
            format!("{:#}", error.unwrap_err()),
            "links failed: one is dead"
        );
        assert_eq!(steps.table(), "");
    }

    #[test]
    fn what_comes_before_the_first_step_is_left_out() {
        let mut ran = Vec::new();
        let mut all = |first: &str| {
            Steps::run_from(Some(first.to_owned()), |steps| {
                steps.skip("miri", "not installed");
                for title in ["format", "tests", "chaos"] {
                    steps.call(title, title, || {
                        ran.push(title);
                        Ok(())
                    })?;
                }
                Ok(())
            })
        };
        all("tests").unwrap();
        let error = all("test").unwrap_err();
        assert_eq!(error.to_string(), "no step is called `test`");
        assert_eq!(ran, ["tests", "chaos"]);
    }

    #[test]
    fn the_table_lists_what_ran_and_what_did_not() {
        let mut steps = Steps::new();
        steps.skip("miri", "not installed");
        steps.done.push((
            "fmt".to_owned(),
            Outcome::Passed(Duration::from_millis(2_340)),
        ));
        assert_eq!(
            steps.table(),
            "miri  skipped: not installed\nfmt       2.3 s\n"
        );
    }
}
