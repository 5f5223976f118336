//! Errors: calls that fail, and the error object of a job.

mod description;
pub(super) mod error;
pub(super) mod job_error;

/// Returns the error unless the condition holds.
pub(crate) fn ensure<E>(condition: bool, error: E) -> Result<(), E> {
    if condition { Ok(()) } else { Err(error) }
}
