//! Reports: the text that a failed expectation shows.

use std::fmt;

#[cfg(feature = "scenario")]
use crate::emulator::TraceEvent;
use crate::emulator::{Emulator, Explanation, Trace};
use crate::vocabulary::JobId;

/// How many of the last steps are shown.
const STEPS: usize = 20;

/// All that is known, the most important first.
pub(super) struct Report {
    explanation: Option<Explanation>,
    last: Trace,
    #[cfg(feature = "scenario")]
    scenario: String,
}

impl Report {
    /// Of one job, or of all.
    pub(super) fn new(emulator: &Emulator, job: Option<JobId>) -> Self {
        let trace = emulator.trace();
        Self {
            explanation: job.and_then(|job| emulator.explain(job).ok()),
            last: match job {
                Some(job) => trace.of_job(job).last(STEPS),
                None => trace.last(STEPS),
            },
            #[cfg(feature = "scenario")]
            scenario: scenario(&trace),
        }
    }
}

/// Everything that happened, to be pasted into a file, if it is not too long for a message.
#[cfg(feature = "scenario")]
fn scenario(trace: &Trace) -> String {
    const MOST_LINES: usize = 200;
    if trace.dropped() > 0 {
        let mend = "let Emulator::set_trace_capacity keep more";
        return format!("There is no scenario of it, because the first steps are gone: {mend}.\n");
    }
    if trace.steps().iter().any(|step| step.what == TraceEvent::Booted) {
        return "There is no scenario of it, because the emulator booted with jobs of another.\n"
            .into();
    }
    let transcript = crate::scenario::Transcript::of(trace).to_string();
    let lines = transcript.lines().count();
    if lines > MOST_LINES {
        let mend = "print scenario::Transcript::of(&emulator.trace())";
        return format!("As a scenario it has {lines} lines: {mend}.\n");
    }
    format!("As a scenario:\n{transcript}")
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(explanation) = &self.explanation {
            writeln!(f, "{explanation}")?;
        }
        writeln!(f, "What happened last:")?;
        f.write_str(&self.last.table())?;
        #[cfg(feature = "scenario")]
        write!(f, "\n{}", self.scenario)?;
        Ok(())
    }
}
