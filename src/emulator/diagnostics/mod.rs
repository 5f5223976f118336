//! Diagnostics: explanations, waits for a state, reports on tests that fail, bitsadmin listings and the event
//! log.

pub(super) mod advice;
pub(super) mod bitsadmin;
pub(super) mod drop_report;
pub(super) mod event_log;
pub(super) mod explain;
pub(super) mod log_event;
pub(super) mod report;
pub(super) mod run_until;
pub(super) mod unmet;
