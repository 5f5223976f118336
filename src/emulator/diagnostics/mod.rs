//! Diagnostics: explanations, waits for a state, bitsadmin listings and the event log.

pub(super) mod advice;
pub(super) mod bitsadmin;
pub(super) mod event_log;
pub(super) mod explain;
pub(super) mod run_until;
