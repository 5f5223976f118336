//! What a scenario leaves open, and the questions about all of its runs: the words of `bits check`.

use std::sync::Arc;

use chrono::TimeDelta;

use super::{Expectation, Line, Statement};
use crate::vocabulary::JobState;

/// A step that is left open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// How often it happens.
    pub times: OpenTimes,
    /// `at any time`: when it happens is open too, until the next `advance` is over.
    pub at_any_time: bool,
    /// What happens: one of these, each of one line or more. Only `any of` has several.
    pub branches: Vec<Vec<Line>>,
}

/// How often an open step happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenTimes {
    /// Once.
    Once,
    /// `maybe`: once, or not.
    Maybe,
    /// `at most 3 times`: up to that number of times, or not at all.
    AtMost(u32),
}

impl OpenTimes {
    /// The most times.
    #[must_use]
    pub const fn most(self) -> u32 {
        match self {
            Self::Once | Self::Maybe => 1,
            Self::AtMost(times) => times,
        }
    }
}

/// `a client polls every 10 m`: a client that looks at its job again and again, and does what the rows say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollingClient {
    /// Its job, if the line says so.
    pub job: Option<Arc<str>>,
    /// How long it waits between two looks, and before the first.
    pub every: TimeDelta,
    /// The rows below it, each a [`Statement::InState`].
    pub rows: Vec<Line>,
}

/// `in TRANSFERRED: complete`: what a polling client does when it finds its job in the state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollRow {
    /// The state.
    pub state: JobState,
    /// What it does.
    pub lines: Vec<Line>,
}

/// A question about all runs of a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Which kind of question it is.
    pub ask: Ask,
    /// The expectations that must hold at once for an answer.
    pub what: Vec<Expectation>,
}

/// What a question asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ask {
    /// `never`: it is so in no state.
    Never,
    /// `never in the end`: no run ends with it.
    NeverInTheEnd,
    /// `always`: it is so in every state.
    Always,
    /// `always in the end`: every run ends with it.
    AlwaysInTheEnd,
    /// `eventually`: in every run it is so at some time.
    Eventually,
    /// `possible`: it is so in some state.
    Possible,
    /// `possible in the end`: some run ends with it.
    PossibleInTheEnd,
}

impl Ask {
    /// Whether it is asked of the ends of runs only.
    #[must_use]
    pub const fn is_of_ends(self) -> bool {
        match self {
            Self::NeverInTheEnd | Self::AlwaysInTheEnd | Self::PossibleInTheEnd => true,
            Self::Never | Self::Always | Self::Eventually | Self::Possible => false,
        }
    }
}

impl Open {
    /// Every line of every branch.
    pub(in crate::scenario) fn lines(&self) -> impl Iterator<Item = &Line> {
        self.branches.iter().flatten()
    }
}

impl Statement {
    /// Whether it makes the scenario one for `bits check`.
    pub(crate) const fn is_open(&self) -> bool {
        matches!(
            self,
            Self::Open(_)
                | Self::Polls(_)
                | Self::InState(_)
                | Self::Question(..)
                | Self::EndsAfter(_)
        )
    }

    /// Whether the line leaves open what happens, so that it has no one run beyond it; a question does not.
    pub(crate) const fn leaves_open(&self) -> bool {
        matches!(self, Self::Open(_) | Self::Polls(_) | Self::InState(_))
    }

    /// Whether lines that are indented further belong to it.
    pub(in crate::scenario) const fn has_lines_below(&self) -> bool {
        matches!(self, Self::Open(_) | Self::Polls(_) | Self::InState(_))
    }
}
