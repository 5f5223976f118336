//! Changes of state: which rows of the table of transitions the steps of jobs took.

use super::JobStep;
use crate::machine::Trigger;
use crate::vocabulary::JobState;

/// A transition of T1 or T4 that was taken: a row of the [table](crate::machine::TRANSITIONS), from one of its
/// states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateChange {
    /// What made the job change its state.
    pub on: Trigger,
    /// The state that it left.
    pub from: JobState,
    /// The state that it entered.
    pub to: JobState,
}

impl StateChange {
    /// The changes of a step. The creation of a job is none.
    pub(crate) fn of_step(did: &JobStep) -> impl Iterator<Item = Self> + '_ {
        let outcome = did.result.as_ref().ok().filter(|did| did.by.len() == did.entered.len());
        let mut from = did.before;
        outcome
            .into_iter()
            .flat_map(|did| did.by.iter().zip(did.entered.iter()))
            .map(move |(on, to)| Self { on, from: std::mem::replace(&mut from, to), to })
    }
}
