//! The scenario at the end of a failed expectation.

use crate::emulator::Emulator;
#[cfg(feature = "scenario")]
use crate::emulator::TraceEvent;

/// Without the feature there is none.
#[cfg(not(feature = "scenario"))]
pub(super) const fn of(_: &Emulator) -> &'static str {
    ""
}

/// Everything that happened, to be pasted into a file, if it is not too long for a message.
#[cfg(feature = "scenario")]
pub(super) fn of(emulator: &Emulator) -> String {
    const MOST_LINES: usize = 200;
    let trace = emulator.trace();
    if trace.dropped() > 0 {
        let mend = "let Emulator::set_trace_capacity keep more";
        return format!(
            "\nThere is no scenario of it, because the first steps are gone: {mend}.\n"
        );
    }
    if trace.steps().iter().any(|step| step.what == TraceEvent::Booted) {
        return "\nThere is no scenario of it, because the emulator booted with jobs of another.\n"
            .into();
    }
    let transcript = crate::scenario::Transcript::of(&trace).to_string();
    let lines = transcript.lines().count();
    if lines > MOST_LINES {
        let mend = "print scenario::Transcript::of(&emulator.trace())";
        return format!("\nAs a scenario it has {lines} lines: {mend}.\n");
    }
    format!("\nAs a scenario:\n{transcript}")
}
