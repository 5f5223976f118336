//! The transition table as a picture.

use super::table::{TRANSITIONS, Transition, TransitionAction};
use super::trigger::Guard;
use crate::vocabulary::{JobState, StateSet};

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
    let Arrows { between, endings, notes } = Arrows::of_table();
    let arrow = |(from, to): (JobState, JobState)| format!("{from} --> {to}");
    let finals = StateSet::FINAL.iter().map(|state| format!("    {state} --> [*]\n"));
    [
        "stateDiagram-v2\n    [*] --> SUSPENDED\n    state queue {\n".to_owned(),
        lines("        ", between, arrow),
        "    }\n".to_owned(),
        lines("    ", endings, |to| format!("queue --> {to}")),
        finals.collect(),
        "    note right of queue\n".to_owned(),
        lines("        ", notes, |note| note),
        "    end note\n".to_owned(),
    ]
    .concat()
}

/// The arrows of the picture, in the order of the table, with what each is labelled with.
pub(crate) struct Arrows {
    /// From one state to another that is not final.
    pub(crate) between: Groups<(JobState, JobState)>,
    /// From each state that is not final to one that is.
    pub(crate) endings: Groups<JobState>,
    /// What is told beside the picture: where to, and from where or under which condition.
    pub(crate) notes: Groups<String>,
}

impl Arrows {
    /// Those under the documented readings.
    pub(crate) fn of_table() -> Self {
        let mut arrows =
            Self { between: Groups::new(), endings: Groups::new(), notes: Groups::new() };
        for row in TRANSITIONS.iter().filter(|row| !row.when.is_reading()) {
            let TransitionAction::To(to) = row.then else { continue };
            if to.is_final() {
                add(&mut arrows.endings, to, label(row));
            } else if row.from.iter().count() > MOST_ARROWS || row.when.is_exhaustion() {
                add(&mut arrows.notes, format!("To {to} {}", condition(row)), row.on.to_string());
            } else {
                for from in row.from.iter().filter(|from| *from != to) {
                    add(&mut arrows.between, (from, to), label(row));
                }
            }
        }
        arrows
    }
}

/// The most states from which one row is drawn as arrows.
const MOST_ARROWS: usize = 4;

/// Labels under what they share, in the order of the table.
type Groups<T> = Vec<(T, Vec<String>)>;

fn add<T: PartialEq>(groups: &mut Groups<T>, shared: T, label: String) {
    match groups.iter_mut().find(|(known, _)| *known == shared) {
        Some((_, labels)) if labels.contains(&label) => {}
        Some((_, labels)) => labels.push(label),
        None => groups.push((shared, vec![label])),
    }
}

fn lines<T>(indentation: &str, groups: Groups<T>, shown: impl Fn(T) -> String) -> String {
    let line = |(shared, labels): (T, Vec<String>)| {
        format!("{indentation}{}: {}\n", shown(shared), labels.join(", "))
    };
    groups.into_iter().map(line).collect()
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
