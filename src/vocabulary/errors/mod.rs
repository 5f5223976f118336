//! Errors: calls that fail, and the error object of a job.

mod description;
pub(super) mod error;
pub(super) mod job_error;
