//! The counterexample of an exploration: the run that broke a promise, and how it is shown.

use std::fmt;

use super::story::Story;
use crate::emulator::Trace;

/// A promise that was broken, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Violation {
    pub(super) promise: &'static str,
    pub(super) happened: String,
    pub(super) expected: Expected,
}

/// What would have to be so at the end of a scenario of the run, and is not, because the promise is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expected {
    /// The program ends.
    End,
    /// It reports success.
    Success,
    /// The file with that local name is fetched.
    File(String),
    /// The user has no jobs.
    NoJobs,
    /// No call is refused because of the state of the job.
    LegalCalls,
    /// No scenario says it.
    Unsaid,
}

/// A run that broke a promise.
#[derive(Debug)]
pub struct Counterexample {
    pub(super) decisions: String,
    /// How many points the run has.
    pub(super) points: u32,
    pub(super) violation: Violation,
    pub(super) story: Story,
}

impl Counterexample {
    /// Returns the decisions of the run, as [`replay`](crate::explore::Program::replay) takes them.
    #[must_use]
    pub fn decisions(&self) -> &str {
        &self.decisions
    }

    /// Returns what was promised.
    #[must_use]
    pub const fn promise(&self) -> &'static str {
        self.violation.promise
    }

    /// Returns what happened instead.
    #[must_use]
    pub fn happened(&self) -> &str {
        &self.violation.happened
    }

    /// Returns how many points the run has: calls, waits, what happens in waits, and callbacks.
    #[must_use]
    pub const fn points(&self) -> u32 {
        self.points
    }

    /// Returns the execution trace of the run.
    #[must_use]
    pub const fn trace(&self) -> Option<&Trace> {
        self.story.trace.as_ref()
    }
}

impl Counterexample {
    /// What was promised and what happened, without a word on how to make the run again.
    pub(super) fn told(&self) -> String {
        let Violation { promise, happened, .. } = &self.violation;
        format!("broken promise: {promise}\nwhat happened: {happened}\n\n{}", self.story)
    }
}

impl fmt::Display for Counterexample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told())?;
        write!(f, "\nreplay it: .replay(\"{}\"), or BITS_EXPLORE_REPLAY={0}", self.decisions)
    }
}
