//! The counterexample of an exploration: the run that broke a promise, and how it is shown.

use std::fmt;

use chrono::{DateTime, Utc};

use super::execution::Noted;
use crate::emulator::Trace;

/// How many lines of a story are shown at its beginning, at its end, and around each decision.
const FIRST_LINES: usize = 30;
const LAST_LINES: usize = 10;
const AROUND: usize = 4;

/// A promise that was broken, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Violation {
    pub(super) promise: &'static str,
    pub(super) happened: String,
}

/// What happened in a run.
#[derive(Debug, Default)]
pub(super) struct Story {
    pub(super) noted: Vec<(DateTime<Utc>, Noted)>,
    pub(super) trace: Option<Trace>,
}

/// A run that broke a promise.
#[derive(Debug)]
pub struct Counterexample {
    pub(super) decisions: String,
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

    /// Returns the execution trace of the run.
    #[must_use]
    pub const fn trace(&self) -> Option<&Trace> {
        self.story.trace.as_ref()
    }
}

impl fmt::Display for Counterexample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Violation { promise, happened } = &self.violation;
        writeln!(f, "broken promise: {promise}\nwhat happened: {happened}\n")?;
        let noted = &self.story.noted;
        let mut hidden = 0_usize;
        for (index, line) in noted.iter().enumerate() {
            if is_shown(index, noted) {
                if hidden > 0 {
                    writeln!(f, "                    … {hidden} more calls and waits")?;
                    hidden = 0;
                }
                write_line(f, line)?;
            } else {
                hidden += 1;
            }
        }
        write!(f, "\nreplay it: .replay(\"{}\"), or BITS_EXPLORE_REPLAY={0}", self.decisions)
    }
}

/// Whether a line of a long story is shown: the first ones, the last ones, and those around what was decided.
fn is_shown(index: usize, noted: &[(DateTime<Utc>, Noted)]) -> bool {
    let near = index.saturating_sub(AROUND)..index.saturating_add(AROUND + 1).min(noted.len());
    let is_near_decision =
        || noted.get(near).into_iter().flatten().any(|(_, line)| matches!(line, Noted::Decided(_)));
    index < FIRST_LINES || index.saturating_add(LAST_LINES) >= noted.len() || is_near_decision()
}

fn write_line(f: &mut fmt::Formatter<'_>, (at, noted): &(DateTime<Utc>, Noted)) -> fmt::Result {
    let at = at.format("%F %T");
    match noted {
        Noted::Life(0) => writeln!(f, "{at}  the program starts"),
        Noted::Life(life) => writeln!(f, "{at}  the program starts again, life {}", life + 1),
        Noted::Call(method, code) if code.is_success() => writeln!(f, "{at}    {method}"),
        Noted::Call(method, code) => writeln!(f, "{at}    {method} -> {code}"),
        Noted::Waits(until) => writeln!(f, "{at}    waits until {}", until.format("%F %T")),
        Noted::WaitsForCall => writeln!(f, "{at}    waits to be called"),
        Noted::Reports(outcome) => writeln!(f, "{at}    reports {outcome}"),
        Noted::Decided(what) => writeln!(f, "{at}  * {what}"),
    }
}
