//! Two jobs of two users under the scheduler, as far as the time carries.

use std::cell::Cell;

use bits_emulator::JobPriority;
use bits_emulator::explore::model;

use crate::Clock;
use crate::two_jobs::TwoJobs;

/// A state keeps 5 KiB, so that memory ends before time does.
const MOST_STATES: usize = 2_000_000;

/// First with what every job has, then with calls that set priorities too.
pub(crate) fn explore(clock: Clock) {
    let priorities = [JobPriority::Foreground, JobPriority::High, JobPriority::Normal];
    measured(&TwoJobs::new([]), clock);
    measured(&TwoJobs::new(priorities), clock);
}

fn measured(model: &TwoJobs, clock: Clock) {
    let depth = Cell::new(0);
    let explored = model::check(model)
        .always("the invariants of several jobs", |computer| computer.problem().is_none())
        .possible("both run", |computer| computer.run() == 2)
        .most_states(MOST_STATES)
        .while_allowed(|standing| {
            if depth.replace(standing.depth) != standing.depth {
                println!("{:.0} s: {standing:?}", clock.seconds());
            }
            !clock.is_over()
        })
        .run();
    println!("{explored}{:.0} seconds", clock.seconds());
    if let Some(found) = explored.violation() {
        panic!("{:?}", found.path().last().problem());
    }
}
