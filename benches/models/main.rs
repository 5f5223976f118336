//! Models of one job: every invariant in every state, with the settings of each group and of each pair of
//! groups, under every reading; and how long that takes.
//!
//! As a test it explores one model. `MODELS=accept` writes the table of numbers anew; `MODELS=pairs` explores
//! the pairs, and `MODELS=two` two jobs under the scheduler, for at most `MODELS_SECONDS` (1,800 if it is not set).

#[path = "../../tests/models/all_states.rs"]
mod all_states;
#[path = "../../tests/models/alphabet.rs"]
mod alphabet;
#[path = "../../tests/common/mod.rs"]
mod common;
#[path = "../../tests/models/job.rs"]
mod job;
#[path = "../../tests/common/model.rs"]
mod model;
mod pairs;
#[path = "../../tests/service/model.rs"]
#[allow(dead_code, reason = "the random lives need all of it")]
mod simple_service;
#[path = "../../tests/service/support.rs"]
mod support;
#[path = "../../tests/common/trace.rs"]
mod trace;
mod two;
#[path = "../../tests/models/two_jobs.rs"]
mod two_jobs;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use all_states::{TYPES, explored, line, other_readings};
use alphabet::Group;
use bits_emulator::JobType;
use bits_emulator::explore::model::Explored;
use bits_emulator::readings::Readings;
use job::JobModel;

/// The most states of a model of a pair: what is larger is explored as far as that.
const MOST_STATES: usize = 400_000;

fn main() {
    if !std::env::args().any(|argument| argument == "--bench") {
        measured(JobType::Download, &[], Readings::documented());
        return;
    }
    let asked = std::env::var("MODELS").unwrap_or_default();
    match asked.as_str() {
        "pairs" => return pairs::explore(Clock::start()),
        "two" => return two::explore(Clock::start()),
        _ => {}
    }
    let mut sums = Sums::default();
    let mut lines = String::new();
    for job_type in TYPES {
        for groups in [Vec::new()].into_iter().chain(Group::ALL.map(|group| vec![group])) {
            let explored = measured(job_type, &groups, Readings::documented());
            lines += &line(job_type, &groups, &explored);
            lines += "\n";
            sums.add(&explored);
        }
    }
    println!("settings of one group: {sums}");
    let table = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/models/numbers.txt");
    match asked.as_str() {
        "accept" => std::fs::write(table, lines).expect("the folder of the tests can be written"),
        _ => assert_eq!(std::fs::read_to_string(table).unwrap_or_default(), lines),
    }
    let mut sums = Sums::default();
    for job_type in TYPES {
        for readings in other_readings() {
            for groups in
                [vec![], vec![Group::Sessions], vec![Group::Clocks], vec![Group::Priority]]
            {
                sums.add(&measured(job_type, &groups, readings));
            }
        }
    }
    println!("other readings: {sums}");
}

/// The time that an exploration takes, and may take.
#[derive(Clone, Copy)]
struct Clock {
    start: Instant,
    most: Duration,
}

#[allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
impl Clock {
    fn start() -> Self {
        let most = std::env::var("MODELS_SECONDS").ok().and_then(|it| it.parse().ok());
        Self { start: Instant::now(), most: Duration::from_secs(most.unwrap_or(1_800)) }
    }

    fn seconds(&self) -> f64 {
        self.start.elapsed().as_secs_f64()
    }

    fn is_over(&self) -> bool {
        self.start.elapsed() >= self.most
    }
}

/// Explores a model and prints what it found; a broken invariant ends all.
#[allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn measured(job_type: JobType, groups: &[Group], readings: Readings) -> Explored<JobModel> {
    let clock = Instant::now();
    let explored = match explored(job_type, groups, readings, MOST_STATES) {
        Ok(explored) => explored,
        Err(broken) => panic!("{broken}"),
    };
    let took = clock.elapsed().as_secs_f64();
    let rate = explored.transitions() as f64 / took / 1e3;
    let rest = if explored.is_exhausted() { "" } else { ", not exhausted" };
    let (line, bytes) = (line(job_type, groups, &explored), explored.bytes_per_state());
    println!("{line}: {took:.2} s, {rate:.0} k/s, {bytes} bytes a state{rest}");
    explored
}

#[derive(Default)]
struct Sums {
    models: usize,
    exhausted: usize,
    states: usize,
    transitions: usize,
    depth: usize,
}

impl Sums {
    fn add(&mut self, explored: &Explored<JobModel>) {
        self.models += 1;
        self.exhausted += usize::from(explored.is_exhausted());
        self.states += explored.states();
        self.transitions += explored.transitions();
        self.depth = self.depth.max(explored.depth());
    }
}

impl std::fmt::Display for Sums {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { models, exhausted, states, transitions, depth } = self;
        write!(
            f,
            "{models} models, {exhausted} of them exhausted, {states} states, {transitions} transitions, depth {depth}"
        )
    }
}
