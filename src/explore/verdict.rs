//! The verdict of an exploration: what was explored, how far, and whether every promise was kept.

use std::fmt;

use super::counterexample::Counterexample;
use super::decisions::Cost;
use super::reached::Reached;
use super::run::Ran;
use super::scope::Strategy;
use super::setup::Setup;
use super::shard::Shard;

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
    /// How many runs were found, or asked for at random, and not made.
    pub waiting: usize,
    /// Which calls met what, and which transitions were taken.
    pub reached: Reached,
    /// The run that broke a promise: the one with the fewest faults, then deviations, then calls; at random the
    /// first.
    pub counterexample: Option<Counterexample>,
    /// Whether any run asked for files.
    pub(super) asks_for_files: bool,
    pub(super) name: String,
    pub(super) shard: Shard,
    pub(super) strategy: Strategy,
    pub(super) prunes: bool,
    pub(super) bound: Cost,
    pub(super) extent: Extent,
    pub(super) most_points: u32,
    /// Whether there were runs with more points than that.
    pub(super) is_cut: bool,
    pub(super) decided: Vec<String>,
}

/// What the runs are of all that there are within the bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// Those that cost no more than that, and perhaps others.
    UpTo(Option<Cost>),
    /// Some, from that seed.
    AtRandom(u64),
    /// The one that was replayed.
    Replayed,
}

impl Verdict {
    pub(super) fn begun(name: String, setup: &Setup, shard: Shard) -> Self {
        let scope = &*setup.scope;
        Self {
            runs: 0,
            pruned: 0,
            futures: 0,
            waiting: 0,
            reached: Reached::default(),
            counterexample: None,
            asks_for_files: !setup.wanted.is_empty(),
            name,
            shard,
            strategy: scope.strategy,
            prunes: scope.prunes,
            bound: scope.bound,
            extent: Extent::UpTo(None),
            most_points: scope.most_points,
            is_cut: false,
            decided: Vec::new(),
        }
    }

    /// Counts a run. A counterexample goes before one that was found with more calls.
    pub(super) fn count(&mut self, ran: Ran) {
        self.runs = self.runs.saturating_add(1);
        if ran.was_pruned {
            self.pruned = self.pruned.saturating_add(1);
        }
        let progress = ran.execution.progress();
        let (decisions, points) = (progress.decisions.clone(), progress.point);
        progress.calls.add_to(&mut self.reached.calls);
        self.asks_for_files |= !progress.requests.is_empty();
        drop(progress);
        ran.changes.add_to(&mut self.reached.transitions);
        ran.results.iter().for_each(|result| self.reached.note_outcome(result));
        self.is_cut |= points > self.most_points;
        if self.counterexample.as_ref().is_none_or(|known| points < known.points)
            && let Some(counterexample) = ran.counterexample(&decisions)
        {
            self.counterexample = Some(counterexample);
        }
    }

    /// Returns what was decided in the run that was [replayed](crate::explore::Program::replay), in words; of an
    /// exploration nothing.
    #[must_use]
    pub fn decided(&self) -> &[String] {
        &self.decided
    }

    /// Returns whether every run within the bound was made, and kept every promise. Runs at random never are all, nor
    /// is one that was replayed.
    #[must_use]
    pub const fn is_exhausted(&self) -> bool {
        let is_search = matches!(self.extent, Extent::UpTo(_));
        is_search && self.waiting == 0 && self.counterexample.is_none()
    }
}

impl Verdict {
    /// Returns whether no file was [wanted](crate::explore::Program::wants) and no
    /// [request](crate::explore::Life::request) made, in any run: what is promised about files is then kept by a
    /// program that does nothing.
    #[must_use]
    pub const fn is_vacuous(&self) -> bool {
        !self.asks_for_files
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { runs, pruned, futures, waiting, bound, decided, .. } = self;
        match (&self.counterexample, self.extent) {
            (Some(counterexample), _) => write!(f, "{counterexample}")?,
            (None, Extent::Replayed) if decided.is_empty() => {
                write!(
                    f,
                    "every promise was kept in the run that was replayed, without decisions"
                )?;
            }
            (None, Extent::Replayed) => {
                let decided = decided.join("; ");
                write!(f, "every promise was kept in the run that was replayed: {decided}")?;
            }
            (None, Extent::AtRandom(_)) => {
                write!(f, "every promise was kept in the runs that were made, at random: ")?;
                write!(f, "up to {bound} each{}", self.where_decided())?;
                if *waiting > 0 {
                    write!(f, "; {waiting} runs wait")?;
                }
            }
            (None, Extent::UpTo(_)) if *waiting == 0 => {
                write!(
                    f,
                    "every promise was kept: up to {bound}{}, exhausted",
                    self.where_decided()
                )?;
            }
            (None, Extent::UpTo(exhausted)) => {
                write!(f, "every promise was kept as far as it was explored: up to ")?;
                write!(
                    f,
                    "{}{}; {waiting} runs wait",
                    exhausted.unwrap_or_default(),
                    self.where_decided()
                )?;
            }
        }
        if self.is_vacuous() && self.counterexample.is_none() {
            write!(f, "; vacuous, for no file was wanted and no request made")?;
        }
        match self.extent {
            Extent::UpTo(_) => write!(
                f,
                " ({runs} runs, {pruned} of them cut short; {futures} futures by 128-bit fingerprints)"
            ),
            Extent::AtRandom(seed) => write!(f, " ({runs} runs at random from the seed {seed})"),
            Extent::Replayed => Ok(()),
        }
    }
}

impl Verdict {
    /// Where decisions were made, in words.
    fn where_decided(&self) -> String {
        let strategy = match self.strategy {
            Strategy::FirstVisits => "at the first visit of each noticeable situation",
            Strategy::EveryPoint => "at every call",
        };
        if self.is_cut {
            format!(", decided {strategy} among the first {} points", self.most_points)
        } else {
            format!(", decided {strategy}")
        }
    }
}
