//! The context of a step: its instant, and its outcome so far.

use crate::machine::input::outcome::Outcome;
use crate::machine::time::moment::Moment;

/// What the functions of one step hand on to each other.
pub(crate) struct StepContext {
    pub(crate) now: Moment,
    pub(crate) out: Outcome,
}

impl StepContext {
    pub(crate) fn new(now: impl Into<Moment>) -> Self {
        Self { now: now.into(), out: Outcome::nothing() }
    }
}
