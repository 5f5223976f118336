//! What a test that fails shows.

use std::fmt;

use crate::emulator::{Emulator, Explanation, Trace};
use crate::vocabulary::JobId;

/// How many of the last steps are shown.
const STEPS: usize = 20;

/// All that is known, in the order in which somebody looks at it.
pub(super) struct Report {
    explanation: Option<Explanation>,
    last: Trace,
}

impl Report {
    pub(super) fn of_job(emulator: &Emulator, job: JobId) -> Self {
        let last = emulator.trace().of(job).last(STEPS);
        Self { explanation: emulator.explain(job).ok(), last }
    }

    pub(super) fn of_all(emulator: &Emulator) -> Self {
        Self { explanation: None, last: emulator.trace().last(STEPS) }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(explanation) = &self.explanation {
            writeln!(f, "{explanation}")?;
        }
        writeln!(f, "What happened last:")?;
        f.write_str(&self.last.table())
    }
}
