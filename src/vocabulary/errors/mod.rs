//! Errors: calls that fail, and the error object of a job.

pub(super) mod error;
pub(super) mod job_error;
