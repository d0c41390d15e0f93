//! Times ours and theirs in turn, in one process, and says how many times as fast ours
//! is, and whether that reaches the target.
//!
//! It measures processor time, and takes the best of many rounds: whatever else the
//! machine does can only make a round slower.

use std::process::ExitCode;
use std::time::Duration;

use cpu_time::ThreadTime;
use wx_benches::{Amount, Case, Work, cases};

/// How long a round of one side takes, about.
const ROUND: Duration = Duration::from_millis(4);
const ROUNDS: usize = 60;
/// How many rounds there are if the work takes longer than a round.
const FEW: usize = 7;

fn main() -> ExitCode {
    let mut wanted: Vec<String> = std::env::args().skip(1).collect();
    if wanted.is_empty() {
        wanted.push(String::new());
    }
    let mut missed = Vec::new();
    for beginning in &wanted {
        let mut any = false;
        for case in cases(beginning) {
            any = true;
            measure(&case, &mut missed);
        }
        if !any {
            missed.push(format!(
                "there is no case whose name begins with `{beginning}`"
            ));
        }
    }
    if missed.is_empty() {
        return ExitCode::SUCCESS;
    }
    println!("\nmissed:");
    for miss in &missed {
        println!("  {miss}");
    }
    ExitCode::FAILURE
}

fn measure(case: &Case, missed: &mut Vec<String>) {
    let mut sides: Vec<Side<'_>> = std::iter::once(&case.ours)
        .chain(case.theirs.iter().map(|other| &other.work))
        .map(Side::new)
        .collect();
    let rounds = if sides.iter().any(|side| side.best > ROUND.as_secs_f64()) {
        FEW
    } else {
        ROUNDS
    };
    for _ in 0..rounds {
        for side in &mut sides {
            side.round();
        }
    }
    let [ours, theirs @ ..] = sides.as_slice() else {
        return;
    };
    let (amount, unit, scale) = match case.amount {
        Amount::Bytes(bytes) => (bytes, "MB/s", 1e6),
        Amount::Messages(messages) => (messages, "messages/s", 1.0),
    };
    let a_second = amount as f64 / ours.best;
    println!(
        "{:24} {:>12} {:>10.0} {unit}{}",
        case.name,
        shown(ours.best),
        a_second / scale,
        wanted(
            case.at_least
                .map(|least| (least / scale, a_second >= least))
        ),
    );
    if let Some(least) = case.at_least.filter(|least| a_second < *least) {
        missed.push(format!(
            "{}: {:.0} {unit} of {:.0}",
            case.name,
            a_second / scale,
            least / scale
        ));
    }
    for (other, side) in case.theirs.iter().zip(theirs) {
        let ratio = side.best / ours.best;
        println!(
            "    {:28} {:>12} {ratio:>7.2} times{}",
            other.who,
            shown(side.best),
            wanted(other.at_least.map(|least| (least, ratio >= least))),
        );
        if let Some(least) = other.at_least.filter(|least| ratio < *least) {
            missed.push(format!(
                "{} beside {}: {ratio:.2} times of {least}",
                case.name, other.who
            ));
        }
    }
}

fn wanted(target: Option<(f64, bool)>) -> String {
    target.map_or_else(String::new, |(least, is_met)| {
        let word = if is_met { "reached" } else { "MISSED" };
        format!("  (at least {least}: {word})")
    })
}

struct Side<'a> {
    work: &'a Work,
    /// How often the work is repeated in a round.
    times: usize,
    /// How many seconds the work took in the best round.
    best: f64,
}

impl<'a> Side<'a> {
    fn new(work: &'a Work) -> Self {
        let mut side = Self {
            work,
            times: 1,
            best: f64::INFINITY,
        };
        side.round();
        side.round();
        side.times = (ROUND.as_secs_f64() / side.best).ceil().max(1.0) as usize;
        side
    }

    fn round(&mut self) {
        let start = ThreadTime::now();
        for _ in 0..self.times {
            (self.work)();
        }
        let took = start.elapsed().as_secs_f64() / self.times as f64;
        self.best = self.best.min(took);
    }
}

fn shown(seconds: f64) -> String {
    match seconds {
        s if s < 1e-6 => format!("{:.0} ns", s * 1e9),
        s if s < 1e-3 => format!("{:.2} µs", s * 1e6),
        s => format!("{:.2} ms", s * 1e3),
    }
}
