//! The client's own check of server certificates (PROP-26 to PROP-29): its state and its steps.

pub(super) mod check;
pub(super) mod steps;
