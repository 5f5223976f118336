//! The verdict of an exploration: what was explored, how far, and whether every promise was kept.

use std::collections::BTreeMap;
use std::fmt;

use super::choice::Cost;
use super::counterexample::Counterexample;
use super::execution::{Noted, Strategy};
use super::story::Story;
use crate::vocabulary::{HResult, Method};

/// What an exploration found.
#[derive(Debug)]
#[non_exhaustive]
pub struct Verdict {
    /// How many runs were made.
    pub runs: u64,
    /// How many of them ended early, because their future had been explored before.
    pub pruned: u64,
    /// How many different futures were passed.
    pub futures: usize,
    /// How many runs were found and not made.
    pub waiting: usize,
    /// How often each call met each code, in the runs that were not cut short.
    pub reached: BTreeMap<(Method, HResult), u64>,
    /// The run that broke a promise: the one with the fewest faults, then deviations, then calls.
    pub counterexample: Option<Counterexample>,
    pub(super) strategy: Strategy,
    pub(super) bound: Cost,
    pub(super) exhausted: Option<Cost>,
    pub(super) decided: Vec<String>,
}

impl Verdict {
    pub(super) const fn begun(strategy: Strategy, bound: Cost) -> Self {
        Self {
            runs: 0,
            pruned: 0,
            futures: 0,
            waiting: 0,
            reached: BTreeMap::new(),
            counterexample: None,
            strategy,
            bound,
            exhausted: None,
            decided: Vec::new(),
        }
    }

    pub(super) fn note_reached(&mut self, story: &Story) {
        for (_, noted) in &story.noted {
            if let Noted::Call(method, code) = noted {
                let times = self.reached.entry((*method, *code)).or_default();
                *times = times.saturating_add(1);
            }
        }
    }

    /// Returns what was decided in the run that was [replayed](crate::explore::Program::replay), in words; of an
    /// exploration nothing.
    #[must_use]
    pub fn decided(&self) -> &[String] {
        &self.decided
    }

    /// Returns whether every run within the bound was made, and kept every promise.
    #[must_use]
    pub const fn is_exhausted(&self) -> bool {
        self.waiting == 0 && self.counterexample.is_none()
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let where_ = match self.strategy {
            Strategy::FirstVisits => "at the first visit of each noticeable situation",
            Strategy::EveryPoint => "at every call",
        };
        let Self { runs, pruned, futures, waiting, .. } = self;
        match (&self.counterexample, waiting) {
            (Some(counterexample), _) => write!(f, "{counterexample}")?,
            (None, 0) => write!(
                f,
                "every promise was kept: up to {}, decided {where_}, exhausted",
                self.bound
            )?,
            (None, waiting) => write!(
                f,
                "every promise was kept as far as it was explored: up to {}, decided {where_}; {waiting} runs wait",
                self.exhausted.unwrap_or_default()
            )?,
        }
        write!(
            f,
            " ({runs} runs, {pruned} of them cut short; {futures} futures by 128-bit fingerprints)"
        )
    }
}
