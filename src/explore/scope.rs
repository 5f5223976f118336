//! The scope of an exploration: what is decided about every execution alike.

use chrono::{DateTime, TimeDelta, Utc};

use super::choice::{Budget, Incident};
use super::decisions::Cost;

/// What is decided about every execution alike.
#[derive(Debug, Clone)]
pub(crate) struct Scope {
    pub(crate) budget: Budget,
    pub(crate) bound: Cost,
    /// What happens in every run, in the order of its instants.
    pub(crate) planned: Vec<(DateTime<Utc>, Incident)>,
    pub(crate) strategy: Strategy,
    pub(crate) prunes: bool,
    /// Whether polls that observe the same again count for no observation.
    pub(crate) folds_polls: bool,
    /// Whether a monitor may look at what was.
    pub(crate) keeps_traces: bool,
    /// How many calls in a row may notice nothing new.
    pub(crate) idle_calls: u32,
    /// How often a life may resume jobs.
    pub(crate) resumes: u32,
    /// How often in a row a life may go through the same round.
    pub(crate) rounds: u32,
    /// At how many points of a run something may be decided.
    pub(crate) most_points: u32,
    /// How long a run may take.
    pub(crate) time: TimeDelta,
}

/// Where the explorer makes decisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[non_exhaustive]
pub enum Strategy {
    /// At the first visit, within one run, of each noticeable situation. A situation is a kind of call, its
    /// number among the calls of that kind since the last wait, what the client could notice of the emulator,
    /// its life, and the budget that is left. A client that acts otherwise only the third time that it has
    /// waited and sees the same is not explored there.
    #[default]
    FirstVisits,
    /// At every call, wait and callback.
    EveryPoint,
}
