//! Failures with codes of this crate.

use crate::machine::Failure;
use crate::vocabulary::{ErrorContext, HResult};

/// Returns the failure with a code.
pub(super) fn failure(code: HResult) -> Failure {
    // The codes that are given here are failures; 500 stands in for one that were not.
    Failure::new(code).unwrap_or_else(|_| Failure::http(500))
}

/// Returns the failure of the local file with a code.
pub(super) fn local_failure(code: HResult) -> Failure {
    failure(code).in_context(ErrorContext::LocalFile)
}
