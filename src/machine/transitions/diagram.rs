//! The transition table as a picture.

use super::table::{TRANSITIONS, Transition, TransitionAction};
use super::trigger::Guard;
use crate::vocabulary::StateSet;

/// The transition table as a Mermaid state diagram, under the documented readings.
///
/// What can happen in every state that is not final is drawn from the box around them; what leads
/// from most of them to one of their own is told in a note.
///
/// ```
/// let picture = bits_emulator::machine::state_diagram();
/// assert!(picture.contains("QUEUED --> CONNECTING: picked (eligible)"));
/// ```
#[must_use]
pub fn state_diagram() -> String {
    let mut edges = Groups::new();
    let mut endings = Groups::new();
    let mut notes = Groups::new();
    for row in TRANSITIONS.iter().filter(|row| !row.when.is_reading()) {
        let TransitionAction::To(to) = row.then else { continue };
        if to.is_final() {
            add(&mut endings, format!("queue --> {to}"), label(row));
        } else if row.from.iter().count() > MOST_ARROWS || row.when.is_exhaustion() {
            add(&mut notes, format!("To {to} {}", condition(row)), row.on.to_string());
        } else {
            for from in row.from.iter().filter(|from| *from != to) {
                add(&mut edges, format!("{from} --> {to}"), label(row));
            }
        }
    }
    let finals = StateSet::FINAL.iter().map(|state| format!("    {state} --> [*]\n"));
    [
        "stateDiagram-v2\n    [*] --> SUSPENDED\n    state queue {\n".to_owned(),
        lines("        ", &edges),
        "    }\n".to_owned(),
        lines("    ", &endings),
        finals.collect(),
        "    note right of queue\n".to_owned(),
        lines("        ", &notes),
        "    end note\n".to_owned(),
    ]
    .concat()
}

/// The most states from which one row is drawn as arrows.
const MOST_ARROWS: usize = 4;

/// Labels under what they share, in the order of the table.
type Groups = Vec<(String, Vec<String>)>;

fn add(groups: &mut Groups, shared: String, label: String) {
    match groups.iter_mut().find(|(known, _)| *known == shared) {
        Some((_, labels)) if labels.contains(&label) => {}
        Some((_, labels)) => labels.push(label),
        None => groups.push((shared, vec![label])),
    }
}

fn lines(indentation: &str, groups: &Groups) -> String {
    let line = |(shared, labels): &(String, Vec<String>)| {
        format!("{indentation}{shared}: {}\n", labels.join(", "))
    };
    groups.iter().map(line).collect()
}

fn condition(row: &Transition) -> String {
    match row.when {
        Guard::Always => "from every state".to_owned(),
        guard => format!("if {guard}"),
    }
}

fn label(row: &Transition) -> String {
    match row.when {
        Guard::Always => row.on.to_string(),
        guard => format!("{} ({guard})", row.on),
    }
}
