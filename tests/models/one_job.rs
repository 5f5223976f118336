//! One job in all its states: every invariant about one job holds in each and of each step.

use bits_emulator::JobType;
use bits_emulator::explore::model::{self, Explored};
use bits_emulator::readings::Readings;

use crate::alphabet::Group;
use crate::job::JobModel;

/// How many states, transitions and actions at most each model with the settings of one group has, under the
/// documented readings. `MODELS=accept cargo bench --bench models` writes it anew.
const NUMBERS: &str = include_str!("numbers.txt");

/// The most transitions of a model that a test explores; the benchmark `models` explores all.
const MOST_TRANSITIONS: usize = 50_000;

pub(crate) const TYPES: [JobType; 3] = [JobType::Download, JobType::Upload, JobType::UploadReply];

/// Explores a model, in which every invariant must hold.
pub(crate) fn explored(
    job_type: JobType,
    groups: &[Group],
    readings: Readings,
    most_states: usize,
) -> Result<Explored<JobModel>, String> {
    let model = JobModel::new(job_type, groups, readings);
    let explored = model::explore(&model)
        .always("the invariants of one job", |state| state.broken.is_none())
        .most_states(most_states)
        .run();
    let Some(found) = explored.counterexample() else { return Ok(explored) };
    let way =
        found.trace().actions().iter().map(|action| format!("\n  {}", model.describe(*action)));
    let way: String = way.collect();
    let broken = found.trace().last().broken.clone().unwrap_or_default();
    Err(format!("{job_type} {groups:?} {readings:?}: {broken}{way}"))
}

/// A line of the table of numbers.
pub(crate) fn line(job_type: JobType, groups: &[Group], explored: &Explored<JobModel>) -> String {
    let groups: Vec<_> = groups.iter().map(|group| format!("{group:?}")).collect();
    let groups = if groups.is_empty() { "none".to_owned() } else { groups.join("+") };
    let (states, transitions) = (explored.states(), explored.transitions());
    format!("{job_type} {groups} {states} {transitions} {}", explored.depth())
}

/// The documented readings with each other answer alone, and those that were observed.
pub(crate) fn other_readings() -> Vec<Readings> {
    let mut all = vec![Readings::observed()];
    for switch in Readings::SWITCHES {
        for answer in switch.answers.iter().skip(1) {
            let mut readings = Readings::documented();
            assert!(readings.set(switch.name, answer));
            all.push(readings);
        }
    }
    all
}

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

fn transitions(line: &str) -> usize {
    line.split(' ').nth(3).and_then(|number| number.parse().ok()).unwrap_or_default()
}

/// Under the documented readings, with the settings of each group. The numbers are those of the table.
#[test]
fn every_invariant_holds_in_every_state() {
    let small = singles().into_iter().filter(|(.., line)| transitions(line) <= MOST_TRANSITIONS);
    for (job_type, groups, expected) in small {
        let explored = explored(job_type, &groups, Readings::documented(), usize::MAX).unwrap();
        assert_eq!(line(job_type, &groups, &explored), expected);
        assert!(explored.is_exhausted());
    }
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
