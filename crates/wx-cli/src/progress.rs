//! Progress bars of transfers, on stderr, for people who sit at a terminal.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::sync::watch;
use wx_client::Progress;

use crate::output::Output;
use crate::table::truncate;
use crate::terminal::{Screen, escape};

/// A transfer that takes no longer has no bar, which would only flicker.
const SHORT: Duration = Duration::from_millis(300);

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

    /// Shows how far a transfer is that is called so, while this is polled and once it
    /// has taken a while; `moved` is called whenever something of it has moved.
    pub(crate) async fn follow(
        &self,
        what: &str,
        mut progress: watch::Receiver<Progress>,
        moved: impl Fn(),
    ) -> Infallible {
        let bar = self.bar(what);
        let mut short = pin!(tokio::time::sleep(SHORT));
        let mut is_short = true;
        loop {
            tokio::select! {
                () = &mut short, if is_short => {
                    is_short = false;
                    bar.appear(&self.bars);
                }
                changed = progress.changed() => match changed {
                    Ok(()) => {
                        moved();
                        bar.show(*progress.borrow_and_update());
                    }
                    Err(_) => return std::future::pending().await,
                },
            }
        }
    }

    /// A bar for something that is called so, which nobody sees yet.
    fn bar(&self, what: &str) -> Bar {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let ellipsis = if self.unicode { "…" } else { "..." };
        bar.set_style(self.style(&format!("{{msg}} {ellipsis}")));
        bar.set_message(truncate(&escape(what), self.columns / 3).into_owned());
        Bar {
            bar,
            counted: self.style("{msg}  {bytes}  {bytes_per_sec}"),
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
struct Bar {
    bar: ProgressBar,
    /// How it looks once something has moved.
    counted: ProgressStyle,
    /// How it looks once the length is known.
    measured: ProgressStyle,
}

impl Bar {
    /// Comes into sight.
    fn appear(&self, bars: &MultiProgress) {
        bars.add(self.bar.clone());
        // At once, and then by the clock.
        self.bar.tick();
        self.bar.enable_steady_tick(TICK);
    }

    /// Shows how far a transfer is.
    fn show(&self, progress: Progress) {
        match progress.total {
            Some(total) if self.bar.length() != Some(total) => {
                self.bar.set_style(self.measured.clone());
                self.bar.set_length(total);
            }
            None if self.bar.position() == 0 && progress.done > 0 => {
                self.bar.set_style(self.counted.clone());
            }
            _ => {}
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

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use indicatif::TermLike;
    use tokio::time::timeout;

    use super::*;

    /// A terminal that keeps what is written.
    #[derive(Clone, Debug, Default)]
    struct Paper(Arc<Mutex<String>>);

    impl TermLike for Paper {
        fn width(&self) -> u16 {
            60
        }
        fn move_cursor_up(&self, _: usize) -> std::io::Result<()> {
            Ok(())
        }
        fn move_cursor_down(&self, _: usize) -> std::io::Result<()> {
            Ok(())
        }
        fn move_cursor_right(&self, _: usize) -> std::io::Result<()> {
            Ok(())
        }
        fn move_cursor_left(&self, _: usize) -> std::io::Result<()> {
            Ok(())
        }
        fn write_line(&self, line: &str) -> std::io::Result<()> {
            self.write_str(line)
        }
        fn write_str(&self, text: &str) -> std::io::Result<()> {
            self.0.lock().unwrap().push_str(text);
            Ok(())
        }
        fn clear_line(&self) -> std::io::Result<()> {
            Ok(())
        }
        fn flush(&self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// Bars on a piece of paper.
    fn bars() -> (Bars, Paper) {
        let paper = Paper::default();
        let target = ProgressDrawTarget::term_like(Box::new(paper.clone()));
        let bars = Bars {
            bars: MultiProgress::with_draw_target(target),
            unicode: true,
            columns: 60,
        };
        (bars, paper)
    }

    fn of(done: u64, total: Option<u64>) -> Progress {
        let mut progress = Progress::default();
        (progress.done, progress.total) = (done, total);
        progress
    }

    #[tokio::test(start_paused = true)]
    async fn a_bar_counts_once_something_has_moved() {
        for (done, seen) in [(0, "a.bin …"), (2048, "2.00 KiB")] {
            let (bars, paper) = bars();
            let (sender, progress) = watch::channel(Progress::default());
            let bar = pin!(bars.follow("a.bin", progress, || {}));
            sender.send(of(done, None)).unwrap();
            assert!(timeout(SHORT * 2, bar).await.is_err());
            let paper = paper.0.lock().unwrap().clone();
            assert!(paper.contains(seen), "{paper}");
            assert_eq!(paper.contains("B/s"), done > 0, "{paper}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_bar_appears_when_a_transfer_has_taken_a_while() {
        let (bars, paper) = bars();
        let (sender, progress) = watch::channel(Progress::default());
        let mut bar = pin!(bars.follow("报告.bin", progress, || {}));
        for (done, seen) in [(1, false), (2, false), (3, true)] {
            sender.send(of(done * 200, Some(800))).unwrap();
            let shown = timeout(Duration::from_millis(120), bar.as_mut()).await;
            assert!(shown.is_err());
            let paper = paper.0.lock().unwrap().clone();
            assert_eq!(paper.contains("报告.bin"), seen, "{done}: {paper}");
            assert_eq!(paper.contains(" 75%"), seen, "{done}: {paper}");
        }
    }
}
