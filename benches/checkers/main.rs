//! Model checkers side by side: the explorer of models, the plain loop of `machine`, and stateright, on the same
//! models, in one run.
//!
//! Targets: the explorer reaches 0.8 of the rate of the plain loop, with exact states, and twice that of stateright.

mod job;
#[allow(dead_code, reason = "the machine's benchmark prints it")]
#[path = "../machine/search.rs"]
mod search;
mod small;

use std::fmt::Debug;
use std::hash::Hash;
use std::time::{Duration, Instant};

use bits_emulator::explore::model;
use bits_emulator::machine::{Call, JobStateMachine};
use chrono::{DateTime, Utc};
use stateright::{Checker, Model};

use job::OneJob;
use small::{Queue, Small};

const START: DateTime<Utc> = DateTime::UNIX_EPOCH;

/// How often each is measured; the fastest counts, for other programs only slow it down.
const TIMES: usize = 5;

fn call(job: &mut JobStateMachine, call: Call) {
    let _ = job.call(call, START).expect("the state allows the call");
}

/// What was explored, and how long it took.
#[derive(Debug, Clone, Copy)]
struct Found {
    states: usize,
    /// Steps between states. stateright counts the states in which a model begins, too.
    transitions: usize,
    took: Duration,
}

fn main() {
    let is_measured = std::env::args().any(|argument| argument == "--bench");
    let (files, times) = if is_measured { (10, TIMES) } else { (2, 1) };
    one_job(files, times);
    small(times);
}

/// The code of a job itself, in all its states.
fn one_job(files: usize, times: usize) {
    let plain = || {
        let search::Found { states, transitions, took } = search::search(files);
        Found { states, transitions, took }
    };
    let model = OneJob::new(files);
    let explorer = || explored(&model, |_| true);
    let stateright = |threads| move || checked(OneJob::new(files), threads);
    println!("one job of {files} files:");
    let found = in_turn(
        times,
        &[&plain, &explorer, &stateright(1), &stateright(2)],
        &["the plain loop", "the explorer", "stateright", "stateright, two threads"],
    );
    ratios(&found);
    let memory = allocation_counter::measure(|| _ = model::check(&model).run());
    let bytes = memory.bytes_max / u64::try_from(found[1].states).unwrap_or(1);
    let kept = model::check(&model).run().bytes_per_state();
    println!(
        "  {kept} bytes kept for a state, {bytes} at the peak with what jobs own: {} states for each GB",
        1_000_000_000 / bytes.max(1)
    );
}

/// A model by hand.
fn small(times: usize) {
    let explorer = || explored(&Small, Queue::holds);
    let stateright = || checked(Small, 1);
    println!("the small model of {} jobs:", small::JOBS);
    let found = in_turn(times, &[&explorer, &stateright], &["the explorer", "stateright"]);
    assert_eq!((found[0].states, found[0].transitions), (6_422, 57_356));
    println!("  the explorer is {:.2} times as fast as stateright", faster(found[0], found[1]));
}

/// Runs each of them in turn, several times, and returns the fastest run of each.
fn in_turn(times: usize, all: &[&dyn Fn() -> Found], names: &[&str]) -> Vec<Found> {
    let mut fastest: Vec<Option<Found>> = vec![None; all.len()];
    for _ in 0..times {
        for (run, known) in all.iter().zip(&mut fastest) {
            let found = run();
            if known.is_none_or(|known| found.took < known.took) {
                *known = Some(found);
            }
        }
    }
    let fastest: Vec<Found> = fastest.into_iter().flatten().collect();
    for (found, name) in fastest.iter().zip(names) {
        let Found { states, transitions, took } = found;
        let rate = *transitions as f64 / took.as_secs_f64() / 1e6;
        println!("  {name}: {states} states, {transitions} transitions, {took:.2?}, {rate:.2} M/s");
        assert_eq!((*states, *transitions), (fastest[0].states, fastest[0].transitions));
    }
    fastest
}

fn ratios(found: &[Found]) {
    println!("  the explorer reaches {:.2} of the plain loop", faster(found[1], found[0]));
    println!("  the explorer is {:.2} times as fast as stateright", faster(found[1], found[2]));
    println!("  and {:.2} times as fast as stateright on two threads", faster(found[1], found[3]));
}

/// How many times as fast one is as the other.
fn faster(one: Found, other: Found) -> f64 {
    other.took.as_secs_f64() / one.took.as_secs_f64()
}

#[allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn explored<M: model::Model>(model: &M, holds: impl Fn(&M::State) -> bool) -> Found {
    let clock = Instant::now();
    let explored = model::check(model).always("the rules hold", holds).run();
    let took = clock.elapsed();
    assert!(explored.is_exhausted());
    Found { states: explored.states(), transitions: explored.transitions(), took }
}

#[allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn checked<M>(model: M, threads: usize) -> Found
where
    M: Model + Send + Sync + 'static,
    M::State: Clone + PartialEq + Debug + Hash + Send + Sync,
    M::Action: Clone + PartialEq + Debug + Send + Sync,
{
    let clock = Instant::now();
    let checker = model.checker().threads(threads).spawn_bfs().join();
    let took = clock.elapsed();
    assert!(checker.is_done());
    checker.assert_properties();
    let states = checker.unique_state_count();
    // The one initial state is counted among them.
    Found { states, transitions: checker.state_count() - 1, took }
}
