//! Breadth-first search over all states of one job: how many transitions a second an explorer makes.
//!
//! The job has short clocks. A state is what decides the future of the job, without its error count,
//! which only grows; a transition is an input that the state accepts.

use std::collections::VecDeque;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::rc::Rc;
use std::time::{Duration, Instant};

use bits_emulator::FileInfo;
use bits_emulator::machine::{
    Call, Commit, Deletion, Event, Failure, Input, JobOptions, JobStateMachine,
};
use chrono::{DateTime, Utc};
use rustc_hash::FxHasher;

use crate::START;

/// States by a fast hasher. Their order does not matter.
#[allow(clippy::disallowed_types, reason = "it is only asked whether a state is known")]
type Seen<T> = std::collections::HashSet<T, BuildHasherDefault<FxHasher>>;

/// What a search found, and how long it took.
struct Found {
    states: usize,
    transitions: usize,
    took: Duration,
}

/// Prints what searches cost; as a test it searches the smaller job only.
pub(crate) fn run(measured: bool) {
    assert_counts(2, 1_444, 10_170);
    if measured {
        assert_counts(10, 482_884, 3_435_330);
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

/// A state of the search.
struct Situation {
    job: JobStateMachine,
    now: DateTime<Utc>,
}

impl PartialEq for Situation {
    fn eq(&self, other: &Self) -> bool {
        self.job.behaviour(self.now) == other.job.behaviour(other.now)
    }
}

impl Eq for Situation {}

impl Hash for Situation {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.job.behaviour(self.now).hash(state);
    }
}

#[allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn search(files: usize) -> Found {
    let inputs = inputs();
    let clock = Instant::now();
    let first = Rc::new(Situation { job: job(files), now: START });
    let mut seen = Seen::default();
    seen.insert(Rc::clone(&first));
    let mut queue = VecDeque::from([first]);
    let mut transitions = 0;
    while let Some(from) = queue.pop_front() {
        let deadline = from.job.next_deadline();
        let calls = inputs.iter().map(|input| (input.clone(), from.now));
        let clock = deadline.map(|(at, deadline)| (Input::Deadline(deadline), at.max(from.now)));
        for (input, now) in calls.chain(clock) {
            let mut job = from.job.clone();
            if !job.apply(input, now).is_ok_and(|outcome| !outcome.was_ignored()) {
                continue;
            }
            transitions += 1;
            let next = Rc::new(Situation { job, now });
            if seen.insert(Rc::clone(&next)) {
                queue.push_back(next);
            }
        }
    }
    Found { states: seen.len(), transitions, took: clock.elapsed() }
}

/// A download of so many files, with clocks so short that they act often.
fn job(files: usize) -> JobStateMachine {
    let options = JobOptions { inactivity_timeout: 600, ..JobOptions::default() };
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
fn inputs() -> Vec<Input> {
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
        Event::NetworkLost,
        Event::NetworkRestored,
        Event::OwnerLoggedOff,
        Event::OwnerLoggedOn,
    ];
    calls.into_iter().map(Input::Call).chain(events.into_iter().map(Input::Event)).collect()
}
