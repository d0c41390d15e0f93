//! Progress bars of transfers, on stderr, for people who sit at a terminal.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use wx_client::Progress;

use crate::output::Output;
use crate::table::truncate;
use crate::terminal::{Screen, escape};

/// The time and the rate go on while nothing moves.
const TICK: Duration = Duration::from_millis(250);

/// Of a terminal that does not say how wide it is.
const COLUMNS: usize = 80;

/// The bars of a process, and the lines above them.
#[derive(Clone, Debug)]
pub(crate) struct Bars {
    bars: MultiProgress,
    unicode: bool,
    columns: usize,
}

impl Bars {
    /// Bars, which nobody sees unless stderr is a terminal and people read it.
    pub(crate) fn new(output: Output) -> Self {
        let screen = Screen::of_stderr();
        let seen = screen.is_terminal && !screen.is_dumb && !output.json && !output.quiet;
        let target = if seen {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        Self {
            bars: MultiProgress::with_draw_target(target),
            unicode: screen.unicode,
            columns: screen.columns.unwrap_or(COLUMNS),
        }
    }

    /// Does something that writes lines, with the bars out of the way.
    pub(crate) fn above<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bars.suspend(write)
    }

    /// A bar for something that is called so.
    pub(crate) fn bar(&self, what: &str) -> Bar {
        let bar = self.bars.add(ProgressBar::no_length());
        bar.set_style(self.style("{msg}  {bytes}  {bytes_per_sec}"));
        bar.set_message(truncate(&escape(what), self.columns / 3).into_owned());
        bar.enable_steady_tick(TICK);
        Bar {
            bar,
            measured: self.style("{msg}  {wide_bar} {percent:>3}%  {bytes_per_sec}  {eta}"),
        }
    }

    fn style(&self, template: &str) -> ProgressStyle {
        let characters = if self.unicode { "━╸ " } else { "=> " };
        ProgressStyle::with_template(template)
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .progress_chars(characters)
    }
}

/// A bar. It is gone when it is dropped.
pub(crate) struct Bar {
    bar: ProgressBar,
    /// How it looks once the length is known.
    measured: ProgressStyle,
}

impl Bar {
    /// Shows how far a transfer is.
    pub(crate) fn show(&self, progress: Progress) {
        if let Some(total) = progress.total
            && self.bar.length() != Some(total)
        {
            self.bar.set_style(self.measured.clone());
            self.bar.set_length(total);
        }
        self.bar.set_position(progress.done);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// What is known of a process's transfers.
#[derive(Debug, Default)]
pub(crate) struct Transfers {
    /// There was one.
    pub(crate) begun: AtomicBool,
    /// Something of it has moved.
    pub(crate) moved: AtomicBool,
}
