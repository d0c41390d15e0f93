//! The deterministic simulation: sessions against the service in virtual time,
//! each seed another schedule of faults, judged by an oracle.
//!
//! `WX_WORLD_SEEDS=10000` runs so many worlds, `WX_WORLD_SEED=17` that one
//! alone with its trace. In a build with `--cfg wx_sabotage`,
//! `WX_WORLD_BREAK=resend-maybe` breaks that promise in the code under test.
//! `cargo xtask world` does all of it.

#![cfg(test)]

mod disk;
mod draw;
mod jar;
mod net;
mod oracle;
mod plan;
mod process;
mod sabotage;
mod secrets;
mod trace;
mod world;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use plan::{Act, Plan};
use sabotage::Sabotage;
use secrets::Collector;
use world::{Outcome, Tally, World};

/// How many worlds run if the environment does not say.
const SEEDS: u64 = 300;

/// Runs a world, a panic in which is one more way of breaking a promise.
fn run(plan: Plan, readable: bool) -> Outcome {
    let world = || Collector::around(|| World::new(plan, readable).run());
    catch_unwind(AssertUnwindSafe(world)).unwrap_or_else(|_| Outcome {
        verdict: Err("a panic, see above".to_owned()),
        hash: 0,
        lines: Vec::new(),
        tally: Tally::default(),
    })
}

/// Leaves out acts of a failing plan, in ever smaller groups, as long as what
/// is left still fails: what remains is quicker to read.
fn shrink(mut plan: Plan) -> Plan {
    let mut group = plan.acts.len();
    while group > 0 {
        let mut at = 0;
        while at < plan.acts.len() {
            let mut fewer = plan.clone();
            let end = (at + group).min(fewer.acts.len());
            fewer.acts.drain(at..end);
            if run(fewer.clone(), false).verdict.is_err() {
                plan = fewer;
            } else {
                at += group;
            }
        }
        group /= 2;
    }
    plan
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{variable} is no number: {text}")),
    )
}

/// What a run of many worlds has come to.
#[derive(Default)]
struct Results {
    failed: Vec<(u64, String)>,
    tally: Tally,
}

/// Runs worlds on all processors; `hasty` stops at the first that fails.
fn run_all(seeds: u64, hasty: bool, plan: impl Fn(u64) -> Plan + Sync) -> Results {
    let next = AtomicU64::new(0);
    let first = AtomicU64::new(u64::MAX);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let work = || {
        let mut results = Results::default();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds || (hasty && seed > first.load(Ordering::Relaxed)) {
                return results;
            }
            let outcome = run(plan(seed), false);
            results.tally.add(&outcome.tally);
            if let Err(broken) = outcome.verdict {
                first.fetch_min(seed, Ordering::Relaxed);
                results.failed.push((seed, broken));
            }
        }
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let mut all = Results::default();
        for worker in workers {
            let part = worker.join().expect("panics are caught");
            all.failed.extend(part.failed);
            all.tally.add(&part.tally);
        }
        all.failed.sort();
        all
    })
}

/// The worlds to run: with a promise broken, where the environment names one.
fn plan() -> impl Fn(u64) -> Plan + Sync {
    let name = std::env::var("WX_WORLD_BREAK").ok();
    let sabotage = name.map(|name| Sabotage::named(&name));
    move |seed| {
        let mut plan = Plan::new(seed);
        if let Some(sabotage) = sabotage {
            sabotage.commit(Arc::make_mut(&mut plan.core));
        }
        plan
    }
}

#[test]
fn worlds_keep_every_promise() {
    let plan = plan();
    if let Some(seed) = number("WX_WORLD_SEED") {
        let outcome = run(plan(seed), true);
        println!("{}", outcome.lines.join("\n"));
        assert_eq!(outcome.verdict, Ok(()), "seed {seed}");
        return;
    }
    let seeds = number("WX_WORLD_SEEDS").unwrap_or(SEEDS);
    let hasty = std::env::var_os("WX_WORLD_BREAK").is_some();
    let Results { failed, tally } = run_all(seeds, hasty, &plan);
    println!("{seeds} worlds: {tally:?}");
    if let Some((seed, broken)) = failed.first() {
        let lines = run(shrink(plan(*seed)), true).lines;
        println!("{}", lines.join("\n"));
        println!("{} of {seeds} worlds failed:", failed.len());
        for (seed, broken) in &failed {
            println!("  seed {seed}: {broken}");
        }
        let name = std::env::var("WX_WORLD_BREAK");
        let broken_by = name.map_or(String::new(), |name| format!(" --break {name}"));
        panic!(
            "seed {seed}: {broken}\nabove is its trace without the acts that it does not need; \
             for all of it: cargo xtask world --seed {seed}{broken_by}"
        );
    }
    // Worlds in which nothing happens prove nothing.
    let each = usize::try_from(seeds).unwrap_or(usize::MAX);
    assert!(tally.deliveries >= 10 * each, "{tally:?}");
    assert!(tally.requests >= 50 * each, "{tally:?}");
    assert!(tally.sends >= 2 * each, "{tally:?}");
}

/// Ten minutes without a network, of each kind: the session holds, and what was
/// written meanwhile is delivered.
#[test]
fn an_outage_of_ten_minutes_is_no_logout() {
    for seed in 0..12 {
        let mut plan = Plan::new(seed);
        plan.calm_down();
        plan.service.auto_scan_ms = Some(100);
        plan.service.auto_confirm_ms = Some(100);
        plan.heals_ms = 800_000;
        let messages = [30_000, 100_000, 400_000, 699_000, 750_000];
        plan.acts = messages.map(|at| (at, Act::Push { count: 3 })).to_vec();
        plan.acts.push((60_000, Act::Outage { for_ms: 600_000 }));
        let Outcome { verdict, tally, .. } = run(plan, false);
        assert_eq!(verdict, Ok(()), "seed {seed}");
        assert_eq!(tally.logins, 1, "seed {seed}: one login, before the outage");
    }
}

/// Eight hours of sleep: the session is the same, and what was written meanwhile
/// is delivered.
#[test]
fn a_night_of_suspension_is_no_logout() {
    const NIGHT_MS: u64 = 8 * 3_600_000;
    for seed in 0..12 {
        let mut plan = Plan::new(seed);
        plan.calm_down();
        plan.service.auto_scan_ms = Some(100);
        plan.service.auto_confirm_ms = Some(100);
        plan.heals_ms = NIGHT_MS + 120_000;
        let messages = [30_000, 100_000, NIGHT_MS, NIGHT_MS + 70_000];
        plan.acts = messages.map(|at| (at, Act::Push { count: 3 })).to_vec();
        plan.acts.push((60_000, Act::Suspend { for_ms: NIGHT_MS }));
        let Outcome { verdict, tally, .. } = run(plan, false);
        assert_eq!(verdict, Ok(()), "seed {seed}");
        assert_eq!(tally.logins, 1, "seed {seed}: one login, before the night");
    }
}

#[test]
fn a_seed_is_the_same_world_every_time() {
    let hashes = || -> Vec<u64> {
        let worlds = (0..20).map(|seed| run(Plan::new(seed), false));
        worlds.map(|outcome| outcome.hash).collect()
    };
    let first = hashes();
    assert_eq!(first, hashes());
    let distinct: BTreeSet<u64> = first.into_iter().collect();
    assert_eq!(distinct.len(), 20, "and no other seed's");
}
