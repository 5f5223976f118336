//! Two jobs of two users under the scheduler, as far as the time carries.

use std::cell::Cell;

use bits_emulator::JobPriority;
use bits_emulator::explore::model;

use crate::Clock;
use crate::two_jobs::TwoJobs;

/// A state keeps 3 to 4 KiB.
const MOST_STATES: usize = 2_000_000;

pub(crate) fn explore(clock: Clock) {
    let priorities = [JobPriority::Foreground, JobPriority::High, JobPriority::Normal];
    let depth = Cell::new(0);
    let explored = model::check(&TwoJobs::new(priorities))
        .always("the invariants of several jobs", |computer| computer.problem().is_none())
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
