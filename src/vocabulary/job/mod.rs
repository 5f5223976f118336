//! The parts of a job: its files, sizes and byte ranges, progress and times.

pub(super) mod files;
pub(super) mod sizes;
