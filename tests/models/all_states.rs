//! A model of one job explored, with every invariant.

use bits_emulator::JobType;
use bits_emulator::explore::model::{self, Explored};
use bits_emulator::readings::Readings;

use crate::alphabet::Group;
use crate::job::JobModel;

pub(crate) const TYPES: [JobType; 3] = [JobType::Download, JobType::Upload, JobType::UploadReply];

/// Explores a model, in which every invariant must hold.
pub(crate) fn explored(
    job_type: JobType,
    groups: &[Group],
    readings: Readings,
    most_states: usize,
) -> Result<Explored<JobModel>, String> {
    let model = JobModel::new(job_type, groups, readings);
    let explored = explored_model(&model, most_states);
    explored.map_err(|broken| format!("{job_type} {groups:?} {readings:?}: {broken}"))
}

/// The same of a model.
pub(crate) fn explored_model(
    model: &JobModel,
    most_states: usize,
) -> Result<Explored<JobModel>, String> {
    // The steps too that lead beyond the limit are judged.
    let explored = model::check(model)
        .always_step("the invariants of one job", |_, _, after| after.broken.is_none())
        .most_states(most_states)
        .run();
    let Some(found) = explored.violation() else { return Ok(explored) };
    let way =
        found.path().actions().iter().map(|action| format!("\n  {}", model.describe(*action)));
    let way: String = way.collect();
    let broken = found.path().last().broken.clone().unwrap_or_default();
    Err(format!("{broken}{way}"))
}

/// The line of the table of numbers: type, groups, states, transitions, depth.
pub(crate) fn line(job_type: JobType, groups: &[Group], explored: &Explored<JobModel>) -> String {
    let groups: Vec<_> = groups.iter().map(|group| format!("{group:?}")).collect();
    let groups = if groups.is_empty() { "none".to_owned() } else { groups.join("+") };
    let (states, transitions) = (explored.states(), explored.transitions());
    let rest = if explored.is_exhausted() { "" } else { " not exhausted" };
    format!("{job_type} {groups} {states} {transitions} {}{rest}", explored.depth())
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
