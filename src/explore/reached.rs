//! What an exploration reached: calls with the states and codes that they met, transitions, and how the program
//! ended.

use std::collections::BTreeMap;
use std::fmt;

use crate::emulator::StateChange;
use crate::machine::{TRANSITIONS, TransitionAction};
use crate::vocabulary::{HResult, JobState, Method};

/// What an exploration reached, as a table: which calls met which states and codes, how the program ended, and
/// which transitions were never taken.
///
/// Of the runs that were [cut short](crate::explore::Verdict::pruned) it holds what they did until then. With and
/// without pruning, and in all parts together, the same is reached, if not as often.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reached {
    /// How often each call met a state of its job, and returned a code. Without a state are the calls that are of
    /// no job, or of one that is gone.
    pub calls: BTreeMap<(Method, Option<JobState>, HResult), u64>,
    /// How often each transition of T1 and T4 was taken, as far as the
    /// [traces](crate::Emulator::set_trace_capacity) of the runs reach back.
    pub transitions: BTreeMap<StateChange, u64>,
    /// How often the program returned what: `success`, or the text of its error. Runs in which a promise was
    /// broken count as well, unless the program did not return.
    pub outcomes: BTreeMap<String, u64>,
}

impl Reached {
    /// Returns the transitions of T1 and T4 that were never taken, in the order of the
    /// [table](crate::machine::TRANSITIONS). Those of readings that are not the documented ones are left out.
    pub fn never_taken(&self) -> impl Iterator<Item = StateChange> + '_ {
        let mut all: Vec<StateChange> = Vec::new();
        for row in TRANSITIONS.iter().filter(|row| !row.when.is_reading()) {
            let TransitionAction::To(to) = row.then else { continue };
            for from in row.from.iter() {
                let change = StateChange { on: row.on, from, to };
                if !all.contains(&change) {
                    all.push(change);
                }
            }
        }
        all.into_iter().filter(|change| !self.transitions.contains_key(change))
    }

    pub(super) fn note_outcome(&mut self, result: &Result<(), String>) {
        let outcome = match result {
            Ok(()) => "success",
            Err(error) => error,
        };
        match self.outcomes.get_mut(outcome) {
            Some(times) => *times = times.saturating_add(1),
            None => _ = self.outcomes.insert(outcome.to_owned(), 1),
        }
    }
}

/// Three tables: calls, outcomes, and the transitions that were never taken.
impl fmt::Display for Reached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<29} {:<15} {:<40} {:>9}", "call", "state before", "code", "times")?;
        for ((method, state, code), times) in &self.calls {
            let (method, code) = (method.to_string(), code_word(*code));
            let state = state.map_or_else(|| "-".to_owned(), |state| state.to_string());
            writeln!(f, "{method:<29} {state:<15} {code:<40} {times:>9}")?;
        }
        writeln!(f, "\n{:<86} {:>9}", "the program returned", "times")?;
        for (outcome, times) in &self.outcomes {
            writeln!(f, "{outcome:<86} {times:>9}")?;
        }
        for (table, is_call) in [("T1", true), ("T4", false)] {
            let never = self.never_taken().filter(|change| change.on.is_call() == is_call);
            let mut grouped: Vec<(StateChange, Vec<String>)> = Vec::new();
            for change in never {
                let is_alike = |(known, _): &&mut (StateChange, Vec<String>)| {
                    (known.on, known.to) == (change.on, change.to)
                };
                match grouped.iter_mut().find(is_alike) {
                    Some((_, from)) => from.push(change.from.to_string()),
                    None => grouped.push((change, vec![change.from.to_string()])),
                }
            }
            writeln!(
                f,
                "\nnever taken of {table}{}",
                if grouped.is_empty() { ": none" } else { "" }
            )?;
            for (StateChange { on, to, .. }, from) in grouped {
                writeln!(f, "{:<29} {} -> {to}", on.to_string(), from.join(", "))?;
            }
        }
        Ok(())
    }
}

/// A code by its name, or by its number if it has none.
pub(super) fn code_word(code: HResult) -> String {
    code.name().map_or_else(|| code.to_string(), str::to_owned)
}

/// How often each of a few things was there, in the order of their first time: cheaper than a map, if they are
/// few.
#[derive(Debug, Clone)]
pub(crate) struct Tally<T>(Vec<(T, u64)>);

impl<T> Default for Tally<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Copy + Ord> Tally<T> {
    pub(crate) fn note(&mut self, thing: T) {
        match self.0.iter_mut().find(|(known, _)| *known == thing) {
            Some((_, times)) => *times = times.saturating_add(1),
            None => self.0.push((thing, 1)),
        }
    }

    pub(crate) fn add_to(&self, sums: &mut BTreeMap<T, u64>) {
        for (thing, times) in &self.0 {
            let sum = sums.entry(*thing).or_default();
            *sum = sum.saturating_add(*times);
        }
    }
}
