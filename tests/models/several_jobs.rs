//! Two jobs under the scheduler: what holds of several jobs.

use bits_emulator::JobPriority;
use bits_emulator::explore::model;

use crate::two_jobs::TwoJobs;

/// The beginning of what the benchmark `models` explores: INV-13, INV-22, INV-33, INV-35 to INV-37, INV-48, INV-49.
#[test]
fn the_invariants_of_several_jobs_hold_in_the_first_states() {
    let explored = model::check(&TwoJobs::new([JobPriority::Foreground, JobPriority::Normal]))
        .always("the invariants of several jobs", |computer| computer.problem().is_none())
        .possible("both run", |computer| computer.run() == 2)
        .most_states(4_000)
        .run();
    let found = explored.violation();
    let problem = found.and_then(|found| found.path().last().problem());
    assert!(found.is_none(), "{problem:?}: {explored}");
    assert!(explored.possible()[0].path().is_some());
}
