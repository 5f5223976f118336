//! Diagnostics: explanations, bitsadmin listings and the event log.

pub(super) mod advice;
pub(super) mod bitsadmin;
pub(super) mod event_log;
pub(super) mod explain;
