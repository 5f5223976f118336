//! One job in all its states: every invariant about one job holds in each and of each step.

use bits_emulator::JobType;
use bits_emulator::readings::Readings;

use crate::all_states::{TYPES, explored, explored_model, line, other_readings};
use crate::alphabet::Group;
use crate::job::JobModel;

/// How many states, transitions and actions at most each model with the settings of one group has, under the
/// documented readings. `MODELS=accept cargo bench --bench models` writes it anew.
const NUMBERS: &str = include_str!("numbers.txt");

/// The most transitions of a model that a test explores; the benchmark `models` explores all.
const MOST_TRANSITIONS: usize = 30_000;

/// The models with the settings of at most one group, each with its line of the table.
fn singles() -> Vec<(JobType, Vec<Group>, String)> {
    let mut lines = NUMBERS.lines();
    let mut all = Vec::new();
    for job_type in TYPES {
        for groups in [Vec::new()].into_iter().chain(Group::ALL.map(|group| vec![group])) {
            all.push((job_type, groups, lines.next().unwrap_or_default().to_owned()));
        }
    }
    assert_eq!(lines.next(), None, "the table has a line too many");
    all
}

/// The number at a place of a line of the table.
fn number(line: &str, place: usize) -> usize {
    line.split(' ').nth(place).and_then(|number| number.parse().ok()).unwrap_or_default()
}

fn is_small(line: &str) -> bool {
    number(line, 3) <= MOST_TRANSITIONS
}

/// Under the documented readings, with the settings of each group. The numbers are those of the table.
#[test]
fn every_invariant_holds_in_every_state() {
    let small = singles().into_iter().filter(|(.., line)| is_small(line));
    for (job_type, groups, expected) in small {
        let explored = explored(job_type, &groups, Readings::documented(), usize::MAX).unwrap();
        assert_eq!(line(job_type, &groups, &explored), expected);
        assert!(explored.is_exhausted());
    }
}

/// Settings of several groups that need each other to break an invariant: bytes to lose, an object to bring back.
const TOGETHER: [(JobType, [Group; 2]); 4] = [
    (JobType::Download, [Group::Progress, Group::Transfer]),
    (JobType::Download, [Group::Sessions, Group::Callback]),
    (JobType::Download, [Group::Progress, Group::Special]),
    (JobType::Upload, [Group::Progress, Group::Transfer]),
];

/// Of a job of one file with few other steps, with the settings of each group: most groups make the whole
/// models larger than a test explores.
#[test]
fn every_invariant_holds_in_every_state_of_a_small_job() {
    let singles = Group::ALL.map(|group| (JobType::Download, vec![group]));
    let together = TOGETHER.map(|(job_type, groups)| (job_type, groups.to_vec()));
    let mut not_exhausted = Vec::new();
    for (job_type, groups) in singles.into_iter().chain(together) {
        let model = JobModel::small(job_type, &groups, Readings::documented());
        let explored = explored_model(&model, 2_500);
        let explored = explored.unwrap_or_else(|broken| panic!("{job_type} {groups:?}: {broken}"));
        if !explored.is_exhausted() && groups.len() == 1 {
            not_exhausted.extend(groups);
        }
    }
    assert_eq!(not_exhausted, [Group::Program, Group::Modification]);
}

/// Without the settings of a group, under each answer to an open question alone.
#[test]
fn every_invariant_holds_in_every_state_under_each_reading() {
    for job_type in TYPES {
        for readings in other_readings() {
            let explored = explored(job_type, &[], readings, 100_000).unwrap();
            assert!(explored.is_exhausted(), "{readings:?}");
        }
    }
}

/// The README sums the table up.
#[test]
fn the_readme_tells_how_much_was_explored() {
    let (_, shown) = include_str!("../../README.md").split_once("<!-- models -->\n").unwrap();
    let (shown, _) = shown.split_once("<!-- end of models -->").unwrap();
    let row = |name: &str, lines: Vec<&str>| {
        let sum = |place| grouped(lines.iter().map(|line| number(line, place)).sum());
        let depth = lines.iter().map(|line| number(line, 4)).max().unwrap_or_default();
        let cut = lines.iter().filter(|line| line.ends_with("not exhausted")).count();
        let models = lines.len();
        let (states, transitions) = (sum(2), sum(3));
        format!("| {name} | {models} | {cut} | {states} | {transitions} | {depth} |\n")
    };
    let all: Vec<_> = NUMBERS.lines().collect();
    let small = all.iter().copied().filter(|line| is_small(line)).collect();
    let head = "| explored by | models | not to the end | states | transitions | depth |\n|---|---|---|---|---|---|\n";
    let rows = [row("`cargo test`", small), row("`cargo bench --bench models`", all)].concat();
    assert_eq!(shown, format!("{head}{rows}"));
}

/// With a comma before each three digits.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
