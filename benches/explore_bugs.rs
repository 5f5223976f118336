//! In how many runs an exploration finds each bug of the clients of the tests, by each strategy, with and without
//! pruning, and how many it makes of the corrected client.
//!
//! `cargo bench --bench explore_bugs` prints the table that stands in `src/explore/bugs.md`.

use std::time::{Duration, Instant};

use bits_emulator::explore::{Program, Strategy, Verdict};

use found::Case;
use promises::all;

#[allow(dead_code, reason = "some clients are of tests alone")]
#[path = "../tests/explore/clients/mod.rs"]
mod clients;

#[allow(dead_code, reason = "the tests beside the cases are not made here")]
#[path = "../tests/explore/found.rs"]
mod found;

#[allow(dead_code, unused_imports, reason = "the tests beside the cases are not made here")]
#[path = "../tests/explore/promises.rs"]
mod promises;

/// How many runs an exploration makes at most, and for how long.
const MOST_RUNS: u64 = 10_000;
const MOST_TIME: Duration = Duration::from_secs(3);

fn main() {
    // `cargo test --benches` makes the first rows.
    let is_measured = std::env::args().any(|argument| argument == "--bench");
    let cases = all();
    println!(
        "| bug | bound | length | first visits | not pruned | every point | not pruned | corrected, with two kills |"
    );
    println!("|---|---|---:|---:|---:|---:|---:|---:|");
    let rows = if is_measured { cases.len() } else { 2 };
    cases.iter().take(rows).for_each(|case| println!("{}", row(case)));
}

/// A bug: how long its counterexample is, and what each way of exploring takes.
fn row(case: &Case) -> String {
    let (faults, deviations) = case.bound;
    let mut length = None;
    let mut cells = Vec::new();
    for strategy in [Strategy::FirstVisits, Strategy::EveryPoint] {
        for prunes in [true, false] {
            let explored = |program: Program| explore(program.strategy(strategy), prunes);
            let (wrong, time) = explored(case.program(case.wrong, case.budget.clone()));
            let (right, _) = explored(case.program(case.right, case.budget.clone().kill(1)));
            let points = wrong.counterexample.as_ref().map(|found| found.points());
            length = length.or(points);
            let found = match points {
                Some(_) => format!("{}, {:.3} s", wrong.runs, time.as_secs_f64()),
                None => format!("none in {}", wrong.runs),
            };
            assert!(right.counterexample.is_none(), "{}: {right}", case.name);
            let more = if right.is_exhausted() { "" } else { "> " };
            cells.push(format!("{found}; {more}{}", right.runs));
        }
    }
    // Two incidents, of which both may be kills.
    let right = case.program(case.right, case.budget.clone().kill(2)).bound(2, deviations);
    let (right, time) = explore(right, true);
    assert!(right.counterexample.is_none(), "{}: {right}", case.name);
    let more = if right.is_exhausted() { "" } else { "> " };
    cells.push(format!("{more}{}, {:.3} s", right.runs, time.as_secs_f64()));
    let length = length.map_or_else(String::new, |length| length.to_string());
    format!("| {} | {faults}, {deviations} | {length} | {} |", case.name, cells.join(" | "))
}

#[allow(clippy::disallowed_methods, reason = "a benchmark measures real time")]
fn explore(program: Program, prunes: bool) -> (Verdict, Duration) {
    let program = program.most_runs(MOST_RUNS).most_real_time(MOST_TIME).without_progress();
    let program = if prunes { program } else { program.without_pruning() };
    let begun = Instant::now();
    let verdict = program.explore();
    (verdict, begun.elapsed())
}
