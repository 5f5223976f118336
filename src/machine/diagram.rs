//! The transition table as a picture.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::transitions::{TRANSITIONS, Then, Transition};
use super::trigger::Guard;
use crate::vocabulary::{JobState, StateSet};

/// The transition table as a Mermaid state diagram, under the documented readings.
///
/// What can happen in every state that is not final is drawn from the box around them; what leads
/// from most of them to one of their own is told in a note.
///
/// ```
/// let picture = bits_emulator::state_diagram();
/// assert!(picture.contains("QUEUED --> CONNECTING: picked (eligible)"));
/// ```
#[must_use]
pub fn state_diagram() -> String {
    let mut edges: BTreeMap<(JobState, JobState), Vec<String>> = BTreeMap::new();
    let mut endings: BTreeMap<JobState, Vec<String>> = BTreeMap::new();
    let mut notes = Vec::new();
    for row in TRANSITIONS.iter().filter(|row| !row.when.is_reading()) {
        let Then::To(to) = row.then else { continue };
        if to.is_final() {
            endings.entry(to).or_default().push(label(row));
        } else if row.from.iter().count() > MOST_ARROWS {
            notes.push(format!("{} leads to {to}", label(row)));
        } else {
            for from in row.from.iter().filter(|from| *from != to) {
                edges.entry((from, to)).or_default().push(label(row));
            }
        }
    }
    let mut picture = String::from("stateDiagram-v2\n    [*] --> SUSPENDED\n    state queue {\n");
    for ((from, to), labels) in edges {
        // Writing to a string cannot fail.
        let _ = writeln!(picture, "        {from} --> {to}: {}", labels.join(", "));
    }
    picture.push_str("    }\n");
    for (to, labels) in endings {
        let _ = writeln!(picture, "    queue --> {to}: {}", labels.join(", "));
    }
    for to in StateSet::FINAL.iter() {
        let _ = writeln!(picture, "    {to} --> [*]");
    }
    let _ = writeln!(picture, "    note right of queue: {}", notes.join("; "));
    picture
}

/// The most states from which one row is drawn as arrows.
const MOST_ARROWS: usize = 4;

fn label(row: &Transition) -> String {
    match row.when {
        Guard::Always => row.on.to_string(),
        guard => format!("{} ({guard})", row.on),
    }
}
