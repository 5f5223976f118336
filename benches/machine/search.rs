//! Breadth-first search over all states of one job: how many transitions a second an explorer makes.
//!
//! The job has short clocks. A state is what decides the future of the job, without its error count,
//! which only grows; a transition is an input that the state accepts.

use std::collections::VecDeque;
use std::hash::BuildHasherDefault;
use std::time::{Duration, Instant};

use bits_emulator::FileInfo;
use bits_emulator::machine::{
    Call, Commit, ComputerEvent, Deletion, Event, Failure, Input, JobOptions, JobStateMachine,
};
use bits_emulator::readings::{InactivityClock, Readings};
use rustc_hash::FxHasher;

use crate::START;

/// States by a fast hasher. Their order does not matter.
#[allow(clippy::disallowed_types, reason = "it is only asked whether a state is known")]
type Seen<T> = std::collections::HashSet<T, BuildHasherDefault<FxHasher>>;

/// What a search found, and how long it took.
pub(crate) struct Found {
    pub(crate) states: usize,
    pub(crate) transitions: usize,
    pub(crate) took: Duration,
}

/// Prints what searches cost; as a test it searches the smaller job only.
pub(crate) fn run(measured: bool) {
    assert_counts(2, 1_348, 9_402);
    if measured {
        assert_counts(10, 450_148, 3_173_442);
    }
}

fn assert_counts(files: usize, states: usize, transitions: usize) {
    let found = search(files);
    assert_eq!((found.states, found.transitions), (states, transitions), "{files} files");
    let rate = transitions as f64 / found.took.as_secs_f64() / 1e6;
    println!(
        "search, {files:2} files: {states:6} states, {transitions:7} transitions, {rate:.2} M/s"
    );
}

#[allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
pub(crate) fn search(files: usize) -> Found {
    let inputs = inputs();
    let clock = Instant::now();
    let first = job(files);
    let mut seen = Seen::default();
    seen.insert(first.canonical_state(START));
    let mut queue = VecDeque::from([(first, START)]);
    let mut transitions = 0;
    while let Some((from, now)) = queue.pop_front() {
        let inputs = inputs.iter().map(|input| (input.clone(), now));
        let deadline = from.next_deadline();
        let clock = deadline.map(|(at, deadline)| (Input::Deadline(deadline), at.max(now)));
        let mut job = from.clone();
        for (input, now) in inputs.chain(clock) {
            // What is refused or ignored changes nothing (INV-11).
            if !job.apply(input, now).is_ok_and(|outcome| !outcome.was_ignored()) {
                continue;
            }
            transitions += 1;
            let next = std::mem::replace(&mut job, from.clone());
            if seen.insert(next.canonical_state(now)) {
                queue.push_back((next, now));
            }
        }
    }
    Found { states: seen.len(), transitions, took: clock.elapsed() }
}

/// A download with that number of files, and with short clocks, so that they act often.
pub(crate) fn job(files: usize) -> JobStateMachine {
    // In the other reading ERROR and TRANSFERRED are states at one more age.
    let inactivity_clock = InactivityClock::FromActivity;
    let options = JobOptions {
        inactivity_timeout: Duration::from_secs(600),
        readings: Readings { inactivity_clock, ..Readings::documented() },
        ..JobOptions::default()
    };
    let mut job = JobStateMachine::new(options, START);
    let file = |number| {
        FileInfo::new(format!("https://example.com/{number}"), format!(r"C:\app\{number}"))
    };
    let adds = (0..files).map(|number| Call::add_file(file(number)));
    let clocks = [Call::SetMinimumRetryDelay(60), Call::SetNoProgressTimeout(150)];
    for call in adds.chain(clocks) {
        crate::call(&mut job, call);
    }
    job
}

/// What may happen besides the next deadline.
pub(crate) fn inputs() -> Vec<Input> {
    let calls = [
        Call::Resume,
        Call::Suspend,
        Call::Cancel(Deletion::Done),
        Call::Complete(Commit::default()),
    ];
    let events = [
        Event::Picked,
        Event::Connected,
        Event::SizeKnown(1_000),
        Event::FileTransferred,
        Event::Failed(Failure::http(503)),
        Event::Failed(Failure::http(404)),
        Event::Computer(ComputerEvent::NetworkLost),
        Event::Computer(ComputerEvent::NetworkRestored),
        Event::OwnerLoggedOff,
        Event::OwnerLoggedOn,
    ];
    calls.into_iter().map(Input::Call).chain(events.into_iter().map(Input::Event)).collect()
}
