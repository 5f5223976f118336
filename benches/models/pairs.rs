//! The settings of each pair of groups, of each type of job: in rounds, each with a larger limit of states for the
//! pairs that did not come to an end, as long as there is time.

use bits_emulator::JobType;
use bits_emulator::readings::Readings;

use crate::Clock;
use crate::all_states::{TYPES, explored, line};
use crate::alphabet::Group;

/// The most states of a pair in each round.
const ROUNDS: [usize; 5] = [4_000, 20_000, 100_000, 400_000, 2_000_000];

/// How far a pair was explored.
#[derive(Clone)]
struct Pair {
    job_type: JobType,
    groups: [Group; 2],
    /// Its line of the table, and what it counts.
    line: String,
    states: usize,
    transitions: usize,
    depth: usize,
    exhausted: bool,
    most_states: usize,
}

/// Prints each result as it comes, then the table and its sums.
pub(crate) fn explore(clock: Clock) {
    let mut pairs = all();
    for most_states in ROUNDS {
        for pair in pairs.iter_mut().filter(|pair| !pair.exhausted) {
            if clock.is_over() {
                break;
            }
            pair.explore(most_states);
            println!("{:.0} s: {}", clock.seconds(), pair.line);
        }
    }
    println!("\npairs:");
    pairs.iter().for_each(|pair| println!("{}", pair.line));
    summary(&pairs, clock);
}

fn all() -> Vec<Pair> {
    let mut pairs = Vec::new();
    for job_type in TYPES {
        for (index, one) in Group::ALL.iter().enumerate() {
            pairs.extend(Group::ALL.iter().skip(index + 1).map(|other| Pair {
                job_type,
                groups: [*one, *other],
                line: String::new(),
                states: 0,
                transitions: 0,
                depth: 0,
                exhausted: false,
                most_states: 0,
            }));
        }
    }
    pairs
}

impl Pair {
    /// A broken invariant ends all.
    fn explore(&mut self, most_states: usize) {
        let found = explored(self.job_type, &self.groups, Readings::documented(), most_states);
        let explored = found.unwrap_or_else(|broken| panic!("{broken}"));
        self.line = line(self.job_type, &self.groups, &explored);
        self.exhausted = explored.is_exhausted();
        (self.states, self.transitions) = (explored.states(), explored.transitions());
        (self.depth, self.most_states) = (explored.depth(), most_states);
    }
}

/// How many pairs came to an end, and within which limit the others did not.
fn summary(pairs: &[Pair], clock: Clock) {
    let sums = |name: String, pairs: &[&Pair]| {
        let sum = |of: fn(&Pair) -> usize| pairs.iter().map(|pair| of(pair)).sum::<usize>();
        let depth = pairs.iter().map(|pair| pair.depth).max().unwrap_or_default();
        let (states, transitions) = (sum(|pair| pair.states), sum(|pair| pair.transitions));
        println!(
            "{name}: {} pairs, {states} states, {transitions} transitions, depth {depth}",
            pairs.len()
        );
    };
    println!();
    let exhausted: Vec<_> = pairs.iter().filter(|pair| pair.exhausted).collect();
    sums("exhausted".to_owned(), &exhausted);
    for most_states in [0].into_iter().chain(ROUNDS) {
        let capped = |pair: &&Pair| !pair.exhausted && pair.most_states == most_states;
        let capped: Vec<_> = pairs.iter().filter(capped).collect();
        if !capped.is_empty() {
            sums(format!("not exhausted, {most_states} states each"), &capped);
        }
    }
    sums("all".to_owned(), &pairs.iter().collect::<Vec<_>>());
    println!("{:.0} seconds", clock.seconds());
}
