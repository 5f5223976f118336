//! The structs of a job: its id, its files and ranges, and its progress.

pub(super) mod file_info;
pub(super) mod file_range;
pub(super) mod id;
pub(super) mod progress;
pub(super) mod protocol;
pub(crate) mod remote_name;
