//! States, from the transition table.

use super::documented;
use crate::machine::{TRANSITIONS, Transition, TransitionAction};
use crate::reference::entry::{Entry, WordKind};
use crate::reference::mentions::{cited, distinct};
use crate::vocabulary::text::documented::Documented;
use crate::vocabulary::{JobState, StateClass};

pub(crate) fn entry(state: JobState) -> Entry {
    let name = state.short_name();
    let mut entry = documented(WordKind::State, name, state.doc(), &[name]);
    entry.other_names = vec![state.name().to_owned(), state.value().to_string()];
    entry.facts = vec![format!("It is {} (LIFE-02).", class(state.class()))];
    entry.causes = state.causes().iter().map(|cause| (*cause).to_owned()).collect();
    entry.advice = Some(state.advice().to_owned());
    entry.transitions = TRANSITIONS.iter().filter(|row| concerns(row, state)).copied().collect();
    let moves = entry.transitions.iter().filter(|row| matches!(row.then, TransitionAction::To(_)));
    let of_moves: Vec<_> = moves.flat_map(|row| row.rules.iter().copied()).collect();
    // Before what merely names it.
    entry.rules = distinct(cited(state.doc()).into_iter().chain(of_moves).chain(entry.rules));
    entry
}

/// Whether a row leads into the state, out of it, or refuses a call in it, under the documented readings.
fn concerns(row: &Transition, state: JobState) -> bool {
    !row.when.is_reading()
        && match row.then {
            TransitionAction::To(to) if to == state => row.from.without(state).iter().count() > 0,
            TransitionAction::To(_) | TransitionAction::Refuse(_) => row.from.contains(state),
            TransitionAction::Stay => false,
        }
}

const fn class(class: StateClass) -> &'static str {
    match class {
        StateClass::Starting => "a starting state",
        StateClass::Action => "an action state: the job is under way, or will be by itself",
        StateClass::Transferred => "a transferred state: the job waits for its client",
        StateClass::Final => "a final state: the job never leaves it",
    }
}
