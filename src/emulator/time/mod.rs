//! Time: how virtual time passes while clients call.

pub(super) mod clock;
pub(super) mod polls;
pub(super) mod real_clock;
pub(super) mod run_report;
