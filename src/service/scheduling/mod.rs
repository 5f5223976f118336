//! Scheduling: which steps are possible, and which job is transferred next.

pub(super) mod deadlines;
pub(super) mod indexes;
pub(super) mod scheduler;
pub(super) mod step_choice;
pub(super) mod step_result;
pub(super) mod steps;
pub(super) mod wait_queue;
