//! Inputs of a job (calls, events, deadlines) and the outcome of a step.

pub(super) mod call;
pub(super) mod event;
pub(super) mod examples;
pub(super) mod failure;
pub(super) mod inline_vec;
pub(super) mod outcome;
pub(crate) mod phrases;
