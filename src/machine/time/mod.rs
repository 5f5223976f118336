//! Clocks: instants, deadlines, and how a job goes on after a restart.

pub(super) mod clocks;
pub(super) mod deadlines;
pub(super) mod moment;
pub(super) mod restart;
pub(super) mod wait;
